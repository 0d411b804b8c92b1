"""Fit the shipped prior again: `python -m bench.promotion_prior` writes promotion/prior.json.

Practices of many sizes are simulated by thinning the posts of one network. Each is seen as a practice with 30
finished posts would see itself; one least-squares forecast per age is fitted over all of them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from bench.promotion_data import (
    SLICES_PER_HOUR,
    Counts,
    DataMissing,
    Variants,
    audience,
    load_news,
    load_variants,
    thin,
)
from domain.clock import SystemClock
from promotion.prior import FINISHED_HOURS, LEVELS, Knot, Prior, Source

TARGET = Path(__file__).resolve().parent.parent / "promotion" / "prior.json"
NETWORK = "facebook"  # the only network of the data on which a typical post gets any engagement
AGES = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)  # hours, the ages at which a young post is read
PRACTICES = 24  # simulated sizes
KNOWN_POSTS = 30  # finished posts by which a simulated practice knows its usual
VIRAL = 0.99  # quantile beyond which one post must not own the growth curve
RIDGE = 1e-3
CHANNELS_DIFFER = (
    1.0  # between channels, in log units: wider than in the data, as the world is wider (0.5 here)
)

Vector = NDArray[np.float64]


def simulate(posts: Counts, rng: np.random.Generator) -> tuple[Counts, Vector]:
    """Thinned posts of many practices, and for each post the usual of the practice it is in."""
    thinned, usuals = [], []
    for _ in range(PRACTICES):
        seen = thin(posts[rng.permutation(len(posts))], audience(NETWORK, rng), rng)
        for start in range(0, len(seen) - KNOWN_POSTS + 1, KNOWN_POSTS):
            group = seen[start : start + KNOWN_POSTS]
            thinned.append(group)
            usuals.append(np.full(len(group), np.log1p(group[:, -1]).mean()))
    return np.vstack(thinned), np.concatenate(usuals)


def growth(posts: Counts) -> Vector:
    """The share of all final engagement that has come at each of AGES."""
    finals = posts[:, -1]
    weights = np.minimum(1, np.quantile(finals, VIRAL) / np.maximum(finals, 1))
    reached = (posts * weights[:, None]).sum(axis=0)
    return np.asarray((reached / reached[-1])[np.array(AGES) * SLICES_PER_HOUR])


def fit_knot(age: int, grown: float, posts: Counts, usual: Vector) -> Knot:
    """Least squares of log1p(final) on what is known at one age."""
    now, before = posts[:, age * SLICES_PER_HOUR], posts[:, age * SLICES_PER_HOUR * 2 // 3]
    log_now, silent = np.log1p(now), (now == 0).astype(float)
    terms = np.column_stack(
        [np.ones(len(now)), log_now, log_now * usual, np.log1p(now - before), usual, silent]
    )
    final = np.log1p(posts[:, -1])
    found = np.linalg.solve(terms.T @ terms + RIDGE * np.eye(terms.shape[1]), terms.T @ final)
    constant, per_now, per_both, per_gain, per_usual, per_silent = found.round(4).tolist()
    return Knot(
        age_hours=age,
        grown=round(grown, 4),
        constant=constant,
        now=per_now,
        now_by_usual=per_both,
        gain=max(per_gain, 0.0),
        usual=per_usual,
        silent=min(per_silent, 0.0),
        spread=round(max(float((final - terms @ found).std()), 0.05), 4),
    )


def shape(posts: Counts) -> tuple[float, ...]:
    """Finals at LEVELS over their mean, the most viral left out of the mean."""
    finals = posts[:, -1]
    scale = np.minimum(finals, np.quantile(finals, 0.95)).mean()
    return tuple((np.quantile(finals, LEVELS) / scale).round(4).tolist())


def fit_rates(variants: Variants) -> tuple[float, float]:
    """Beta(a, b) of click rates by maximum likelihood of the beta-binomial."""
    clicks, shown = variants.clicks.astype(float), variants.impressions.astype(float)

    def loss(place: Sequence[float]) -> float:
        mean, strength = special.expit(place[0]), np.exp(np.clip(place[1], -2, 12))
        a, b = mean * strength, (1 - mean) * strength
        return float(-(special.betaln(clicks + a, shown - clicks + b) - special.betaln(a, b)).sum())

    start = [special.logit(clicks.sum() / shown.sum()), np.log(50)]
    place = optimize.minimize(loss, start, method="Nelder-Mead").x
    mean, strength = special.expit(place[0]), np.exp(place[1])
    return round(float(mean * strength), 3), round(float((1 - mean) * strength), 3)


def sources() -> tuple[Source, ...]:
    today = SystemClock().now().date().isoformat()
    return (
        Source(
            title="Moniz and Torgo, Multi-Source Social Feedback of Online News Feeds (UCI data set 432): "
            "growth, shape and spread",
            licence="CC BY 4.0",
            fitted_on=today,
            fitted_by="bench/promotion_prior.py",
        ),
        Source(
            title="Upworthy Research Archive, exploratory set (Matias et al. 2021): the spread of "
            "click rates",
            licence="openly published for research; only two fitted numbers are kept",
            fitted_on=today,
            fitted_by="bench/promotion_prior.py",
        ),
    )


def fit() -> Prior:
    posts = load_news("dev")[NETWORK]
    seen, usual = simulate(posts, np.random.default_rng(7))
    grown = growth(posts)
    logs = np.log1p(seen[:, -1]).reshape(-1, KNOWN_POSTS)
    return Prior(
        sources=sources(),
        knots=tuple(fit_knot(age, float(share), seen, usual) for age, share in zip(AGES, grown, strict=True)),
        shape=shape(posts),
        usual=round(float(usual.mean()), 4),
        usual_spread=CHANNELS_DIFFER,
        post_spread=round(float(logs.std(axis=1).mean()), 4),
        rate=fit_rates(load_variants("dev")),
    )


def main() -> int:
    try:
        prior = fit()
    except DataMissing as missing:
        print(missing)
        return 1
    assert prior.knots[-1].age_hours == FINISHED_HOURS
    TARGET.write_text(prior.model_dump_json(indent=1) + "\n")
    print(f"wrote {TARGET.name}: {len(prior.knots)} ages, rates Beta{prior.rate}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
