"""A TCP proxy that forwards HTTP faithfully until it is told to misbehave, once, at the next write.

It knows no more of HTTP than the first line of a request, and that an answer follows its request. So it can
stand before any server, real or fake, and do what none of them can: let a request be accepted and lose its
answer.

    with FaultProxy(upstream_url) as proxy:
        proxy.arm(drop_after())
        requests.post(f"{proxy.url}/posts", ...)  # the post stands, the line is cut
"""

import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from connectors.testing import Fault
from tests.support.servers import listening_socket

CHUNK = 65536  # bytes
PATIENCE = 10.0  # seconds that a cut client may take to hang up

RequestLine = str  # for example "POST /posts HTTP/1.1"


def any_write(line: RequestLine) -> bool:
    """Whatever is not a GET or a HEAD."""
    return not line.startswith(("GET ", "HEAD "))


@dataclass(frozen=True)
class Plan:
    """What happens to one request."""

    forward: bool = True  # whether the server behind receives it
    replies: bool = True  # whether the client gets the server's answer
    delay: float = 0.0  # seconds before the answer
    answer: bytes = b""  # what the client gets in place of the server's answer


def drop_before() -> Plan:
    """Close the line before anything is forwarded."""
    return Plan(forward=False, replies=False)


def drop_after() -> Plan:
    """Forward, wait until the server answers, then close the line without a word."""
    return Plan(replies=False)


def slow(seconds: float) -> Plan:
    """Forward, and hold the answer back."""
    return Plan(delay=seconds)


def answer_before(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Plan:
    """Answer in the server's place; it never hears of the request."""
    return Plan(forward=False, replies=False, answer=_response(status, body, headers or {}))


def answer_after(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Plan:
    """Forward, wait until the server answers, then answer something else."""
    return Plan(replies=False, answer=_response(status, body, headers or {}))


def plan_for(fault: Fault, *, upstream: str = "", seconds: float = 3.0) -> Plan:
    """The usual plan for a *fault*; not for REFUSE_CONNECTION, which is `FaultProxy.refuse`.

    *upstream* is where REDIRECT points to, *seconds* how long SLOW takes.
    """
    plans = {
        Fault.SLOW: slow(seconds),
        Fault.DROP_BEFORE: drop_before(),
        Fault.DROP_AFTER: drop_after(),
        Fault.SERVER_ERROR_BEFORE: answer_before(503),
        Fault.SERVER_ERROR_AFTER: answer_after(500),
        Fault.RATE_LIMIT: answer_before(429, headers={"Retry-After": "60"}),
        Fault.UNAUTHORIZED: answer_before(401),
        Fault.REJECT: answer_before(403),
        Fault.OUT_OF_CREDIT: answer_before(402),
        Fault.GARBLED: answer_after(200, b"\x00<not what was expected>"),
        Fault.REDIRECT: answer_before(307, headers={"Location": upstream}),
    }
    return plans[fault]


class FaultProxy:
    """Forwards `url` to the server at *upstream*. Each armed Plan is used for one matching request."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._armed: list[tuple[Plan, Callable[[RequestLine], bool]]] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._lines: set[socket.socket] = set()
        self._listener = listening_socket()
        self._port: int = self._listener.getsockname()[1]
        self.seen: list[RequestLine] = []  # every request, in order

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._listen(self._listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self.refuse()

    def arm(self, plan: Plan, when: Callable[[RequestLine], bool] = any_write) -> None:
        """Use *plan* for the next request whose first line satisfies *when*."""
        with self._lock:
            self._armed.append((plan, when))

    def disarm(self) -> None:
        """Forget what was armed and not used."""
        with self._lock:
            self._armed.clear()

    def refuse(self) -> None:
        """Close the port and every line: from now on connections are refused."""
        _hang_up(self._listener)  # closing alone would not wake the thread that waits in accept()
        self._listener.close()
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            _hang_up(line)

    def accept(self) -> None:
        """Open the same port again after `refuse`; while it is open this changes nothing."""
        if self._listener.fileno() >= 0:
            return
        self._listener = listening_socket(self._port)
        self._listen(self._listener)

    def _listen(self, listener: socket.socket) -> None:
        threading.Thread(target=self._welcome, args=(listener,), daemon=True).start()

    def _welcome(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return  # closed by `refuse`
            with self._lock:
                self._lines.add(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        # Either side may hang up at any time: that is what lines do here.
        with suppress(OSError), client, socket.create_connection(self._upstream) as server:
            for line in (client, server):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._converse(client, server)
        with self._lock:
            self._lines.discard(client)

    def _converse(self, client: socket.socket, server: socket.socket) -> None:
        """Carry requests and answers until one side hangs up or a Plan ends the line."""
        plan: Plan | None = None  # of the request under way
        while True:
            ready = _readable(client, server)
            if client in ready:
                if not (chunk := client.recv(CHUNK)):
                    break
                plan = plan or self._plan(chunk)
                if not plan.forward:
                    break
                server.sendall(chunk)
            if server in ready:
                chunk = server.recv(CHUNK)
                self._stopping.wait(plan.delay if plan else 0.0)
                if not chunk or (plan and not plan.replies):
                    break
                plan = None
                client.sendall(chunk)
        if plan and plan.answer:
            _say_goodbye(client, plan.answer)

    def _plan(self, chunk: bytes) -> Plan:
        """The armed Plan for the request that starts with *chunk*, used up; a faithful one otherwise."""
        line = chunk.split(b"\r\n", 1)[0].decode("latin-1")
        with self._lock:
            self.seen.append(line)
            for position, (plan, when) in enumerate(self._armed):
                if when(line):
                    del self._armed[position]
                    return plan
        return Plan()


def _say_goodbye(client: socket.socket, answer: bytes) -> None:
    """Send *answer* and end the line; what the client still sends is read and lost."""
    client.sendall(answer)
    client.shutdown(socket.SHUT_WR)
    client.settimeout(PATIENCE)
    while client.recv(CHUNK):
        continue


def _response(status: int, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = {"Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} -\r\n{head}\r\n".encode("latin-1") + body


def _readable(*lines: socket.socket) -> set[object]:
    """Wait until at least one of *lines* has something to say."""
    with selectors.DefaultSelector() as selector:  # select() would stop at descriptor 1,024
        for line in lines:
            selector.register(line, selectors.EVENT_READ)
        return {key.fileobj for key, _ in selector.select()}


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # it may have hung up already
        line.shutdown(socket.SHUT_RDWR)
