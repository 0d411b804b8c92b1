"""Delimited text: which delimiter, which rows, and where a quotation mark went astray."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from drafting.encoding import find_encoding
from drafting.planned import Unreadable
from drafting.table import RawRow, Table, known_fields, tabulate

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SNIFFED = 20  # records


def read_csv(data: bytes) -> Table:
    """The rows of *data*, whatever its encoding and delimiter; raises Unreadable."""
    encoding = find_encoding(data)
    text = _text(data, encoding.codec)
    hint = re.fullmatch(r"sep=(.)[\r\n]*", text.readline(), re.IGNORECASE)
    if not hint:
        text = _text(data, encoding.codec)
    delimiter = hint[1] if hint else _delimiter(data, encoding.codec)
    rows = _rows(text, delimiter, lines_before=1 if hint else 0)
    name = _DELIMITERS.get(delimiter, f"“{delimiter}”")
    return tabulate(
        rows,
        estimate=data.count(b"\n"),
        problems=encoding.problems,
        spill_fix=f"Put text that holds a {name} in quotation marks, or take the {name} out.",
    )


def _text(data: bytes, codec: str) -> io.TextIOWrapper:
    # Decoded as it is read: the text never stands in memory beside its bytes.
    return io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline="")


def _delimiter(data: bytes, codec: str) -> str:
    """The delimiter that shows the most columns we know, then the most columns."""
    return max(_DELIMITERS, key=lambda delimiter: _score(data, codec, delimiter))


def _score(data: bytes, codec: str, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(_text(data, codec), delimiter=delimiter)
    try:
        records = list(islice(reader, _SNIFFED))
    except csv.Error:
        return (0, 0)
    known = max((len(known_fields(record)) for record in records), default=0)
    return (known, max(map(len, records), default=0))


def _rows(text: io.TextIOWrapper, delimiter: str, lines_before: int) -> Iterator[RawRow]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        line = lines_before + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            raise _astray(fault, row, line) from fault
        if cells is None:
            return
        yield RawRow(row, line, cells)


def _astray(fault: csv.Error, row: int, line: int) -> Unreadable:
    if "expected after" in str(fault):
        return Unreadable(
            f"Line {line} has words right after a closing quotation mark.",
            'Write a quotation mark inside quoted text twice: "" instead of ".',
            row=row,
        )
    return Unreadable(
        f"A quotation mark that opens in line {line} is never closed.",
        "Close it at the end of the cell, or take it out.",
        row=row,
    )
