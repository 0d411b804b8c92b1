"""One real daemon over a practice on trial, which can be told at which step to die and by which clock to go.

python -m tests.chaos.daemon --data-dir FOLDER --database-url URL [--die-at 7]
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from sqlalchemy import event
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.base import (
    Absent,
    Accepted,
    CannotTell,
    Channel,
    Journal,
    LookupStrength,
    Post,
    Published,
    Surroundings,
    Trace,
)
from connectors.providers.rehearsal.connector import Rehearsal
from connectors.registry import Registry
from domain.clock import Clock, SystemClock
from rounds.observability import configure
from rounds.wiring import House

Pass = Callable[[str], None]  # told the name of each boundary


@dataclass(frozen=True)
class Orders:
    """What one daemon is started with. Seconds throughout."""

    data_dir: str
    database_url: str
    lookup: LookupStrength = LookupStrength.BY_KEY
    call_seconds: float = 1.0  # a call's time-out; the lease is four of them and a second
    settle_seconds: float = 3.0  # after which a look-up by content believes that nothing is there
    die_at: int = 0  # the number of the boundary that kills it; 0: none
    die_on: str = ""  # count only boundaries of this name
    clock_file: str = ""  # holds the seconds by which this daemon's clock is wrong

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.call_seconds * 4 + 1)

    @property
    def argv(self) -> list[str]:
        """The same as a command line."""
        names = {name: str(value) for name, value in vars(self).items() if value not in ("", 0)}
        return [word for name, value in names.items() for word in (f"--{name.replace('_', '-')}", value)]


def parse(argv: Sequence[str]) -> Orders:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.daemon", description=__doc__)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--lookup", type=LookupStrength, default=LookupStrength.BY_KEY)
    parser.add_argument("--call-seconds", type=float, default=1.0)
    parser.add_argument("--settle-seconds", type=float, default=3.0)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--die-on", default="")
    parser.add_argument("--clock-file", default="")
    return Orders(**vars(parser.parse_args(argv)))


class SteppedClock:
    """The host's clock, wrong by as many seconds as a file says at the moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self._path.read_text(encoding="ascii")))


class Death:
    """Kills this process, as `kill -9` does, when it comes to one boundary."""

    def __init__(self, orders: Orders) -> None:
        self._at, self._on = orders.die_at, orders.die_on
        self._lock = threading.Lock()
        self._passed = 0

    def __call__(self, boundary: str) -> None:
        if self._on and self._on != boundary:
            return
        with self._lock:
            self._passed += 1
            if self._passed == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


class ImpatientRehearsal(Rehearsal):
    """The rehearsal connector with short time-outs, so that leases are short, and with boundaries."""

    def __init__(self, surroundings: Surroundings, orders: Orders, passing: Pass = lambda _: None) -> None:
        super().__init__(surroundings, lookup=orders.lookup, read_timeout=orders.call_seconds)
        self.spec = replace(
            self.spec,
            call_timeout=timedelta(seconds=orders.call_seconds),
            lookup_settles=timedelta(seconds=orders.settle_seconds),
        )
        self._passing = passing

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        with self._boundaries("publish"):
            return super().publish(channel, post, journal)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell:
        with self._boundaries("lookup"):
            return super().lookup(channel, trace)

    def comment(self, channel: Channel, remote_id: str, text: str) -> str:
        with self._boundaries("comment"):
            return super().comment(channel, remote_id, text)

    @contextmanager
    def _boundaries(self, call: str) -> Iterator[None]:
        self._passing(f"before {call}")
        yield
        self._passing(f"after {call}")


def house_on_trial(orders: Orders, passing: Pass = lambda _: None) -> House:
    """A House whose one connector is impatient."""
    clock: Clock = SteppedClock(Path(orders.clock_file)) if orders.clock_file else SystemClock()
    settings = Settings(data_dir=Path(orders.data_dir), database_url=orders.database_url, port=0)
    house = House(settings, clock)
    surroundings = Surroundings(settings.data_dir, house.address, clock)
    connector = ImpatientRehearsal(surroundings, orders, passing)
    house.__dict__["registry"] = Registry({connector.spec.key: connector})
    return house


def run(orders: Orders) -> None:
    """Publish until SIGTERM, or until death."""
    configure("console", "INFO")
    death = Death(orders)
    if orders.die_at:
        event.listen(Session, "before_commit", lambda _: death("before commit"))
        event.listen(Session, "after_commit", lambda _: death("after commit"))
    daemon = house_on_trial(orders, death).daemon()
    daemon.start()
    told = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, stop)
    while daemon.alive and not told.wait(0.5):
        pass
    daemon.stop()


if __name__ == "__main__":
    run(parse(sys.argv[1:]))
