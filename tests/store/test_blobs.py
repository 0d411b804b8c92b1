"""Media on disk: whole or absent, one folder a practice, damage noticed."""

import hashlib
import os
from pathlib import Path

import pytest

from store.blobs import Blobs
from store.repository import NotFound


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "media")


def test_bytes_are_kept_under_their_digest_and_twice_is_once(blobs: Blobs, tmp_path: Path) -> None:
    digest = blobs.put("p", b"pixels")
    assert digest == hashlib.sha256(b"pixels").hexdigest()
    assert blobs.put("p", b"pixels") == digest
    assert blobs.get("p", digest) == b"pixels"
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == [blobs.path("p", digest)]


def test_a_practice_finds_nothing_of_another(blobs: Blobs) -> None:
    digest = blobs.put("p", b"pixels")
    with pytest.raises(NotFound):
        blobs.get("q", digest)


def test_damaged_bytes_are_not_given_out_and_keeping_them_again_mends_them(blobs: Blobs) -> None:
    digest = blobs.put("p", b"pixels")
    blobs.path("p", digest).write_bytes(b"pixel")
    with pytest.raises(NotFound, match="undamaged"):
        blobs.get("p", digest)
    blobs.put("p", b"pixels")
    assert blobs.get("p", digest) == b"pixels"


def test_a_write_that_fails_leaves_nothing_behind(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put("p", b"pixels")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_demonstrations_files_are_removed_and_no_others(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put("demo", b"pixels")
    kept = blobs.put("p", b"pixels")
    blobs.remove_practice("demo")
    blobs.remove_practice("never was")
    assert not (tmp_path / "media" / "demo").exists()
    assert blobs.get("p", kept) == b"pixels"
