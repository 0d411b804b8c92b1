"""How an account of the rehearsal network is told to misbehave. Pure decisions over frozen values."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from connectors.providers.rehearsal.audience import draw
from domain.content import Frozen

Seconds = Annotated[float, Field(ge=0, le=3600)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Mishap(StrEnum):
    """What can befall one write."""

    RATE_LIMIT = "rate_limit"  # 429 with Retry-After, not accepted
    REFUSE = "refuse"  # 403, not accepted
    ERROR_BEFORE = "error_before"  # 503, not accepted
    ERROR_AFTER = "error_after"  # 500 although accepted
    DROP_BEFORE = "drop_before"  # the line is cut, not accepted
    DROP_AFTER = "drop_after"  # accepted, then the line is cut
    ANSWER_LATE = "answer_late"  # accepted, the answer comes after `seconds`
    NEVER_ANSWER = "never_answer"  # accepted, the answer never comes
    GARBAGE = "garbage"  # accepted, the answer cannot be read
    REDIRECT = "redirect"  # 307 to an address that would accept, not accepted


BEFORE = frozenset(
    {Mishap.RATE_LIMIT, Mishap.REFUSE, Mishap.ERROR_BEFORE, Mishap.DROP_BEFORE, Mishap.REDIRECT}
)


class Planned(Frozen):
    """The next `times` writes meet this."""

    kind: Mishap
    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    seconds: Seconds = 30.0  # of a Retry-After or of a late answer


class Chances(Frozen):
    """Each write meets one of these with its probability. The same seed gives the same series."""

    seed: int = 0
    odds: dict[Mishap, Probability] = Field(default_factory=dict)
    seconds: Seconds = 30.0

    @field_validator("odds")
    @classmethod
    def at_most_certain(cls, odds: dict[Mishap, float]) -> dict[Mishap, float]:
        if sum(odds.values()) > 1:
            raise ValueError("The chances add up to more than 1. Lower some of them.")
        return odds


class Behaviour(Frozen):
    """The whole conduct of one account; the default behaves well."""

    planned: tuple[Planned, ...] = ()
    chances: Chances = Chances()
    processing_seconds: Seconds = 0.0  # above 0: 202 Accepted, and the post stands only after so long
    answers_lookups: bool = True
    token_expired: bool = False
    out_of_credit: bool = False
    zone: str = "UTC"  # where the audience lives

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"There is no time zone called “{zone}”. Try America/Chicago or UTC.") from None
        return zone

    @property
    def counts_writes(self) -> bool:
        """Whether a write can meet a mishap at all."""
        return bool(self.planned or self.chances.odds)


class Misfortune(Frozen):
    """What befalls this write."""

    kind: Mishap
    seconds: float = 0.0


def next_misfortune(behaviour: Behaviour, write: int) -> tuple[Misfortune | None, Behaviour]:
    """What befalls the write number *write*, and the behaviour that is left for the next one."""
    if behaviour.planned:
        first, *rest = behaviour.planned
        left = [first.model_copy(update={"times": first.times - 1})] if first.times > 1 else []
        after = behaviour.model_copy(update={"planned": (*left, *rest)})
        return Misfortune(kind=first.kind, seconds=first.seconds), after
    return _by_chance(behaviour.chances, write), behaviour


def _by_chance(chances: Chances, write: int) -> Misfortune | None:
    even = draw(str(chances.seed), f"write {write}")
    for kind in sorted(chances.odds):
        even -= chances.odds[kind]
        if even < 0:
            return Misfortune(kind=kind, seconds=chances.seconds)
    return None
