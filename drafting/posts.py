"""Writing posts: every save is a new Revision, and every edit takes back what was signed."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, NaiveDatetime, field_validator

from domain.actor import Actor
from domain.clock import Clock
from domain.content import (
    AssetRef,
    Content,
    Frozen,
    Override,
    revision_fingerprint,
    text_key,
    variant_fingerprint,
)
from domain.ids import new_id
from domain.refusal import Refusal
from domain.states import IN_FLIGHT, STILL_OURS, Delivery, Editorial, move_delivery, move_editorial
from domain.words import Role
from drafting.media import CleanedMedia, clean
from drafting.wallclock import Fold, Gap, Marker, Resolved, UnknownZone, find_zone, offset_name, resolve
from store.blobs import Blobs
from store.database import Database
from store.models import Asset, PostRow, Publication, Revision, Variant
from store.scope import PracticeScope

MAY_WRITE = (Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.ADMIN)
MAX_TEXT = 100_000  # characters, far above every network's own limit
EARLIEST, LATEST = datetime(1970, 1, 2), datetime(2199, 12, 31)  # noqa: DTZ001 - wall times
Wall = Annotated[NaiveDatetime, Field(ge=EARLIEST, le=LATEST)]
LONGEST_LABEL = 60  # characters
Label = Annotated[str, Field(max_length=LONGEST_LABEL)]
STANDS = frozenset({Delivery.PUBLISHED, Delivery.PARTIAL})


class CannotEdit(Refusal):
    """This post cannot be changed now; the message says why and what to do instead."""


class ChangedMeanwhile(CannotEdit):
    """Somebody else saved this post after it was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody saved this post after you opened it. Open it again and add your changes.")


class NoSuchTime(Refusal):
    """The wall time does not exist, or exists twice, where the practice is."""


class PictureUse(Frozen):
    """One picture of a post with the words for those who cannot see it."""

    digest: str
    alt_text: str = ""


class PostInput(Frozen):
    """What a person writes. Text is kept to the letter, but for line ends and composed accents (NFC)."""

    title: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=MAX_TEXT)
    thread: tuple[str, ...] = Field(default=(), max_length=50)
    link: str | None = Field(default=None, max_length=2000)
    first_comment: str | None = Field(default=None, max_length=MAX_TEXT)
    pictures: tuple[PictureUse, ...] = Field(default=(), max_length=20)
    channels: tuple[str, ...] = ()  # channel ids
    overrides: Mapping[str, Override] = Field(default_factory=dict)  # by channel id
    campaign: str = Field(default="", max_length=120)
    labels: tuple[Label, ...] = Field(default=(), max_length=20)
    author_id: str | None = None  # whom it is assigned to; None: whoever saves it
    wall: Wall | None = None  # naive wall time, to the minute
    zone: str = ""  # empty: the practice's zone
    marker: Marker | None = None  # settles a time that clocks show twice: EDT, or an offset

    @field_validator("text", "title", mode="before")
    @classmethod
    def _tidy(cls, value: object) -> object:
        return tidy(value) if isinstance(value, str) else value

    @field_validator("link", "first_comment", mode="before")
    @classmethod
    def _tidy_or_none(cls, value: object) -> object:
        return (tidy(value) or None) if isinstance(value, str) else value

    @field_validator("thread", mode="after")
    @classmethod
    def _tidy_parts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for part in map(tidy, value) if part)


def tidy(text: str) -> str:
    """Line ends as \\n, accents composed, no NUL, nothing blank around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return unicodedata.normalize("NFC", lines).strip()


@dataclass(frozen=True)
class Drafts:
    """Creates and edits posts, and keeps their pictures."""

    database: Database
    clock: Clock
    blobs: Blobs

    def add_picture(self, actor: Actor, data: bytes, filename: str) -> Asset:
        """Decode, rebuild and keep a picture; raises drafting.media.UnsoundMedia."""
        actor.require(*MAY_WRITE, what="add pictures")
        cleaned = clean(data, filename)
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            scope.practices.lock()  # the same picture twice at once is one Asset
            asset = keep_picture(scope, self.blobs, actor, cleaned, filename, self.clock.now())
            work.commit()
        return asset

    def create(self, actor: Actor, post: PostInput, source_key: str | None = None) -> str:
        """A new draft; returns its id. The same source key again gives the post that it made first."""
        actor.require(*MAY_WRITE, what="write posts")
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            if known := _made_before(scope, source_key):
                return known
            row = create_post(scope, actor, post, self.clock.now(), source_key)
            work.commit()
        return row.id

    def edit(self, actor: Actor, post_id: str, post: PostInput, version: int | None = None) -> PostRow:
        """Save a new Revision. What was in review or approved goes back to draft."""
        actor.require(*MAY_WRITE, what="write posts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.posts.get(post_id, lock=True)
            if version is not None and row.version != version:
                raise ChangedMeanwhile
            _refuse_when_out(scope.publications.of_post(post_id, lock=True))
            take_back(scope, row, actor.audit_name, "edited", now)
            row.state = move_editorial(row.state, Editorial.DRAFT)
            _fill(scope, row, actor, post, now)
            _add_revision(scope, row, actor, post, now)
            work.commit()
        return row

    def withdraw(self, actor: Actor, post_id: str, reason: str) -> None:
        """Take a post out of the calendar before it is published."""
        actor.require(*MAY_WRITE, Role.PUBLISHER, what="withdraw posts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.posts.get(post_id, lock=True)
            _refuse_when_out(scope.publications.of_post(post_id, lock=True))
            take_back(scope, row, actor.audit_name, reason or "withdrawn", now)
            row.state = move_editorial(row.state, Editorial.WITHDRAWN)
            row.updated_at = now
            scope.audit.record(actor.audit_name, "post_withdrawn", f"post:{row.id}", now, reason=reason)
            work.commit()


def keep_picture(
    scope: PracticeScope, blobs: Blobs, actor: Actor, cleaned: CleanedMedia, filename: str, now: datetime
) -> Asset:
    """The Asset of a cleaned picture, made when these bytes are new. Does not commit."""
    known = scope.posts.assets([cleaned.digest]).get(cleaned.digest)
    blobs.put(actor.practice_id, cleaned.data)
    if known is not None:
        return known
    asset = Asset(
        id=new_id(),
        practice_id=actor.practice_id,
        digest=cleaned.digest,
        original_digest=cleaned.original_digest,
        media_type=cleaned.media_type,
        filename=filename[-255:],
        size=len(cleaned.data),
        width=cleaned.width,
        height=cleaned.height,
        created_by=actor.member_id,
        created_at=now,
    )
    scope.posts.add(asset)
    return asset


def create_post(
    scope: PracticeScope, actor: Actor, post: PostInput, now: datetime, source_key: str | None = None
) -> PostRow:
    """Add a draft with its first Revision. Does not commit."""
    row = PostRow(
        id=new_id(),
        practice_id=scope.id,
        created_by=actor.member_id,
        state=Editorial.DRAFT,
        revision=0,
        source_key=source_key,
        created_at=now,
        zone="",
        title="",
        author_id=post.author_id or actor.member_id,
    )
    _fill(scope, row, actor, post, now)
    scope.posts.add(row)
    scope.posts.set_labels(row.id, post.labels)
    _add_revision(scope, row, actor, post, now)
    return row


def _made_before(scope: PracticeScope, source_key: str | None) -> str | None:
    """The post of this source key. Who asks at the same time waits, so that a key never makes two."""
    if source_key is None:
        return None
    scope.practices.lock()
    return scope.posts.source_keys([source_key]).get(source_key)


def take_back(scope: PracticeScope, post: PostRow, actor_name: str, reason: str, now: datetime) -> None:
    """End a review under way, void the standing approval, cancel what has not left. Does not commit."""
    submission = scope.signoffs.open_submission(post.id, lock=True)
    if submission is not None:
        submission.closed_at = now
        submission.outcome = Editorial.DRAFT
    approval = scope.signoffs.standing_approval(post.id, lock=True)
    if approval is not None:
        scope.signoffs.void(approval, reason, now)
        scope.audit.record(
            actor_name, "approval_voided", f"post:{post.id}", now, approval=approval.id, reason=reason
        )
    for publication in scope.publications.of_post(post.id, lock=True):
        if publication.state in STILL_OURS:
            publication.state = move_delivery(publication.state, Delivery.CANCELLED)
            publication.reason = reason


def to_instant(wall: datetime, zone_name: str, marker: Marker | None = None) -> datetime:
    """The instant a wall time names; raises NoSuchTime with the nearest times that work."""
    zone = zone_named(zone_name)
    match resolve(wall.date(), wall.time(), zone, marker):
        case Resolved(instant):
            return instant
        case Gap(before, after):
            raise NoSuchTime(
                f"Clocks skip {wall:%H:%M} on that day in {zone_name}. "
                f"Choose {before:%H:%M} or {after:%H:%M}."
            )
        case Fold(first, second):
            raise NoSuchTime(
                f"Clocks show {wall:%H:%M} twice on that day in {zone_name}. "
                f"Say which: {offset_name(first)} or {offset_name(second)}."
            )
        case _:
            raise NoSuchTime(f"“{marker}” is not in force at {wall:%H:%M} on that day in {zone_name}.")


def zone_named(name: str) -> ZoneInfo:
    """The zone a person named; raises NoSuchTime with the one probably meant."""
    try:
        return find_zone(name)
    except UnknownZone as error:
        near = error.nearest or "America/New_York"
        raise NoSuchTime(f"{error} Write it as {near}.") from None


def _refuse_when_out(publications: Sequence[Publication]) -> None:
    states = {publication.state for publication in publications}
    if states & IN_FLIGHT:
        raise CannotEdit("This post is being sent right now. Wait for its outcome, then decide.")
    if states & STANDS:
        raise CannotEdit("This post is published. Copy it to say something new, or take it down first.")


def _fill(scope: PracticeScope, row: PostRow, actor: Actor, post: PostInput, now: datetime) -> None:
    practice = scope.practices.get()
    row.title = post.title or title_from(post.text)
    row.campaign_id = scope.posts.campaign_named(post.campaign, now).id if post.campaign.strip() else None
    row.author_id = scope.people.member(post.author_id or row.author_id or actor.member_id).id
    row.zone = str(zone_named(post.zone)) if post.zone else practice.zone
    wall = post.wall.replace(second=0, microsecond=0) if post.wall else None
    row.wall = wall.isoformat(timespec="minutes") if wall else None
    row.due_at = to_instant(wall, row.zone, post.marker) if wall else None
    row.updated_at = now
    if row.revision:
        scope.posts.set_labels(row.id, post.labels)


def _add_revision(scope: PracticeScope, row: PostRow, actor: Actor, post: PostInput, now: datetime) -> None:
    base, overrides = _base(scope, post), _overrides(scope, post)
    contents = {channel_id: override.apply(base) for channel_id, override in overrides.items()}
    fingerprints = {key: variant_fingerprint(key, content) for key, content in contents.items()}
    row.revision += 1
    revision = Revision(
        id=new_id(),
        practice_id=scope.id,
        post_id=row.id,
        number=row.revision,
        author_id=actor.member_id,
        base=base.model_dump(mode="json"),
        fingerprint=revision_fingerprint(fingerprints),
        created_at=now,
    )
    scope.posts.add(revision)
    scope.posts.add(
        *(
            Variant(
                id=new_id(),
                practice_id=scope.id,
                post_id=row.id,
                revision_id=revision.id,
                channel_id=channel_id,
                override=overrides[channel_id].model_dump(mode="json"),
                content=content.model_dump(mode="json"),
                fingerprint=fingerprints[channel_id],
                text_key=text_key(content),
            )
            for channel_id, content in contents.items()
        )
    )
    scope.audit.record(
        actor.audit_name,
        "revision_saved",
        f"post:{row.id}",
        now,
        number=revision.number,
        fingerprint=revision.fingerprint,
    )


def contents_of(scope: PracticeScope, post: PostInput) -> dict[str, Content]:
    """What each channel would carry, by its id, were the post saved as it is."""
    base = _base(scope, post)
    return {channel_id: override.apply(base) for channel_id, override in _overrides(scope, post).items()}


def _base(scope: PracticeScope, post: PostInput) -> Content:
    return Content(
        title=post.title or title_from(post.text),
        text=post.text,
        thread=post.thread,
        assets=_asset_refs(scope, post.pictures),
        link=post.link,
        first_comment=post.first_comment,
    )


def _overrides(scope: PracticeScope, post: PostInput) -> dict[str, Override]:
    return {
        scope.channels.get(channel_id).id: _own(scope, post.overrides.get(channel_id, Override()))
        for channel_id in dict.fromkeys(post.channels)
    }


def _own(scope: PracticeScope, override: Override) -> Override:
    """The override with the facts of its pictures as they are stored, not as they were sent."""
    if not override.assets:
        return override
    uses = tuple(PictureUse(digest=asset.digest, alt_text=asset.alt_text) for asset in override.assets)
    return override.model_copy(update={"assets": _asset_refs(scope, uses)})


def _asset_refs(scope: PracticeScope, pictures: tuple[PictureUse, ...]) -> tuple[AssetRef, ...]:
    assets = scope.posts.assets([use.digest for use in pictures])
    refs = []
    for use in pictures:
        asset = assets.get(use.digest) or scope.posts.asset(use.digest)
        refs.append(
            AssetRef(
                digest=asset.digest,
                media_type=asset.media_type,
                alt_text=tidy(use.alt_text),
                width=asset.width,
                height=asset.height,
                size=asset.size,
            )
        )
    return tuple(refs)


def title_from(text: str) -> str:
    """The first line, cut at a word, for a post that was not given a title."""
    line = text.split("\n", 1)[0].strip()
    if len(line) <= 60:
        return line or "Untitled"
    return line[:60].rsplit(" ", 1)[0] + "…"
