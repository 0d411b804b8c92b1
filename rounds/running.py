"""Running processes: pages, daemon, or both in one, until a signal says stop."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from rounds.signals import wait_for_signal
from rounds.wiring import House, prepare
from store.database import StoreUnavailable
from web.app import create_app

log = structlog.get_logger(__name__)
GRACE = 10  # seconds that open page requests get to end


def up(house: House, say: Callable[[str], None]) -> None:
    """Daemon and pages in one process."""
    prepare(house)
    with listen(house) as listener:
        daemon = house.daemon()
        daemon.start()
        try:
            announce(house, say)
            serve(create_app(house), listener)
        finally:
            daemon.stop()


def web(house: House, say: Callable[[str], None]) -> None:
    """The pages alone; a daemon runs elsewhere."""
    prepare(house)
    with listen(house) as listener:
        announce(house, say)
        serve(create_app(house), listener)


def daemon(house: House, say: Callable[[str], None]) -> None:
    """The daemon alone; SIGTERM drains."""
    prepare(house)
    running = house.daemon()
    running.start()
    say(f"Publishing daemon {running.heartbeat.id} runs. Press Ctrl+C to stop.")
    wait_for_signal(running)


def listen(house: House) -> socket.socket:
    """The listening socket; raises StoreUnavailable when the port is taken or the address is not ours."""
    settings = house.settings
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off (44 ms an answer) only where the protocol is named
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise StoreUnavailable(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            "Stop what uses it, or set ROUNDS_PORT to another port."
        ) from None
    return listener


class Server(uvicorn.Server):
    """Ends on a signal and returns, so that the daemon beside it drains.

    As it comes it would send itself the signal once more, and SIGTERM would end the process there and then.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.handle_exit)
        yield


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Answer pages until a signal."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )
    Server(config).run(sockets=[listener])


def announce(house: House, say: Callable[[str], None]) -> None:
    """Where Rounds answers and, on a new server, the one-time link that sets it up."""
    address = house.settings.address()
    say(f"Rounds answers at {address}")
    token = house.access.new_setup_link()
    if token is not None:
        say(f"Set it up within a day, once, here: {address}/setup/{token}")
    say("Press Ctrl+C to stop.")
    sys.stdout.flush()
