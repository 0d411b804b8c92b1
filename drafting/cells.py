"""What one cell means: words, names, a link, file names. Every reader raises Unfit with a way out."""

import re
import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from drafting.dates import Unfit
from drafting.table import Cell, Formula, as_text

_LINE_BREAKS = re.compile(r"\r\n|[\r\v\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LOST = "\ufffd"
_ODD = re.compile(rf"{_LINE_BREAKS.pattern}|{_CONTROL.pattern}|{_LOST}")  # what most cells don't hold
_SPREADSHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")
_MARKUP = re.compile(r"</?(?:p|br|a|b|i|u|ul|ol|li|div|span|strong|em|html)\b[^<>]*>", re.IGNORECASE)
# UTF-8 that was once read as Windows-1252: what became of é, ü, ’ and –.
_GARBLED = re.compile(r"Ã[\u0080-\u00bf\u0192\u2018-\u2030\u20ac\u2122\u0152-\u017e]|â€")

# A calendar says the same channels, links and labels in row after row.
_remembered = lru_cache(maxsize=4096, typed=True)

# What a spreadsheet works out although it looks like words: a call, a cell or a program after =, +, - or @.
# A bullet ("- Flu shots"), a handle ("@clinic") and a phone number ("+1 555 0100") are none of these.
_CELL = r"(?:\$?[A-Z]{1,3}\$?\d{1,7})"
_NUMBERS = r"(?:\s*\(*[\d.]+\s*[-+*/^&])*\s*\(*"
_RUNS = re.compile(
    rf"[-+@]+{_NUMBERS}[-+@]*(?:"
    r"[A-Z_][A-Z0-9_.]*\("  # a call
    rf"|{_CELL}\)*\s*(?:$|:{_CELL}|!|[-+*/^&=<>]+\s*(?:{_CELL}\b|[\d\"(]|[A-Z_.]+\())"  # a cell
    r"|[A-Z0-9_]+!\$?[A-Z]"  # a cell of another sheet
    r")",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\w\|(?:['\"/]|\S+!)")
_SIGNS = ("=", "+", "-", "@")
_OPENINGS = (*_SIGNS, "#", "＝", "＋", "－", "＠")  # in full width too


def runs_in_a_spreadsheet(text: str) -> bool:
    """Whether a spreadsheet that opens this text would calculate it, call something or start a program."""
    probe = unicodedata.normalize("NFKC", text.lstrip()[:1000]).lstrip()
    if not probe.startswith(_SIGNS):
        return False
    return probe[0] == "=" or bool(_RUNS.match(probe) or _PROGRAM.search(probe))


def read_text(cell: Cell) -> str:
    """The words of *cell* with plain line breaks and no space around them."""
    if isinstance(cell, Formula):
        raise Unfit(
            "This cell holds a formula, not what it shows.",
            "Replace it with its value (copy, then “Paste values”).",
        )
    text = as_text(cell).strip()
    if _ODD.search(text):
        text = _LINE_BREAKS.sub("\n", text).strip()
        _refuse_lost_letters(text)
    if text.startswith(_OPENINGS):
        _refuse_what_runs(text)
    return text


def _refuse_what_runs(text: str) -> None:
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise Unfit(f"This cell holds the spreadsheet's error {text}.", "Write what it should say.")
    if runs_in_a_spreadsheet(text):
        raise Unfit(
            f"“{_short(text)}” is a formula that a spreadsheet would run.",
            f"Write plain words; if it begins a sentence, begin with a word instead of “{text[0]}”.",
        )


def _refuse_lost_letters(text: str) -> None:
    if found := _CONTROL.search(text):
        raise Unfit(
            f"There is an invisible control character (U+{ord(found[0]):04X}) {_after(text, found.start())}.",
            "Delete it, or type the words again.",
        )
    if _LOST in text:
        raise Unfit(
            f"A letter was lost when the file was saved, {_after(text, text.find(_LOST))}.",
            "Type the letter again.",
        )


def _after(text: str, place: int) -> str:
    before = text[max(0, place - 20) : place].strip()
    return f"after “{before}”" if before else "at the beginning"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def remarks(text: str) -> list[Unfit]:
    """What a person should look at in words that can be taken as they are."""
    found = []
    if mark := _MARKUP.search(text):
        found.append(
            Unfit(f"{mark[0]} will be published as it stands.", "Take the formatting marks out of the text.")
        )
    if mark := _GARBLED.search(text):
        near = text[max(0, mark.start() - 10) : mark.end() + 10].strip()
        found.append(
            Unfit(
                f"“{near}” looks like letters gone wrong.",
                "Type them again, or save the file again from where it came.",
            )
        )
    return found


@_remembered
def read_names(cell: Cell) -> tuple[str, ...]:
    """Names separated by comma, semicolon, bar or new line, each once, in order."""
    return _once(re.split(r"[,;|\n]", read_text(cell)))


@_remembered
def read_labels(cell: Cell) -> tuple[str, ...]:
    """As `read_names`, without the # that some people write before a label."""
    return _once([name.strip().lstrip("#") for name in read_names(cell)])


@_remembered
def read_hashtags(cell: Cell) -> tuple[str, ...]:
    """Hashtags separated by spaces or as `read_names`, each with its #."""
    return _once(["#" + tag.lstrip("#") for tag in re.split(r"[\s,;|]+", read_text(cell)) if tag.strip("#")])


def _once(names: list[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in map(str.strip, names):
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())


@_remembered
def read_files(cell: Cell) -> tuple[str, ...]:
    """File names separated by semicolon, bar or new line, in order."""
    names = [name.strip().replace("\\", "/") for name in re.split(r"[;|\n]", read_text(cell))]
    return tuple(_file(name) for name in names if name)


def _file(name: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]+:", name, re.IGNORECASE):
        raise Unfit(
            f"Pictures are not fetched from addresses such as {_short(name)}.",
            "Add the picture itself and write its file name.",
        )
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[a-z]:", name, re.IGNORECASE):
        raise Unfit(f"{_short(name)} leads outside the import's own folder.", f"Write {path.name}.")
    return str(path)


def read_alt_texts(cell: Cell, pictures: int) -> tuple[str, ...]:
    """One alt text for each of *pictures*, or none at all; raises Unfit when the numbers differ."""
    text = read_text(cell)
    if not text:
        return ()
    if pictures == 1:
        return (" ".join(text.split()),)
    counts = []
    for separator in ("\n", "|", ";"):
        parts = _parts(text, separator)
        if len(parts) == pictures:
            return parts
        counts.append(len(parts))
    raise Unfit(*_uneven(pictures, max(counts)))


def _parts(text: str, separator: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.split(separator)]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def _uneven(pictures: int, alts: int) -> tuple[str, str]:
    if pictures == 0:
        return "There is an alt text and no picture.", "Name the picture, or take the alt text out."
    texts = "1 alt text" if alts == 1 else f"{alts} alt texts"
    return (
        f"There are {pictures} pictures and {texts}.",
        f"Write {pictures} alt texts in the pictures' order, on a line each or separated by semicolons.",
    )


@_remembered
def read_link(cell: Cell) -> str | None:
    """A web address, or None for an empty cell."""
    text = read_text(cell)
    if not text:
        return None
    if _is_web_address(text):
        return text
    if _is_web_address(f"https://{text}") and "." in text:
        raise Unfit(f"“{_short(text)}” is only part of a web address.", f"Write https://{text}.")
    raise Unfit(f"“{_short(text)}” is not a web address.", "Write one address that begins with https://.")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    sound = parts.scheme in ("http", "https") and "@" not in parts.netloc and re.search(r"\s", text) is None
    return sound and "." in host.strip(".")
