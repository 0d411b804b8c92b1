"""Proves of the real engine, with real processes over real HTTP, that nothing is lost, doubled or unapproved.

python -m tests.chaos [--scenario NAME]… [--store sqlite|postgresql] [--kills N] [--publications N] …
"""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos.arena import Ground, ground
from tests.chaos.outcome import Force, Outcome
from tests.chaos.scenarios import SCENARIOS, Scenario, attempt
from tests.chaos.table import heading, line


def main(argv: Sequence[str]) -> int:
    """0 when every promise was kept."""
    wanted = _parser().parse_args(argv)
    if not wanted.json:
        print(f"seed {wanted.seed}\n{heading()}", flush=True)
    clean = True
    with tempfile.TemporaryDirectory(prefix="rounds-chaos-") as folder, ground(Path(folder)) as here:
        for outcome in _outcomes(here, wanted):
            print(outcome.as_json() if wanted.json else line(outcome), flush=True)
            clean = clean and outcome.clean
    return 0 if clean else 1


def _outcomes(here: Ground, wanted: argparse.Namespace) -> Iterator[Outcome]:
    for scenario in SCENARIOS:
        if wanted.scenario and scenario.name not in wanted.scenario:
            continue
        for store in _stores(scenario, wanted):
            yield attempt(scenario, here, store, _force(scenario, wanted))


def _stores(scenario: Scenario, wanted: argparse.Namespace) -> list[str]:
    if wanted.store:
        return [store for store in scenario.stores if store == wanted.store]
    return [store for store in scenario.stores if wanted.thorough or store in scenario.short]


def _force(scenario: Scenario, wanted: argparse.Namespace) -> Force:
    return Force(
        wanted.seed,
        kills=scenario.kills if wanted.kills is None else wanted.kills,
        publications=scenario.publications if wanted.publications is None else wanted.publications,
        daemons=wanted.daemons,
        thorough=wanted.thorough,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.split("\n", 1)[0])
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=names, help="only this one; repeatable")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--kills", type=_count, help="how often a daemon is killed, paused or cut off")
    parser.add_argument("--publications", type=_count, help="how many posts fall due in a scenario")
    parser.add_argument("--daemons", type=_count, default=0, help="at once; SQLite always has one")
    parser.add_argument("--thorough", action="store_true", help="leave nothing out; takes much longer")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="replays these dice")
    parser.add_argument("--json", action="store_true", help="one JSON line a scenario")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("give a whole number")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
