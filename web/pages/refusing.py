"""What could not be done, as a page of its own: inside the frame when somebody is signed in."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from starlette.responses import HTMLResponse

from web.access import csrf_token, session_token
from web.marks import Problem
from web.pages import taste
from web.pages.framing import Page, came_from
from web.reader import Reader
from web.services import Services
from web.ui import render

HEADINGS = {
    401: "Sign in first",
    403: "That is not yours to do",
    404: "Nothing is here",
    405: "This page takes no such request",
    413: "That is too large",
    422: "This did not work",
    503: "Rounds cannot reach its database",
}
OURS_TO_FIX = "Something went wrong on this server"


def refused(request: Request, sentence: str, status: int) -> HTMLResponse:
    """The page that says *sentence*; a dialog where a part of a page was asked for."""
    page = _page(request) if status < 500 else None
    said: dict[str, Any] = {
        "heading": HEADINGS.get(status, OURS_TO_FIX),
        "problem": Problem(sentence),
        "back": came_from(request),
    }
    if page is None:
        return bare(request, "refused.html", status=status, frame=None, fragment=False, **said)
    if page.fragment:
        # htmx shows only what it takes for a refused form, and where we say
        answer = page.show("refused_dialog.html", status=422, **said)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialogs", "innerHTML"
        return answer
    return page.show("refused.html", status=status, **said)


def bare(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page without the frame, before anybody is signed in."""
    services: Services = request.app.state.services
    reader = Reader(ZoneInfo("UTC"), services.clock.now().astimezone(UTC), taste.locale_of(request))
    theme = taste.theme_of(request)
    html = render(template, reader=reader, csrf_token=csrf_token(request), theme=theme, **context)
    return HTMLResponse(html, status_code=status)


def _page(request: Request) -> Page | None:
    """The frame of whoever is signed in, or None: a page about trouble must not add to it."""
    services: Services = request.app.state.services
    token = session_token(request)
    try:
        found = services.access.who(token) if token else None
    except DBAPIError:
        return None
    return Page(request, found, services) if found else None
