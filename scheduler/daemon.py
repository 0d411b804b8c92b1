"""The daemon: the engine in one thread, and APScheduler as the clock of everything that recurs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.dispatch import Engine
from scheduler.heartbeat import BEAT_EVERY, Heartbeat
from scheduler.sweeping import Sweeper

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Routine:
    """Something that recurs. It never overlaps with itself and may come late."""

    name: str
    every: timedelta
    run: Callable[[], object]


@dataclass
class Daemon:
    """Runs until told to stop, then drains: what is under way ends, the rest is released."""

    engine: Engine
    heartbeat: Heartbeat
    sweeper: Sweeper
    routines: tuple[Routine, ...] = ()
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Register, take over what dead daemons left, and begin. Raises StoreUnavailable."""
        dead = self.heartbeat.begin()
        self.sweeper.sweep(dead)
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop,), name="engine")
        self._thread.start()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for routine in (
            Routine("heartbeat", BEAT_EVERY, self.heartbeat.beat),
            Routine("sweep", timedelta(seconds=1), self.sweeper.sweep),
            *self.routines,
        ):
            self._scheduler.add_job(
                _guarded(routine), "interval", seconds=routine.every.total_seconds(), id=routine.name
            )
        self._scheduler.start()
        log.info("daemon started", daemon=self.heartbeat.id, took_over=len(dead))

    def stop(self) -> None:
        """Drain and say goodbye. Safe to call twice."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        self.engine.wake()
        if self._thread is not None:
            self._thread.join()
        self.heartbeat.end()
        log.info("daemon stopped", daemon=self.heartbeat.id)

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


def _guarded(routine: Routine) -> Callable[[], None]:
    def run() -> None:
        try:
            routine.run()
        except Exception:
            log.exception("routine failed", routine=routine.name)

    return run
