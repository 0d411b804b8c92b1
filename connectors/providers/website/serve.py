"""The pages as Rounds serves them: only finished files, strict headers, and a count of page views."""

import base64
import re
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from connectors.base import ASGIApp
from connectors.providers.website.settings import KEY, content_policy, site_folder
from connectors.providers.website.views import add_view, is_a_view

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

_CHANNEL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PERMALINK = re.compile(r"p/([a-z0-9-]+)\.html")
_MEDIA = re.compile(r"media/[0-9a-f]{64}\.[a-z0-9]{3,4}")
_LISTS = re.compile(r"index\.html|feed\.atom|feed\.json|fragment\.html|embed\.html|site\.css|page/\d+\.html")
_TYPES = {
    "feed.atom": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
_SHARED = frozenset({"feed.atom", "feed.json", "fragment.html"})  # other sites' scripts may read these


def public_pages(data_dir: Path) -> ASGIApp:
    """An application that serves every site below *data_dir* under its channel's id."""
    return Starlette(routes=_Pages(data_dir).routes)


class _Pages:
    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._files = StaticFiles(directory=data_dir / KEY, check_dir=False)

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/{channel}", self._to_the_front),
            Route("/{channel}/v/{slug}.gif", self._beacon),
            Route("/{channel}/{path:path}", self._file),
        ]

    async def _to_the_front(self, request: Request) -> Response:
        """Relative links need the slash; the address is relative so that it holds wherever we are mounted."""
        return RedirectResponse(f"{quote(request.path_params['channel'])}/", 308)

    async def _file(self, request: Request) -> Response:
        channel, path = request.path_params["channel"], request.path_params["path"] or "index.html"
        permalink = _PERMALINK.fullmatch(path)
        if not _CHANNEL.fullmatch(channel) or not (
            permalink or _LISTS.fullmatch(path) or _MEDIA.fullmatch(path)
        ):
            raise HTTPException(404)
        response = await self._files.get_response(f"{channel}/public/{path}", request.scope)
        response.headers.update(_headers(path))
        if permalink and response.status_code in (200, 304):
            await self._count(request, channel, permalink[1])
        return response

    async def _beacon(self, request: Request) -> Response:
        """One tiny picture that a page on another server loads to be counted."""
        channel, slug = request.path_params["channel"], request.path_params["slug"]
        if _CHANNEL.fullmatch(channel) and re.fullmatch(r"[a-z0-9-]+", slug):
            await self._count(request, channel, slug)
        headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(PIXEL, media_type="image/gif", headers=headers)

    async def _count(self, request: Request, channel: str, slug: str) -> None:
        if is_a_view(request.method, request.headers):
            counter = site_folder(self._data_dir, channel) / "views" / slug
            await run_in_threadpool(add_view, counter)


def _headers(path: str) -> dict[str, str]:
    """Pages are asked for again each time (a 304 is cheap and is counted); a picture never changes."""
    frames = "*" if path == "embed.html" else "'self'"
    lasting = "public, max-age=31536000, immutable" if path.startswith("media/") else "no-cache"
    headers = {
        "Cache-Control": lasting,
        "Content-Security-Policy": f"{content_policy()}; frame-ancestors {frames}",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if path in _SHARED:
        headers["Access-Control-Allow-Origin"] = "*"
    if path in _TYPES:
        headers["Content-Type"] = _TYPES[path]
    return headers
