"""The decision notes, which are all built alike."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, headings, name

FOLDER = DOCS / "decisions"
NOTES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ["Question", "Decision", "Why", "Consequences"]
STATUS = re.compile(r"^\*\*Status:\*\* (accepted|replaced by \[\d{4}\]\(\S+\)), \w+ \d{4}$", re.MULTILINE)


@pytest.mark.parametrize("note", NOTES, ids=name)
def test_a_note_has_a_number_a_status_and_the_four_parts(note: Path) -> None:
    title, *parts = headings(note)
    assert title.startswith(f"{note.name[:4]}: ")
    assert parts == PARTS
    assert STATUS.search(note.read_text(encoding="utf-8"))


def test_the_notes_are_numbered_without_a_gap() -> None:
    assert [int(note.name[:4]) for note in NOTES] == list(range(1, len(NOTES) + 1))


@pytest.mark.parametrize("note", NOTES, ids=name)
def test_a_note_is_short(note: Path) -> None:
    assert len(note.read_text(encoding="utf-8").split()) < 500
