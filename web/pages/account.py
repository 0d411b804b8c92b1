"""One's own account: name, password, sign-ins, tokens, and how pages look here."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.refusal import Refusal
from people.secrets import token_hash
from web.access import COOKIE, session_token
from web.frame import Theme, Toast
from web.pages import flash, taste
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page

router = APIRouter(prefix="/account")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Secret = Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


@router.get("")
def account(page: CurrentPage) -> HTMLResponse:
    return _show(page, EMPTY)


def _show(page: Page, form: Form, status: int = 200, made: tuple[str, str] | None = None) -> HTMLResponse:
    """*made* is (name, token) of a new token: the only time that it is shown."""
    me, now, here = page.actor.member_id, page.reader.now, token_hash(session_token(page.request))
    with page.reading() as scope:
        member = scope.people.member(me)
        sessions = [each for each in scope.people.sessions(me) if each.expires_at > now]
        tokens = [each for each in scope.people.tokens(me) if not each.revoked_at and each.expires_at > now]
    return page.show(
        "account.html",
        status=status,
        form=form,
        member=member,
        sessions=sorted(sessions, key=lambda each: each.id != here),
        here=here,
        tokens=tokens,
        made=made,
        themes=(
            (Theme.AUTO, "As this device", "Light by day, dark when it is"),
            (Theme.LIGHT, "Light", "Always"),
            (Theme.DARK, "Dark", "Always"),
        ),
    )


# ------------------------------------------------------------ name and password


class NameForm(BaseModel):
    name: Line


@router.post("/name")
def rename(page: CurrentPage, form: SentForm) -> Response:
    try:
        page.house.members.rename(page.actor, form.parse(NameForm).name)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    return page.go("/account", Toast("Saved.", "Colleagues see your new name from now on."))


class PasswordForm(BaseModel):
    current: Secret
    password: Secret


@router.post("/password")
def change_password(page: CurrentPage, form: SentForm) -> Response:
    try:
        given = form.parse(PasswordForm)
        page.house.members.change_password(page.actor, given.current, given.password)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    with page.reading() as scope:
        email = scope.people.member(page.actor.member_id).email
    _, session = page.house.access.sign_in(email, given.password)
    answer = RedirectResponse("/account", status_code=303)
    https = page.house.address.startswith("https:")
    answer.set_cookie(COOKIE, session, httponly=True, samesite="lax", secure=https)
    toast = Toast("Your password is changed.", "Every other sign-in has ended.")
    flash.keep(answer, page.request, toast, token=session)
    return answer


# ------------------------------------------------------------ sign-ins


@router.post("/sessions/end")
def end_sessions(page: CurrentPage, form: SentForm) -> Response:
    """End the sign-ins that the form names."""
    ended = page.house.access.end_sessions(page.actor, form.values("session"))
    return page.go("/account", Toast("Signed out there.", f"{ended} ended." if ended > 1 else ""))


# ------------------------------------------------------------ tokens


class TokenForm(BaseModel):
    token_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


@router.post("/tokens")
def make_token(page: CurrentPage, form: SentForm) -> Response:
    try:
        name = form.parse(TokenForm).token_name
        _, token = page.house.access.make_token(page.actor, name)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    return _show(page, EMPTY, made=(name, token))


@router.post("/tokens/{token_id}/revoke")
def revoke_token(page: CurrentPage, token_id: str) -> Response:
    page.house.access.revoke_token(page.actor, token_id)
    return page.go("/account", Toast("The token is revoked.", "Whatever used it is refused from now on."))


# ------------------------------------------------------------ how pages look in this browser


@router.post("/look")
def look(page: CurrentPage, form: SentForm) -> Response:
    chosen = form.value("theme")
    theme = Theme(chosen) if chosen in list(Theme) else Theme.AUTO
    answer = page.go("/account", Toast("Saved.", "This browser keeps it."))
    https = page.house.address.startswith("https:")
    taste.remember(answer, taste.THEME, theme, https=https)
    taste.remember(answer, taste.KEYS, "on" if form.value("keys") else "off", https=https)
    return answer
