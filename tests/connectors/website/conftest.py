"""What the website's tests share."""

import os
from pathlib import Path

import pytest

from tests.connectors.website.practice import Practice


@pytest.fixture(autouse=True)
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug here: that every byte is forced to the disk is checked in one test of its own."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)
