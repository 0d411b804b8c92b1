"""Runs one change again and again, each time in a fresh copy and dying at a later touch of the disk.

    python dying.py WHERE CHANGE

Copies a small site from WHERE/before to WHERE/CHANGE/1, 2 and so on, and in copy N carries the CHANGE out
in a process that is killed just before it changes the disk for the Nth time. Stops when it gets through.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from tests.connectors.website.scenes import CHANGES, small_site

MOVES = frozenset({"os.rename", "os.remove", "os.mkdir"})


def die_at(number: int, below: Path) -> None:
    """Kill this very process before its change *number* of anything below that folder."""
    left = number

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if (event in MOVES or _writes(event, args)) and str(args[0]).startswith(str(below)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _writes(event: str, args: tuple[Any, ...]) -> bool:
    return event == "open" and str(args[1])[0] in "wax"


def survives(change: str, number: int, data_dir: Path) -> bool:
    """Whether the change got through in *data_dir* before its death."""
    child = os.fork()
    if child == 0:
        die_at(number, data_dir)
        CHANGES[change](data_dir)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"death {number} ended as {status}"
    return os.WIFEXITED(status)


def main(where: Path, change: str) -> None:
    before = where / "before"
    small_site(before)
    number = 1
    while not survives(change, number, shutil.copytree(before, where / change / str(number))):
        number += 1


if __name__ == "__main__":
    os.fsync = lambda fd: None  # a process dies here, not the machine: what is written stays
    main(Path(sys.argv[1]), sys.argv[2])
