"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\s*(?:[\w'’-]+|[^\w\s])|\s+")


class ChangeKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """A run of words. `lead` is the white space before it, kept apart so that it is never underlined."""

    kind: ChangeKind
    lead: str
    text: str


def word_changes(before: str, after: str) -> list[Change]:
    """The runs that lead from *before* to *after*; what was removed stands before what replaced it."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    runs: list[tuple[ChangeKind, list[str]]] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            runs.append((ChangeKind.SAME, new[new_from:new_to]))
            continue
        runs.append((ChangeKind.REMOVED, old[old_from:old_to]))
        runs.append((ChangeKind.ADDED, new[new_from:new_to]))
    kept = [(kind, words) for kind, words in runs if words]
    _begin_at_words(kept)
    return [_change(kind, "".join(words)) for kind, words in kept if words]


def _begin_at_words(runs: list[tuple[ChangeKind, list[str]]]) -> None:
    """Where a lone change could as well begin after a mark as before it, let it begin at the word after."""
    for (first, before), (_, changed), (last, after) in zip(runs, runs[1:], runs[2:], strict=False):
        if first is not ChangeKind.SAME or last is not ChangeKind.SAME:
            continue
        while after and changed[0] == after[0] and not changed[0].strip()[:1].isalnum():
            before.append(after.pop(0))
            changed.append(changed.pop(0))


def _change(kind: ChangeKind, text: str) -> Change:
    words = text.lstrip()
    return Change(kind, text[: len(text) - len(words)], words)
