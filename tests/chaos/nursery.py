"""Daemons as real processes, born quickly: one process loads everything once and forks each of them.

A new interpreter takes seconds to load the house on a busy machine, and hundreds of daemons die in a run.
"""

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.daemon import Orders, parse, run

ROOT = Path(__file__).resolve().parents[2]
DIES_WITH_ITS_PARENT = 1  # prctl(PR_SET_PDEATHSIG)


class Process:
    """One daemon, by a handle that never means another process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._send(signal.SIGKILL)
        self.gone(within=10)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        self._send(signal.SIGTERM)

    def gone(self, within: float = 0.0) -> bool:
        """Whether it has ended; waits so many seconds for it."""
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        return bool(poll.poll(within * 1000))

    def _send(self, what: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # it may have died by itself
            signal.pidfd_send_signal(self._handle, what)


class Nursery:
    """The process that forks daemons. Leaving kills what still runs."""

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # a fork copies one thread only
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()  # it has loaded everything
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(timeout=20)
        self._parent.stdout.close()

    def start(self, orders: Orders, log: Path) -> Process:
        """A new daemon; what it says is added to *log*."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps([str(log), *orders.argv]) + "\n")
        self._parent.stdin.flush()
        return Process(int(self._answer()))

    def _answer(self) -> str:
        assert self._parent.stdout is not None
        answer = self._parent.stdout.readline()
        if not answer:
            raise RuntimeError("the process that starts daemons has died")
        return answer


def main() -> None:
    """Fork a daemon for each line of orders, and say its process id."""
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        _bury_the_dead()
        log, *argv = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(log, argv)
        print(pid, flush=True)


def _bury_the_dead() -> None:
    """A dead child stays findable by its id until the next is born."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _live(log: str, argv: list[str]) -> None:
    """A child's whole life."""
    ctypes.CDLL(None).prctl(DIES_WITH_ITS_PARENT, signal.SIGKILL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 1
    try:
        run(parse(argv))
        code = 0
    except Exception:  # noqa: BLE001 - the edge of a process: whatever it was goes to the log
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
