"""The words of a Content, field by field, in a form that patterns can read."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from domain.content import Content
from domain.words import Span

URL = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"]+|\bwww\.[^\s<>\"]+"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}/[^\s<>\"]*",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans("‐‑‒–—―−⁃‘’‚‛′“”„‟″⁄∕№", "--------'''''\"\"\"\"\"//#")
_BLANK = "|"  # no pattern reads across it


@dataclass(frozen=True)
class Field:
    """One field's text, folded: typographic and compatibility forms made plain, invisible marks dropped.

    `origins[i]` is the code point of the original that `text[i]` stands for.
    """

    name: str
    text: str
    origins: range | tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where folded characters [start, end) stand in the original."""
        return Span(field=self.name, start=self.origins[start], end=self.origins[end - 1] + 1)

    def without(self, pattern: re.Pattern[str]) -> "Field":
        """The same text with every match blanked out."""
        return Field(self.name, pattern.sub(lambda m: _BLANK * len(m[0]), self.text), self.origins)

    def without_links(self) -> "Field":
        """Links hold long numbers of their own, which are nobody's identifier."""
        return self.without(URL)


def raw_fields(content: Content) -> Iterator[tuple[str, str]]:
    """Name and text of every field that the public may read, the link aside."""
    if content.title:
        yield "title", content.title
    yield "text", content.text
    for number, part in enumerate(content.thread):
        yield f"thread.{number}", part
    if content.first_comment:
        yield "first_comment", content.first_comment
    for number, asset in enumerate(content.assets):
        yield f"assets.{number}.alt_text", asset.alt_text
    for name, value in content.options.items():
        if isinstance(value, str):
            yield f"options.{name}", value


def fields(content: Content) -> Iterator[Field]:
    """Every field with words in it, folded."""
    return (fold(name, text) for name, text in raw_fields(content) if text.strip())


def fold(name: str, text: str) -> Field:
    """*text* as a Field called *name*."""
    if text.isascii():
        return Field(name, text, range(len(text)))
    pairs = [
        (plain, place)
        for place, char in enumerate(text)
        if unicodedata.category(char) != "Cf"
        for plain in unicodedata.normalize("NFKC", char.translate(_LOOKALIKES))
    ]
    return Field(name, "".join(plain for plain, _ in pairs), tuple(place for _, place in pairs))


def sentence_around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after [start, end) in the same sentence."""
    before = re.split(r"[.!?]\s+(?=[A-Z\"'(])|\n", text[:start])[-1]
    after = re.split(r"[.!?](?:\s|$)|\n", text[end:], maxsplit=1)[0]
    return before, after
