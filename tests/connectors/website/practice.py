"""A practice with a website channel in a folder of its own, and a reader for what it publishes."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import feedparser

from connectors.base import Channel, MediaFile, Post, Published, Surroundings
from connectors.providers.website.connector import Website
from connectors.providers.website.files import ASIDE
from connectors.testing import MemoryJournal, make_media
from domain.content import AssetRef, Content
from tests.support.clocks import SetClock

PUBLIC_URL = "https://rounds.example"


class Practice:
    """Publishes to one website channel; `public` is what the world would read."""

    def __init__(self, data_dir: Path, *, channel_id: str = "01site", **options: str | int | bool) -> None:
        self.clock = SetClock()
        self.data_dir = data_dir
        self.connector = Website(Surroundings(data_dir, PUBLIC_URL, self.clock))
        self.channel = Channel(channel_id, "website", "Elm Street News", options=options)

    @property
    def private(self) -> Path:
        return self.data_dir / "website" / self.channel.id

    @property
    def public(self) -> Path:
        folder = self.channel.options.get("folder")
        return self.data_dir / str(folder) if folder else self.private / "public"

    @property
    def url(self) -> str:
        given = self.channel.options.get("site_url")
        return str(given) if given else f"{PUBLIC_URL}/public/website/{self.channel.id}"

    def publish(self, text: str, key: str = "", **more: Any) -> Published:
        """Publish *text*; a minute passes, so that no two posts share an instant."""
        self.clock.advance(timedelta(minutes=1))
        post = a_post(text, key or f"key-{sha256(text.encode()).hexdigest()[:12]}", **more)
        return self.connector.publish(self.channel, post, MemoryJournal())

    def read(self, name: str) -> str:
        return (self.public / name).read_text()

    def page_of(self, published: Published) -> "Page":
        """The permalink page, found by its address as a browser would."""
        return Page((self.public / str(published.url).removeprefix(f"{self.url}/")).read_text())

    def atom(self) -> Any:
        return parsed_feed(self.read("feed.atom"))

    def json_feed(self) -> Any:
        return json.loads(self.read("feed.json"))

    def files(self) -> dict[str, bytes]:
        """Every public file by its name."""
        found = (path for path in sorted(self.public.rglob("*")) if path.is_file())
        return {path.relative_to(self.public).as_posix(): path.read_bytes() for path in found}


def a_post(
    text: str,
    key: str,
    *,
    title: str = "",
    link: str | None = None,
    media: tuple[MediaFile, ...] = (),
    pictures: int = 0,
) -> Post:
    files = media or tuple(make_media(number) for number in range(pictures))
    assets = tuple(
        AssetRef(digest=file.digest, media_type=file.media_type, alt_text=file.alt_text, width=8, height=8)
        for file in files
    )
    return Post(key, Content(text=text, link=link, assets=assets), files, title)


def a_file(data: bytes, media_type: str, alt_text: str = "What it shows") -> MediaFile:
    return MediaFile(sha256(data).hexdigest(), media_type, alt_text, "a-file", lambda: data)


def parsed_feed(source: str) -> Any:
    feed = feedparser.parse(source)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text of each kind of tag."""

    VOID = frozenset({"meta", "link", "img", "br"})

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(source)
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((self._open[-1], data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def meta(self, name: str) -> str:
        """The content of a meta tag, by name or by property."""
        [found] = [
            tag["content"] for tag in self.all("meta") if name in (tag.get("name"), tag.get("property"))
        ]
        return found

    def text(self, tag: str) -> str:
        return " ".join(text.strip() for name, text in self.texts if name == tag and text.strip())

    def addresses(self) -> Iterator[str]:
        """Everything that the page links to or loads."""
        for _, attributes in self.tags:
            yield from (attributes[name] for name in ("href", "src") if name in attributes)


def check_consistent(public: Path, url: str) -> None:
    """Every page is whole, every feed parses, and nothing links to what is not there."""
    for path in public.rglob("*"):
        if ASIDE not in path.parts and path.suffix in (".html", ".atom", ".json"):
            name = path.relative_to(public).as_posix()
            for target in own_addresses(name, path.read_text(), url):
                assert (public / target).is_file(), f"{name} leads to {target}, which is not there"


@cache
def own_addresses(name: str, source: str, url: str) -> frozenset[str]:
    """The files of the site that one of its files leads to, by their names."""
    if name.endswith(".html"):
        base = f"{url}/{name}"
        found = {urljoin(base, address) for address in Page(source).addresses()}
    else:
        parsed_feed(source) if name.endswith(".atom") else json.loads(source)
        found = set(re.findall(re.escape(url) + r"/(?:p|media)/[\w.-]+", source))
    ours = {urldefrag(address).url.removeprefix(f"{url}/") for address in found if address.startswith(url)}
    return frozenset(address or "index.html" for address in ours)
