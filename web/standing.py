"""How a post stands, in one state: what the people think of it until it is signed, then what became of it."""

from collections.abc import Iterable
from enum import StrEnum

from domain.states import Delivery, Editorial

# Where publications of one post differ, the first of these that any of them has is shown.
_WORST_FIRST = (
    Delivery.UNCERTAIN,
    Delivery.FAILED,
    Delivery.PARTIAL,
    Delivery.HELD,
    Delivery.EXPIRED,
    Delivery.DISPATCHING,
    Delivery.PROCESSING,
    Delivery.SCHEDULED,
    Delivery.PUBLISHED,
    Delivery.RETRACTED,
    Delivery.CANCELLED,
)

NEEDS_A_PERSON: frozenset[StrEnum] = frozenset(
    {
        Editorial.CHANGES_REQUESTED,
        Delivery.UNCERTAIN,
        Delivery.FAILED,
        Delivery.PARTIAL,
        Delivery.HELD,
        Delivery.EXPIRED,
    }
)
OVER: frozenset[StrEnum] = frozenset(
    {
        Editorial.WITHDRAWN,
        Editorial.REJECTED,
        Delivery.PUBLISHED,
        Delivery.RETRACTED,
        Delivery.CANCELLED,
    }
)


class Weight(StrEnum):
    """How much a post stands out; each is a class of the calendar's cards."""

    OVER = "over"
    DRAFT = "draft"
    PLANNED = "planned"
    NEEDS = "needs"


def standing(post: Editorial, publications: Iterable[Delivery]) -> StrEnum:
    """The state to show, given the publications of the approval that stands."""
    if post is not Editorial.APPROVED:
        return post
    states = set(publications)
    return next((state for state in _WORST_FIRST if state in states), post)


def weight(state: StrEnum) -> Weight:
    """Done recedes, drafts are dashed, what is planned is plain, what needs a person is filled."""
    if state in NEEDS_A_PERSON:
        return Weight.NEEDS
    if state in OVER:
        return Weight.OVER
    return Weight.DRAFT if state is Editorial.DRAFT else Weight.PLANNED
