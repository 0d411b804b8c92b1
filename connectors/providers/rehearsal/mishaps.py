"""How an answer goes wrong on a real line. Each is a Response, so it works behind any ASGI server.

Cutting the line needs no access to the socket: the answer announces more bytes than it sends and then ends.
No server may keep such a connection, so it closes it, and the client is left with half an answer.
"""

import asyncio

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.providers.rehearsal.behaviour import Misfortune, Mishap

LONGEST_SILENCE = 600.0  # seconds; whoever still waits then is cut off


class Cut(Response):
    """Closes the line in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        promised = [
            (b"content-type", b"application/json"),
            (b"content-length", b"512"),
            (b"content-encoding", b"identity"),  # keeps a compressing layer from making it whole again
        ]
        await send({"type": "http.response.start", "status": 200, "headers": promised})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class Late(Response):
    """Waits, then gives the answer, unless the client has hung up."""

    def __init__(self, answer: Response, seconds: float) -> None:
        super().__init__()
        self._answer = answer
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                while (await receive())["type"] != "http.disconnect":
                    continue
        except TimeoutError:
            await self._answer(scope, receive, send)


def before(misfortune: Misfortune) -> Response:
    """What the client gets when the write was not accepted."""
    match misfortune.kind:
        case Mishap.DROP_BEFORE:
            return Cut()
        case Mishap.RATE_LIMIT:
            wait = {"Retry-After": str(max(round(misfortune.seconds), 1))}
            return problem(429, "Too many posts at once.", headers=wait)
        case Mishap.REDIRECT:
            return Response(status_code=307, headers={"Location": "?"})
        case Mishap.REFUSE:
            return problem(403, "This post is not welcome here.")
        case _:
            return problem(503, "The network is out of breath.")


def after(misfortune: Misfortune, answer: Response) -> Response:
    """What the client gets in place of *answer*, although the write was accepted."""
    match misfortune.kind:
        case Mishap.DROP_AFTER:
            return Cut()
        case Mishap.ANSWER_LATE:
            return Late(answer, misfortune.seconds)
        case Mishap.NEVER_ANSWER:
            return Late(Cut(), LONGEST_SILENCE)
        case Mishap.GARBAGE:
            return PlainTextResponse("<<< half of something else", status_code=200)
        case _:
            return problem(500, "The network tripped over its own feet.")


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None) -> Response:
    """An error as an `application/problem+json` body; *detail* is one sentence for a person."""
    body = {"status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
