"""The public engagement data behind the promotion figures, and practices simulated from it.

The data never travels with the project. It is looked for in the folder that ROUNDS_SHARED_DATA names, or in
`shared/data` beside a folder above this one.
"""

import csv
import gzip
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

SLICES = 144  # of 20 minutes: 48 hours
SLICES_PER_HOUR = 3
LATEST_START = 6  # slices: posts first seen later than two hours after publishing are left out
FLAWED_WEEKS = range(201325, 201403)  # the archive's authors report a randomisation fault in them


class DataMissing(Exception):
    """The data is not on this machine."""


def data_folder() -> Path:
    """The folder with the promotion data; raises DataMissing with a sentence that says what to do."""
    named = os.environ.get("ROUNDS_SHARED_DATA")
    above = Path(__file__).resolve().parents
    places = [Path(named)] if named else [parent / "shared" / "data" for parent in above]
    for place in places:
        if (place / "promotion").is_dir():
            return place / "promotion"
    raise DataMissing(
        "The promotion data is not on this machine. Set ROUNDS_SHARED_DATA to the folder that holds it."
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(data_folder() / name, "rt", newline="") as file:
        yield from csv.DictReader(file)


def load_news(split: str) -> dict[str, Counts]:
    """Channel to cumulative engagement, posts by 145 instants from publishing to 48 hours."""
    columns = [f"TS{n}" for n in range(1, SLICES + 1)]
    by_channel: dict[str, list[list[int]]] = {}
    for row in _rows(f"news_ts_{split}.csv.gz"):
        by_channel.setdefault(row["channel"], []).append([int(row[column]) for column in columns])
    return {channel: _cumulative(np.array(series)) for channel, series in by_channel.items()}


def _cumulative(series: Counts) -> Counts:
    """Posts that were watched from the start; -1, not yet seen, is the zero before the first reader."""
    watched = series[(series >= 0).argmax(axis=1) <= LATEST_START]
    rising = np.maximum.accumulate(np.maximum(watched, 0), axis=1)
    return np.hstack([np.zeros((len(rising), 1), dtype=np.int64), rising])


@dataclass(frozen=True)
class Variants:
    """Headline variants: which test each belongs to, how often it was shown and clicked."""

    test: NDArray[np.str_]
    impressions: Counts
    clicks: Counts


def load_variants(split: str) -> Variants:
    """Variants with at least 2,000 impressions and a click, outside the flawed weeks."""
    kept = [
        (row["clickability_test_id"], int(row["impressions"]), int(row["clicks"]))
        for row in _rows(f"upworthy_exploratory_{split}.csv.gz")
        if int(row["impressions"]) >= 2000
        and int(row["clicks"]) > 0
        and int(row["test_week"]) not in FLAWED_WEEKS
    ]
    test, impressions, clicks = zip(*kept, strict=True)
    return Variants(np.array(test), np.array(impressions), np.array(clicks))


def audience(channel: str, rng: np.random.Generator) -> float:
    """The share of the original readers that a simulated practice has."""
    return math.exp(rng.uniform(math.log(0.03), 0)) if channel == "facebook" else rng.uniform(0.5, 1)


def thin(cumulative: Counts, share: float, rng: np.random.Generator) -> Counts:
    """The same posts in front of fewer readers, each reader staying with probability *share*."""
    if share >= 1:
        return cumulative
    gains = np.diff(cumulative, axis=-1, prepend=0)
    return np.cumsum(rng.binomial(gains, share), axis=-1)
