"""One post with everything that ever happened to it."""

from pathlib import Path

import pytest

from store.views import lives
from tests.support.clocks import SetClock
from tests.support.databases import SqliteTemplates
from tests.support.practice import found
from tests.support.scripted import ScriptedNetwork


def test_of_a_very_long_life_the_latest_part_is_told(
    tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lives, "MOST", 3)
    url = sqlite_templates.database(tmp_path)
    practice = found(tmp_path, url, clock, {"scripted": ScriptedNetwork(clock)}, ["scripted"])
    post_id = practice.draft("Words 0.")
    for number in range(1, 6):
        practice.edit(post_id, f"Words {number}.")
    with practice.house.database.read() as work:
        life = work.practice(practice.id).lives.of_post(post_id)
    practice.close()
    assert [row.number for row in life.revisions] == [4, 5, 6]
    assert life.revision.base["text"] == "Words 5."
    assert [entry.detail["number"] for entry in life.entries] == [4, 5, 6]
