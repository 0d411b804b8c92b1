"""How well the promotion rule chooses: `python -m bench.promotion` prints each figure beside its goal.

Practices of many sizes are simulated from public engagement data (see bench.promotion_data). The rule under
test is the one that runs in production, reached through bench.promotion_ranker. A practice sees 30 finished
posts, and of its live posts only what had happened by the moment of the decision. Captured is the share of
the best possible choice's final engagement; with a half-life of 24 hours, a promotion loses half its value
for each day it is late.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.promotion_data import (
    SLICES,
    SLICES_PER_HOUR,
    Counts,
    DataMissing,
    Variants,
    audience,
    load_news,
    load_variants,
    thin,
)
from bench.promotion_ranker import Ranker
from domain.words import PromotionMode
from promotion.judge import RULES, Rule

NETWORK = "facebook"
READINGS = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)  # hours
CALENDARS = ((10, 2), (5, 1), (20, 2))  # posts a week, promotions a week
WEEK, TICK, YOUNGEST, OLDEST, HALF_LIFE, WAIT = 168.0, 2.0, 1.0, 36.0, 24.0, 48.0  # hours
PAST_POSTS = 30
VIRAL = 0.995  # the value of a post is cut at this quantile of all posts
STRICT = {"youngest_hours": 6.0, "fewest_acts": 3}  # what is asked before any money

Pick = tuple[int, float]  # which post, at which age in hours
Policy = Callable[["SimulatedWeek"], list[Pick]]
Measured = dict[str, float]


@dataclass(frozen=True)
class SimulatedWeek:
    past: Counts  # finished posts by 145 instants
    live: Counts  # this week's posts by 145 instants
    born: NDArray[np.float64]  # hours into the week
    value: NDArray[np.float64]  # what each is worth in the end
    usual: float  # the true median final count of the practice
    places: int

    @property
    def best(self) -> float:
        """The value of the best possible choice."""
        return float(np.sort(self.value)[::-1][: self.places].sum())

    def ages(self, hour: float) -> list[tuple[int, float]]:
        """The posts that are out, and how old they are."""
        return [(n, float(hour - born)) for n, born in enumerate(self.born) if born <= hour - YOUNGEST]


def simulated_weeks(
    posts: Counts, episodes: int, seed: int, per_week: int, places: int
) -> Iterator[SimulatedWeek]:
    """Weeks of practices of random size; weeks without any engagement are left out."""
    rng = np.random.default_rng(seed)
    finals = posts[:, -1]
    for _ in range(episodes):
        share = audience(NETWORK, rng)
        seen = thin(posts[rng.choice(len(posts), per_week + PAST_POSTS, replace=False)], share, rng)
        born, live = np.sort(rng.uniform(0, WEEK, per_week)), seen[:per_week]
        value = np.minimum(live[:, -1].astype(float), np.quantile(finals, VIRAL) * share)
        if value.max() > 0:
            yield SimulatedWeek(seen[per_week:], live, born, value, float(np.median(finals)) * share, places)


def count_at(post: Counts, age: float) -> int:
    return int(post[min(int(age * SLICES_PER_HOUR + 1e-9), SLICES)])


def readings(post: Counts, age: float) -> list[list[float]]:
    """The readings a practice has of a post at this age, the latest one just taken."""
    ages = [float(hour) for hour in READINGS if hour < age - 1e-9]
    return [[hour, count_at(post, hour)] for hour in [*ages, age]]


def told(past: Counts) -> list[dict[str, Any]]:
    """Finished posts in the words of the line protocol."""
    return [{"snapshots": readings(post, WAIT), "final": int(post[-1])} for post in past]


def live_post(week: SimulatedWeek, number: int, age: float) -> dict[str, Any]:
    return {
        "id": str(number),
        "channel": NETWORK,
        "age_h": age,
        "snapshots": readings(week.live[number], min(age, WAIT)),
    }


def through_the_week(rule: Rule) -> Policy:
    """Our rule, asked every two hours; it sees posts of 1 to 36 hours."""

    def choose(week: SimulatedWeek) -> list[Pick]:
        ranker, picks = Ranker(rule), dict[int, float]()
        channels: dict[str, Any] | None = {NETWORK: {"history": told(week.past)}}
        for hour in np.arange(TICK, WEEK + OLDEST, TICK):
            out = {n: age for n, age in week.ages(hour) if age <= OLDEST and n not in picks}
            if not out or len(picks) == week.places:
                continue
            decision = {
                "task": "online",
                "k": week.places - len(picks),
                "tick_h": TICK,
                "max_age_h": OLDEST,
                "expected_new_posts": len(week.live) * max(WEEK - hour, 0.0) / WEEK,
                "channels": channels,
                "posts": [live_post(week, n, age) for n, age in out.items()],
            }
            channels = None
            picks.update({int(name): out[int(name)] for name in ranker.choose(decision)})
        return list(picks.items())

    return choose


def one_review(rule: Rule, hour: float) -> Policy:
    """Our evergreen rule: one look at all posts of the week, *hour* hours after the week began."""

    def choose(week: SimulatedWeek) -> list[Pick]:
        out = dict(week.ages(hour))
        decision = {
            "task": "review",
            "k": week.places,
            "channels": {NETWORK: {"history": told(week.past)}},
            "posts": [live_post(week, n, age) for n, age in out.items()],
        }
        return [(int(name), out[int(name)]) for name in Ranker(rule).choose(decision)]

    return choose


def fixed_number(likes: int) -> Policy:
    """The usual rule elsewhere: the first posts to reach a fixed number, checked every two hours."""

    def choose(week: SimulatedWeek) -> list[Pick]:
        picks: dict[int, float] = {}
        for hour in np.arange(TICK, WEEK + OLDEST, TICK):
            for n, age in week.ages(hour):
                ripe = age <= OLDEST and count_at(week.live[n], age) >= likes
                if ripe and n not in picks and len(picks) < week.places:
                    picks[n] = age
        return list(picks.items())

    return choose


def week_figures(week: SimulatedWeek, picks: Sequence[Pick]) -> Measured:
    """What one week's picks came to."""
    chosen = [number for number, _ in picks]
    threshold = max(np.sort(week.value)[::-1][week.places - 1], 1e-9)
    fresh = sum(week.value[n] * 0.5 ** (age / HALF_LIFE) for n, age in picks)
    return {
        "captured": week.value[chosen].sum() / week.best,
        "half-life": fresh / (week.best * 0.5 ** (YOUNGEST / HALF_LIFE)),
        "precision": float((week.value[chosen] >= threshold).sum()) / week.places,
        "picks": len(chosen),
        "false": float((week.live[chosen, -1] <= week.usual).sum()),
        "over cap": max(len(chosen) - week.places, 0) + len(chosen) - len(set(chosen)),
    }


def over_calendars(posts: Counts, policy: Policy, episodes: int, seed: int) -> Measured:
    """The mean of the three calendars."""
    figures = []
    for per_week, places in CALENDARS:
        weeks = simulated_weeks(posts, episodes, seed, per_week, places)
        figures.append(pooled([week_figures(week, policy(week)) for week in weeks]))
    return {name: float(np.mean([row[name] for row in figures])) for name in figures[0]}


def pooled(rows: Sequence[Measured]) -> Measured:
    """Means over episodes, false promotions as a share of all promotions, caps as a sum."""
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    means["false"] = sum(row["false"] for row in rows) / max(sum(row["picks"] for row in rows), 1)
    means["over cap"] = sum(row["over cap"] for row in rows)
    return means


def cold_start(posts: Counts, episodes: int, seed: int, live: int = 12, places: int = 3) -> Measured:
    """Six finished posts only; 3 of 12 posts of 1 to 24 hours have to be chosen at once."""
    rng, rows = np.random.default_rng(seed), []
    cut, median = np.quantile(posts[:, -1], VIRAL), np.median(posts[:, -1])
    for _ in range(episodes):
        share = audience(NETWORK, rng)
        seen = thin(posts[rng.choice(len(posts), live + 6, replace=False)], share, rng)
        ages = rng.uniform(1, 24, live)
        value = np.minimum(seen[:live, -1], cut * share)
        if value.max() <= 0:
            continue
        week = SimulatedWeek(seen[live:], seen[:live], -ages, value, float(median) * share, places)
        decision = {
            "task": "snapshot",
            "k": places,
            "channels": {NETWORK: {"history": told(week.past)}},
            "posts": [live_post(week, n, float(age)) for n, age in enumerate(ages)],
        }
        chosen = [int(name) for name in Ranker(RULES[PromotionMode.NORMAL]).choose(decision)]
        rows.append(week_figures(week, [(n, float(ages[n])) for n in chosen]))
    return pooled(rows)


def rates(variants: Variants, episodes: int, seed: int, live: int = 20, places: int = 3) -> Measured:
    """Impressions of 30 to 1,500: 3 of 20 posts are chosen, and judged by the clicks they got elsewhere."""
    rng, rows = np.random.default_rng(seed), []
    tests = [np.flatnonzero(variants.test == name) for name in np.unique(variants.test)]
    median = np.median(variants.clicks / variants.impressions)
    for _ in range(episodes):
        picked = [rng.choice(tests[n]) for n in rng.choice(len(tests), live + 40, replace=False)]
        clicks, shown = variants.clicks[picked], variants.impressions[picked]
        seen = np.minimum(np.exp(rng.uniform(np.log(30), np.log(1500), live + 40)).astype(int), shown // 2)
        got = rng.hypergeometric(clicks, shown - clicks, seen)
        true = ((clicks - got) / (shown - seen))[:live]
        history = [
            {"impressions": int(n), "clicks": int(k)} for n, k in zip(seen[live:], got[live:], strict=True)
        ]
        decision = {
            "task": "rates",
            "k": places,
            "channels": {"web": {"history": history}},
            "posts": [
                {"id": str(n), "channel": "web", "age_h": None, "impressions": int(seen[n])}
                | {"clicks": int(got[n])}
                for n in range(live)
            ],
        }
        chosen = [int(name) for name in Ranker(RULES[PromotionMode.NORMAL]).choose(decision)]
        best = np.sort(true)[::-1][:places]
        rows.append(
            {
                "captured": float(true[chosen].sum() / best.sum()),
                "picks": len(chosen),
                "false": float((true[chosen] <= median).sum()),
                "over cap": max(len(chosen) - places, 0),
            }
        )
    return pooled(rows)


@dataclass(frozen=True)
class Goal:
    figure: str
    least: float | None = None
    most: float | None = None

    def line(self, measured: Measured) -> str:
        value = measured[self.figure]
        reached = value >= self.least if self.least is not None else value <= (self.most or 0.0)
        wanted = f">= {self.least:g}" if self.least is not None else f"<= {self.most or 0.0:g}"
        return f"  {self.figure:<10} {value:7.3f}   goal {wanted:<9} {'reached' if reached else 'MISSED'}"


NO_EXCESS = Goal("over cap", most=0)
FEW_FALSE = Goal("false", most=0.025)


def report(title: str, measured: Measured, goals: Sequence[Goal] = ()) -> None:
    rest = [name for name in measured if name not in {goal.figure for goal in goals}]
    print(title)
    for goal in goals:
        print(goal.line(measured))
    print("  " + ", ".join(f"{name} {measured[name]:.3f}" for name in rest))
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="How well the promotion rule chooses.")
    parser.add_argument("--split", default="dev", choices=("dev", "holdout"))
    parser.add_argument("--episodes", type=int, default=200, help="per calendar; 1000 for final figures")
    parser.add_argument("--seed", type=int, default=20261124)
    chosen = parser.parse_args()
    try:
        posts, variants = load_news(chosen.split)[NETWORK], load_variants(chosen.split)
    except (DataMissing, FileNotFoundError) as missing:
        print(missing)
        return 1
    evaluate(posts, variants, chosen.episodes, chosen.seed)
    return 0


def evaluate(posts: Counts, variants: Variants, episodes: int, seed: int) -> None:
    """Run every task and print its figures beside the goals."""

    def weekly(policy: Policy) -> Measured:
        return over_calendars(posts, policy, episodes, seed)

    timely, normal, evergreen = (
        RULES[mode] for mode in (PromotionMode.TIMELY, PromotionMode.NORMAL, PromotionMode.EVERGREEN)
    )
    print(f"{episodes} episodes for each of the calendars {CALENDARS}, seed {seed}\n")
    report("timely", weekly(through_the_week(timely)), (Goal("half-life", 0.62), FEW_FALSE, NO_EXCESS))
    report("normal", weekly(through_the_week(normal)), (Goal("captured", 0.77), FEW_FALSE, NO_EXCESS))
    choice = (Goal("captured", 0.95), Goal("precision", 0.90), FEW_FALSE, NO_EXCESS)
    report("evergreen, every post finished", weekly(one_review(evergreen, WEEK + WAIT)), choice)
    young = evergreen.model_copy(update={"youngest_hours": YOUNGEST})
    report("evergreen, reviewed as the week ends, young posts too", weekly(one_review(young, WEEK)), choice)
    report(
        "rates",
        rates(variants, episodes, seed),
        (Goal("captured", 0.855), Goal("false", most=0.07), NO_EXCESS),
    )
    report(
        "cold start, 6 finished posts", cold_start(posts, episodes, seed), (Goal("captured", 0.88), NO_EXCESS)
    )
    print("\nFor comparison")
    for rule in (timely, normal):
        strict = rule.model_copy(update=STRICT)
        report(f"{rule.mode}, 6 hours and 3 reactions asked", weekly(through_the_week(strict)))
    for likes in (10, 50):
        report(f"the first to reach {likes}", weekly(fixed_number(likes)))


if __name__ == "__main__":
    sys.exit(main())
