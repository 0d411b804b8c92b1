"""A toast that waits for the next page, in a cookie that only this session can have written."""

import base64
import hashlib
import hmac
import json
from dataclasses import asdict

from fastapi import Request
from starlette.responses import Response

from web.access import session_token
from web.frame import Toast
from web.looks import Tone

COOKIE = "rounds_toast"
LASTS = 60  # seconds


def keep(answer: Response, request: Request, toast: Toast, token: str = "") -> None:
    """Let the next page show *toast*; *token* names the session when this very answer begins it."""
    words = base64.urlsafe_b64encode(json.dumps(asdict(toast)).encode()).decode()
    sign = _sign(token or session_token(request), words)
    answer.set_cookie(
        COOKIE,
        f"{words}.{sign}",
        max_age=LASTS,
        httponly=True,
        samesite="lax",
        secure=request.app.state.services.address.startswith("https:"),
    )


def waiting(request: Request) -> tuple[Toast, ...]:
    """The toast that waits for this session; anything else is passed over."""
    words, _, sign = request.cookies.get(COOKIE, "").rpartition(".")
    if not words or not hmac.compare_digest(sign, _sign(session_token(request), words)):
        return ()
    said = json.loads(base64.urlsafe_b64decode(words))
    return (Toast(**{**said, "tone": Tone(said["tone"])}),)


def forget(answer: Response) -> None:
    answer.delete_cookie(COOKIE)


def _sign(token: str, words: str) -> str:
    return hmac.new(token.encode(), b"rounds toast " + words.encode(), hashlib.sha256).hexdigest()
