"""The process dies at any moment: the site stays whole, and the change happens fully or not at all."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.base import Absent, Published
from connectors.testing import MemoryJournal, make_trace
from tests.connectors.website import dying
from tests.connectors.website.practice import Practice, check_consistent
from tests.connectors.website.scenes import CHANGES, NEW, later

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Deaths:
    """What stood before, and the folder of each death by change."""

    before: Practice
    where: Path

    def of(self, change: str) -> list[Path]:
        return sorted((self.where / change).iterdir(), key=lambda folder: int(folder.name))

    def survivor(self, change: str) -> Practice:
        """The site after the undisturbed change."""
        return Practice(self.of(change)[-1])


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    folder = tmp_path_factory.mktemp("deaths")
    command = [sys.executable, dying.__file__, str(folder), *CHANGES]
    subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, timeout=300)
    return Deaths(Practice(folder / "before"), folder)


@pytest.mark.xdist_group("website_deaths")
@pytest.mark.parametrize("change", sorted(CHANGES.keys() - {"rename"}))
def test_a_death_at_any_moment_leaves_a_whole_site_and_a_whole_change(deaths: Deaths, change: str) -> None:
    done = deaths.survivor(change)
    outcomes = [_after_death(died, deaths.before, done, change) for died in deaths.of(change)]
    assert outcomes[0] == "not at all"
    assert outcomes[-1] == "fully"
    assert outcomes == sorted(outcomes, reverse=True), "once it is certain, it stays certain"


@pytest.mark.xdist_group("website_deaths")
def test_a_death_while_every_page_is_made_anew_is_made_good(deaths: Deaths) -> None:
    done = deaths.survivor("rename").files()
    for died in deaths.of("rename"):
        check_consistent(Practice(died).public, Practice(died).url)
        CHANGES["rename"](died)
        assert Practice(died).files() == done


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
