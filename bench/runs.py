"""One system on one workload: load, start, wait, compare what arrived with what was due."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench.filling import fill, found
from bench.measure import SinkView, Watch, started, wait_for
from bench.worker import checked_against, house
from rounds.wiring import House

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/9"
SLOTS = 16
TRICKLE = timedelta(milliseconds=100)
Line = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What is measured."""

    workload: str
    n: int
    store: str
    daemons: int
    sink: SinkView
    spacing: timedelta = timedelta()
    slots: int = SLOTS
    more_sinks: dict[str, str] = field(default_factory=dict)  # further networks, by key
    filled: tuple[str, ...] = ("sink",)  # the networks that get n publications each


@contextmanager
def database(store: str, folder: Path) -> Iterator[str]:
    """The URL of a scratch database."""
    if store == "sqlite":
        yield f"sqlite:///{folder / 'rounds.db'}"
        return
    name = f"rounds_bench_{uuid4().hex[:10]}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rounds-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- rounds


@dataclass
class Prepared:
    """A loaded store and the command that works on it."""

    made: House
    command: list[str]
    folder: Path

    def load(self, key: str, first: int, count: int, due: datetime, spacing: timedelta) -> None:
        digest = checked_against(self.made, key)
        fill(self.made.database, key, digest, first, count, due, spacing)


@contextmanager
def prepared(job: Job) -> Iterator[Prepared]:
    with scratch() as folder, database(job.store, folder) as url:
        sinks = {"sink": job.sink.address, **job.more_sinks}
        made = house(folder, url, sinks, job.slots)
        try:
            found(made.database, {key: made.seal.close({}) for key in sinks})
            command = ["-m", "bench.worker", "--folder", str(folder), "--database-url", url]
            command += ["--slots", str(job.slots)]
            for key, address in sinks.items():
                command += ["--sink", f"{key}={address}"]
            yield Prepared(made, command, folder)
        finally:
            made.database.close()


def rounds(job: Job) -> Line:
    """Through the real engine: approval join, fingerprint check, attempts, receipts, audit."""
    with prepared(job) as ready, ExitStack() as stack:
        lead = timedelta(seconds=8 + job.n * len(job.filled) / 1500)
        due = datetime.now(UTC) + lead
        for place, key in enumerate(job.filled):
            ready.load(key, place * job.n, job.n, due, job.spacing)
        daemons = [stack.enter_context(started(ready.command)) for _ in range(job.daemons)]
        return _watched("rounds", job, due, [daemon.pid for daemon in daemons])


def _watched(system: str, job: Job, due: datetime, pids: Sequence[int], total: int = 0) -> Line:
    before = job.sink.count()
    if datetime.now(UTC) > due:
        print(f"warning: {system} was not ready when the first post was due", file=sys.stderr)
    _sleep_until(due - timedelta(milliseconds=300))
    watch = Watch(pids)
    count = total or job.n
    wait_for(job.sink, before + count, due + job.spacing * job.n)
    time.sleep(1)
    cpu, memory = watch.stop()
    arrivals = job.sink.arrivals(before)
    drained = max(arrivals.last_us / 1e6 - due.timestamp(), 1e-6)
    return {
        "system": system,
        "workload": job.workload,
        "n": job.n,
        "store": job.store,
        "daemons": job.daemons,
        "posts_per_s": round(len(arrivals.numbers) / drained, 1),
        "late_p50_ms": arrivals.late(0.5),
        "late_p99_ms": arrivals.late(0.99),
        "late_max_ms": arrivals.late(1.0),
        "cpu_s": cpu,
        "rss_peak_mb": memory,
        "lost": arrivals.lost(count),
        "doubled": arrivals.doubled,
    }


def _sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


# ---------------------------------------------------------------- the others


def bare(job: Job) -> Line:
    """The bare loop of the same client with the same number of threads: no store, no promises."""
    due = datetime.now(UTC) + timedelta(seconds=3)
    command = ["-m", "bench.bare", job.sink.address, str(job.n), _micros(due), str(job.slots)]
    command += [str(int(job.spacing.total_seconds() * 1e6))]
    with started(command) as process:
        return _watched("bare", job, due, [process.pid])


def apscheduler(job: Job) -> Line:
    with scratch() as folder, database(job.store, folder) as url:
        where = f"sqlite:///{folder / 'jobs.db'}" if job.store == "sqlite" else url
        return _peer("apscheduler", where, job)


def celery(job: Job) -> Line:
    return _peer("celery", REDIS, job)


def _peer(system: str, where: str, job: Job) -> Line:
    due = datetime.now(UTC) + timedelta(seconds=8 + job.n / 8000)
    load = [sys.executable, "-m", "bench.peers", system, "load", where, job.sink.address]
    load += [str(job.n), _micros(due), str(int(job.spacing.total_seconds() * 1e6))]
    subprocess.run(load, check=True)
    with started(["-m", "bench.peers", system, "work", where]) as process:
        return _watched(system, job, due, [process.pid])


def _micros(moment: datetime) -> str:
    return str(int(moment.timestamp()) * 1_000_000 + moment.microsecond)


# ---------------------------------------------------------------- hold


def hold(job: Job) -> Line:
    """A store full of future posts: what it costs to hold them, and to wake up for one."""
    with prepared(job) as ready:
        ready.load("sink", 1_000_000_000, job.n, datetime.now(UTC) + timedelta(days=1), timedelta(seconds=1))
        begun = time.monotonic()
        with started(ready.command) as process:
            ready_s = time.monotonic() - begun
            time.sleep(3)
            idle = Watch([process.pid])
            time.sleep(20)
            idle_cpu, memory = idle.stop()
            before, wakes = job.sink.count(), 5
            due = datetime.now(UTC) + timedelta(seconds=3)
            ready.load("sink", 0, wakes, due, timedelta(seconds=2))
            watch = Watch([process.pid])
            watched = time.monotonic()
            wait_for(job.sink, before + wakes, due + timedelta(seconds=2 * wakes))
            time.sleep(1)
            cpu, _ = watch.stop()
            spent = cpu - idle_cpu / 20 * (time.monotonic() - watched)
        arrivals = job.sink.arrivals(before)
    return {
        "system": "rounds",
        "workload": "hold",
        "n": job.n,
        "store": job.store,
        "daemons": 1,
        "ready_s": round(ready_s, 2),
        "idle_cpu_s_per_min": round(idle_cpu * 3, 2),
        "rss_peak_mb": memory,
        "wake_cpu_ms": round(max(0.0, spent) / wakes * 1000, 1),
        "late_p50_ms": arrivals.late(0.5),
        "late_max_ms": arrivals.late(1.0),
        "lost": arrivals.lost(wakes),
        "doubled": arrivals.doubled,
    }
