"""A small site and the changes that may be interrupted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from connectors.testing import MemoryJournal
from tests.connectors.website.practice import Practice, a_post

NEW = a_post("A new post. With a picture.", "new", pictures=3)
EDITED = a_post("Post 3, put right.", "k3", pictures=2)


def small_site(data_dir: Path) -> Practice:
    """Twenty posts, so that the next one opens a page; two of them share a picture."""
    practice = Practice(data_dir)
    for number in range(20):
        practice.publish(f"Post {number}", key=f"k{number}", pictures=1 if number in (3, 4) else 0)
    practice.connector.repost(practice.channel, "k3")
    return practice


def later(data_dir: Path, **options: str) -> Practice:
    """The same practice an hour later: every change happens at one and the same instant."""
    practice = Practice(data_dir, **options)
    practice.clock.advance(timedelta(hours=1))
    return practice


def publish_new(data_dir: Path) -> None:
    practice = later(data_dir)
    practice.connector.publish(practice.channel, NEW, MemoryJournal())


def edit(data_dir: Path) -> None:
    practice = later(data_dir)
    practice.connector.publish(practice.channel, EDITED, MemoryJournal())


def retract(data_dir: Path) -> None:
    practice = later(data_dir)
    practice.connector.retract(practice.channel, "k3")


def pin(data_dir: Path) -> None:
    practice = later(data_dir)
    practice.connector.repost(practice.channel, "k7")


def rename(data_dir: Path) -> None:
    practice = later(data_dir, title="A new name")
    assert practice.connector.verify(practice.channel).ok


CHANGES: dict[str, Callable[[Path], None]] = {
    "publish_new": publish_new,
    "edit": edit,
    "retract": retract,
    "pin": pin,
    "rename": rename,
}
