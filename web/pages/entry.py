"""The door: setting up once, signing in, signing out."""

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.refusal import Refusal
from store.models import Practice
from web.access import COOKIE, House, own_path, session_token
from web.frame import Toast
from web.marks import Step, StepState
from web.pages import flash
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.refusing import bare
from web.services import Services

router = APIRouter()

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

STEPS = (
    Step("Your practice and you", "Two minutes, on this page", StepState.NOW),
    Step("A first channel", "The rehearsal needs no account"),
    Step("A second person", "Nobody signs their own words"),
    Step("A first post", "Written, signed, and out at its minute"),
)


# ------------------------------------------------------------ set-up


class FirstPractice(BaseModel):
    practice: Line
    zone: Line
    name: Line
    email: Line
    password: str = Field(min_length=1, repr=False)


@router.get("/setup/{token}")
def setup(request: Request, house: House, token: str) -> HTMLResponse:
    house.access.check_setup_link(token)
    return _setup(request, EMPTY)


@router.post("/setup/{token}")
def set_up(request: Request, house: House, token: str, form: SentForm) -> Response:
    house.access.check_setup_link(token)
    try:
        wanted = form.parse(FirstPractice)
        house.access.set_up(token, **wanted.model_dump())
    except Refusal as refusal:
        return _setup(request, form.refused(refusal), status=422)
    _, session = house.access.sign_in(wanted.email, wanted.password)
    welcome = Toast("Your practice is set up.", "Connect a first channel: the rehearsal needs no account.")
    return _enter(request, house, session, "/today", welcome)


def _setup(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    return bare(
        request, "setup.html", status=status, form=form, zones=sorted(available_timezones()), steps=STEPS
    )


# ------------------------------------------------------------ sign-in


class Credentials(BaseModel):
    email: Line
    password: str = Field(min_length=1, max_length=1000, repr=False)


@router.get("/sign-in")
def sign_in_page(request: Request, house: House, next: str = "/today") -> Response:  # noqa: A002 - its name
    token = session_token(request)
    if token and house.access.who(token):
        return RedirectResponse(own_path(next), status_code=303)
    return _sign_in(request, house, Form({"next": (own_path(next),)}))


@router.post("/sign-in")
def sign_in(request: Request, house: House, form: SentForm) -> Response:
    try:
        given = form.parse(Credentials)
        _, session = house.access.sign_in(given.email, given.password)
    except Refusal as refusal:
        return _sign_in(request, house, form.refused(refusal), status=422)
    _end(request, house)
    return _enter(request, house, session, own_path(form.value("next")))


def _sign_in(request: Request, house: Services, form: Form, status: int = 200) -> HTMLResponse:
    return bare(
        request,
        "sign_in.html",
        status=status,
        form=form,
        practice=_only_practice(house),
        next=own_path(form.value("next")),
    )


def _only_practice(house: Services) -> Practice | None:
    """The practice whose door this is, when it is the only one here."""
    with house.database.read() as work:
        practices = work.server.practices()
    return practices[0] if len(practices) == 1 else None


@router.post("/sign-out")
def sign_out(request: Request, house: House) -> Response:
    _end(request, house)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _end(request: Request, house: Services) -> None:
    """End the session that this browser brought, if any: the next one is a new one."""
    if token := session_token(request):
        house.access.sign_out(token)


def _enter(
    request: Request, house: Services, session: str, path: str, toast: Toast | None = None
) -> Response:
    """Begin a session in this browser; it ends with the browser, or with the session itself."""
    answer = RedirectResponse(path, status_code=303)
    answer.set_cookie(
        COOKIE, session, httponly=True, samesite="lax", secure=house.address.startswith("https:")
    )
    if toast is not None:
        flash.keep(answer, request, toast, token=session)
    return answer
