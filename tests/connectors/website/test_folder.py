"""A folder for any web server: ours alone, and told plainly when it cannot be written."""

import errno
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Absent
from connectors.errors import Ambiguous, AuthExpired, ConnectorError, Transient
from connectors.providers.website import files
from connectors.testing import MemoryJournal, make_trace
from tests.connectors.website.practice import Practice, a_file, a_post, check_consistent

URL = "https://elm.example/news"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Practice:
    """A practice whose pages go to a folder beside the data."""
    return Practice(tmp_path, folder="out", site_url=URL)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 300 kB at `out`."""
    place = tmp_path / "out"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "rounds-test", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_the_pages_lie_in_the_folder_and_the_records_do_not(elsewhere: Practice) -> None:
    published = elsewhere.publish("Flu shots are in.", pictures=1)
    assert published.url == f"{URL}/p/2027-03-01-flu-shots-are-in.html"
    shown = {path.name for path in elsewhere.public.iterdir() if not path.name.startswith(".")}
    lists = {"index.html", "feed.atom", "feed.json", "fragment.html", "embed.html", "site.css"}
    assert shown == lists | {"p", "page", "media"}
    assert not (elsewhere.private / "public").exists()
    check_consistent(elsewhere.public, URL)


def test_a_full_path_is_taken_as_it_is(tmp_path: Path) -> None:
    practice = Practice(tmp_path / "data", folder=str(tmp_path / "www"), site_url=URL)
    practice.publish("Flu shots are in.")
    assert (tmp_path / "www" / "index.html").is_file()


def test_every_file_can_be_read_by_a_web_server(elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.", pictures=1)
    mask = os.umask(0)
    os.umask(mask)
    for path in elsewhere.public.rglob("*"):
        wanted = 0o777 if path.is_dir() else 0o666
        assert path.stat().st_mode & 0o777 == wanted & ~mask, path


# Whose folder it is


@pytest.mark.parametrize("name", ["index.html", "p/about.html", "media/logo.png"])
def test_a_folder_with_pages_of_somebody_else_is_never_touched(elsewhere: Practice, name: str) -> None:
    page = elsewhere.public / name
    page.parent.mkdir(parents=True)
    page.write_text("the practice's old home page")
    health = elsewhere.connector.verify(elsewhere.channel)
    assert not health.ok
    assert "already holds pages that are not ours" in health.detail
    with pytest.raises(AuthExpired, match="already holds pages that are not ours"):
        elsewhere.publish("Flu shots are in.")
    assert [path.read_text() for path in elsewhere.public.rglob("*") if path.is_file()] == [page.read_text()]


def test_a_folder_with_other_files_is_fine_and_they_stay(elsewhere: Practice) -> None:
    elsewhere.public.mkdir()
    (elsewhere.public / "robots.txt").write_text("User-agent: *")
    elsewhere.publish("Flu shots are in.")
    assert (elsewhere.public / "robots.txt").read_text() == "User-agent: *"


def test_two_channels_cannot_share_a_folder(tmp_path: Path, elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.")
    before = elsewhere.files()
    second = Practice(tmp_path, channel_id="02site", folder="out", site_url=URL)
    with pytest.raises(AuthExpired, match="belongs to another website of Rounds"):
        second.publish("Ours now.")
    assert elsewhere.files() == before


def test_a_folder_that_is_not_mounted_is_not_filled_by_mistake(elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.")
    elsewhere.public.rename(elsewhere.data_dir / "unplugged")
    with pytest.raises(AuthExpired, match="has lost our pages"):
        elsewhere.publish("Second post.")
    (elsewhere.data_dir / "unplugged").rename(elsewhere.public)
    elsewhere.publish("Second post.")
    assert len(elsewhere.atom().entries) == 2


def test_a_new_folder_is_filled_with_all_that_stands(tmp_path: Path, elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.", pictures=2)
    moved = Practice(tmp_path, folder="new", site_url=URL)
    moved.publish("Second post.", key="two")
    assert len(moved.atom().entries) == 2
    assert len(list((moved.public / "media").iterdir())) == 2
    check_consistent(moved.public, URL)


def test_a_picture_takes_its_space_once_where_the_disk_allows(elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.", pictures=1)
    [shown], [kept] = (list((folder / "media").iterdir()) for folder in (elsewhere.public, elsewhere.private))
    assert shown.samefile(kept)


# When it cannot be written


def refused(practice: Practice, kind: type[ConnectorError]) -> ConnectorError:
    """Publish a post, see it refused with *kind*, and make sure that nothing of it stands."""
    post = a_post("Never seen. At all.", "never", media=(a_file(os.urandom(400_000), "image/png"),))
    with pytest.raises(kind) as caught:
        practice.connector.publish(practice.channel, post, MemoryJournal())
    assert not (practice.private / "posts" / "never.json").exists()
    return caught.value


def test_a_picture_is_copied_to_a_disk_of_its_own(small_disk: Path, elsewhere: Practice) -> None:
    elsewhere.publish("Flu shots are in.", pictures=1)
    [shown], [kept] = (list((folder / "media").iterdir()) for folder in (small_disk, elsewhere.private))
    assert shown.read_bytes() == kept.read_bytes()
    check_consistent(elsewhere.public, URL)


def test_a_full_disk_is_transient_and_nothing_stands(small_disk: Path, elsewhere: Practice) -> None:
    elsewhere.publish("Before the flood.")
    before = elsewhere.files()
    error = refused(elsewhere, Transient)
    sentence = f"The disk that holds {small_disk} is full. Free some space, and this goes on by itself."
    assert error.message == sentence
    assert elsewhere.files() == before
    elsewhere.publish("After the flood.")
    assert len(elsewhere.atom().entries) == 2


def test_a_folder_that_may_only_be_read_is_told_with_its_remedy(
    small_disk: Path, elsewhere: Practice
) -> None:
    elsewhere.publish("Before.")
    before = elsewhere.files()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    error = refused(elsewhere, AuthExpired)
    assert "Give it permission to write there" in error.message
    assert elsewhere.files() == before
    health = elsewhere.connector.verify(elsewhere.channel)
    assert health.ok or health.detail == error.message


def test_a_folder_below_a_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    practice = Practice(tmp_path, folder="out/news", site_url=URL)
    error = refused(practice, AuthExpired)
    assert "cannot be used as the website's folder. Choose another folder" in error.message
    assert practice.connector.verify(practice.channel).detail == error.message


@pytest.mark.parametrize(
    ("number", "kind", "remedy"),
    [
        (errno.ENOSPC, Transient, "Free some space"),
        (errno.EDQUOT, Transient, "Free some space"),
        (errno.EACCES, AuthExpired, "Give it permission"),
        (errno.EPERM, AuthExpired, "Give it permission"),
        (errno.EROFS, AuthExpired, "Give it permission"),
        (errno.ENOTDIR, AuthExpired, "Choose another folder"),
        (errno.EIO, Transient, "Check the disk"),
    ],
)
def test_what_the_file_system_says_has_a_meaning(
    number: int, kind: type[ConnectorError], remedy: str
) -> None:
    with pytest.raises(kind, match=remedy) as caught, files.folder_errors(Path("/www/news")):
        raise OSError(number, os.strerror(number))
    assert caught.value.code == errno.errorcode[number]


def test_a_disk_that_fails_once_the_change_is_certain_is_ambiguous_and_settled_by_the_look_up(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.publish("Before.")
    practice.clock.advance(timedelta(minutes=1))
    post = a_post("In doubt.", "doubt")
    with monkeypatch.context() as broken:
        broken.setattr(files, "_take", _fails)
        with pytest.raises(Ambiguous, match="partly updated"):
            practice.connector.publish(practice.channel, post, MemoryJournal())
    trace = make_trace(post, MemoryJournal(), practice.clock.now())
    assert not isinstance(practice.connector.lookup(practice.channel, trace), Absent)
    assert [entry.title for entry in practice.atom().entries] == ["In doubt.", "Before."]


def _fails(step: files.Step) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_picture_that_the_library_cannot_read_is_transient_and_nothing_stands(practice: Practice) -> None:
    def gone() -> bytes:
        raise FileNotFoundError("asset")

    practice.publish("Before.")
    before = practice.files()
    broken = a_file(b"x", "image/png")
    post = a_post(
        "A picture.", "k", media=(broken.__class__(broken.digest, "image/png", "alt", "a.png", gone),)
    )
    with pytest.raises(Transient, match=r"a\.png could not be read from the library"):
        practice.connector.publish(practice.channel, post, MemoryJournal())
    assert practice.files() == before
