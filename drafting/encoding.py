"""In which encoding a text file was saved, and whether all of it was."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from drafting.planned import Problem, Unreadable

_SAMPLE = 64 * 1024  # bytes around the first odd letter that are enough to tell the encodings apart
_CHUNK = 1024 * 1024
_SAVE_AGAIN = "Save it again as “CSV UTF-8”, or as .xlsx."

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"cp1252": "Windows-1252", "latin_1": "Latin-1"}
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Encoding:
    """A Python codec that decodes the whole file, and what a person should know about the choice."""

    codec: str
    problems: tuple[Problem, ...] = ()


def find_encoding(data: bytes) -> Encoding:
    """How *data* decodes; raises Unreadable for bytes that are no text, or text in two encodings at once."""
    if codec := _by_mark(data) or _by_zeros(data):
        return _whole(data, codec)
    if (nul := data.find(b"\0")) >= 0:
        raise Unreadable(f"Line {_line(data, nul)} holds NUL bytes, so this isn't a text file.", _SAVE_AGAIN)
    bad = _first_bad(data, "utf-8")
    if bad is None:
        return Encoding("utf-8")
    if _MULTIBYTE.search(data):
        raise Unreadable(
            f"Line {_line(data, bad)} was saved in another encoding than the lines before or after it.",
            _SAVE_AGAIN,
        )
    return _guess(data, bad)


def _by_mark(data: bytes) -> str | None:
    return next((codec for mark, codec in _MARKS if data.startswith(mark)), None)


def _by_zeros(data: bytes) -> str | None:
    """UTF-16 without its mark: Latin letters leave every other byte zero."""
    odd, even = data[1:400:2], data[:400:2]
    if not odd or b"\0\0" in data[:400]:
        return None
    if odd.count(0) > len(odd) * 0.7:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.7 else None


def _whole(data: bytes, codec: str) -> Encoding:
    if _first_bad(data, codec) is not None:
        raise Unreadable("The file begins as Unicode text and breaks off into something else.", _SAVE_AGAIN)
    return Encoding(codec)


def _first_bad(data: bytes, codec: str) -> int | None:
    """Where *data* stops being *codec*, roughly for multi-byte codecs; None when all of it is."""
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(data), _CHUNK):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as fault:
            return max(0, start - kept + fault.start)
    return None


def _guess(data: bytes, bad: int) -> Encoding:
    """One byte a letter: which alphabet only the words can tell."""
    best = from_bytes(data[max(0, bad - _SAMPLE) : bad + _SAMPLE]).best()
    likely = [] if best is None else [best.encoding, *best.could_be_from_charset]
    codec = "cp1252" if {"cp1252", "latin_1"} & set(likely) else next(iter(likely), None)
    if codec is None or _first_bad(data, codec) is not None:
        raise Unreadable(
            f"Line {_line(data, bad)} holds letters in an encoding nobody can tell.", _SAVE_AGAIN
        )
    name = _NAMES.get(codec, codec)
    warning = Problem(
        message=f"The file doesn't say how its letters were saved and was read as {name}.",
        fix=f"Look at the accented letters from line {_line(data, bad)} on. If they are wrong: {_SAVE_AGAIN}",
        severity="warning",
    )
    return Encoding(codec, (warning,))


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
