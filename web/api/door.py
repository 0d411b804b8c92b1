"""The door of the API: who asks is known before a byte of the body is read, and no more is read than fits."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar, cast

from fastapi import APIRouter, Depends, Request, Security
from fastapi.exceptions import HTTPException
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Message, Receive

from domain.actor import Actor, NotAllowed
from drafting import media, reading
from web.access import SignInFirst, services
from web.api.faults import faults

MEGABYTE = 1024 * 1024
FORM = 64 * 1024  # what a multipart form adds to its files
JSON_LIMIT = MEGABYTE

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TooLarge(HTTPException):
    """More bytes than this address takes."""

    def __init__(self, limit: int) -> None:
        sentence = f"The request is larger than {limit // MEGABYTE} MB, the most that is taken here."
        super().__init__(413, f"{sentence} Send less at once.", {"Connection": "close"})


class Unaddressable(HTTPException):
    """The address itself cannot be used."""

    def __init__(self) -> None:
        super().__init__(422, "The address holds a NUL character (%00). Leave it out.")


class Door(APIRoute):
    """A route that asks for a token first, and reads at most `limit` bytes."""

    limit: ClassVar[int] = JSON_LIMIT
    open: ClassVar[bool] = False

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if "\x00" in request.url.path or "%00" in request.url.query:
                raise Unaddressable
            if not self.open:
                request.state.actor = await run_in_threadpool(bearer, request)
            return await handle(Request(request.scope, capped(request, self.limit)))

        return guarded


class OpenDoor(Door):
    """For whoever has no token yet."""

    open = True


class PictureDoor(Door):
    limit = media.MAX_BYTES + FORM


class CalendarDoor(Door):
    limit = reading.MAX_BYTES + FORM


def capped(request: Request, limit: int) -> Receive:
    """The request's stream; raises TooLarge once more than *limit* bytes came, or were announced."""
    announced = request.headers.get("content-length", "")
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        if announced.isdecimal() and int(announced) > limit:
            raise TooLarge(limit)
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLarge(limit)
        return message

    return receive


def bearer(request: Request) -> Actor:
    """The member that the request's token acts as; raises SignInFirst."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise SignInFirst("Send a token as “Authorization: Bearer …”. POST /api/v1/tokens makes one.")
    try:
        return services(request).access.by_token(token.strip())
    except NotAllowed as refusal:
        raise SignInFirst(str(refusal)) from None


_scheme = HTTPBearer(
    auto_error=False, scheme_name="Token", description="A token that POST /api/v1/tokens made."
)


async def asking(
    request: Request, _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)]
) -> Actor:
    """Whom the door let in."""
    return cast(Actor, request.state.actor)


Asking = Annotated[Actor, Depends(asking)]


def section(topic: str, door: type[Door] = Door) -> APIRouter:
    """A router for one topic; its routes say what every route of ours may refuse."""
    common = (400, 413, 422, 503) if door.open else (400, 401, 403, 413, 422, 503)
    return APIRouter(tags=[topic], route_class=door, responses=faults(*common))
