"""What the screen shows, and what it never lets through."""

import json
from datetime import UTC, datetime

import pytest

from domain.words import Role
from rounds.screen import answer, sparkline, table, visible


def test_signs_that_a_terminal_would_obey_are_named_instead() -> None:
    assert visible("a\x1b[2Jb\rc") == "a‹U+001B›[2Jb‹U+000D›c"


def test_signs_that_nobody_would_see_are_named_instead() -> None:
    assert visible("pay\u202eyap zero\u200bwidth") == "pay‹U+202E›yap zero‹U+200B›width"


def test_letters_emoji_lines_and_tabs_stay_as_they_are() -> None:
    words = "Grüße 👩\u200d⚕️ naïve\n\tשלום"
    assert visible(words) == words


def test_words_in_a_table_are_never_taken_for_markup(capsys: pytest.CaptureFixture[str]) -> None:
    answer(False, [], table([{"title": "[bold]Free[/bold] [link=x]y[/link]"}], {"title": "Title"}, ""))
    assert "[bold]Free[/bold] [link=x]y[/link]" in capsys.readouterr().out


def test_an_id_is_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": "01M862TWV41QXSSA3Y683CGVF3", "text": "word " * 200}]
    answer(False, [], table(rows, {"id": "Post", "text": "Text"}, ""))
    assert "01M862TWV41QXSSA3Y683CGVF3" in capsys.readouterr().out


def test_json_knows_instants_and_sets_and_nothing_it_cannot_say(capsys: pytest.CaptureFixture[str]) -> None:
    answer(True, {"at": datetime(2027, 3, 1, 9, tzinfo=UTC), "roles": frozenset({Role.AUTHOR, Role.ADMIN})})
    told = json.loads(capsys.readouterr().out)
    assert told == {"at": "2027-03-01T09:00:00+00:00", "roles": ["admin", "author"]}
    with pytest.raises(TypeError):
        answer(True, object())


def test_a_sparkline_rises_to_its_highest_value() -> None:
    assert sparkline([0, 5, 10]) == "▁▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""
