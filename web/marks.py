"""Small values that pages draw: a channel's tile, a finding at the very words, the steps of a route."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from connectors.base import Spec
from domain.words import Finding, Severity


@dataclass(frozen=True)
class ChannelMark:
    """A channel's tile: its connector's glyph, or the first letter of its name where there is none."""

    name: str
    glyph: str = ""  # SVG path data on a box of 16

    @classmethod
    def of(cls, spec: Spec, name: str = "") -> "ChannelMark":
        """The tile of a connector, under the channel's own *name* when it has one."""
        return cls(name or spec.label, spec.glyph)


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True)
class Step:
    """One step of an approval route or of the setup."""

    title: str
    detail: str = ""
    state: StepState = StepState.NEXT


@dataclass(frozen=True)
class Problem:
    """An error in three parts: what happened, what we did about it, what to do next."""

    what: str
    done: str = ""
    next: str = ""


@dataclass(frozen=True)
class Numbered:
    """A finding as one view shows it: its number (None for notes) and the id of its card."""

    finding: Finding
    number: int | None
    card: str


def number_findings(findings: Iterable[Finding], prefix: str = "f") -> tuple[Numbered, ...]:
    """Blocking findings first, then warnings, then notes; notes get no number."""
    ranked = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    return tuple(
        Numbered(finding, None if finding.severity is Severity.NOTE else place, f"{prefix}{place}")
        for place, finding in enumerate(ranked, start=1)
    )


_MARK = Markup(
    '<mark class="f {severity}" aria-describedby="{card}">{words}</mark>'
    '<span class="no {severity}">{number}</span>'
)


def mark_findings(text: str, field: str, numbered: Iterable[Numbered]) -> Markup:
    """*text* with a mark at the words of every numbered finding in *field*; a later overlap gives way."""
    spans = [
        (span.start, span.end, item)
        for item in numbered
        if item.number and (span := item.finding.span) and span.field == field and span.start < span.end
    ]
    parts, at = Markup(""), 0
    for start, end, item in sorted(spans, key=lambda entry: entry[:2]):
        if (begin := max(start, at)) < end:
            parts += escape(text[at:begin]) + _MARK.format(
                severity=item.finding.severity.value,
                card=item.card,
                words=text[begin:end],
                number=item.number,
            )
            at = end
    return parts + escape(text[at:])
