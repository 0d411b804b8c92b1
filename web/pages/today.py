"""Today: what this person must do now, and whether anything is wrong."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from web.pages.framing import CurrentPage

router = APIRouter()


@router.get("/")
def first() -> RedirectResponse:
    return RedirectResponse("/today", status_code=303)


@router.get("/today")
def today(page: CurrentPage) -> HTMLResponse:
    return page.show("today.html")
