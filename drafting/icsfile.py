"""Calendar files (RFC 5545): every event is a post, its start the time, its description the words."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, count

from icalendar.parser import Contentline, unescape_backslash
from icalendar.prop import vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from drafting.columns import Field
from drafting.encoding import find_encoding
from drafting.planned import Problem, Severity, Unreadable
from drafting.table import Cell, Entry, Table
from drafting.wallclock import is_zone

# Where an event says what. Of several properties the first that the event has is taken.
SOURCES: Mapping[Field, tuple[str, ...]] = {
    Field.TITLE: ("SUMMARY",),
    Field.TEXT: ("X-ROUNDS-TEXT", "DESCRIPTION"),
    Field.LINK: ("X-ROUNDS-LINK", "URL"),
    Field.CHANNELS: ("X-ROUNDS-CHANNELS", "LOCATION"),
    Field.MEDIA: ("X-ROUNDS-MEDIA", "ATTACH"),
    Field.ALT_TEXT: ("X-ROUNDS-ALT-TEXT",),
    Field.FIRST_COMMENT: ("X-ROUNDS-FIRST-COMMENT",),
    Field.CAMPAIGN: ("X-ROUNDS-CAMPAIGN",),
    Field.LABELS: ("X-ROUNDS-LABELS", "CATEGORIES"),
    Field.CREATOR: ("X-ROUNDS-CREATOR",),
    Field.HASHTAGS: ("X-ROUNDS-HASHTAGS",),
}
_WANTED = frozenset({"UID", "RECURRENCE-ID", "DTSTART", "RRULE", "RDATE", "STATUS"}).union(*SOURCES.values())
# A name, parameters whose quoted values may hold a colon, a colon, and the value.
_LINE = re.compile(r'(?P<head>(?P<name>[\w-]+)[ \t]*(?:;(?:[^":]|"[^"]*")*)?:)(?P<value>.*)', re.DOTALL)
HEADERS: Mapping[Field, str] = {
    **{name: sources[-1] for name, sources in SOURCES.items()},
    Field.ID: "UID",
    Field.DATE: "DTSTART",
    Field.TIME: "DTSTART",
    Field.ZONE: "DTSTART",
}


@dataclass(frozen=True)
class _Property:
    """One line of an event. `value` is as written, with its backslashes."""

    params: Mapping[str, str]
    value: str

    @property
    def text(self) -> str:
        return str(unescape_backslash(self.value))


@dataclass
class _Event:
    """One VEVENT under way."""

    number: int
    line: int
    properties: dict[str, list[_Property]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)

    def texts(self, name: str) -> list[str]:
        return [each.text.strip() for each in self.properties.get(name, ())]

    def blame(self, column: str | None, message: str, fix: str, severity: Severity = "error") -> None:
        self.problems.append(
            Problem(row=self.number, column=column, message=message, fix=fix, severity=severity, unit="event")
        )


def read_ics(data: bytes) -> Table:
    """The events of *data*, in order; raises Unreadable."""
    encoding = find_encoding(data)
    events = _events(_unfold(io.TextIOWrapper(io.BytesIO(data), encoding=encoding.codec)))
    first = next(events, None)
    if first is None:
        raise Unreadable("The calendar has no events.", "Choose a calendar with an event for each post.")
    return Table(
        headers=HEADERS,
        entries=map(_entry, chain([first], events)),
        estimate=data.count(b"BEGIN:VEVENT"),
        problems=encoding.problems,
        unit="event",
    )


def _unfold(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each content line with the number of the line it begins in: a line that starts with a space goes on."""
    begun, parts = 1, [""]
    for number, line in enumerate(lines, start=1):
        if line.startswith((" ", "\t")):
            parts.append(line[1:].rstrip("\n"))
            continue
        yield begun, "".join(parts)
        begun, parts = number, [line.rstrip("\n")]
    yield begun, "".join(parts)


def _events(lines: Iterable[tuple[int, str]]) -> Iterator[_Event]:
    inside: list[str] = []  # what has begun and not ended, outermost first
    event: _Event | None = None
    numbers = count(1)
    for line, content in lines:
        mark, _, what = content.strip().upper().partition(":")
        if mark == "BEGIN":
            inside.append(what)
            event = event or (_Event(next(numbers), line) if what == "VEVENT" else None)
        elif mark == "END":
            inside = inside[:-1]
            if event and "VEVENT" not in inside:
                yield event
                event = None
        elif event and mark and inside[-1] == "VEVENT":  # an alarm inside it has texts of its own
            _note(event, line, content)
    if event:
        raise Unreadable(
            "The file breaks off in the middle of it.", "Export the calendar again.", event.number, "event"
        )


def _note(event: _Event, line: int, content: str) -> None:
    """Keep one property of an event. Only what stands before its value needs the format's own grammar."""
    found = _LINE.match(content)
    if found is None:
        event.blame(None, f"Line {line} is not part of a calendar.", "Export the calendar again.")
        return
    name = found["name"].upper()
    if name not in _WANTED:
        return
    try:
        _, params, _ = Contentline(found["head"] + "-").raw_parts()  # type: ignore[no-untyped-call]
    except ValueError:
        event.blame(name, f"Line {line} can't be read.", "Export the calendar again.")
        return
    flat = {key.upper(): value for key, value in params.items() if isinstance(value, str)}
    event.properties[name].append(_Property(flat, found["value"]))


def _entry(event: _Event) -> Entry:
    cells: dict[Field, Cell] = {name: _joined(event, sources) for name, sources in SOURCES.items()}
    cells |= _start(event)
    cells[Field.ID] = "/".join(event.texts("UID") + event.texts("RECURRENCE-ID"))
    if event.properties.get("RRULE") or event.properties.get("RDATE"):
        event.blame(
            "RRULE", "The event repeats.", "Repeats are imported once; plan the others here.", "warning"
        )
    if "CANCELLED" in map(str.upper, event.texts("STATUS")):
        event.blame("STATUS", "The event is cancelled.", "Delete it, or confirm it in the calendar.")
    return Entry(event.number, event.line, cells, tuple(event.problems))


def _joined(event: _Event, sources: Iterable[str]) -> str:
    """The first property that the event has; several of its kind on a line each."""
    for name in sources:
        if found := event.properties.get(name):
            if name == "ATTACH":
                return "\n".join(_attached(event, attached) for attached in found)
            return "\n".join(each.text for each in found)
    return ""


def _attached(event: _Event, attached: _Property) -> str:
    name = attached.params.get("FILENAME") or attached.params.get("X-FILENAME")
    if name is None and attached.params.get("VALUE", "").upper() == "BINARY":
        event.blame(
            "ATTACH", "The picture inside the event was not taken.", "Save it as a file and attach its name."
        )
        return ""
    return name or attached.text


def _start(event: _Event) -> dict[Field, Cell]:
    """Date, time and zone of the event's start; a time in UTC keeps its mark."""
    start = next(iter(event.properties.get("DTSTART", ())), None)
    if start is None:
        return {}
    try:
        moment = vDDDTypes.from_ical(start.value.strip().upper())  # type: ignore[no-untyped-call]
    except ValueError:
        moment = None
    match moment:
        case datetime():
            zone = _zone_name(start.params.get("TZID", "")) if moment.tzinfo is None else ""
            return {Field.DATE: moment.date(), Field.TIME: moment, Field.ZONE: zone}
        case date():
            return {Field.DATE: moment}
        case _:
            return {Field.DATE: start.value}


def _zone_name(name: str) -> str:
    """The IANA name in a TZID: some programs write Windows' name for it, some put their own before it."""
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    if not name.startswith("/"):
        return name
    parts = name.strip("/").split("/")
    suffixes = ("/".join(parts[at:]) for at in range(len(parts)))
    return next((suffix for suffix in suffixes if is_zone(suffix)), name)
