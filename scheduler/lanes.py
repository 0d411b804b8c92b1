"""Bounded slots a network: a slow or dead one fills its own lane and never delays another."""

import queue
import threading
import time
from collections.abc import Callable

import structlog

MOST_QUEUED = 500
QUEUED_SECONDS = 0.5  # how much work may wait in a lane, measured by its recent calls
Work = Callable[[], None]

log = structlog.get_logger(__name__)


class Lane:
    """Threads for one network, begun as they are needed. Work is taken only when it can start soon.

    A plain queue in place of an executor: nobody waits for a result here, and a future costs as much as the
    engine's whole share of a publication.
    """

    def __init__(self, name: str, slots: int) -> None:
        self.name = name
        self.slots = slots
        self._waiting: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
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

    def submit(self, work: Work) -> None:
        with self._lock:
            self._open += 1
            if len(self._threads) < min(self.slots, self._open):
                self._begin_thread()
        self._waiting.put(work)

    def close(self) -> None:
        """Wait for what is under way; nothing new is taken."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _begin_thread(self) -> None:
        name = f"lane-{self.name}-{len(self._threads) + 1}"
        thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while (work := self._waiting.get()) is not None:
            begun = time.monotonic()
            try:
                work()
            except BaseException:
                # the outer edge: a thread that ended here would leave its slot empty for good
                log.exception("work failed", lane=self.name)
            finally:
                with self._lock:
                    self._open -= 1
                    self._mean_seconds += 0.2 * (time.monotonic() - begun - self._mean_seconds)
