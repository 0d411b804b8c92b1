"""The target of the measurements: an HTTP/1.1 server that records arrivals and answers at once, or late.

    POST /p/<number>/<due, microseconds>   records number, due and arrival
    GET  /count                            how many arrived
    GET  /seen/<number>                    how often this one arrived
    GET  /log                              everything: three little-endian int64 a row

Its arrival clock is the only clock that lateness is read from. `python -m bench.sink PORT [LATENCY_MS]`
"""

import asyncio
import struct
import sys
import time
from collections import Counter

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
ANSWER += b'{"ok":true}'


class Log:
    """What arrived."""

    def __init__(self) -> None:
        self.rows = bytearray()
        self.count = 0
        self.seen: Counter[int] = Counter()

    def add(self, number: int, due: int) -> None:
        self.rows += struct.pack("<qqq", number, due, time.time_ns() // 1000)
        self.seen[number] += 1
        self.count += 1


class Sink(asyncio.Protocol):
    """One connection; requests may be split over packets, never pipelined."""

    def __init__(self, log: Log, latency: float) -> None:
        self._log = log
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or len(self._buffer) < end + 4 + _body_length(self._buffer[:end]):
            return
        line, self._buffer = self._buffer[: self._buffer.find(b"\r\n")], b""
        method, path, _ = line.split(b" ", 2)
        self._answer(method, path.decode())

    def _answer(self, method: bytes, path: str) -> None:
        parts = path.split("/")
        if method == b"POST" and parts[1] == "p":
            self._log.add(int(parts[2]), int(parts[3]))
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, ANSWER)
            else:
                self._transport.write(ANSWER)
        elif parts[1] == "log":
            self._send(bytes(self._log.rows))
        elif parts[1] == "seen":
            self._send(str(self._log.seen[int(parts[2])]).encode())
        else:
            self._send(str(self._log.count).encode())

    def _send(self, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _body_length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def main(port: int, latency: float) -> None:
    log = Log()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(log, latency), "127.0.0.1", port, backlog=4096)
    print("READY", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0))
