"""Measurements of the engine: one JSON line a system, ratios for people. `python -m bench burst --n 10000`"""

import argparse
import json
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from bench import runs
from bench.measure import SinkView, started
from bench.runs import Job, Line

DEFAULT_N = {"burst": 2000, "trickle": 100, "hold": 100_000, "slow": 2000}
SLOW_SLOTS = 256
FIRST_LATENCY, SECOND_LATENCY = 100, 5000  # milliseconds


def main() -> None:
    given = parsed()
    with ExitStack() as stack:
        lines = WORKLOADS[given.workload](given, stack)
    if not given.json:
        print_ratios(lines)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workload", nargs="?", default="burst", choices=sorted(DEFAULT_N))
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--n", type=int, default=0, help="publications")
    parser.add_argument("--daemons", type=int, default=1, help="several need PostgreSQL")
    parser.add_argument("--sink", default="", help="the address of an outside sink, see bench/sink.py")
    parser.add_argument("--slots", type=int, default=runs.SLOTS, help="calls at once")
    parser.add_argument("--peers", action="store_true", help="measure APScheduler and Celery too")
    parser.add_argument("--json", action="store_true", help="JSON lines only")
    given = parser.parse_args()
    given.n = given.n or DEFAULT_N[given.workload]
    return given


def say(given: argparse.Namespace, line: Line) -> Line:
    print(json.dumps(line), flush=True)
    return line


def sink(given: argparse.Namespace, stack: ExitStack, latency_ms: int = 0) -> SinkView:
    """The outside sink, or a fresh one of ours."""
    if given.sink and not latency_ms:
        return SinkView(given.sink.rstrip("/"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stack.enter_context(started(["-m", "bench.sink", str(port), str(latency_ms)]))
    return SinkView(f"http://127.0.0.1:{port}")


def systems(given: argparse.Namespace) -> list[Callable[[Job], Line]]:
    others = [runs.apscheduler, runs.celery] if given.peers else []
    return [runs.bare, runs.rounds, *others]


def compared(given: argparse.Namespace, stack: ExitStack, spacing: timedelta) -> list[Line]:
    lines = []
    for system in systems(given):
        with ExitStack() as own:
            job = Job(
                given.workload,
                given.n,
                given.store,
                given.daemons,
                sink(given, own),
                spacing,
                given.slots,
            )
            lines.append(say(given, system(job)))
    return lines


def burst(given: argparse.Namespace, stack: ExitStack) -> list[Line]:
    return compared(given, stack, timedelta())


def trickle(given: argparse.Namespace, stack: ExitStack) -> list[Line]:
    return compared(given, stack, runs.TRICKLE)


def hold(given: argparse.Namespace, stack: ExitStack) -> list[Line]:
    """Empty, a thousand, and the whole number: memory and wake-ups are compared."""
    lines = []
    for n in sorted({1, 1000, given.n}):
        job = Job("hold", n, given.store, 1, sink(given, stack))
        lines.append(say(given, runs.hold(job)))
    return lines


def slow(given: argparse.Namespace, stack: ExitStack) -> list[Line]:
    """A network of 100 ms alone, then beside one of 5 s."""
    first = sink(given, stack, FIRST_LATENCY)
    second = sink(given, stack, SECOND_LATENCY)
    alone = Job("slow", given.n, given.store, given.daemons, first, slots=SLOW_SLOTS)
    beside = Job(
        "slow beside 5 s",
        given.n,
        given.store,
        given.daemons,
        first,
        slots=SLOW_SLOTS,
        more_sinks={"second": second.address},
        filled=("sink", "second"),
    )
    return [say(given, runs.rounds(alone)), say(given, runs.rounds(beside))]


WORKLOADS: dict[str, Callable[[argparse.Namespace, ExitStack], list[Line]]] = {
    "burst": burst,
    "trickle": trickle,
    "hold": hold,
    "slow": slow,
}


def print_ratios(lines: list[Line]) -> None:
    """What people compare, on stderr so that stdout stays JSON lines."""
    by_system = {line["system"]: line for line in lines}
    ours = by_system.get("rounds")
    for line in lines:
        if ours is None or line is ours or "posts_per_s" not in line or line["system"] == "rounds":
            continue
        ratio = ours["posts_per_s"] / max(line["posts_per_s"], 1e-9)
        print(f"rounds drains at {ratio:.2f} × {line['system']}", file=sys.stderr)
    if ours is not None and "cpu_s" in ours:
        print(f"{ours['cpu_s'] / ours['n'] * 1000:.2f} ms CPU a publication", file=sys.stderr)


if __name__ == "__main__":
    main()
