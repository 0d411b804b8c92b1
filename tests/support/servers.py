"""Real HTTP on loopback: an application behind a real server, in this process, on a port of its own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

START_TIMEOUT = 20.0  # seconds; a shared machine may be slow


@contextmanager
def serve(app: Callable[..., Any], *, port: int = 0) -> Iterator[str]:
    """Serve *app* with uvicorn; yields its address, for example `http://127.0.0.1:40213`.

    Leaving does not wait for requests that are still under way.
    """
    listener = listening_socket(port)
    server = _Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="auto"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        if not server.ready.wait(START_TIMEOUT):
            raise RuntimeError("the application did not start")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(START_TIMEOUT)
        listener.close()


def listening_socket(port: int = 0) -> socket.socket:
    """A TCP socket on loopback that accepts already; port 0 means a free one."""
    # asyncio turns Nagle's algorithm off (40 ms an answer) only where the protocol is named
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def closed_port() -> int:
    """A port on loopback where nobody listens."""
    with listening_socket() as listener:
        port: int = listener.getsockname()[1]
    return port


class _Server(uvicorn.Server):
    """Says when it is ready, so that nobody has to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready.set()
