"""Our root packages have plain names, and they are ours: no other distribution stands in their place."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from rounds.doctor import ROOMS, strangers

ROOT = Path(__file__).resolve().parents[2]
NO_ROOM = {"tests", "bench"}  # they are never installed


def test_no_other_distribution_owns_one_of_our_root_names() -> None:
    assert strangers(packages_distributions()) == {}


def test_the_rooms_are_those_that_are_installed_and_those_that_stand_here() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    standing = {place.parent.name for place in ROOT.glob("*/__init__.py")} - NO_ROOM
    assert set(ROOMS) == set(packages) == standing
