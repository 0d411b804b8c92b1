"""The heartbeat pill alone, polled by every open page. Looking does not keep a sign-in alive."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from web.access import House, session_token
from web.pages.framing import Page
from web.pages.refusing import bare

router = APIRouter()


@router.get("/heartbeat")
def heartbeat(request: Request, house: House) -> HTMLResponse:
    token = session_token(request)
    actor = house.access.who(token, extend=False) if token else None
    if actor is None:
        return bare(request, "signed_out.html", status=401)
    return Page(request, actor, house).show("heartbeat.html")
