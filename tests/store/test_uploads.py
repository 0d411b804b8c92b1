"""Files that wait between two steps of one person."""

from datetime import timedelta
from pathlib import Path

import pytest

from store.uploads import INDEX, Upload, UploadGone, Uploads
from tests.support.clocks import SetClock

FILES = [Upload("calendar", "../../plan.csv", b"date,time"), Upload("pictures", "a.png", b"pixels")]


@pytest.fixture
def uploads(tmp_path: Path, clock: SetClock) -> Uploads:
    return Uploads(tmp_path / "uploads", clock)


def test_a_person_gets_back_what_they_sent(uploads: Uploads) -> None:
    assert uploads.open("maya", uploads.keep("maya", FILES)) == FILES


def test_nobody_else_gets_it_even_with_its_name(uploads: Uploads) -> None:
    name = uploads.keep("maya", FILES)
    with pytest.raises(UploadGone):
        uploads.open("tom", name)
    uploads.drop("tom", name)
    assert uploads.open("maya", name) == FILES


def test_no_name_that_was_sent_becomes_a_path(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep("maya", FILES)
    with pytest.raises(UploadGone):
        uploads.open("maya", "../../../etc")
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"0", "1", INDEX}


def test_after_an_hour_it_is_gone_from_the_disk_too(uploads: Uploads, clock: SetClock) -> None:
    name = uploads.keep("maya", FILES)
    clock.advance(timedelta(minutes=61))
    with pytest.raises(UploadGone):
        uploads.open("maya", name)
    uploads.sweep()
    assert list(uploads.root.iterdir()) == []


def test_half_an_upload_is_no_upload(uploads: Uploads, clock: SetClock) -> None:
    name = uploads.keep("maya", FILES)
    next(uploads.root.glob(f"*/{INDEX}")).unlink()
    with pytest.raises(UploadGone):
        uploads.open("maya", name)
    clock.set(clock.now() + timedelta(days=3650))
    uploads.sweep()
    assert list(uploads.root.iterdir()) == []


def test_what_is_done_with_can_go_at_once(uploads: Uploads) -> None:
    name = uploads.keep("maya", FILES)
    uploads.drop("maya", name)
    with pytest.raises(UploadGone):
        uploads.open("maya", name)
