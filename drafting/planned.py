"""What a content calendar holds once it is read: the planned posts, and what is wrong with the rest."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, TypedDict

from domain.content import Frozen, canonical_json

Severity = Literal["error", "warning"]
Unit = Literal["row", "event"]


class PlannedPost(Frozen):
    """One row of a content calendar. Channels, pictures and people are names as written, not looked up."""

    source_id: str  # its own id, else a SHA-256 of what it says; at most 128 characters, the same every time
    row: int  # as the spreadsheet counts; in a calendar file the event's number
    line: int  # where it begins in the file, counted from 1; of a workbook the row
    title: str = ""
    text: str = ""
    link: str | None = None
    media: tuple[str, ...] = ()  # file names, in order
    alt_texts: tuple[str, ...] = ()  # none, or one for each of `media`
    channels: tuple[str, ...]  # at least one
    campaign: str = ""
    labels: tuple[str, ...] = ()
    creator: str = ""  # e-mail address or name
    first_comment: str | None = None
    wall_date: date
    wall_time: time
    zone: str  # IANA
    instant: datetime  # in UTC


class Problem(Frozen):
    """One thing to mend: where, what and how. An error keeps its row out, a warning doesn't."""

    message: str
    fix: str
    row: int | None = None  # None: the file as a whole
    column: str | None = None  # the column's own header
    severity: Severity = "error"
    unit: Unit = "row"  # what `row` counts

    @property
    def sentence(self) -> str:
        """The whole problem on one line."""
        place = f"{self.unit.capitalize()} {self.row}" if self.row else "The file"
        column = f", column “{self.column}”" if self.column else ""
        return f"{place}{column}: {self.message} {self.fix}"


@dataclass(frozen=True)
class Reading:
    """A file, read: every sound row in order, and every problem in order."""

    rows: tuple[PlannedPost, ...] = ()
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # our name of a column → its header in the file
    unit: Unit = "row"  # what the file has one of for each post

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that kept a row, or the whole file, out."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


class Unreadable(Exception):
    """The file can't be read to its end, so that none of it is taken."""

    def __init__(self, message: str, fix: str, row: int | None = None, unit: Unit = "row") -> None:
        self.problem = Problem(message=message, fix=fix, row=row, unit=unit)
        super().__init__(self.problem.sentence)


class Said(TypedDict):
    """What a row says, but when."""

    title: str
    text: str
    link: str | None
    media: tuple[str, ...]
    alt_texts: tuple[str, ...]
    channels: tuple[str, ...]
    campaign: str
    labels: tuple[str, ...]
    creator: str
    first_comment: str | None


def content_id(said: Said, instant: datetime) -> str:
    """SHA-256 (hex) of a row, whatever file, order of channels and labels, or form of letters it has."""
    names = {name: sorted(map(str.casefold, said[name])) for name in ("channels", "labels")}
    body = canonical_json({**said, **names, "instant": instant.isoformat()}).decode()
    return hashlib.sha256(unicodedata.normalize("NFC", body).encode()).hexdigest()
