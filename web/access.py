"""Who is asking, and whether the question comes from our own pages."""

import hashlib
import hmac
from typing import Annotated, cast
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.actor import Actor
from domain.refusal import Refusal
from web.services import Services

COOKIE = "rounds_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
PUBLIC = "/public/"


class SignInFirst(Refusal):
    """Nobody is signed in."""


class ForeignForm(Refusal):
    """The form was not sent from our own pages."""


def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def session_token(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def csrf_token(request: Request) -> str:
    """Proves that a form was made for this very session."""
    return hmac.new(session_token(request).encode(), b"rounds form", hashlib.sha256).hexdigest()


def actor(request: Request) -> Actor:
    """The signed-in member, by bearer token or by session; raises SignInFirst."""
    house = services(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return house.access.by_token(token.strip())
    found = house.access.who(session_token(request)) if session_token(request) else None
    if found is None:
        raise SignInFirst("Sign in first.")
    return found


async def own_form(request: Request) -> None:
    """Raises ForeignForm for an unsafe request by cookie that lacks this session's token."""
    if request.method in SAFE_METHODS or request.headers.get("authorization"):
        return
    given = request.headers.get("x-csrf-token", "")
    kind = request.headers.get("content-type", "")
    if not given and kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        value = (await request.form()).get("csrf_token", "")
        given = value if isinstance(value, str) else ""
    if not hmac.compare_digest(given, csrf_token(request)):
        raise ForeignForm("This form is from an older sign-in. Open the page again and send it once more.")


CurrentActor = Annotated[Actor, Depends(actor)]
House = Annotated[Services, Depends(services)]


def sign_in_address(request: Request) -> str:
    """The sign-in page, with the way back here when that is one of our own pages."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(back)}" if request.method == "GET" else "/sign-in"


def own_path(address: str) -> str:
    """A path on this server to go on to; anything else becomes the first page."""
    strange = any(ord(letter) < 0x20 or letter == "\\" for letter in address)  # browsers forgive these
    if strange or not address.startswith("/") or address.startswith("//"):
        return "/today"
    return address


class Hardening:
    """Refuses unsafe requests from other sites, and gives every answer its security headers."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        public = scope["path"].startswith(PUBLIC)
        if not public and scope["method"] not in SAFE_METHODS and is_foreign(headers):
            answer = JSONResponse({"error": "This request came from another site."}, status_code=403)
            return await answer(scope, receive, send)

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._harden(MutableHeaders(scope=message), public=public, path=scope["path"])
            await send(message)

        return await self._app(scope, receive, hardened)

    def _harden(self, headers: MutableHeaders, *, public: bool, path: str) -> None:
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        if self._https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if public:
            return
        headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")


def is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site made this request."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
