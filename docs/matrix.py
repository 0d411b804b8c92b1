"""Writes docs/connectors/matrix.md from what the connectors declare. `python docs/matrix.py`"""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from connectors.base import (
    AuthKind,
    Authorizes,
    Checks,
    Comments,
    Connector,
    Estimates,
    LookupStrength,
    Measures,
    MediaRules,
    Reposts,
    Retracts,
    Serves,
    Spec,
    Surroundings,
)
from connectors.registry import OURS

PAGE = Path(__file__).parent / "connectors" / "matrix.md"
HEAD = """\
<!-- Written by `make docs` from the connectors' own declarations. Change those, not this page. -->
# What each network can do

Each column is what a connector declares and its conformance test checks. *No* means that this version of
Rounds does not do it there; the network itself may.
"""
MADE_FOR_PAGES = Surroundings(Path("data"), "https://rounds.example")
SIGN_IN = {
    AuthKind.NONE: "needs none",
    AuthKind.TOKEN: "pasted token",
    AuthKind.OAUTH1: "OAuth 1.0a",
    AuthKind.OAUTH2: "OAuth 2.0",
}

Row = tuple[str, Callable[[Connector], str]]


def matrix(connectors: Sequence[Connector]) -> str:
    """The whole page: one table of features, then options and permissions network by network."""
    specs = [connector.spec for connector in connectors]
    table = [
        ("", *(spec.label for spec in specs)),
        ("---",) * (len(specs) + 1),
        *((feature, *map(tell, connectors)) for feature, tell in ROWS),
    ]
    sections = (section for spec in specs for section in (_options(spec), _scopes(spec)) if section)
    return "\n".join([HEAD, *map(_line, table), "", *sections])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _options(spec: Spec) -> str:
    """What may be set for one channel of this network."""
    if not spec.options:
        return ""
    rows = [_line((f"`{name}`", means)) for name, means in spec.options.items()]
    return "\n".join([f"## Options of {spec.label}", "", "| option | what it does |", "|---|---|", *rows, ""])


def _scopes(spec: Spec) -> str:
    """What the network has to permit, by what it is for."""
    if not spec.scopes:
        return ""
    rows = [
        _line((verb, ", ".join(f"`{scope}`" for scope in sorted(needed))))
        for verb, needed in spec.scopes.items()
    ]
    return "\n".join([f"## Permissions of {spec.label}", "", "| for | permissions |", "|---|---|", *rows, ""])


# ---------------------------------------------------------------- cells


def _has(facet: type) -> Callable[[Connector], str]:
    return lambda connector: _yes(isinstance(connector, facet))


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _of(tell: Callable[[Spec], str]) -> Callable[[Connector], str]:
    return lambda connector: tell(connector.spec)


def _sign_in(connector: Connector) -> str:
    way = SIGN_IN[connector.spec.auth]
    return f"{way}, or pasted" if isinstance(connector, Authorizes) else way


def _text(spec: Spec) -> str:
    counted = "" if spec.count_text is len else ", by its own count"
    return f"{spec.text_limit:,}{counted}" if spec.text_limit else "no practical limit"


def _pictures(media: MediaRules) -> str:
    if not media.max_assets:
        return "no"
    kinds = ", ".join(sorted(kind.rpartition("/")[2].upper() for kind in media.types))
    return f"{media.max_assets}: {kinds}; {media.max_bytes / 1_000_000:.3g} MB each"


def _alt_text(media: MediaRules) -> str:
    return f"{media.alt_text_max:,}" if media.alt_text_max else "no"


def _lookup(spec: Spec) -> str:
    return {
        LookupStrength.BY_KEY: "by our key: certain",
        LookupStrength.BY_CONTENT: f"by words and time: certain after {_span(spec.lookup_settles)}",
        LookupStrength.NONE: "not at all: a person decides",
    }[spec.lookup]


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _lift(connector: Connector) -> str:
    return connector.repost_label if isinstance(connector, Reposts) else "no"


def _quota(spec: Spec) -> str:
    return f"{spec.quota.calls} in {_span(spec.quota.window)}" if spec.quota else "as the network says"


def _tested(spec: Spec) -> str:
    return {
        "fake": "an imitation of our own",
        "contract": "an imitation, and the network's own description",
        "real_server": "real servers",
        "live": "the live network",
    }[spec.grade]


ROWS: tuple[Row, ...] = (
    ("Sign-in", _sign_in),
    ("Text, characters", _of(_text)),
    ("Parts of a thread", _of(lambda spec: str(spec.thread_max) if spec.thread_max > 1 else "no")),
    (
        "Link with a place of its own",
        _of(lambda spec: "yes" if spec.carries_link else "no: it ends the text"),
    ),
    ("Pictures", _of(lambda spec: _pictures(spec.media))),
    ("Description of a picture, characters", _of(lambda spec: _alt_text(spec.media))),
    ("First comment", _has(Comments)),
    ("Numbers", _has(Measures)),
    ("Numbers are invented", _of(lambda spec: _yes(spec.simulated))),
    ("Promotion without money", _lift),
    ("Taking down", _has(Retracts)),
    ("Finding a post again", _of(_lookup)),
    ("The same post twice is one", _of(lambda spec: _yes(spec.idempotent))),
    ("Charges for calls", _of(lambda spec: _yes(spec.charges))),
    ("Cost known beforehand", _has(Estimates)),
    ("Checks of its own", _has(Checks)),
    ("Public pages at Rounds", _has(Serves)),
    ("Quota", _of(_quota)),
    ("Time-out of a call", _of(lambda spec: _span(spec.call_timeout))),
    ("Calls at once", _of(lambda spec: str(spec.slots))),
    ("Tested against", _of(_tested)),
)


def page() -> str:
    """The page as the connectors of this Rounds declare it now."""
    return matrix([factory(MADE_FOR_PAGES) for factory in OURS])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written.\n")
