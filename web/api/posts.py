"""Posts: the calendar's ideas with their revisions and variants."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import ConfigDict, Field

from domain.states import Editorial
from domain.words import Severity
from store import models
from store.scope import PracticeScope
from store.views.browsing import PostFilter, Slice
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.shapes import (
    CampaignName,
    ChannelName,
    Content,
    Finding,
    Fingerprint,
    Given,
    GivenId,
    GivenInstant,
    Id,
    Instant,
    Page,
    Paging,
    Person,
    Reason,
    Shape,
    Variant,
    Zone,
    page,
)
from web.api.writing import PostEdit, PostGiven

TOPIC = "Posts"
DESCRIPTION = "What the calendar holds: ideas, with their revisions and a variant for each channel."

RepeatKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=180,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of your own for this request. Repeating it returns the post that it made first.",
    ),
]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The revision's number, from 1.")]


class PostQuery(Paging):
    """Which posts. `since` is included, `until` is not; both go by the due instant."""

    state: list[Editorial] | None = Field(None, description="Repeat it for several states.")
    since: GivenInstant | None = None
    until: GivenInstant | None = None
    author_id: GivenId | None = None
    campaign_id: GivenId | None = None
    channel_id: GivenId | None = None
    label: str | None = Field(None, max_length=60)


class PostSummary(Shape):
    """A post as a list shows it."""

    id: Id
    title: str = Field(examples=["Flu shots are in"])
    state: Editorial
    text: str = Field(examples=["Flu shots are in. Walk in any weekday between 9 and 5."])
    channels: list[ChannelName]
    campaign: CampaignName | None
    labels: list[str] = Field(examples=[["prevention"]])
    author: Person = Field(description="Whom it is assigned to.")
    wall: str | None = Field(examples=["2027-03-02T09:30"], description="The time on the wall in `zone`.")
    zone: Zone
    due_at: Instant | None
    revision: int = Field(examples=[1], description="The current revision's number.")
    version: int = Field(examples=[1], description="Grows with every change; send it back when you edit.")
    created_at: Instant
    updated_at: Instant


class RevisionSummary(Shape):
    """Numbered words and pictures, never changed once written."""

    number: int = Field(examples=[1])
    author: Person
    created_at: Instant
    fingerprint: Fingerprint
    content: Content


class Revision(RevisionSummary):
    """A revision, with what each channel carries of it."""

    variants: list[Variant]


class Post(PostSummary):
    """A post with everything that was ever written into it."""

    created_by: Person
    content: Content = Field(description="Of the current revision, before any channel's differences.")
    variants: list[Variant] = Field(description="Of the current revision.")
    revisions: list[RevisionSummary] = Field(description="All of them, the oldest first.")


class CheckResult(Shape):
    """What the guard says of a post's current revision."""

    blocked: bool = Field(description="Whether a finding stops it from being submitted.")
    findings: list[Finding] = Field(description="The gravest first.")


class Withdrawal(Given):
    """Why a post is taken out."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The clinic day was moved."}})

    reason: Reason = ""


router = section(TOPIC)


@router.get("/posts", summary="List posts")
def list_posts(house: House, asking: Asking, query: Annotated[PostQuery, Query()]) -> Page[PostSummary]:
    """By due instant; posts without one come last."""
    wanted = PostFilter(
        query.state,
        query.since,
        query.until,
        query.author_id,
        query.campaign_id,
        query.channel_id,
        query.label,
    )
    with look(house, asking) as scope:
        rows = scope.browsing.posts(wanted, Slice(query.limit + 1, query.offset))
        return page(_summaries(scope, rows), query.limit, query.offset)


@router.post("/posts", status_code=201, summary="Create a post", responses=faults(404, 409))
def create_post(house: House, asking: Asking, given: PostGiven, idempotency_key: RepeatKey = None) -> Post:
    """A new draft. Nothing is published before somebody else has approved it."""
    key = f"api:{idempotency_key}" if idempotency_key else None
    return _shown(house, asking, house.drafts.create(asking, given.post_input(), key))


@router.get("/posts/{post_id}", summary="Show a post", responses=faults(404))
def show_post(house: House, asking: Asking, post_id: str) -> Post:
    """With its labels, the current variants, and all revisions."""
    return _shown(house, asking, post_id)


@router.put("/posts/{post_id}", summary="Edit a post", responses=faults(404, 409))
def edit_post(house: House, asking: Asking, post_id: str, given: PostEdit) -> Post:
    """Saves a new revision and makes the post a draft again: a review under way ends, an approval is void."""
    house.drafts.edit(asking, post_id, given.post_input(), given.version)
    return _shown(house, asking, post_id)


@router.post("/posts/{post_id}/withdraw", summary="Withdraw a post", responses=faults(404, 409))
def withdraw_post(house: House, asking: Asking, post_id: str, given: Withdrawal) -> Post:
    """Takes the post out of the calendar and cancels what has not left yet."""
    house.drafts.withdraw(asking, post_id, given.reason)
    return _shown(house, asking, post_id)


@router.get("/posts/{post_id}/revisions/{number}", summary="Show a revision", responses=faults(404))
def show_revision(house: House, asking: Asking, post_id: str, number: Number) -> Revision:
    """One revision with exactly what each channel carries of it."""
    with look(house, asking) as scope:
        row = scope.posts.revision(post_id, number)
        names = Names(scope)
        return Revision(
            **_revision(row, names),
            variants=variants(scope.browsing.variants([row.id]).get(row.id, []), names),
        )


@router.get("/posts/{post_id}/check", summary="Check a post", responses=faults(404))
def check_post(house: House, asking: Asking, post_id: str) -> CheckResult:
    """Runs the guard over the current revision. Nothing is stored."""
    found = house.signoff.check(asking, post_id)
    return CheckResult(
        blocked=any(finding.severity is Severity.BLOCK for finding in found),
        findings=[Finding.of(finding) for finding in found],
    )


def variants(rows: Sequence[models.Variant], names: Names) -> list[Variant]:
    """Variants with their channels' names."""
    return [
        Variant.model_validate(
            {
                "channel": names.channel(row.channel_id),
                "fingerprint": row.fingerprint,
                "override": row.override,
                "content": row.content,
            }
        )
        for row in rows
    ]


def _shown(house: House, asking: Asking, post_id: str) -> Post:
    with look(house, asking) as scope:
        row = scope.posts.get(post_id)
        revisions = scope.posts.revisions(post_id)
        names = Names(scope)
        return Post(
            **_summaries(scope, [row], names)[0].model_dump(),
            created_by=names.person(row.created_by),
            content=Content.of(revisions[-1].base),
            variants=variants(scope.posts.variants(revisions[-1].id), names),
            revisions=[RevisionSummary(**_revision(revision, names)) for revision in revisions],
        )


def _summaries(
    scope: PracticeScope, rows: Sequence[models.PostRow], names: Names | None = None
) -> list[PostSummary]:
    names = names or Names(scope)
    ids = [row.id for row in rows]
    labels, revisions = scope.browsing.labels(ids), scope.browsing.current_revisions(ids)
    carried = scope.browsing.variants(revision.id for revision in revisions.values())
    return [
        PostSummary(
            id=row.id,
            title=row.title,
            state=row.state,
            text=revisions[row.id].base["text"],
            channels=[names.channel(each.channel_id) for each in carried.get(revisions[row.id].id, [])],
            campaign=names.campaign_or_none(row.campaign_id),
            labels=labels.get(row.id, []),
            author=names.person(row.author_id),
            wall=row.wall,
            zone=row.zone,
            due_at=row.due_at,
            revision=row.revision,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _revision(row: models.Revision, names: Names) -> dict[str, Any]:
    return {
        "number": row.number,
        "author": names.person(row.author_id),
        "created_at": row.created_at,
        "fingerprint": row.fingerprint,
        "content": Content.of(row.base),
    }
