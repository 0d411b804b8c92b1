"""When a post's numbers are read, and how a reading becomes a snapshot. Pure."""

from datetime import datetime, timedelta

AGES = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 96, 120, 144, 168)  # hours after publishing


def age_at(published_at: datetime, read_at: datetime) -> int:
    """The planned age that a reading stands for: the last one that has passed, at least the first."""
    hours = (read_at - published_at) / timedelta(hours=1)
    passed = [age for age in AGES if age <= hours + 0.05]
    return passed[-1] if passed else AGES[0]


def next_reading(published_at: datetime, after: datetime) -> datetime | None:
    """The next planned instant after *after*, or None when the last one has passed."""
    for age in AGES:
        due = published_at + timedelta(hours=age)
        if due > after:
            return due
    return None
