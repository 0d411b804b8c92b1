"""The invented audience: how many people see and answer a post, hour by hour.

Pure and seeded: the same post at the same age always has the same numbers, and no number ever falls. The
sizes are those of a small practice: a few hundred impressions, a handful of likes, most of them on day one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from statistics import NormalDist

HOURS_TO_GROW = 8.0  # after so many hours about 63 % of the final numbers are there
SHAPE = 0.75  # below 1: quick at first, then a long tail
MEDIAN_IMPRESSIONS = 420.0
SPREAD = 0.8  # standard deviation of the logarithm of the impressions
BEST_HOUR = 13
HOUR_EFFECT = 0.35
PICTURE_EFFECT = 1.35
LIFT_EFFECT = 0.4  # a repost brings about this share of the first audience once more

# Of all who see a post, the share that does this; the middle of a spread of its own.
SHARES = {"views": 0.45, "likes": 0.025, "replies": 0.004, "reposts": 0.006}
CLICK_SHARE = 0.015
SHARE_SPREAD = 0.5


@dataclass(frozen=True)
class Lift:
    """One repost: it brings people from `start` until it is undone."""

    start: datetime
    end: datetime | None = None


def numbers(
    seed: str,
    published_at: datetime,
    now: datetime,
    *,
    pictures: int = 0,
    has_link: bool = False,
    lifts: Sequence[Lift] = (),
) -> dict[str, int]:
    """What the network counts at *now*. Hours of day are read from *published_at* as it stands.

    Clicks are counted only where there is something to click: without a link the number is missing, not zero.
    """
    seen = _impressions_at_last(seed, published_at, pictures) * _share_reached(published_at, now, lifts, seed)
    shares = {**SHARES, "clicks": CLICK_SHARE} if has_link else SHARES
    impressions = _whole(seen, seed, "impressions")
    counts = {"impressions": impressions}
    for name, middle in shares.items():
        share = min(middle * _spread(seed, f"{name} share", SHARE_SPREAD), 1.0)
        counts[name] = min(_whole(seen * share, seed, name), impressions)
    return counts


def draw(seed: str, name: str) -> float:
    """An evenly spread number in [0, 1): always the same for the same words."""
    return int.from_bytes(sha256(f"{seed}|{name}".encode()).digest()[:6]) / 2**48


def _impressions_at_last(seed: str, published_at: datetime, pictures: int) -> float:
    hours_away = published_at.hour + published_at.minute / 60 - BEST_HOUR
    time_of_day = 1 + HOUR_EFFECT * math.cos(hours_away / 24 * 2 * math.pi)
    picture = PICTURE_EFFECT if pictures else 1.0
    return MEDIAN_IMPRESSIONS * _spread(seed, "impressions", SPREAD) * time_of_day * picture


def _share_reached(published_at: datetime, now: datetime, lifts: Sequence[Lift], seed: str) -> float:
    """How much of the first audience came so far; reposts take it beyond 1."""
    share = _grown(now - published_at)
    for number, lift in enumerate(lifts):
        until = min(now, lift.end) if lift.end else now
        share += LIFT_EFFECT * (0.5 + draw(seed, f"lift {number}")) * _grown(until - lift.start)
    return share


def _grown(age: timedelta) -> float:
    """The saturating curve: 0 at birth, towards 1 with the days."""
    hours = max(age / timedelta(hours=1), 0.0)
    return 1 - math.exp(-((hours / HOURS_TO_GROW) ** SHAPE))


def _spread(seed: str, name: str, sigma: float) -> float:
    """A log-normal factor around 1."""
    even = min(max(draw(seed, f"spread {name}"), 1e-6), 1 - 1e-6)
    return math.exp(NormalDist(0.0, sigma).inv_cdf(even))


def _whole(amount: float, seed: str, name: str) -> int:
    """Rounded up or down by the seed, so that rare events happen to some posts and not to others."""
    return math.floor(amount + draw(seed, f"round {name}"))
