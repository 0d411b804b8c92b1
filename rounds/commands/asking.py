"""What a person types, made exact: times, pairs of name and value, files."""

import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import typer

from domain.refusal import Refusal
from drafting.wallclock import Marker

_WALL = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?: ?([A-Za-z]{2,5}|[+-]\d{2}:\d{2}))?")
TIME_HELP = "When, by the clock on the wall: 2026-12-24 09:00. Where clocks show it twice, add EST or EDT."


class CannotRead(Refusal):
    """A file that was named cannot be read."""


def wall_time(typed: str) -> tuple[datetime, Marker | None]:
    """The wall time, and the marker that settles a time which clocks show twice."""
    found = _WALL.fullmatch(typed.strip())
    try:
        if found is None:
            raise ValueError
        day, clock, marker = found.groups()
        return datetime.fromisoformat(f"{day}T{clock}"), _marker(marker)
    except ValueError:
        raise typer.BadParameter(f"“{typed}” is not a time. Write it as 2026-12-24 09:00.") from None


def _marker(written: str | None) -> Marker | None:
    if written is None or written[0] not in "+-":
        return written
    hours, minutes = int(written[1:3]), int(written[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if written[0] == "-" else offset


def day(typed: str) -> datetime:
    """Midnight of a day such as 2026-12-24, without a zone."""
    try:
        return datetime.strptime(typed, "%Y-%m-%d")  # noqa: DTZ007 - the practice's zone is added by the caller
    except ValueError:
        raise typer.BadParameter(f"“{typed}” is not a day. Write it as 2026-12-24.") from None


def day_after(typed: str) -> datetime:
    """The midnight that ends a day."""
    return day(typed) + timedelta(days=1)


def pairs(typed: Sequence[str], option: str) -> dict[str, str]:
    """name=value, several times."""
    found = {}
    for pair in typed:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"“{pair}” has no value. Write {option} NAME=VALUE.")
        found[name.strip()] = value
    return found


def bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotRead(f"{path} cannot be read: {error.strerror}.") from None


def words_of(path: Path) -> str:
    """The text of a file, or of standard input where it is called “-”."""
    try:
        if str(path) == "-":
            return sys.stdin.read()
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead(f"{path} is not written in UTF-8. Save it as UTF-8 text.") from None
    except OSError as error:
        raise CannotRead(f"{path} cannot be read: {error.strerror}.") from None
