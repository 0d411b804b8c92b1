"""Publications: when an approved post goes out, and what became of it."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from domain.states import Delivery
from domain.words import AttemptKind, AttemptOutcome, SideWork, SideWorkState
from store import models
from store.scope import PracticeScope
from store.views.browsing import PublicationFilter, Slice
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.shapes import (
    Fingerprint,
    Given,
    GivenId,
    GivenInstant,
    Instant,
    Page,
    Paging,
    Publication,
    Reason,
    Shape,
    page,
)
from web.api.writing import GivenMarker, GivenWall, GivenZone, marker_of

TOPIC = "Publications"
DESCRIPTION = "When an approved post goes out on each channel, and what became of it."


class PublicationQuery(Paging):
    """Which publications. `since` is included, `until` is not; both go by the due instant."""

    state: list[Delivery] | None = Field(None, description="Repeat it for several states.")
    since: GivenInstant | None = None
    until: GivenInstant | None = None
    channel_id: GivenId | None = None


class Publications(Shape):
    """The publications of one post."""

    items: list[Publication]


class Attempt(Shape):
    """One call to the network: written down before it left, finished after it came back."""

    kind: AttemptKind
    started_at: Instant
    finished_at: Instant | None
    outcome: AttemptOutcome | None = Field(description="Null while the call is out.")
    code: str = Field(description="The network's own code, where it gave one.")
    message: str


class Receipt(Shape):
    """Proof that it stands."""

    remote_id: str
    url: str
    fingerprint: Fingerprint
    evidence: str = Field(description="answer, lookup or person.", examples=["answer"])
    published_at: Instant
    received_at: Instant


class FollowUp(Shape):
    """Work that follows a receipt: first comment, measuring, taking down, promoting."""

    kind: SideWork
    state: SideWorkState
    run_at: Instant
    finished_at: Instant | None
    message: str


class PublicationDetail(Publication):
    """A publication with every call that was made for it."""

    attempts: list[Attempt] = Field(description="The oldest first.")
    receipt: Receipt | None
    follow_ups: list[FollowUp]
    found: list[tuple[str, str]] = Field(
        description="What look-ups saw, for the person who decides: an address or id, and a sentence."
    )


class Schedule(Given):
    """When an approved post goes out."""

    model_config = ConfigDict(json_schema_extra={"example": {"wall": "2027-03-02T09:30"}})

    wall: GivenWall
    zone: GivenZone = Field("", description="An IANA zone; empty: the post's own.")
    marker: GivenMarker = None


class Cancel(Given):
    """Why it is taken out."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The clinic day was moved."}})

    reason: Reason = ""


class Resolve(Given):
    """What a person found when they looked on the network."""

    model_config = ConfigDict(json_schema_extra={"example": {"there": True, "url": ""}})

    there: bool = Field(
        strict=True, description="true: it stands. false: it does not, and is sent once more."
    )
    remote_id: str = Field("", max_length=300, description="The network's id of it, where one is known.")
    url: str = Field("", max_length=2000, description="Where it stands.")


class Retract(Given):
    """Why it is taken down."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The price was wrong."}})

    reason: Reason = ""


router = section(TOPIC)


@router.get("/publications", summary="List publications")
def list_publications(
    house: House, asking: Asking, query: Annotated[PublicationQuery, Query()]
) -> Page[Publication]:
    """By due instant."""
    wanted = PublicationFilter(query.state, query.since, query.until, query.channel_id)
    with look(house, asking) as scope:
        rows = scope.browsing.publications(wanted, Slice(query.limit + 1, query.offset))
        names = Names(scope)
        items = [Publication.of(row, names.channel(row.channel_id)) for row in rows]
        return page(items, query.limit, query.offset)


@router.get("/publications/{publication_id}", summary="Show a publication", responses=faults(404))
def show_publication(house: House, asking: Asking, publication_id: str) -> PublicationDetail:
    """With every attempt, the receipt, and what follows it."""
    return _shown(house, asking, publication_id)


@router.post("/posts/{post_id}/schedule", summary="Schedule a post", responses=faults(404, 409))
def schedule_post(house: House, asking: Asking, post_id: str, given: Schedule) -> Publications:
    """Gives an approved post its time, or moves it within the time that was signed."""
    rows = house.scheduling.schedule(asking, post_id, given.wall, given.zone, marker_of(given.marker))
    with look(house, asking) as scope:
        return _of_post(scope, rows)


@router.post("/posts/{post_id}/publish-now", summary="Publish a post now", responses=faults(404, 409))
def publish_post_now(house: House, asking: Asking, post_id: str) -> Publications:
    """Sends an approved post at once, within the time that was signed."""
    rows = house.scheduling.publish_now(asking, post_id)
    with look(house, asking) as scope:
        return _of_post(scope, rows)


@router.post(
    "/publications/{publication_id}/cancel", summary="Cancel a publication", responses=faults(404, 409)
)
def cancel_publication(house: House, asking: Asking, publication_id: str, given: Cancel) -> PublicationDetail:
    """Takes one channel's publication out before it leaves."""
    house.scheduling.cancel(asking, publication_id, given.reason)
    return _shown(house, asking, publication_id)


@router.post(
    "/publications/{publication_id}/resolve",
    summary="Resolve an uncertain publication",
    responses=faults(404, 409),
)
def resolve_publication(
    house: House, asking: Asking, publication_id: str, given: Resolve
) -> PublicationDetail:
    """Says what a person found on the network, where its answer was lost. Look there first."""
    if given.there:
        house.deciding.it_is_there(asking, publication_id, given.remote_id, given.url)
    else:
        house.deciding.it_is_not_there(asking, publication_id)
    return _shown(house, asking, publication_id)


@router.post(
    "/publications/{publication_id}/retract",
    status_code=202,
    summary="Take a publication down",
    responses=faults(404, 409),
)
def retract_publication(
    house: House, asking: Asking, publication_id: str, given: Retract
) -> PublicationDetail:
    """Asks for it; the daemon takes it down, and the publication becomes `retracted` then."""
    house.deciding.retract(asking, publication_id, given.reason)
    return _shown(house, asking, publication_id)


def _shown(house: House, asking: Asking, publication_id: str) -> PublicationDetail:
    with look(house, asking) as scope:
        row = scope.publications.get(publication_id)
        receipt = scope.publications.receipt(publication_id)
        return PublicationDetail(
            **Publication.of(row, Names(scope).channel(row.channel_id)).model_dump(),
            attempts=[Attempt.model_validate(each) for each in scope.publications.attempts(row.id)],
            receipt=Receipt.model_validate(receipt) if receipt else None,
            follow_ups=[FollowUp.model_validate(each) for each in scope.publications.side_work(row.id)],
            found=row.found,
        )


def _of_post(scope: PracticeScope, rows: list[models.Publication]) -> Publications:
    names = Names(scope)
    return Publications(items=[Publication.of(row, names.channel(row.channel_id)) for row in rows])
