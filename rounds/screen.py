"""What the command line shows: tables, facts, exact words, progress, JSON, and what did not work."""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else.")]
Record = Mapping[str, Any]

WIDTH_WITHOUT_TERMINAL = 160
JOINERS = frozenset("\u200c\u200d")  # hold letters and emoji together, and are part of what people see
SPARKS = "▁▂▃▄▅▆▇█"


# ---------------------------------------------------------------- what is said


def answer(as_json: bool, data: Any, *parts: RenderableType) -> None:
    """A command's one answer: *data* as JSON, or *parts* for a person."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=plain, ensure_ascii=False, indent=2) + "\n")
        return
    show(*parts)


def show(*parts: RenderableType, to_standard_error: bool = False) -> None:
    """Something for a person to read; plain text is never taken for markup."""
    stream = sys.stderr if to_standard_error else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    console = Console(file=stream, width=width, highlight=False)
    for part in parts:
        console.print(Text(visible(part)) if isinstance(part, str) else part)


def aside(sentence: str) -> None:
    """Something for the person that is not part of the answer; on standard error."""
    sys.stderr.write(f"{visible(sentence)}\n")
    sys.stderr.flush()


def fail(sentence: str) -> int:
    """Say in one sentence what did not work; the exit code."""
    aside(sentence)
    return 1


def plain(value: object) -> object:
    """What JSON has no word for: instants in ISO 8601, sets sorted, paths as text."""
    match value:
        case datetime():
            return value.isoformat()
        case set() | frozenset():
            return sorted(value)
        case Path():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def visible(text: str) -> str:
    """*text* with every sign that a terminal would obey, or that nobody would see, named instead."""
    return "".join(sign if _is_seen(sign) else f"‹U+{ord(sign):04X}›" for sign in text)


def _is_seen(sign: str) -> bool:
    return sign in "\n\t" or sign in JOINERS or unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs")


# ---------------------------------------------------------------- shapes


def table(rows: Sequence[Record], columns: Mapping[str, str], empty: str) -> RenderableType:
    """Rows under headings; *columns* names each key and its heading. *empty* is said where there are none."""
    if not rows:
        return Text(empty)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for key, heading in columns.items():
        whole = key in ("id", "key") or key.endswith("_id")  # to be copied as it stands
        shown.add_column(heading, no_wrap=whole, overflow="ignore" if whole else "fold")
    for row in rows:
        shown.add_row(*(Text(visible(_cell(row.get(key)))) for key in columns))
    return shown


def facts(pairs: Mapping[str, object]) -> RenderableType:
    """Names on the left, what they are on the right; what is empty is left out."""
    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column(style="dim", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in pairs.items():
        if _cell(value):
            shown.add_row(name, Text(visible(_cell(value))))
    return shown


def heading(words: str) -> RenderableType:
    return Text(f"\n{visible(words)}", style="bold")


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple() | set() | frozenset():
            return ", ".join(_cell(item) for item in value)
        case _:
            return str(value)


def sparkline(values: Sequence[float]) -> str:
    """The values as little bars, the highest one full."""
    highest = max(values, default=0) or 1
    return "".join(SPARKS[round(value / highest * (len(SPARKS) - 1))] for value in values)


# ---------------------------------------------------------------- what takes a while


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Call it with what is being done, how many are done, and of how many. Shown only on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bars = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    tasks: dict[str, Any] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what.capitalize(), total=total)
        bars.update(tasks[what], completed=done, total=total)

    with bars:
        yield tell


# ---------------------------------------------------------------- what is asked


def ask(what: str) -> str:
    """One line from the person, or from standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, err=True))
    return sys.stdin.readline().strip()


def ask_secret(what: str) -> str:
    """One line that is not shown while it is typed; from a pipe, its next line."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, default="", show_default=False, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def agreed(question: str) -> bool:
    """Whether the person says yes; from a pipe nobody does."""
    return sys.stdin.isatty() and typer.confirm(question, err=True)
