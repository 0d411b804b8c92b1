"""Waiting on a loopback port for the answer that a network's sign-in pages send through the browser."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from urllib.parse import parse_qsl, urlsplit

from channels.connecting import CONSENT_LASTS, CannotConnect

THANKS = b"Thank you. Rounds has the answer; you may close this page and go back to the command line.\n"


class _Door(HTTPServer):
    """Takes one answer; whatever a browser asks besides (an icon) is turned away."""

    said: Mapping[str, str] | None = None


class _Answers(BaseHTTPRequestHandler):
    server: _Door
    timeout = 10  # seconds that one browser may take to say what it wants

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        said = dict(parse_qsl(parts.query))
        if parts.path != "/" or not said:
            self.send_error(404)
            return
        self.server.said = said
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(THANKS)))
        self.end_headers()
        self.wfile.write(THANKS)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """Say nothing: the address holds the code."""


def answer_on_loopback(port: int) -> Mapping[str, str]:
    """The query of the first request to http://127.0.0.1:`port`/; raises CannotConnect."""
    try:
        door = _Door(("127.0.0.1", port), _Answers)
    except OSError as error:
        raise CannotConnect(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port, or use --paste."
        ) from None
    with door:
        end = monotonic() + CONSENT_LASTS.total_seconds()
        while door.said is None and monotonic() < end:
            door.timeout = max(end - monotonic(), 0)
            door.handle_request()
    if door.said is None:
        raise CannotConnect("No answer came within 30 minutes. Begin again.")
    return door.said
