"""How posts grow: counts between readings, and the shipped forecast of the final count. Pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from promotion.prior import SHIPPED
from promotion.readings import Snapshot

Vector = NDArray[np.float64]

AGES = np.array([knot.age_hours for knot in SHIPPED.knots])
SPREADS = np.array([knot.spread for knot in SHIPPED.knots])
_GROWN = np.array([knot.grown for knot in SHIPPED.knots])
_TERMS = np.array(
    [[k.constant, k.now, k.now_by_usual, k.gain, k.usual, k.silent] for k in SHIPPED.knots]
)  # knots by terms
_CURVE = np.concatenate(([0.0], AGES)), np.concatenate(([0.0], _GROWN))
_AFTER = 1e-3  # share per hour beyond the last knot: keeps the curve rising, so that it can be looked up
_NEAR = 0.25  # a reading stands for a knot when their ages differ by at most this share


def _progress(ages: Vector) -> Vector:
    """The share of its growth that a post has behind it at each age in hours."""
    return np.asarray(np.interp(ages, *_CURVE) + _AFTER * np.maximum(ages - AGES[-1], 0.0))


def _series(snapshots: Iterable[Snapshot]) -> tuple[Vector, Vector]:
    """Ages in hours and counts, by age, with the true zero at publishing in front."""
    rows = sorted((s.age_hours, s.count) for s in snapshots if s.age_hours > 0)
    table = np.array([(0.0, 0.0), *rows], dtype=float)
    return table[:, 0], table[:, 1]


def counts_at(snapshots: Iterable[Snapshot], ages: Vector) -> Vector:
    """Counts at *ages*: between two readings a post is taken to grow as posts do, after the last it rests."""
    read, counts = _series(snapshots)
    return np.asarray(np.interp(_progress(ages), _progress(read), counts))


def read_near(snapshots: Iterable[Snapshot], ages: Vector) -> NDArray[np.bool_]:
    """Whether some reading is close enough in age to speak for each of *ages*."""
    read = np.array([s.age_hours for s in snapshots], dtype=float)
    return np.asarray((np.abs(read[:, None] - ages) <= _NEAR * ages).any(axis=0))


def centres(now: Vector, before: Vector, usual: float) -> Vector:
    """The shipped forecast of log1p(final) at every knot, for counts now and at two thirds of the age.

    *now* and *before* broadcast against the knots in their last axis.
    """
    constant, per_now, per_both, per_gain, per_usual, silent = _TERMS.T
    slope = np.maximum(per_now + per_both * usual, 0.0)
    return np.asarray(
        constant
        + slope * np.log1p(now)
        + per_gain * np.log1p(np.maximum(now - before, 0.0))
        + per_usual * usual
        + silent * (now == 0)
    )
