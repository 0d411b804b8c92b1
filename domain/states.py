"""Two machines, never one enum: what the practice thinks of a Post, and what became of a Publication."""

from enum import StrEnum

from domain.refusal import Refusal


class Editorial(StrEnum):
    """Where a Post stands with the people."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Delivery(StrEnum):
    """Where a Publication stands with its network."""

    SCHEDULED = "scheduled"
    DISPATCHING = "dispatching"  # claimed, intent written, the call may be out
    PROCESSING = "processing"  # the network took it and is still working
    PUBLISHED = "published"
    PARTIAL = "partial"  # some parts of a thread stand, the rest was refused
    UNCERTAIN = "uncertain"  # sent, outcome unknown: looked up, never blindly sent again
    HELD = "held"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RETRACTED = "retracted"


EDITORIAL_MOVES: dict[Editorial, frozenset[Editorial]] = {
    Editorial.DRAFT: frozenset({Editorial.DRAFT, Editorial.IN_REVIEW, Editorial.WITHDRAWN}),
    Editorial.IN_REVIEW: frozenset(
        {
            Editorial.DRAFT,
            Editorial.APPROVED,
            Editorial.CHANGES_REQUESTED,
            Editorial.REJECTED,
            Editorial.WITHDRAWN,
        }
    ),
    Editorial.CHANGES_REQUESTED: frozenset({Editorial.DRAFT, Editorial.WITHDRAWN}),
    Editorial.APPROVED: frozenset({Editorial.DRAFT, Editorial.WITHDRAWN}),
    Editorial.REJECTED: frozenset({Editorial.DRAFT}),
    Editorial.WITHDRAWN: frozenset({Editorial.DRAFT}),
}

DELIVERY_MOVES: dict[Delivery, frozenset[Delivery]] = {
    Delivery.SCHEDULED: frozenset(
        {Delivery.DISPATCHING, Delivery.HELD, Delivery.EXPIRED, Delivery.CANCELLED, Delivery.FAILED}
    ),
    Delivery.DISPATCHING: frozenset(
        {
            Delivery.SCHEDULED,  # certainly not received: try again later
            Delivery.PROCESSING,
            Delivery.PUBLISHED,
            Delivery.PARTIAL,
            Delivery.UNCERTAIN,
            Delivery.HELD,
            Delivery.FAILED,
        }
    ),
    Delivery.PROCESSING: frozenset(
        {Delivery.PUBLISHED, Delivery.FAILED, Delivery.UNCERTAIN, Delivery.SCHEDULED}
    ),
    Delivery.UNCERTAIN: frozenset(
        {
            Delivery.PUBLISHED,
            Delivery.PROCESSING,
            Delivery.PARTIAL,
            Delivery.SCHEDULED,  # only after a trustworthy *absent*, or by a person
            Delivery.FAILED,
            Delivery.CANCELLED,
        }
    ),
    Delivery.HELD: frozenset({Delivery.SCHEDULED, Delivery.EXPIRED, Delivery.CANCELLED, Delivery.FAILED}),
    Delivery.PUBLISHED: frozenset({Delivery.RETRACTED}),
    Delivery.PARTIAL: frozenset({Delivery.SCHEDULED, Delivery.PUBLISHED, Delivery.RETRACTED}),
    Delivery.FAILED: frozenset({Delivery.SCHEDULED, Delivery.CANCELLED}),
    Delivery.EXPIRED: frozenset({Delivery.SCHEDULED, Delivery.CANCELLED}),
    Delivery.CANCELLED: frozenset(),
    Delivery.RETRACTED: frozenset(),
}

# A Publication in one of these is finished unless a person reopens it.
NAMED_OUTCOMES = frozenset(
    {
        Delivery.PUBLISHED,
        Delivery.PARTIAL,
        Delivery.FAILED,
        Delivery.EXPIRED,
        Delivery.CANCELLED,
        Delivery.RETRACTED,
    }
)

# In these a call may be out or its result unknown: an edit or a withdrawal comes too late to stop it.
IN_FLIGHT = frozenset({Delivery.DISPATCHING, Delivery.PROCESSING, Delivery.UNCERTAIN})

# In these nothing has left yet, so a withdrawal, an edit or a revocation cancels.
STILL_OURS = frozenset({Delivery.SCHEDULED, Delivery.HELD})


class IllegalMove(Refusal):
    """A state was asked to become one that its table does not allow."""

    def __init__(self, before: StrEnum, after: StrEnum) -> None:
        self.before = before
        self.after = after
        super().__init__(f"A post that is {before} cannot become {after}.")


def move_editorial(before: Editorial, after: Editorial) -> Editorial:
    """*after*, if the table allows it from *before*; raises IllegalMove otherwise."""
    if after not in EDITORIAL_MOVES[before]:
        raise IllegalMove(before, after)
    return after


def move_delivery(before: Delivery, after: Delivery) -> Delivery:
    """*after*, if the table allows it from *before*; raises IllegalMove otherwise."""
    if after not in DELIVERY_MOVES[before]:
        raise IllegalMove(before, after)
    return after
