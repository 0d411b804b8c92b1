"""Bounded slots a network: a slow or dead one fills its own lane and never delays another."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_QUEUED = 500
QUEUED_SECONDS = 0.5  # how much work may wait in a lane, measured by its recent calls


class Lane:
    """Threads for one network. Work is taken only when it can start soon."""

    def __init__(self, name: str, slots: int) -> None:
        self.name = name
        self.slots = slots
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix=f"lane-{name}")
        self._lock = threading.Lock()
        self._open = 0
        self._mean_seconds = 1.0

    def room(self) -> int:
        """How many more claims this lane can begin within about QUEUED_SECONDS."""
        with self._lock:
            ahead = self.slots * QUEUED_SECONDS / max(self._mean_seconds, 0.001)
            return max(0, min(int(self.slots + ahead), MOST_QUEUED) - self._open)

    @property
    def open(self) -> int:
        """Work taken and not finished."""
        return self._open

    def submit(self, work: Callable[[], None]) -> None:
        with self._lock:
            self._open += 1
        self._pool.submit(self._run, work)

    def _run(self, work: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            work()
        finally:
            with self._lock:
                self._open -= 1
                self._mean_seconds += 0.2 * (time.monotonic() - begun - self._mean_seconds)

    def close(self) -> None:
        """Wait for what is under way; nothing new is taken."""
        self._pool.shutdown(wait=True)
