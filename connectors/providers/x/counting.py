"""Length and links as X counts them, by twitter-text-parser: the counter, the price and the look-up agree."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from types import ModuleType

LONGEST_LINK = 4096  # characters, as twitter-text has it
MOST_LABELS = 40  # dotted labels in one name; the parser's search grows with their third power
WORDS = re.compile(r"\s+|\S+")  # no link reaches across a space, so each word can be looked at alone
MANY_LABELS = re.compile(rf"(?:[^\s/.]*\.){{{MOST_LABELS + 1}}}")


@contextmanager
def _stand_in_for_pkg_resources() -> Iterator[None]:
    """twitter-text-parser 3.0.0 reads one data file through pkg_resources, which setuptools has retired."""
    stand_in = ModuleType("pkg_resources")
    vars(stand_in)["resource_string"] = _resource
    before = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = stand_in
    try:
        yield
    finally:
        del sys.modules["pkg_resources"]
        if before is not None:
            sys.modules["pkg_resources"] = before


def _resource(module: str, name: str) -> bytes:
    return files(module.rpartition(".")[0]).joinpath(name).read_bytes()


with _stand_in_for_pkg_resources():
    from twitter_text import extract_urls_with_indices, parse_tweet


def weigh(text: str) -> int:
    """X's length of *text*: a link weighs 23, an emoji 2, a Latin letter 1, most other letters 2."""
    normal = unicodedata.normalize("NFC", text)
    return sum(parse_tweet(_tame(word)).weightedLength for word in WORDS.findall(normal))


def links(text: str) -> list[str]:
    """Whatever X turns into a link, bare domains included, in the order of the text."""
    return [text[start:end] for start, end in link_spans(text)]


def link_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the links of *text* stand, as half-open ranges of code points."""
    for word in WORDS.finditer(text):
        for link in extract_urls_with_indices(_tame(word[0])):
            start, end = link["indices"]
            yield word.start() + start, word.start() + end


def has_invalid_characters(text: str) -> bool:
    """Whether X would refuse *text* for a byte-order mark or another non-character."""
    return bool(re.search("[\ufffe\ufeff\uffff]", text))


def _tame(word: str) -> str:
    """*word*, or one of the same weight without a link where no real link can be that long."""
    hopeless = len(word) > LONGEST_LINK or MANY_LABELS.search(word)
    return word.replace(".", "-") if hopeless else word
