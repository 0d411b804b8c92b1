"""The growth of posts as lines: every coordinate is computed here, the template only draws. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log1p, log10

import numpy as np

from promotion.forecast import CountOutlook, foresee
from promotion.growth import counts_at
from promotion.norm import Norm
from promotion.readings import Snapshot
from web.ranking import Ranked

LEFT, RIGHT, TOP, BOTTOM = 44.0, 560.0, 16.0, 216.0  # of the plot, in a box of 760 by 250
LABEL_GAP = 15.0
HOURS = (1, 3, 6, 12, 24, 72, 168)
SHORTEST, LONGEST = 72.0, 168.0  # hours on the axis
FEWEST_FOR_BAND = 4  # finished posts
STYLES = ("first", "second", "third")  # weight and dash, so that colour is never alone


@dataclass(frozen=True)
class Line:
    """One post."""

    label: str
    style: str
    path: str  # points of a polyline
    end: tuple[float, float]
    label_y: float
    values: tuple[tuple[float, int], ...]  # age in hours, count
    fan: str = ""  # points of a polygon: where it may still go


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn. `usual` is the middle half of the channel's finished posts."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    usual: str = ""  # points of a polygon
    usual_y: float = 0.0  # of its label


@dataclass(frozen=True)
class _Scale:
    hours: float
    most: float

    def x(self, age: float) -> float:
        return LEFT + (RIGHT - LEFT) * log1p(min(max(age, 0.0), self.hours)) / log1p(self.hours)

    def y(self, count: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(count, self.most) / self.most

    def points(self, places: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{self.x(age):.1f},{self.y(count):.1f}" for age, count in places)


def growth(posts: Sequence[Ranked], usual: Norm, finished: Sequence[Sequence[Snapshot]]) -> Chart | None:
    """The first three of *posts*, all of one channel; None when there is nothing to draw."""
    drawn = [post for post in posts if post.readings][: len(STYLES)]
    if not drawn:
        return None
    last = max(post.readings[-1].age_hours for post in drawn)
    hours = LONGEST if last > SHORTEST else SHORTEST
    fans = [_fan(post, usual, hours) for post in drawn]
    band = _band(finished, hours)
    tops = [float(post.readings[-1].count) for post in drawn]
    tops += [high for fan in fans for _, high, _ in fan] + [high for _, high, _ in band]
    steps = _steps(max(*tops, 1.0))
    scale = _Scale(hours, steps[-1])
    styled = zip(drawn, STYLES, fans, strict=False)
    lines = _apart([_line(post, style, scale, fan) for post, style, fan in styled])
    return Chart(
        lines=tuple(lines),
        across=tuple(Tick(scale.x(hour), _hours(hour)) for hour in (0, *HOURS) if hour <= hours),
        up=tuple(Tick(scale.y(step), f"{step:,.0f}") for step in steps),
        usual=scale.points([*((a, h) for a, h, _ in band), *((a, low) for a, _, low in reversed(band))]),
        usual_y=scale.y((band[-1][1] + band[-1][2]) / 2) if band else 0.0,
    )


Band = list[tuple[float, float, float]]  # age, high, low


def _line(post: Ranked, style: str, scale: _Scale, fan: Band) -> Line:
    values = [(0.0, 0), *((reading.age_hours, reading.count) for reading in post.readings)]
    age, count = values[-1]
    around = [*((a, high) for a, high, _ in fan), *((a, low) for a, _, low in reversed(fan))]
    end = (scale.x(age), scale.y(count))
    return Line(
        label=post.result.title,
        style=style,
        path=scale.points([(a, float(c)) for a, c in values]),
        end=end,
        label_y=scale.y((fan[-1][1] + fan[-1][2]) / 2) if fan else end[1],
        values=tuple(values[1:]),
        fan=scale.points(around) if fan else "",
    )


def _fan(post: Ranked, usual: Norm, hours: float) -> Band:
    """From the last reading to where it ends in nine cases of ten; none once it is finished."""
    outlook = foresee(post.readings, usual)
    last = post.readings[-1]
    if post.finished or not isinstance(outlook, CountOutlook):
        return []
    start = (last.age_hours, float(last.count), float(last.count))
    return [start, (hours, outlook.quantile(0.95), outlook.quantile(0.05))]


def _band(finished: Sequence[Sequence[Snapshot]], hours: float) -> Band:
    """The middle half of the finished posts at each age; none while there are too few."""
    if len(finished) < FEWEST_FOR_BAND:
        return []
    ages = np.array([0.0, *(hour for hour in HOURS if hour <= hours)])
    counts = np.array([counts_at(readings, ages) for readings in finished])
    low, high = np.quantile(counts, (0.25, 0.75), axis=0)
    return list(zip(ages.tolist(), high.tolist(), low.tolist(), strict=True))


def _steps(most: float) -> list[float]:
    """Round figures from zero to above *most*."""
    rough = most / 4
    unit = 10.0 ** floor(log10(rough)) if rough >= 1 else 1.0
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    step = max(1.0, ceil(step))
    return [step * number for number in range(ceil(most / step) + 1)]


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines with labels that do not stand on one another."""
    placed: list[Line] = []
    floor_y = TOP - LABEL_GAP
    for line in sorted(lines, key=lambda each: each.label_y):
        floor_y = max(line.label_y, floor_y + LABEL_GAP)
        placed.append(replace(line, label_y=floor_y))
    return sorted(placed, key=lambda each: STYLES.index(each.style))


def _hours(hour: int) -> str:
    if hour >= 24:
        return f"{hour // 24} {'day' if hour == 24 else 'days'}"
    return f"{hour} h" if hour else "0"


# ---------------------------------------------------------------- the interval of one post

AXIS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
WIDTH, MARGIN = 250.0, 10.0


def interval_x(times: float) -> float:
    """Where "times the usual" stands on a bar of 250, doubling by doubling."""
    low, high = log10(AXIS[0]), log10(AXIS[-1])
    share = (log10(min(max(times, AXIS[0]), AXIS[-1])) - low) / (high - low)
    return MARGIN + share * (WIDTH - 2 * MARGIN)
