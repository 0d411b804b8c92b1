"""Stop and go on: one request holds everything, a channel, a campaign or a label."""

from typing import Self

from fastapi import APIRouter
from pydantic import ConfigDict, Field, model_validator

from domain.words import HoldScope
from store import models
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.shapes import Given, GivenId, Id, Instant, Person, Publication, Shape

TOPIC = "Stops"
DESCRIPTION = (
    "One request holds everything, a channel, a campaign or a label; resuming asks for a fresh look."
)


class Stop(Shape):
    """A Stop that is in force."""

    id: Id
    scope: HoldScope
    target: str | None = Field(description="The channel's or campaign's id, or the label.")
    reason: str = Field(examples=["The storm closed the clinic."])
    placed_by: Person
    placed_at: Instant
    released_at: Instant | None


class Stops(Shape):
    """Every Stop in force, the oldest first."""

    items: list[Stop]


class StopDetail(Stop):
    """A Stop with what it holds."""

    holds: list[Publication] = Field(description="By due instant; what is past was missed.")


class Stopped(Stop):
    """A Stop that was just placed."""

    held: int = Field(description="How many publications it holds.", examples=[3])


class PlaceStop(Given):
    """What stops, and why."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"scope": "practice", "reason": "The storm closed the clinic."}}
    )

    scope: HoldScope
    target: str | None = Field(
        None, max_length=120, description="The channel's or campaign's id, or the label; null for everything."
    )
    reason: str = Field(max_length=500, description="Everybody sees it.")

    @model_validator(mode="after")
    def _names_what_stops(self) -> Self:
        if self.scope is not HoldScope.PRACTICE and not self.target:
            raise ValueError(f"Name the {self.scope} that stops, in “target”.")
        return self


class Resume(Given):
    """What was missed and is still wanted."""

    model_config = ConfigDict(json_schema_extra={"example": {"keep": []}})

    keep: list[GivenId] = Field(
        [], max_length=1000, description="Ids of missed publications to send late; the others are cancelled."
    )


class Resumed(Shape):
    """What became of what was held."""

    scheduled: int = Field(examples=[2])
    cancelled: int = Field(examples=[1])


router: APIRouter = section(TOPIC)


@router.get("/holds", summary="List Stops in force")
def list_holds(house: House, asking: Asking) -> Stops:
    """The oldest first."""
    with look(house, asking) as scope:
        names = Names(scope)
        return Stops(items=[_stop(row, names) for row in scope.publications.open_holds()])


@router.post("/holds", status_code=201, summary="Stop", responses=faults(404))
def stop(house: House, asking: Asking, given: PlaceStop) -> Stopped:
    """Holds what is covered, now and from now on. Anybody who works here may stop."""
    hold, held = house.stopping.stop(asking, given.scope, given.target, given.reason)
    with look(house, asking) as scope:
        return Stopped(**_stop(hold, Names(scope)).model_dump(), held=held)


@router.get("/holds/{hold_id}", summary="Show what a Stop holds", responses=faults(404))
def show_hold(house: House, asking: Asking, hold_id: str) -> StopDetail:
    """The fresh look before resuming."""
    with look(house, asking) as scope:
        names = Names(scope)
        row = scope.publications.hold(hold_id)
        held = scope.publications.held_by(row)
        return StopDetail(
            **_stop(row, names).model_dump(),
            holds=[Publication.of(each, names.channel(each.channel_id)) for each in held],
        )


@router.post("/holds/{hold_id}/resume", summary="Resume", responses=faults(404))
def resume(house: House, asking: Asking, hold_id: str, given: Resume) -> Resumed:
    """What is still ahead goes on; of what was missed, `keep` is sent late and the rest cancelled."""
    scheduled, cancelled = house.stopping.resume(asking, hold_id, given.keep)
    return Resumed(scheduled=scheduled, cancelled=cancelled)


def _stop(row: models.Hold, names: Names) -> Stop:
    return Stop(
        id=row.id,
        scope=row.scope,
        target=row.target,
        reason=row.reason,
        placed_by=names.person(row.placed_by),
        placed_at=row.placed_at,
        released_at=row.released_at,
    )
