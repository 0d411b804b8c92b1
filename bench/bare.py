"""The floor: the same HTTP client in a plain loop. `python -m bench.bare SINK N DUE_US THREADS SPACING_US`"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bench.connector import SinkClient
from bench.filling import TEXT


def main() -> None:
    address, n, due, threads, spacing = sys.argv[1], *map(int, sys.argv[2:6])
    client = SinkClient(address)

    def send(number: int) -> None:
        at = due + number * spacing
        time.sleep(max(0.0, at / 1e6 - time.time()))
        client.send(number, at, TEXT).raise_for_status()

    print("READY", flush=True)
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(send, range(n)):
            pass
    time.sleep(3600)


if __name__ == "__main__":
    main()
