"""From records to the bytes of every page and feed. Pure: the same records always give the same bytes."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connectors.providers.website import text
from connectors.providers.website.phrases import phrases
from connectors.providers.website.record import Record
from connectors.providers.website.settings import Site, content_policy

EDITION = 1  # raised when this module makes other bytes from the same records
FEED_SIZE = 50  # posts in a feed
FRAGMENT_SIZE = 5  # posts in the fragment that other sites include

HERE = Path(__file__).parent
STYLESHEET = HERE / "site.css"
TEMPLATES = HERE / "templates"


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def host(address: str) -> str:
    """The host of *address* as people know it."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
ENVIRONMENT.filters |= {
    "host": host,
    "instant": instant,
    "paragraphs": text.paragraphs,
    "shortened": text.shortened,
}


@cache
def _design() -> str:
    """Changes when a template or the stylesheet does, so that a new version renders every page anew."""
    parts = [STYLESHEET, *sorted(TEMPLATES.iterdir())]
    return hashlib.sha256(b"\0".join([bytes([EDITION]), *(part.read_bytes() for part in parts)])).hexdigest()


@dataclass(frozen=True)
class Press:
    """Prints one site. `root` in the templates leads from a page to the site's top."""

    site: Site

    @property
    def look(self) -> str:
        """Names what all files were made with, the records aside. Moving the data folder changes nothing."""
        settings = replace(self.site, private=Path(), public=Path())
        return hashlib.sha256(f"{_design()} {settings!r}".encode()).hexdigest()

    def stylesheet(self) -> bytes:
        return STYLESHEET.read_bytes()

    def permalink(self, post: Record) -> bytes:
        return self._print(
            "permalink.html",
            root="../",
            post=post,
            address=self.site.address(post.slug),
            og_locale=str(self.site.locale) if self.site.locale.territory else "",
            linked_data=self._linked_data(post),
        )

    def front(self, posts: Sequence[Record], older: str) -> bytes:
        """The news page: pinned and newest posts, and the address of where they go on."""
        facts = {"number": None, "address": f"{self.site.url}/", "newer": "", "older": older}
        return self._print("news.html", root="", posts=posts, **facts)

    def archive(self, number: int, posts: Sequence[Record], newer: str, older: str) -> bytes:
        """The numbered page of older posts."""
        facts = {"number": number, "address": f"{self.site.url}/page/{number}.html"}
        return self._print("news.html", root="../", posts=posts, newer=newer, older=older, **facts)

    def fragment(self, posts: Sequence[Record]) -> bytes:
        """A list of posts for another site's page, with whole addresses and without styles."""
        return self._print("fragment.html", posts=posts[:FRAGMENT_SIZE], target="")

    def embed(self, posts: Sequence[Record]) -> bytes:
        """The same list as a page for a frame; its links open in the page around it."""
        return self._print("embed.html", root="", posts=posts[:FRAGMENT_SIZE], target="_top")

    def feeds(self, posts: Sequence[Record], changed_at: datetime) -> tuple[bytes, bytes]:
        """The Atom feed and the JSON Feed of the same posts."""
        contents = {post.key: self._content(post) for post in posts}
        feed_id = uuid.uuid5(uuid.NAMESPACE_OID, self.site.channel_id).urn
        facts = {"feed_id": feed_id, "changed_at": changed_at, "contents": contents}
        return self._print("feed.atom", posts=posts, **facts), self._json_feed(posts, contents)

    def _json_feed(self, posts: Sequence[Record], contents: Mapping[str, str]) -> bytes:
        """JSON Feed 1.1."""
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.site.title,
            "home_page_url": f"{self.site.url}/",
            "feed_url": f"{self.site.url}/feed.json",
            "description": self.site.description,
            "language": self.site.language,
            "authors": [{"name": self.site.author or self.site.title}],
            "items": [self._item(post, contents[post.key]) for post in posts],
        }
        return json.dumps(_filled(feed), ensure_ascii=False, indent=1).encode()

    def _item(self, post: Record, content: str) -> dict[str, Any]:
        pictures = [self._media(picture.name) for picture in post.images]
        item = {
            "id": post.urn(self.site),
            "url": self.site.address(post.slug),
            "external_url": post.link,
            "title": post.headline,
            "content_html": content,
            "content_text": post.text,
            "summary": post.summary,
            "image": pictures[0] if pictures else None,
            "date_published": instant(post.published_at),
            "date_modified": instant(post.updated_at),
            "attachments": [
                {
                    "url": self._media(item.name),
                    "mime_type": item.media_type,
                    "title": item.alt_text,
                    "size_in_bytes": item.size,
                }
                for item in post.media
            ],
        }
        return _filled(item)

    def _content(self, post: Record) -> str:
        return self._render("content.html", root=f"{self.site.url}/", post=post)

    def _linked_data(self, post: Record) -> dict[str, Any]:
        practice = {"@type": "Organization", "name": self.site.title, "url": f"{self.site.url}/"}
        author = {"@type": "Person", "name": self.site.author} if self.site.author else practice
        address = self.site.address(post.slug)
        return _filled(
            {
                "@context": "https://schema.org",
                "@type": "BlogPosting",
                "headline": post.headline,
                "description": post.summary,
                "datePublished": instant(post.published_at),
                "dateModified": instant(post.updated_at),
                "inLanguage": self.site.language,
                "url": address,
                "mainEntityOfPage": address,
                "author": author,
                "publisher": practice,
                "image": [self._media(picture.name) for picture in post.images],
            }
        )

    def _media(self, name: str) -> str:
        return f"{self.site.url}/media/{name}"

    def _day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(self.site.zone).date(), "long", locale=self.site.locale)

    def _print(self, template: str, **facts: object) -> bytes:
        return self._render(template, **facts).encode()

    def _render(self, template: str, **facts: object) -> str:
        locale = self.site.locale
        return ENVIRONMENT.get_template(template).render(
            site=self.site,
            words=phrases(locale.language),
            direction=locale.text_direction,
            policy=content_policy(self.site.beacon),
            day=self._day,
            **facts,
        )


def _filled(entry: Mapping[str, Any]) -> dict[str, Any]:
    """*entry* without what is empty."""
    return {name: value for name, value in entry.items() if value or name in ("items", "content_html")}
