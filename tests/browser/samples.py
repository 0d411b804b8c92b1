"""One invented practice at one instant, for pages that show every part of the design."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.states import Delivery, Editorial
from domain.words import ChannelState, Finding, Money, PromotionState, Severity, Span
from web.frame import Frame, Heartbeat, Hold, Person, Pulse, Toast
from web.marks import ChannelMark, Problem, Step, StepState, number_findings
from web.reader import Reader

NOW = datetime(2026, 11, 10, 18, 12, tzinfo=UTC)  # Tue 10 Nov, 14:12 in Halifax
READER = Reader(ZoneInfo("America/Halifax"), NOW)

ON_TIME = Heartbeat(Pulse.ON_TIME, next_at=NOW + timedelta(minutes=18))
LATE = Heartbeat(Pulse.LATE, late=2, oldest=timedelta(minutes=6))
STOPPED = Heartbeat(Pulse.STOPPED, stopped_by="Tom", stopped_at=NOW - timedelta(minutes=70))
SILENT = Heartbeat(Pulse.SILENT, silent_for=timedelta(minutes=3))

STORM = Hold(
    "Everything is stopped",
    "Storm warning, the clinic may close.",
    "Tom Becker",
    NOW - timedelta(minutes=70),
    "/holds/1",
)
SIGNED = Toast("Signed.", "It goes out Sat 14 at 09:00.", action="Take back", action_url="/take-back")

PEOPLE = (
    Person("Dr. Amara Osei", "Approver, author"),
    Person("Maya Lindqvist", "Author, inbox"),
    Person("Ines Carvalho", "Author"),
)

GLYPHS = (
    "M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4",
    "M10.2 4.3H9.3a2 2 0 0 0-2 2v5.5M5.4 8h4.2",
    "M5.3 8a2.7 2.7 0 1 0 5.4 0a2.7 2.7 0 1 0-5.4 0M11.6 4.4h.01",
    "M5 7.2v4.2M8 11.4V7.2M8 9.1a1.8 1.8 0 0 1 3.6 0v2.3M5 4.9h.01",
    "M4.6 11.4V6.5c0-2 3.4-2.3 3.4.3v2M8 6.8c0-2.6 3.4-2.3 3.4-.3v4.9",
    "M8 12.2S4.6 9.4 4.6 6.9a3.4 3.4 0 0 1 6.8 0c0 2.5-3.4 5.3-3.4 5.3zM8 6.8h.01",
)
MARKS = (
    *(
        ChannelMark(name, glyph)
        for name, glyph in zip(("Cross", "Folio", "Lens", "Ladder", "Herd", "Map"), GLYPHS, strict=True)
    ),
    ChannelMark("Town Board"),
)

TEXT = (
    "A cold is a virus, so antibiotics won’t touch it. Mrs. Keane, 62, from Bedford asked us for some last "
    "week; she was cured in four days with rest, fluids and honey tea."
)


def _span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(field="text", start=start, end=start + len(words))


FINDINGS = number_findings(
    (
        Finding(
            rule="CLM-02",
            pack="base@1",
            severity=Severity.WARN,
            message="This reads as a promise of a cure.",
            remedy="Say what usually happens.",
            span=_span("was cured in four days"),
            suggestion="felt better within a week",
        ),
        Finding(
            rule="PHI-01",
            pack="base@1",
            severity=Severity.BLOCK,
            message="Title, age and town together could identify a patient, and no consent is on file.",
            remedy="Take the person out, or attach a consent.",
            span=_span("Mrs. Keane, 62, from Bedford"),
            suggestion="A patient asked us for some last week",
        ),
        Finding(
            rule="ACC-01",
            pack="base@1",
            severity=Severity.NOTE,
            message="The picture holds words.",
            remedy="Its alt text repeats them, as it should.",
        ),
    )
)

STEPS = (
    Step("Maya Lindqvist wrote it", "Revision 3, today 13:50", StepState.DONE),
    Step("Guard passed it", "1 warning kept with a reason", StepState.DONE),
    Step("A physician signs: you", "or Dr. Samuel Roy. One is enough.", StepState.NOW),
    Step("Goes out Sat 14, 09:00", "If signed after 11:00, it waits for you"),
)

PROBLEMS = (
    Problem("22:30 is in your quiet hours.", next="Choose 07:00 to 21:00."),
    Problem(
        "The network did not take the picture.",
        done="Nothing was published.",
        next="Choose one below 5 MB and submit again.",
    ),
)

STOP = {
    "scopes": [
        {
            "value": "practice",
            "title": "Everything",
            "hint": "2 posts today, 14 scheduled, 1 promotion",
            "button": "Stop everything now",
            "choices": [],
        },
        {
            "value": "channel",
            "title": "One channel",
            "hint": "Choose which",
            "button": "Stop this channel now",
            "choices": [("1", "Folio"), ("2", "Lens")],
        },
        {
            "value": "campaign",
            "title": "One campaign or topic",
            "hint": "For example: Flu clinic",
            "button": "Stop this campaign now",
            "choices": [],
        },
    ],
    "chosen": "practice",
    "reason": "",
    "problem": None,
}


def frame(**changes: Any) -> Frame:
    """The sample practice's frame, on time unless *changes* say otherwise."""
    facts: dict[str, Any] = {
        "practice": "Harbour Lane",
        "practice_kind": "Family Practice",
        "person": PEOPLE[0],
        "heartbeat": ON_TIME,
        "waiting": {"review": 3, "briefs": 1},
    }
    return Frame(**{**facts, **changes})


def at(hours: float) -> datetime:
    """An instant that many hours from the sample's now."""
    return NOW + timedelta(hours=hours)


def context(**changes: Any) -> dict[str, Any]:
    """All that the sample pages read."""
    return {
        "reader": READER,
        "csrf_token": "sample-token",
        "frame": frame(),
        "fragment": False,
        "at": at,
        "people": PEOPLE,
        "marks": MARKS,
        "states": {
            "editorial": list(Editorial),
            "delivery": list(Delivery),
            "channel": list(ChannelState),
            "promotion": list(PromotionState),
        },
        "text": TEXT,
        "findings": FINDINGS,
        "problems": PROBLEMS,
        "problem": PROBLEMS[1],
        "heading": "This could not be done",
        "back": "/today",
        "steps": STEPS,
        "stop": STOP,
        "fingerprint": "c0b85c3a50d0" + "5e1f" * 13,
        "other": "6add76fe4cbb" + "0e97" * 13,
        "money": (
            Money(micros=148_200_000, currency="CAD"),
            Money(micros=300_000_000, currency="CAD"),
        ),
        **changes,
    }
