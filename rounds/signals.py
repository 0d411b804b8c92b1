"""Waiting for the word to stop."""

import signal
import threading
from types import FrameType

import structlog

from scheduler.daemon import Daemon

log = structlog.get_logger(__name__)


def wait_for_signal(running: Daemon) -> None:
    """Until SIGTERM or SIGINT, then drain. The handler only sets a flag."""
    told = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    while not told.wait(0.5):
        if not running.alive:
            log.error("the engine ended by itself")
            break
    running.stop()
