"""The ring: a fingerprint as a picture, so that one changed character is seen at a glance."""

import hashlib
from collections.abc import Iterable
from math import cos, pi, sin

from markupsafe import Markup

HUB = 23  # from the centre to where a tick begins, on a box of 100
SHORTEST, PER_DIGIT = 3, 1.45  # a tick is SHORTEST + PER_DIGIT times its hex digit
SMALL = 36  # pixels; below this, fewer and stronger ticks

_RING = Markup(
    '<svg class="ring" width="{size}" height="{size}" viewBox="0 0 100 100" {name} stroke-width="{stroke}">'
    "{ticks}</svg>"
)
_MARK = Markup(
    '<svg class="mark" width="{size}" height="{size}" viewBox="4 4 92 92" stroke-width="7" {name}>'
    '{ticks}<circle cx="50" cy="50" r="7"/></svg>'
)
_NAMED = Markup('role="img" aria-label="{}"')
_HIDDEN = Markup('aria-hidden="true"')
_TICK = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')


def hex_groups(fingerprint: str, groups: int = 2) -> str:
    """The first groups of four hex digits, as people read them out: "6add 76fe"."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, 4 * groups, 4))


def ring(fingerprint: str, size: int = 64, label: str | None = None) -> Markup:
    """The ring of a hex *fingerprint*, *size* pixels wide; an empty *label* makes it decoration."""
    count, stroke = (16, 6.0) if size < SMALL else (24, 4.2)
    lengths = [SHORTEST + PER_DIGIT * int(digit, 16) for digit in fingerprint[:count]]
    name = f"Fingerprint ring {hex_groups(fingerprint)}" if label is None else label
    return _RING.format(
        size=size,
        name=_NAMED.format(name) if name else _HIDDEN,
        stroke=f"{stroke:g}",
        ticks=_ticks((HUB, HUB + length) for length in lengths),
    )


def practice_mark(practice_id: str, size: int = 84) -> Markup:
    """The practice's own ring, drawn from its id."""
    return ring(hashlib.sha256(practice_id.encode()).hexdigest(), size, label="")


def product_mark(size: int = 30) -> Markup:
    """The ring at rest: twelve ticks and a hub, the quarters long, the first longest."""
    reach = [(20, 40), *[(24, 33), (24, 33), (24, 37)] * 4][:12]
    return _MARK.format(size=size, name=_HIDDEN, ticks=_ticks(reach))


def _ticks(reaches: Iterable[tuple[float, float]]) -> Markup:
    """One line for each (inner, outer) radius, clockwise from the top."""
    listed = list(reaches)
    return Markup("").join(
        _TICK.format(*_point(index / len(listed), inner), *_point(index / len(listed), outer))
        for index, (inner, outer) in enumerate(listed)
    )


def _point(turn: float, radius: float) -> tuple[float, float]:
    angle = 2 * pi * turn
    return 50 + radius * sin(angle), 50 - radius * cos(angle)
