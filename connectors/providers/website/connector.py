"""The website behind the seam: its own records are the truth, so a look-up by key is certain."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from connectors.base import (
    Absent,
    ASGIApp,
    AuthKind,
    Channel,
    Grade,
    Health,
    Journal,
    LookupStrength,
    Post,
    Published,
    Reading,
    Spec,
    Surroundings,
    Trace,
)
from connectors.errors import AuthExpired, Rejected, Transient
from connectors.providers.website.checks import MEDIA, TEXT_LIMIT, findings, refuse_what_cannot_stand
from connectors.providers.website.files import folder_errors
from connectors.providers.website.pages import read_record
from connectors.providers.website.record import Record
from connectors.providers.website.serve import public_pages
from connectors.providers.website.settings import KEY, OPTIONS, Site, site_folder, site_of
from connectors.providers.website.shelf import open_shelf
from connectors.providers.website.views import read_views
from domain.content import Content
from domain.words import Finding

STEP = "pages"

SPEC = Spec(
    key=KEY,
    label="Website",
    auth=AuthKind.NONE,
    text_limit=TEXT_LIMIT,
    media=MEDIA,
    options=OPTIONS,
    idempotent=True,
    lookup=LookupStrength.BY_KEY,
    lookup_settles=timedelta(),
    grade=Grade.REAL_SERVER,
    glyph="M2 3.5h12v9.5H2zM2 6.5h12",
)


class Website:
    """Publishes to the practice's own site: served by Rounds, or written to a folder for any web server."""

    spec = SPEC
    measure_batch = 100
    repost_label = "Pin to the top"

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def verify(self, channel: Channel) -> Health:
        """Whether the pages can be written. Makes them, so that links and feeds work from the first day."""
        try:
            site = self._site(channel)
            with open_shelf(site, self._now(), adopt=True):
                pass
        except (AuthExpired, Transient) as problem:
            return Health(ok=False, detail=problem.message)
        where = f"The news page is {site.url}/ and its files lie in {site.public}."
        return Health(ok=True, detail=where, remote_id=site.url, handle=site.url, name=site.title)

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published:
        site = self._site(channel)
        refuse_what_cannot_stand(post)
        journal.intend(STEP)
        with open_shelf(site, self._now()) as shelf:
            record = shelf.put(post)
        journal.done(STEP, record.key)
        return _published(site, record)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Absent:
        site = self._site(channel)
        with open_shelf(site, self._now()):
            record = read_record(site, trace.key)
        return _published(site, record) if record else Absent()

    def check(self, channel: Channel, content: Content) -> Sequence[Finding]:
        """What the pages ask of a post beyond its size."""
        return list(findings(content, channel.id))

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> dict[str, Reading]:
        """Views by post; no number where nobody counts."""
        site = self._site(channel)
        with folder_errors(site.public):
            records = [record for key in remote_ids if (record := read_record(site, key))]
            return {record.key: self._reading(site, record) for record in records}

    def retract(self, channel: Channel, remote_id: str) -> None:
        with open_shelf(self._site(channel), self._now()) as shelf:
            shelf.drop(remote_id)

    def repost(self, channel: Channel, remote_id: str) -> str:
        with open_shelf(self._site(channel), self._now()) as shelf:
            if not shelf.pin(remote_id, True):
                raise Rejected("This post is no longer on the website, so it cannot be pinned.")
        return remote_id

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        with open_shelf(self._site(channel), self._now()) as shelf:
            shelf.pin(remote_id, False)

    def forget(self, channel: Channel) -> None:
        """Pages in a folder of the practice's own web server stay: they are its own."""
        folder = site_folder(self._surroundings.data_dir, channel.id)
        with folder_errors(folder), suppress(FileNotFoundError):
            shutil.rmtree(folder)

    def pages(self) -> ASGIApp:
        """The public pages of all channels, below <channel id>/."""
        return public_pages(self._surroundings.data_dir)

    def _site(self, channel: Channel) -> Site:
        return site_of(channel, self._surroundings)

    def _now(self) -> datetime:
        return self._surroundings.clock.now()

    def _reading(self, site: Site, record: Record) -> Reading:
        views = read_views(site.counter(record.slug)) if site.counts_views else None
        return Reading(counts={} if views is None else {"views": views}, read_at=self._now())


def _published(site: Site, record: Record) -> Published:
    return Published(remote_id=record.key, url=site.address(record.slug), published_at=record.published_at)
