"""Processes watched from outside: CPU seconds and memory, and what the sink saw."""

import contextlib
import os
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil


@dataclass(frozen=True)
class Arrivals:
    """The sink's log."""

    numbers: tuple[int, ...]
    late_ms: tuple[float, ...]  # sorted
    last_us: int

    @property
    def doubled(self) -> int:
        return len(self.numbers) - len(set(self.numbers))

    def lost(self, expected: int) -> int:
        return expected - len(set(self.numbers))

    def late(self, share: float) -> float:
        if not self.late_ms:
            return 0.0
        return round(self.late_ms[min(len(self.late_ms) - 1, int(share * len(self.late_ms)))], 2)


class SinkView:
    """Asks a sink."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def count(self) -> int:
        return int(self.get("/count"))

    def arrivals(self, since: int = 0) -> Arrivals:
        """Everything that arrived, `since` rows left out."""
        rows = list(struct.iter_unpack("<qqq", self.get("/log")))[since:]
        late = sorted((arrived - due) / 1000 for _, due, arrived in rows)
        return Arrivals(tuple(row[0] for row in rows), tuple(late), max((row[2] for row in rows), default=0))


@contextmanager
def started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that said READY; ended on leaving."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "C_FORCE_ROOT": "1"},  # Celery refuses to run as root otherwise
    )
    try:
        _await_ready(process, command)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _await_ready(process: subprocess.Popen[str], command: Sequence[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if "READY" in line:
            threading.Thread(target=lambda: list(process.stdout or ()), daemon=True).start()
            return
    raise SystemExit(f"{' '.join(command)} ended before it was ready")


@dataclass
class Watch:
    """CPU and peak memory of some processes between two moments."""

    pids: Sequence[int]
    cpu_before: float = 0.0
    peak: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.cpu_before = self.cpu()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def cpu(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._tree())

    def memory(self) -> int:
        return sum(process.memory_info().rss for process in self._tree())

    def stop(self) -> tuple[float, float]:
        """(CPU seconds, peak MB) since the beginning."""
        self._done.set()
        self._thread.join()
        return round(self.cpu() - self.cpu_before, 3), round(max(self.peak, self.memory()) / 1e6, 1)

    def _sample(self) -> None:
        while not self._done.wait(0.1):
            with contextlib.suppress(psutil.Error):
                self.peak = max(self.peak, self.memory())

    def _tree(self) -> list[psutil.Process]:
        found = []
        for pid in self.pids:
            with contextlib.suppress(psutil.Error):
                parent = psutil.Process(pid)
                found += [parent, *parent.children(recursive=True)]
        return found


def wait_for(sink: SinkView, count: int, until: datetime, quiet: float = 10.0) -> None:
    """Until `count` arrived, or nothing came for `quiet` seconds after the due instant `until`."""
    last, since = -1, time.monotonic()
    while True:
        now = sink.count()
        if now >= count:
            return
        if now != last:
            last, since = now, time.monotonic()
        if datetime.now(UTC) > until and time.monotonic() - since > quiet:
            return
        time.sleep(0.05)
