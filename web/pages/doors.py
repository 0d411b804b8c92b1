"""How many bytes a page takes at most: a form of words by default, more where files are sent along."""

from typing import ClassVar

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from drafting import media, reading
from web.api.door import FORM, MEGABYTE, Handler, capped

WORDS = 4 * MEGABYTE


class PageDoor(APIRoute):
    """Reads at most `limit` bytes; more is refused with a sentence."""

    limit: ClassVar[int] = WORDS

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            counted = Request(request.scope, capped(request, self.limit))
            try:
                return await handle(counted)
            finally:
                await counted.close()  # the files that came with it

        return guarded


class PicturesDoor(PageDoor):
    """A form with a few pictures."""

    limit = WORDS + 4 * media.MAX_BYTES


class CalendarDoor(PageDoor):
    """A content calendar with the pictures that it names."""

    limit = FORM + 4 * reading.MAX_BYTES
