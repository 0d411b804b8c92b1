"""How often anything may be promoted at all: weekly caps, and the rest between two promotions. Pure.

A use is a line in the ledger from the moment a promotion is proposed, so that two runs, or two people, never
spend the same place twice. Only what certainly never reached the network gives its place back.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from pydantic import NonNegativeInt

from domain.content import Frozen
from domain.words import PromotionState

COUNTED = frozenset(PromotionState) - {PromotionState.DECLINED, PromotionState.LAPSED, PromotionState.FAILED}
"""The states that hold a place. UNCERTAIN does: it may have reached readers."""


class Caps(Frozen):
    """What a practice allows itself."""

    per_week: NonNegativeInt = 2  # over all channels
    per_channel: NonNegativeInt = 1  # a week, on each channel
    rest_days: NonNegativeInt = 30  # before the same publication may be promoted again


class Use(Frozen):
    """One line of the ledger: a promotion that was proposed, and what became of it."""

    publication_id: str
    channel_id: str
    at: datetime  # when it was proposed
    state: PromotionState

    @property
    def holds(self) -> bool:
        """Whether it still takes a place."""
        return self.state in COUNTED


class Week(Frozen):
    """Monday to Sunday on the practice's wall, as a half-open range of instants."""

    start: datetime
    end: datetime


class Allowance(Frozen):
    """The places that are left in a week: over all channels, and on each."""

    practice: NonNegativeInt
    channels: dict[str, NonNegativeInt]

    def left(self, channel_id: str) -> int:
        """Places left for one channel; a channel nobody named has none."""
        return min(self.practice, self.channels.get(channel_id, 0))

    def take(self, channel_id: str) -> "Allowance":
        """The allowance after one more promotion; ValueError when there is no place left."""
        if self.left(channel_id) < 1:
            raise ValueError(f"No promotion is left this week on channel {channel_id}.")
        channels = {**self.channels, channel_id: self.channels[channel_id] - 1}
        return Allowance(practice=self.practice - 1, channels=channels)


def week_of(now: datetime, zone: ZoneInfo) -> Week:
    """The week around *now*. A week with a change of clocks has 167 or 169 hours."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    start, end = (
        datetime.combine(day, wall_time.min, tzinfo=zone) for day in (monday, monday + timedelta(days=7))
    )
    return Week(start=start, end=end)


def allowance(caps: Caps, uses: Iterable[Use], week: Week, channel_ids: Iterable[str]) -> Allowance:
    """What *uses* leave of a week's *caps*.

    A use dated after the week counts too: when a clock was wrong, fewer promotions are the safe side.
    """
    taken = [use.channel_id for use in uses if use.holds and use.at >= week.start]
    return Allowance(
        practice=max(caps.per_week - len(taken), 0),
        channels={name: max(caps.per_channel - taken.count(name), 0) for name in channel_ids},
    )


def resting_until(caps: Caps, uses: Iterable[Use], now: datetime) -> Mapping[str, datetime]:
    """Publication id to the end of its rest, for those that still rest at *now*."""
    rest = timedelta(days=caps.rest_days)
    ends: dict[str, datetime] = {}
    for use in uses:
        if use.holds and use.at + rest > now:
            ends[use.publication_id] = max(use.at + rest, ends.get(use.publication_id, use.at + rest))
    return ends
