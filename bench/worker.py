"""One real daemon whose only network is the sink. `python -m bench.worker --help`"""

import argparse
import logging
from pathlib import Path

from approval.checking import digest_of
from bench.connector import SinkConnector
from bench.filling import PRACTICE
from connectors.registry import Registry
from domain.clock import SystemClock
from rounds.signals import wait_for_signal
from rounds.wiring import House, prepare, settings_for
from store.models import ChannelRow


def house(folder: Path, database_url: str, sinks: dict[str, str], slots: int) -> House:
    """A House over this store whose registry holds one sink connector for each key of `sinks`."""
    made = House(settings_for(data_dir=folder, database_url=database_url, port=0), SystemClock())
    made.__dict__["registry"] = Registry(
        {key: SinkConnector(key, address, slots) for key, address in sinks.items()}
    )
    prepare(made)
    return made


def checked_against(made: House, provider: str) -> str:
    """The guard's inputs for the loaded channel, as sign-off would have written them."""
    with made.database.read() as work:
        scope = work.practice(PRACTICE)
        channel: ChannelRow = scope.channels.named(provider)
        return digest_of(made.signoff.pack, scope.practices.get().profile, made.registry[provider], channel)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.worker")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--sink", action="append", required=True, help="KEY=ADDRESS, once for each network")
    parser.add_argument("--slots", type=int, default=8)
    return parser.parse_args()


def main() -> None:
    logging.disable(logging.CRITICAL)
    given = parsed()
    sinks = dict(pair.split("=", 1) for pair in given.sink)
    daemon = house(given.folder, given.database_url, sinks, given.slots).daemon()
    daemon.start()
    print("READY", flush=True)
    wait_for_signal(daemon)


if __name__ == "__main__":
    main()
