"""The application: pages, JSON API, health, and the public pages that connectors bring."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from connectors.base import Serves
from connectors.registry import UnknownConnector
from domain.actor import NotAllowed
from domain.refusal import Refusal
from drafting.media import UnsoundMedia
from store.database import StoreUnavailable, explain
from store.repository import NotFound
from web import api, health, pages
from web.access import Hardening, SignInFirst, sign_in_address
from web.services import Services
from web.ui import STATIC

log = structlog.get_logger(__name__)


def create_app(services: Services) -> FastAPI:
    """The ASGI application over these services."""
    app = FastAPI(
        title="Rounds",
        summary="A content calendar and publishing engine for medical practices.",
        version="1",
        openapi_tags=[*api.TAGS, health.TAG],
        generate_unique_id_function=api.operation_id,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.include_router(health.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for connector in services.registry.all():
        if isinstance(connector, Serves):
            app.mount(f"/public/{connector.spec.key}", connector.pages())
    app.add_middleware(Hardening, https=services.address.startswith("https:"))
    for kind, status in STATUS.items():
        app.add_exception_handler(kind, _either(_answer(status)))
    app.add_exception_handler(DBAPIError, _either(_database_failed))
    app.add_exception_handler(HTTPException, _either(_no_such_page))
    app.add_exception_handler(RequestValidationError, _either(_unreadable))
    # the outermost edge: a page instead of bare text
    app.add_exception_handler(Exception, _either(_ours_to_fix))
    return app


STATUS: dict[type[Exception], int] = {
    Refusal: 422,
    NotAllowed: 403,
    NotFound: 404,
    SignInFirst: 401,
    StoreUnavailable: 503,
    UnsoundMedia: 422,
    UnknownConnector: 422,
}
Handler = Callable[[Request, Any], Awaitable[Response]]


def _either(for_pages: Handler) -> Handler:
    """The API answers for its own addresses; everywhere else a page does."""

    async def answer(request: Request, error: Exception) -> Response:
        if not wants_json(request):
            return await for_pages(request, error)
        if api.status_of(error) >= 500:
            log.error("request failed", path=request.url.path, error=type(error).__name__)
        return api.answer(request, error)

    return answer


def _answer(status: int) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, SignInFirst):
            return _to_sign_in(request)
        return await _say(request, str(error), status)

    return answer


async def _say(request: Request, sentence: str, status: int) -> Response:
    return await run_in_threadpool(pages.refused, request, sentence, status)


def _to_sign_in(request: Request) -> Response:
    address = sign_in_address(request)
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


async def _database_failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    services: Services = request.app.state.services
    sentence = explain(error, str(services.database.engine.url.database or ""))
    log.error("database failed", error=type(error.orig).__name__)
    return await _say(request, sentence, 503)


async def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = SENTENCES.get(error.status_code, str(error.detail))
    response = await _say(request, sentence, error.status_code)
    response.headers.update(error.headers or {})
    return response


SENTENCES = {
    404: "There is no page at this address. Look for it with Find, or go back.",
    405: "This address takes no such request. Open it from its page.",
}


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = ", ".join(sorted({str(each["loc"][-1]) for each in error.errors()}))
    return await _say(request, f"This request cannot be read. Look at: {where}.", 422)


async def _ours_to_fix(request: Request, error: Exception) -> Response:
    log.error("request failed", path=request.url.path, error=type(error).__name__)
    sentence = "Nothing more was done. Try again; if it stays, show your server's owner the log."
    return await _say(request, sentence, 500)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")
