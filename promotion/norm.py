"""What is usual on one channel: its own history, shrunk to the shipped prior. Pure."""

from collections.abc import Sequence

import numpy as np
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat
from scipy import special

from domain.content import Frozen
from promotion.growth import AGES, SPREADS, Vector, centres, counts_at, read_near
from promotion.prior import LEVELS, SHIPPED
from promotion.readings import PastPost

MIN_RATED_POSTS = 6  # past posts with impressions before rates are compared

# How many past posts (or impressions) weigh as much as the shipped value. Measured on the public data.
_GROWTH_WORTH = 20.0
_SHAPE_WORTH = 20.0
_SPREAD_WORTH = 10.0
_RATE_SPREAD_WORTH = 60.0
_RATE_MEAN_WORTH = 400.0  # impressions

_KNOTS_AND_BEFORE = np.concatenate([AGES, AGES * 2 / 3])
_SCALES = np.exp(np.linspace(-6.0, 34.0, 161))
_SHAPE = np.array(SHIPPED.shape)
_USUAL_AT_SCALE = np.trapezoid(np.log1p(_SCALES[:, None] * _SHAPE), LEVELS, axis=1) / LEVELS[-1]


class RateNorm(Frozen):
    """How the true rates of a channel's posts are spread: Beta(a, b) of acts per impression."""

    a: PositiveFloat
    b: PositiveFloat

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def marks(self, levels: Sequence[float] | Vector) -> Vector:
        """The rates that each share of the posts stays below."""
        return np.asarray(special.betaincinv(self.a, self.b, np.asarray(levels, dtype=float)))


class Norm(Frozen):
    """A channel's usual, learnt from its finished posts. Small enough to be kept beside every decision."""

    posts: NonNegativeInt  # how many finished posts it was learnt from
    usual: float  # mean log1p(final)
    offsets: tuple[float, ...]  # own correction of the shipped forecast, per knot
    spreads: tuple[PositiveFloat, ...]  # standard deviation of the forecast, per knot
    finals: tuple[float, ...]  # log1p(final) at LEVELS
    doubt: NonNegativeFloat  # standard error of those, in log units
    rates: RateNorm | None = None  # None: too few finished posts with impressions

    def marks(self, levels: Sequence[float] | Vector) -> Vector:
        """log1p of the final counts that each share of the posts stays below."""
        return np.asarray(np.interp(levels, LEVELS, self.finals))


def learn(history: Sequence[PastPost]) -> Norm:
    """The Norm of a channel; without any history it is the shipped prior, with wide uncertainty."""
    finals = np.log1p(np.array([post.final for post in history], dtype=float))
    usual, doubt = _usual(finals)
    offsets, spreads = _growth(history, usual)
    return Norm(
        posts=len(history),
        usual=usual,
        offsets=tuple(offsets.tolist()),
        spreads=tuple(spreads.tolist()),
        finals=tuple(_finals(finals, usual).tolist()),
        doubt=doubt,
        rates=_rates(history),
    )


def _usual(finals: Vector) -> tuple[float, float]:
    """Posterior mean and standard deviation of the channel's mean log1p(final)."""
    worth = (SHIPPED.post_spread / SHIPPED.usual_spread) ** 2
    mean = (finals.sum() + worth * SHIPPED.usual) / (len(finals) + worth)
    return float(mean), float(SHIPPED.post_spread / np.sqrt(len(finals) + worth))


def _growth(history: Sequence[PastPost], usual: float) -> tuple[Vector, Vector]:
    """Per knot: the mean miss of the shipped forecast on the own posts, and the spread around it."""
    misses = np.array([_misses(post, usual) for post in history]).reshape(-1, len(AGES))
    known = ~np.isnan(misses)
    worth = known.sum(axis=0) + _GROWTH_WORTH
    offsets = np.where(known, misses, 0.0).sum(axis=0) / worth
    squares = np.where(known, misses - offsets, 0.0) ** 2
    spreads = np.sqrt((squares.sum(axis=0) + _GROWTH_WORTH * SPREADS**2) / worth)
    return offsets, spreads * np.sqrt(1 + 1 / (len(history) + 1))


def _misses(post: PastPost, usual: float) -> Vector:
    """log1p(final) minus what the shipped forecast says at each knot; nan where no reading speaks for it."""
    if not post.snapshots:
        return np.full(len(AGES), np.nan)
    now, before = counts_at(post.snapshots, _KNOTS_AND_BEFORE).reshape(2, -1)
    misses = np.log1p(post.final) - centres(now, before, usual)
    return np.where(read_near(post.snapshots, AGES), misses, np.nan)


def _finals(finals: Vector, usual: float) -> Vector:
    """log1p(final) at LEVELS: own quantiles, drawn to the shipped shape at the channel's scale and spread."""
    scale = np.interp(usual, _USUAL_AT_SCALE, _SCALES)
    shipped = np.log1p(scale * _SHAPE)
    if not len(finals):
        return shipped
    shaped = np.maximum(usual + (shipped - usual) * _wideness(finals), 0.0)
    share = len(finals) / (len(finals) + _SHAPE_WORTH)
    return np.asarray(share * np.quantile(finals, LEVELS) + (1 - share) * shaped)


def _wideness(finals: Vector) -> float:
    """How wide the channel's finals spread beside the shipped spread, drawn to one."""
    squares = ((finals - finals.mean()) ** 2).sum() / SHIPPED.post_spread**2
    return float(np.sqrt((squares + _SPREAD_WORTH) / (len(finals) + _SPREAD_WORTH)))


def _rates(history: Sequence[PastPost]) -> RateNorm | None:
    """The spread of true rates by the method of moments, or None with too few posts to compare with."""
    pairs = [(min(post.final, post.impressions), post.impressions) for post in history if post.impressions]
    if len(pairs) < MIN_RATED_POSTS:
        return None
    acts, shown = np.array(pairs, dtype=float).T
    shipped = RateNorm(a=SHIPPED.rate[0], b=SHIPPED.rate[1])
    mean = (acts.sum() + shipped.mean * _RATE_MEAN_WORTH) / (shown.sum() + _RATE_MEAN_WORTH)
    mean = np.clip(mean, 1e-6, 1 - 1e-6)
    chance = mean * (1 - mean)
    excess = (shown * (acts / shown - mean) ** 2).sum() - chance * len(pairs)
    own = max(excess, 0.0) / (shown.sum() - (shown**2).sum() / shown.sum())
    base = chance / (shipped.a + shipped.b + 1)
    spread = (len(pairs) * own + _RATE_SPREAD_WORTH * base) / (len(pairs) + _RATE_SPREAD_WORTH)
    strength = np.clip(chance / spread - 1, 2.0, 1e5)
    return RateNorm(a=float(mean * strength), b=float((1 - mean) * strength))
