"""Promotions: proposals to lift a post once more, and a person's answer to each."""

from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from domain.words import PromotionMode, PromotionState
from promotion.decide import Proposal
from store import models
from store.views.browsing import Slice
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.shapes import (
    ChannelName,
    Fingerprint,
    Given,
    Id,
    Instant,
    Page,
    Paging,
    Person,
    Reason,
    Shape,
    page,
)

TOPIC = "Promotions"
DESCRIPTION = "Proposals to lift a post once more, with the numbers they rest on, and the answers."


class PromotionQuery(Paging):
    """Which promotions."""

    state: list[PromotionState] | None = Field(None, description="Repeat it for several states.")


class Promotion(Shape):
    """A proposal and what became of it."""

    id: Id
    publication_id: Id
    channel: ChannelName
    state: PromotionState
    mode: PromotionMode
    reason: str = Field(description="Why it is proposed, in one sentence.")
    fingerprint: Fingerprint
    proposed_at: Instant
    decided_by: Person | None
    decided_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    message: str


class PromotionDetail(Promotion):
    """A proposal with its verdict."""

    verdict: Proposal = Field(description="The ruling, and all evidence from which it can be repeated.")


class Decline(Given):
    """Why not."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "The offer has ended."}})

    reason: Reason = ""


router = section(TOPIC)


@router.get("/promotions", summary="List promotions")
def list_promotions(
    house: House, asking: Asking, query: Annotated[PromotionQuery, Query()]
) -> Page[Promotion]:
    """The latest first."""
    with look(house, asking) as scope:
        rows = scope.browsing.promotions(query.state, Slice(query.limit + 1, query.offset))
        names = Names(scope)
        return page([_promotion(row, names) for row in rows], query.limit, query.offset)


@router.get("/promotions/{promotion_id}", summary="Show a promotion", responses=faults(404))
def show_promotion(house: House, asking: Asking, promotion_id: str) -> PromotionDetail:
    """With its verdict: probability, bar, forecast, and the readings behind them."""
    return _shown(house, asking, promotion_id)


@router.post("/promotions/{promotion_id}/approve", summary="Approve a promotion", responses=faults(404, 409))
def approve_promotion(house: House, asking: Asking, promotion_id: str) -> PromotionDetail:
    """Lets the daemon lift the post; where the place has an end, it is ended by itself."""
    house.promoting.approve(asking, promotion_id)
    return _shown(house, asking, promotion_id)


@router.post("/promotions/{promotion_id}/decline", summary="Decline a promotion", responses=faults(404, 409))
def decline_promotion(house: House, asking: Asking, promotion_id: str, given: Decline) -> PromotionDetail:
    """The post stays as it is, and its place in the week's allowance is free again."""
    house.promoting.decline(asking, promotion_id, given.reason)
    return _shown(house, asking, promotion_id)


def _shown(house: House, asking: Asking, promotion_id: str) -> PromotionDetail:
    with look(house, asking) as scope:
        row = scope.promotions.get(promotion_id)
        return PromotionDetail(
            **_promotion(row, Names(scope)).model_dump(), verdict=Proposal.model_validate(row.verdict)
        )


def _promotion(row: models.Promotion, names: Names) -> Promotion:
    return Promotion(
        id=row.id,
        publication_id=row.publication_id,
        channel=names.channel(row.channel_id),
        state=row.state,
        mode=row.mode,
        reason=row.reason,
        fingerprint=row.fingerprint,
        proposed_at=row.proposed_at,
        decided_by=names.person_or_none(row.decided_by),
        decided_at=row.decided_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        message=row.message,
    )
