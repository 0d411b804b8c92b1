"""The truth of the site: one record per post, and a compact index over all of them."""

import hashlib
import uuid
from datetime import datetime
from itertools import chain, count
from typing import Literal

from pydantic import AwareDatetime

from connectors.base import MediaFile, Post
from connectors.providers.website import text
from connectors.providers.website.settings import Site
from domain.content import Content, Frozen

PAGE_SIZE = 20  # posts on a news page
SUMMARY_MAX = 200  # characters
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
}


class Picture(Frozen):
    """One picture or video, stored as `name` in the media folder. Pixels and bytes; 0: unknown."""

    name: str
    media_type: str
    alt_text: str
    width: int = 0
    height: int = 0
    size: int = 0

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")


class Record(Frozen):
    """One post as it stands on the site."""

    version: Literal[1] = 1
    key: str
    slug: str
    page: int  # the numbered news page it belongs to; fixed for good, so that old pages never shift
    title: str
    text: str
    link: str | None
    media: tuple[Picture, ...]
    published_at: AwareDatetime
    updated_at: AwareDatetime
    pinned_at: AwareDatetime | None = None

    @property
    def headline(self) -> str:
        alt_text = self.media[0].alt_text if self.media else ""
        spare = text.shortened(alt_text or self.link or "", text.HEADLINE_MAX)
        return self.title or text.first_sentence(self.text) or spare

    @property
    def body(self) -> str:
        """The text below the headline: together they say everything once."""
        return text.after_headline(self.text, self.headline)

    @property
    def summary(self) -> str:
        """One paragraph that goes below the headline."""
        return text.shortened(" ".join(self.body.split()), SUMMARY_MAX) or self.headline

    @property
    def images(self) -> tuple[Picture, ...]:
        return tuple(picture for picture in self.media if not picture.is_video)

    @property
    def edited(self) -> bool:
        return self.updated_at > self.published_at

    def urn(self, site: Site) -> str:
        """An identifier for feeds that survives a change of address."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{site.channel_id}/{self.key}").urn


class Row(Frozen):
    """What must be known of every post without opening its record."""

    key: str
    slug: str
    page: int
    published_at: AwareDatetime
    pinned_at: AwareDatetime | None = None
    media: tuple[str, ...] = ()


class Index(Frozen):
    """All posts, oldest first, and when anything last changed."""

    changed_at: AwareDatetime
    rows: tuple[Row, ...] = ()

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    def put(self, record: Record, now: datetime) -> "Index":
        """This index with *record* in it, in the place of an older one."""
        rows = [row for row in self.rows if row.key != record.key] + [row_of(record)]
        return self.model_copy(update={"rows": tuple(sorted(rows, key=age)), "changed_at": now})

    def drop(self, key: str, now: datetime) -> "Index":
        rows = tuple(row for row in self.rows if row.key != key)
        return self.model_copy(update={"rows": rows, "changed_at": now})

    @property
    def pinned(self) -> list[Row]:
        """The pinned posts, the latest pin first."""
        pins = [row for row in self.rows if row.pinned_at]
        return sorted(pins, key=lambda row: row.pinned_at or row.published_at, reverse=True)

    @property
    def unpinned(self) -> list[Row]:
        """The other posts, newest first."""
        return [row for row in reversed(self.rows) if not row.pinned_at]

    def on_page(self, number: int) -> list[Row]:
        """The posts of one numbered page, newest first."""
        return [row for row in reversed(self.rows) if row.page == number]

    @property
    def pages(self) -> list[int]:
        return sorted({row.page for row in self.rows})

    @property
    def next_page(self) -> int:
        """The numbered page that a new post goes to."""
        last = max((row.page for row in self.rows), default=1)
        return last if len(self.on_page(last)) < PAGE_SIZE else last + 1

    def uses(self, name: str) -> bool:
        """Whether any post shows the media file *name*."""
        return any(name in row.media for row in self.rows)


def age(row: Row) -> tuple[datetime, str]:
    return row.published_at, row.key


def row_of(record: Record) -> Row:
    return Row(
        key=record.key,
        slug=record.slug,
        page=record.page,
        published_at=record.published_at,
        pinned_at=record.pinned_at,
        media=tuple(picture.name for picture in record.media),
    )


def edition_of(post: Post, media: tuple[Picture, ...], before: Record, now: datetime) -> Record:
    """*before* with the words of *post* and *media*. The very same content leaves it as it was."""
    edition = before.model_copy(update=_carried(post, media))
    return before if edition == before else edition.model_copy(update={"updated_at": now})


def first_edition(post: Post, media: tuple[Picture, ...], index: Index, site: Site, now: datetime) -> Record:
    """A new record for *post* under an address that no other post has."""
    facts = {"key": post.key, "slug": "", "page": index.next_page, "published_at": now, "updated_at": now}
    record = Record.model_validate(facts | _carried(post, media))
    return record.model_copy(update={"slug": _free_slug(record, index, site)})


def picture_of(file: MediaFile, data: bytes, content: Content) -> Picture:
    """How *file* with the bytes *data* is kept: named by what it holds, so that names never lie."""
    ref = next((asset for asset in content.assets if asset.digest == file.digest), None)
    return Picture(
        name=f"{hashlib.sha256(data).hexdigest()}.{EXTENSIONS[file.media_type]}",
        media_type=file.media_type,
        alt_text=text.clean(file.alt_text),
        width=ref.width if ref else 0,
        height=ref.height if ref else 0,
        size=len(data),
    )


def _carried(post: Post, media: tuple[Picture, ...]) -> dict[str, object]:
    return {
        "title": " ".join(text.clean(post.title).split()),
        "text": text.clean(post.content.text),
        "link": post.content.link,
        "media": media,
    }


def _free_slug(record: Record, index: Index, site: Site) -> str:
    day = record.published_at.astimezone(site.zone).date().isoformat()
    wish = f"{day}-{text.slug(record.headline)}"
    taken = {row.slug for row in index.rows}
    numbered = (f"{wish}-{number}" for number in count(2))
    return next(slug for slug in chain([wish], numbered) if slug not in taken)
