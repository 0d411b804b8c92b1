"""How posts did beside what is usual on their channel: the one measure that compares networks. Pure.

Every figure is "times the channel's usual post": a post of twice the usual stands at 2. Where a network tells
how often a post was seen, the rate is compared, elsewhere the count. A post that is still young is shown as
what it will probably come to, with what is not known yet as an interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log1p

from promotion.forecast import CountOutlook, RateOutlook, foresee
from promotion.norm import Norm, learn
from promotion.readings import Snapshot, engagement
from promotion.service import finished_posts, readings_of
from store.views.results import Result

MEDIAN = 0.5
SHARES = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Ranked:
    """One published post with what it comes to, in times its channel's usual."""

    result: Result
    readings: tuple[Snapshot, ...]
    count: int  # the latest reading: acts of readers, or views where that is all there is
    views_only: bool
    seen: int | None  # impressions at the latest reading
    simulated: bool
    estimate: float
    interval: tuple[float, float, float, float]  # 5, 25, 75 and 95 %
    beats_usual: float  # the chance to end above the usual post
    finished: bool

    @property
    def rate(self) -> float | None:
        """Acts of readers, of those who saw it."""
        return min(self.count / self.seen, 1.0) if self.seen and not self.views_only else None


def norms(results: Sequence[Result], channel_ids: Iterable[str], now: datetime) -> dict[str, Norm]:
    """What is usual on each channel, learnt from its finished posts."""
    publications = [result.publication for result in results]
    snapshots = {result.publication.id: list(result.readings) for result in results}
    return {channel: learn(finished_posts(publications, snapshots, channel, now)) for channel in channel_ids}


def ranked(results: Iterable[Result], usual: Mapping[str, Norm]) -> list[Ranked]:
    """The posts that have readings, the strongest first."""
    found = [each for result in results if (each := _rank(result, usual)) is not None]
    return sorted(found, key=lambda each: (-each.estimate, each.result.publication.id))


def _rank(result: Result, usual: Mapping[str, Norm]) -> Ranked | None:
    norm = usual.get(result.publication.channel_id)
    readings = readings_of(result.readings, result.publication)
    outlook = foresee(readings, norm) if norm else None
    if norm is None or outlook is None:
        return None
    last = readings[-1]
    low, low_half, high_half, high = (_times(outlook, norm, outlook.quantile(share)) for share in SHARES)
    return Ranked(
        result=result,
        readings=readings,
        count=last.count,
        views_only=all(engagement(reading.counts) is None for reading in result.readings),
        seen=last.impressions,
        simulated=any(reading.simulated for reading in result.readings),
        estimate=_times(outlook, norm, outlook.quantile(MEDIAN)),
        interval=(low, low_half, high_half, high),
        beats_usual=float(outlook.chances(norm, (MEDIAN,))[0]),
        finished=last.age_hours >= 48,
    )


def _times(outlook: CountOutlook | RateOutlook, norm: Norm, value: float) -> float:
    """*value* beside the usual. Counts are compared as 1 + count, so that the usual may be nothing."""
    usual = outlook.value(norm, MEDIAN)
    if isinstance(outlook, RateOutlook):
        return value / max(usual, 1e-9)
    return exp(log1p(value) - log1p(usual))
