"""The record: everything that happened, each entry chained to the one before it."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from domain.words import Role
from web.access import House
from web.api.door import Asking, section
from web.api.looking import look
from web.api.shapes import Fingerprint, Given, Instant, Page, Shape

TOPIC = "Record"
DESCRIPTION = "Everything that happened, each entry chained to the one before it. For auditors and admins."


class RecordQuery(Given):
    """Which entries."""

    subject: str | None = Field(None, max_length=80, description="For example post:01KPC….")
    before: int | None = Field(None, ge=1, le=2**31 - 1, description="Go on with entries before this number.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


class Entry(Shape):
    """One thing that happened."""

    seq: int = Field(description="Its number in the chain, from 1.", examples=[17])
    at: Instant
    actor: str = Field(description="member:<id>, or the daemon.", examples=["daemon"])
    action: str = Field(examples=["approved"])
    subject: str = Field(description="What it happened to, as kind:<id>.")
    detail: dict[str, Any]
    previous: Fingerprint
    hash: Fingerprint


class Verification(Shape):
    """Whether the chain holds."""

    holds: bool
    broken_at: int | None = Field(description="The number of the first entry that does not hold.")
    why: str = Field(description="Empty when it holds.")


router = section(TOPIC)


@router.get("/audit", summary="List the record")
def list_record(house: House, asking: Asking, query: Annotated[RecordQuery, Query()]) -> Page[Entry]:
    """The latest first. `next` is what to send as `before` for the entries before these."""
    asking.require(Role.AUDITOR, Role.ADMIN, what="read the record")
    with look(house, asking) as scope:
        rows = scope.browsing.record(subject=query.subject, before=query.before, limit=query.limit + 1)
        shown = [Entry.model_validate(row) for row in rows[: query.limit]]
        return Page(items=shown, next=shown[-1].seq if len(rows) > query.limit else None)


@router.get("/audit/verification", summary="Verify the record")
def verify_record(house: House, asking: Asking) -> Verification:
    """Computes every hash again, from the first entry to the last."""
    asking.require(Role.AUDITOR, Role.ADMIN, what="verify the record")
    with look(house, asking) as scope:
        broken = scope.audit.verify()
    return Verification(
        holds=broken is None,
        broken_at=broken.seq if broken else None,
        why=broken.why if broken else "",
    )
