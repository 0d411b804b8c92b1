"""Many writers at once, in threads and in processes: nobody's post is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connectors.testing import MemoryJournal
from tests.connectors.website.practice import Practice, a_post, check_consistent

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import os, sys
from pathlib import Path
os.fsync = lambda handle: None
from tests.connectors.website.test_writers import publish_many
publish_many(Path(sys.argv[1]), sys.argv[2])
"""
POSTS = 6


def publish_many(data_dir: Path, who: str) -> None:
    """Publish several posts in turn, each edited once."""
    practice = Practice(data_dir)
    for number in range(POSTS):
        for words in ("First words", "Last words"):
            post = a_post(f"{words} of {who} {number}.", f"{who}-{number}", pictures=1)
            practice.connector.publish(practice.channel, post, MemoryJournal())


def check_all_stand(practice: Practice, writers: list[str]) -> None:
    wanted = {f"Last words of {who} {number}." for who in writers for number in range(POSTS)}
    assert {entry.title for entry in practice.atom().entries} == wanted
    assert len({entry.link for entry in practice.atom().entries}) == len(wanted)
    check_consistent(practice.public, practice.url)


def test_threads_that_publish_at_once_lose_no_post(practice: Practice) -> None:
    writers = ["ann", "bob", "cem", "dee"]
    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(lambda who: publish_many(practice.data_dir, who), writers))
    check_all_stand(practice, writers)


def test_processes_that_publish_at_once_lose_no_post(practice: Practice) -> None:
    writers = ["ann", "bob", "cem"]
    command = [sys.executable, "-c", WRITER, str(practice.data_dir)]
    started = [subprocess.Popen([*command, who], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}) for who in writers]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    check_all_stand(practice, writers)
