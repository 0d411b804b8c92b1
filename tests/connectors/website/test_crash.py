"""The process dies at any moment: the site stays whole, and the change happens fully or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.base import Absent, Published
from connectors.testing import MemoryJournal, make_trace
from tests.connectors.website import dying
from tests.connectors.website.practice import Practice, check_consistent
from tests.connectors.website.scenes import CHANGES, NEW, later

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"rename"}))
def test_a_death_at_any_moment_leaves_a_whole_site_and_a_whole_change(tmp_path: Path, change: str) -> None:
    before, deaths = Practice(tmp_path / "before"), _deaths(tmp_path, change)
    done = Practice(deaths[-1])
    outcomes = [_after_death(died, before, done, change) for died in deaths]
    assert outcomes[0] == "not at all"
    assert outcomes[-1] == "fully"
    assert outcomes == sorted(outcomes, reverse=True), "once it is certain, it stays certain"


def test_a_death_while_every_page_is_made_anew_is_made_good(tmp_path: Path) -> None:
    deaths = _deaths(tmp_path, "rename")
    done = Practice(deaths[-1]).files()
    for died in deaths:
        check_consistent(Practice(died).public, Practice(died).url)
        CHANGES["rename"](died)
        assert Practice(died).files() == done


def _deaths(folder: Path, change: str) -> list[Path]:
    """The data folder of each death in turn; the last one got through."""
    command = [sys.executable, dying.__file__, str(folder), change]
    subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, timeout=300)
    return sorted((folder / change).iterdir(), key=lambda died: int(died.name))


def _after_death(data_dir: Path, before: Practice, done: Practice, change: str) -> str:
    """Look at the site as it was left, recover it, and say how far the change came."""
    died = later(data_dir)
    check_consistent(died.public, died.url)
    found = died.connector.lookup(died.channel, make_trace(NEW, MemoryJournal(), died.clock.now()))
    recovered = died.files()
    assert isinstance(found, Published) == ("p/2027-03-01-a-new-post.html" in recovered)
    if recovered == done.files():
        return "fully"
    assert isinstance(found, Absent)
    assert recovered == before.files()
    CHANGES[change](data_dir)
    assert died.files() == done.files()
    return "not at all"


def test_every_byte_is_on_the_disk_before_the_change_is_certain(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.publish("Before.")
    before = contents(practice.data_dir)
    forced: list[int] = []  # by inode: a file keeps its own when it is put in place
    certain: list[int] = []
    real = Path.replace

    def replaced(source: Path, target: Path) -> Path:
        if target.name == "under-way.json":
            certain.extend(forced)
        return real(source, target)

    monkeypatch.setattr(os, "fsync", lambda handle: forced.append(os.fstat(handle).st_ino))
    monkeypatch.setattr(Path, "replace", replaced)
    practice.publish("After.", pictures=1)
    changed = [path for path, data in contents(practice.data_dir).items() if before.get(path) != data]
    asides = [practice.private / ".aside", practice.public / ".aside"]
    assert len(changed) == 12, "record, picture twice, counter, page, archive, index and five lists"
    assert {path.stat().st_ino for path in [*changed, *asides]} <= set(certain)
    assert {path.parent.stat().st_ino for path in changed} <= set(forced[len(certain) :])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
