"""The table for people."""

from collections.abc import Sequence

from tests.chaos.outcome import Outcome

COLUMNS = (
    ("scenario", 13),
    ("store", 11),
    ("runs", 5),
    ("kills", 6),
    ("posts", 6),
    ("lost", 5),
    ("doubled", 8),
    ("unapproved", 11),
    ("unresolved", 11),
    ("misnamed", 9),
    ("shown", 6),
    ("worst late", 11),
)


def heading() -> str:
    return _row([name for name, _ in COLUMNS])


def line(outcome: Outcome) -> str:
    """One row, and below it what was noted on the way."""
    if outcome.skipped:
        return f"{_row([outcome.scenario, outcome.store])}  not run: {outcome.skipped}"
    tally = outcome.tally
    cells = [
        outcome.scenario,
        outcome.store,
        outcome.runs,
        outcome.kills,
        tally.publications,
        tally.lost,
        tally.doubled,
        tally.unapproved,
        tally.unresolved,
        tally.misnamed,
        tally.shown,
        f"{tally.worst_late_ms} ms",
    ]
    mark = "" if outcome.clean else "  BROKEN"
    return "\n".join([_row(cells) + mark, *(f"    {note}" for note in outcome.notes)])


def _row(cells: Sequence[object]) -> str:
    """Words to the left, numbers to the right."""
    padded = [
        str(cell).ljust(width) if position < 2 else str(cell).rjust(width)
        for position, (cell, (_, width)) in enumerate(zip(cells, COLUMNS, strict=False))
    ]
    return "".join(padded).rstrip()
