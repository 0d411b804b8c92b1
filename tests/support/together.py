"""Several people at the same time."""

import threading
import time
from collections.abc import Callable

from store.database import Database

PATIENCE = 20.0  # seconds


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of them at the same time; what each gave, or the exception that it met."""
    ends: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            ends[place] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            ends[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def wait_until_somebody_waits(database: Database) -> None:
    """On PostgreSQL: until another transaction waits for a lock that somebody holds."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with database.engine.connect() as connection:
            if connection.exec_driver_sql(waiting).scalar():
                return
        time.sleep(0.01)
    raise TimeoutError("nobody waits for a lock")
