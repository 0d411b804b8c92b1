"""What a young post will come to, beside what is usual on its channel. Pure.

Two families, chosen by what the network tells. Where only counts are known, log1p(final) is forecast from the
count now, the recent gain and the channel's usual; a post can only end at or above what it already has. Where
impressions are known, the rate is judged: acts per impression, shrunk to the channel's usual (beta-binomial).
Both answer one question: how likely does this post end above a given level of its channel's own posts?
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from scipy import special

from domain.content import Frozen
from promotion.growth import AGES, Vector, centres, counts_at
from promotion.norm import Norm, RateNorm
from promotion.prior import LEVELS
from promotion.readings import Count, Snapshot

_DOUBTS = special.ndtri(np.array([0.1, 0.3, 0.5, 0.7, 0.9]))  # equally likely errors, in standard errors
_LOG_MAX = 600.0  # beyond any count, below the overflow of exp


def _unlog(value: float) -> float:
    return float(np.expm1(min(value, _LOG_MAX)))


class CountOutlook(Frozen):
    """A final count to come: log1p(final) is normal, cut off below at what the post already has."""

    kind: Literal["count"] = "count"
    age_hours: NonNegativeFloat  # of the last reading
    count: Count
    impressions: Count | None = None
    centre: float
    spread: PositiveFloat

    @property
    def _floor(self) -> float:
        return float(np.log1p(max(self.count - 0.5, 0.0)))

    @property
    def _reach(self) -> float:
        return (self.centre - self._floor) / self.spread

    def chances(self, norm: Norm, levels: Sequence[float] | Vector = LEVELS) -> Vector:
        """P(final >= the channel's own quantile) at each level, the doubt about that quantile included."""
        marks = norm.marks(levels)[:, None] + norm.doubt * _DOUBTS
        above = special.log_ndtr((self.centre - np.maximum(marks, self._floor)) / self.spread)
        return np.asarray(np.exp(np.minimum(above - special.log_ndtr(self._reach), 0.0)).mean(axis=1))

    def quantile(self, share: float) -> float:
        """The final count that it stays below with probability *share*."""
        tail = special.log_ndtr(self._reach) + np.log1p(-share)
        return max(float(self.count), _unlog(self.centre - self.spread * special.ndtri_exp(tail)))

    @property
    def expected(self) -> float:
        """The mean final count."""
        lift = special.log_ndtr(self._reach + self.spread) - special.log_ndtr(self._reach)
        return max(float(self.count), _unlog(self.centre + self.spread**2 / 2 + lift))

    def value(self, norm: Norm, level: float) -> float:
        """The final count that a share *level* of the channel's posts stays below."""
        return _unlog(float(norm.marks([level])[0]))

    def strength(self, norm: Norm) -> float:
        """How large it is expected beside what is usual: comparable between channels."""
        return self.centre / (max(norm.usual, 0.0) + 0.05)

    def words(self, value: float) -> str:
        """A final count, for people."""
        return f"{round(value):,}"

    @property
    def unit(self) -> str:
        return "reaction" if round(self.expected) == 1 else "reactions"


class RateOutlook(Frozen):
    """A rate to come: the posterior Beta(a, b) of acts per impression."""

    kind: Literal["rate"] = "rate"
    age_hours: NonNegativeFloat  # of the last reading
    count: Count
    impressions: PositiveInt
    usual: RateNorm

    @property
    def _posterior(self) -> RateNorm:
        acts = min(self.count, self.impressions)
        return RateNorm(a=self.usual.a + acts, b=self.usual.b + (self.impressions - acts))

    def chances(self, norm: Norm, levels: Sequence[float] | Vector = LEVELS) -> Vector:
        """P(rate >= the channel's own quantile) at each level."""
        del norm  # the usual rates came with the outlook
        posterior = self._posterior
        return np.asarray(special.betaincc(posterior.a, posterior.b, self.usual.marks(levels)))

    def quantile(self, share: float) -> float:
        """The rate that it stays below with probability *share*."""
        return float(self._posterior.marks([share])[0])

    @property
    def expected(self) -> float:
        """The mean rate."""
        return self._posterior.mean

    def value(self, norm: Norm, level: float) -> float:
        """The rate that a share *level* of the channel's posts stays below."""
        del norm
        return float(self.usual.marks([level])[0])

    def strength(self, norm: Norm) -> float:
        """How high its rate is beside what is usual."""
        del norm
        return self.expected / self.usual.mean

    def words(self, value: float) -> str:
        """A rate, for people."""
        return f"{value:.1%}".replace("%", " %")

    @property
    def unit(self) -> str:
        return "of viewers reacting"


Outlook = Annotated[CountOutlook | RateOutlook, Field(discriminator="kind")]


def foresee(snapshots: Sequence[Snapshot], norm: Norm) -> CountOutlook | RateOutlook | None:
    """The outlook from the readings so far, or None without any: a missing reading is not a zero."""
    if not snapshots:
        return None
    last = max(snapshots, key=lambda snapshot: snapshot.age_hours)
    if norm.rates and last.impressions:
        return RateOutlook(
            age_hours=last.age_hours, count=last.count, impressions=last.impressions, usual=norm.rates
        )
    now, before = np.array([float(last.count)]), counts_at(snapshots, np.array([last.age_hours * 2 / 3]))
    return CountOutlook(
        age_hours=last.age_hours,
        count=last.count,
        impressions=last.impressions,
        centre=float(np.interp(last.age_hours, AGES, centres(now, before, norm.usual) + norm.offsets)),
        spread=float(np.interp(last.age_hours, AGES, norm.spreads)),
    )
