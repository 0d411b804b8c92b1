"""One site's folder in the hands of its only writer: records in, pages out, all in one change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

from pydantic import ValidationError

from connectors.base import MediaFile, Post
from connectors.errors import Ambiguous, AuthExpired, Transient
from connectors.providers.website.files import Swap, folder_errors, only_writer, prepare
from connectors.providers.website.pages import Pages, read_record
from connectors.providers.website.press import Press
from connectors.providers.website.record import (
    Index,
    Picture,
    Record,
    Row,
    age,
    edition_of,
    first_edition,
    picture_of,
    row_of,
)
from connectors.providers.website.settings import Site

MARK = ".rounds-site"  # says whose folder it is
OURS = (
    "index.html",
    "feed.atom",
    "feed.json",
    "fragment.html",
    "embed.html",
    "site.css",
    "p/*",
    "page/*",
    "media/*",
)

_TAKEN = "{} belongs to another website of Rounds. Choose a folder of its own for this one, or empty it."
_FOREIGN = "{} already holds pages that are not ours ({}). Choose an empty folder, such as one called news."
_EMPTIED = "{} has lost our pages. Mount it again, or check the channel's connection to fill it anew."


@contextmanager
def open_shelf(site: Site, now: datetime, *, adopt: bool = False) -> Iterator["Shelf"]:
    """Wait for the site's folder, finish what was under way, bring every page up to date.

    `adopt` fills a folder that was emptied; otherwise that raises AuthExpired, as do a folder that belongs to
    somebody else and one that may not be written. A full disk raises Transient.
    """
    with folder_errors(site.public):
        site.private.mkdir(parents=True, exist_ok=True)
        with only_writer(site.lock):
            yield _settled(Shelf(site, now), adopt)


def _settled(shelf: "Shelf", adopt: bool) -> "Shelf":
    """What fails while older changes are finished says nothing about the change to come."""
    try:
        shelf.settle(adopt)
    except Ambiguous as error:
        raise Transient(error.message, code=error.code) from error
    return shelf


class Shelf:
    """Changes one site. Made by `open_shelf`, which settles it first."""

    def __init__(self, site: Site, now: datetime) -> None:
        self._site = site
        self._now = now
        self._press = Press(site)
        self._index = Index(changed_at=now)

    def settle(self, adopt: bool) -> None:
        """Claim the folder, finish an interrupted change, and render every page where its look is old."""
        self._claim(may_be_empty=adopt or not self._looks_right())
        for folder in self._site.folders:
            folder.mkdir(parents=True, exist_ok=True)
        prepare(self._site.log, (self._site.private, self._site.public))
        index = _read_index(self._site)
        if index is None or self._owner() != self._site.channel_id or not self._looks_right():
            index = self._rebuild(index)
        self._index = index

    def put(self, post: Post) -> Record:
        """Publish *post*, or bring the one under its key up to date. Its address stays."""
        with self._swap() as swap:
            media = tuple(self._store(swap, file, post) for file in post.media)
            before = read_record(self._site, post.key)
            if before:
                record = edition_of(post, media, before, self._now)
            else:
                record = first_edition(post, media, self._index, self._site, self._now)
            self._replace(swap, record)
        return record

    def pin(self, key: str, pinned: bool) -> bool:
        """Lift the post to the top, or let it go back; False where there is none."""
        record = read_record(self._site, key)
        if record and bool(record.pinned_at) != pinned:
            with self._swap() as swap:
                self._replace(swap, record.model_copy(update={"pinned_at": self._now if pinned else None}))
        return record is not None

    def drop(self, key: str) -> None:
        """Take the post down with its page, its pictures and its counter; links to it go first."""
        row = self._index.row(key)
        if row is None:
            return
        with self._swap() as swap:
            after = self._index.drop(key, self._now)
            pages = Pages(self._press, swap)
            pages.lists(after)
            pages.archives(self._index, after, row.page)
            for place in (
                self._site.permalink(row.slug),
                self._site.counter(row.slug),
                self._site.record(key),
            ):
                swap.remove(place)
            self._sweep(swap, row, after)
            self._write_index(swap, after)

    # The change

    def _swap(self) -> Swap:
        return Swap(self._site.log, (self._site.private, self._site.public))

    def _replace(self, swap: Swap, record: Record) -> None:
        """Pages before the lists that link to them; what is no longer shown goes last."""
        before, after = self._index.row(record.key), self._index.put(record, self._now)
        swap.write(self._site.record(record.key), record.model_dump_json().encode())
        self._start_counting(swap, record)
        pages = Pages(self._press, swap, {record.key: record})
        pages.permalink(record)
        pages.archives(self._index, after, record.page)
        pages.lists(after)
        if before:
            self._sweep(swap, before, after)
        self._write_index(swap, after)

    def _store(self, swap: Swap, file: MediaFile, post: Post) -> Picture:
        try:
            data = file.read()
        except OSError as error:
            raise Transient(f"The file {file.filename} could not be read from the library.") from error
        picture = picture_of(file, data, post.content)
        original, shown = self._site.original(picture.name), self._site.media(picture.name)
        kept = original if original.exists() else swap.write(original, data)
        if not shown.exists():
            swap.share(kept, shown)
        return picture

    def _start_counting(self, swap: Swap, record: Record) -> None:
        counter = self._site.counter(record.slug)
        if self._site.counts_views and not counter.exists():
            swap.write(counter, b"")

    def _sweep(self, swap: Swap, before: Row, after: Index) -> None:
        """Take away the pictures that no post shows any more."""
        for name in before.media:
            if not after.uses(name):
                swap.remove(self._site.media(name))
                swap.remove(self._site.original(name))

    def _write_index(self, swap: Swap, index: Index) -> None:
        swap.write(self._site.index, index.model_dump_json(exclude_defaults=True).encode())

    # The whole site

    @property
    def _mark(self) -> Path:
        return self._site.public / MARK

    def _claim(self, *, may_be_empty: bool) -> None:
        """Make sure that the folder is ours to write, before a single file changes."""
        public, owner = self._site.public, self._owner()
        if owner == self._site.channel_id:
            return
        if not owner and not may_be_empty:
            raise AuthExpired(_EMPTIED.format(public), code="emptied")
        if standing := sorted(found.name for name in OURS for found in public.glob(name)):
            sentence = _TAKEN if owner else _FOREIGN
            raise AuthExpired(sentence.format(public, standing[0]), code="taken")

    def _owner(self) -> str:
        """The channel whose mark is in the folder; empty where there is none."""
        return self._mark.read_text().strip() if self._mark.is_file() else ""

    def _looks_right(self) -> bool:
        """Whether the files were last made with these settings and these templates."""
        return self._site.look.is_file() and self._site.look.read_text() == self._press.look

    def _rebuild(self, before: Index | None) -> Index:
        """Render everything from the records. Its cost grows with the site; only new settings cause it."""
        records = self._all_records()
        rows = sorted(map(row_of, records.values()), key=age)
        index = Index(changed_at=before.changed_at if before else self._now, rows=tuple(rows))
        with self._swap() as swap:
            swap.write(self._mark, self._site.channel_id.encode())
            swap.write(self._site.public / "site.css", self._press.stylesheet())
            pages = Pages(self._press, swap, records)
            self._share_pictures(swap, index)
            for record in records.values():
                self._start_counting(swap, record)
                pages.permalink(record)
            for number in index.pages:
                pages.archive(index, number)
            pages.lists(index)
            self._remove_strays(swap, index)
            self._write_index(swap, index)
            swap.write(self._site.look, self._press.look.encode())
        return index

    def _all_records(self) -> dict[str, Record]:
        keys = [unquote(place.stem) for place in self._site.records.glob("*.json")]
        return {key: record for key in keys if (record := read_record(self._site, key))}

    def _share_pictures(self, swap: Swap, index: Index) -> None:
        """Fill a folder that is new or was emptied."""
        for name in sorted({name for row in index.rows for name in row.media}):
            if self._site.original(name).exists() and not self._site.media(name).exists():
                swap.share(self._site.original(name), self._site.media(name))

    def _remove_strays(self, swap: Swap, index: Index) -> None:
        """Take away the pages, pictures and counters of posts that are no longer there."""
        site = self._site
        kept = {site.archive(number) for number in index.pages}
        for row in index.rows:
            kept |= {site.permalink(row.slug), *map(site.media, row.media), *map(site.original, row.media)}
            kept |= {site.counter(row.slug)} if site.counts_views else set()
        shown = (site.public.glob(name) for name in ("p/*.html", "page/*.html", "media/*"))
        for place in chain(*shown, site.originals.iterdir(), site.counters.iterdir()):
            if place not in kept:
                swap.remove(place)


def _read_index(site: Site) -> Index | None:
    """The index, or None where it must be made anew: it is only a digest of the records."""
    try:
        return Index.model_validate_json(site.index.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
