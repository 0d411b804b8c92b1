"""Signing in at X: OAuth 1.0a with the app's consumer keys, or OAuth 2.0 with PKCE and its client id.

tweepy's own handlers know neither time-outs nor another address nor a renewal, so the calls are made here.
The person comes back by a redirect, with a PIN, or with the whole address pasted; all three are read.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from pydantic import ValidationError
from requests_oauthlib import OAuth1

from connectors.base import AuthorizationRequest
from connectors.errors import AuthExpired, Rejected
from connectors.http import HardenedSession, raise_for_status, transport_errors
from connectors.providers.x.answers import Id, Shape
from connectors.providers.x.client import API_URL
from connectors.providers.x.errors import NETWORK, judge

CONSENT_URL = "https://x.com"
OUT_OF_BAND = "oob"  # OAuth 1.0a: X shows a PIN instead of redirecting
VERIFIER_BYTES = 48  # 64 characters, of the 43 to 128 that PKCE allows
APP_HINT = "Save the app's consumer key and secret, or its client id, first."


Answer = TypeVar("Answer", bound=Shape)


class Tokens(Shape):
    """X's answer to a code or to a refresh token."""

    access_token: str
    refresh_token: str = ""
    expires_in: int = 7200  # seconds
    scope: str = ""


class Refusal(Shape):
    error: str = ""


class RequestToken(Shape):
    oauth_token: str
    oauth_token_secret: str


class AccessToken(RequestToken):
    user_id: Id
    screen_name: str


@dataclass(frozen=True)
class Fresh:
    """New OAuth 2.0 credentials and what X said of them."""

    credentials: dict[str, str]
    scopes: frozenset[str]
    expires_at: datetime


# OAuth 1.0a


def begin_oauth1(
    session: HardenedSession, app: Mapping[str, str], redirect_uri: str, base_url: str, now: datetime
) -> AuthorizationRequest:
    """Ask for a request token; an empty *redirect_uri* means that X is to show a PIN."""
    signed = _oauth1(app, callback_uri=redirect_uri or OUT_OF_BAND)
    token = _oauth1_call(session, "request_token", signed, RequestToken, now)
    query = urlencode({"oauth_token": token.oauth_token})
    return AuthorizationRequest(
        url=f"{base_url or API_URL}/oauth/authorize?{query}",
        state=token.oauth_token,
        keep=token.model_dump(),
    )


def complete_oauth1(
    session: HardenedSession,
    app: Mapping[str, str],
    keep: Mapping[str, str],
    answer: Mapping[str, str],
    now: datetime,
) -> AccessToken:
    """The lasting token for what came back."""
    said = answer_in(answer)
    _same(said.get("oauth_token", keep["oauth_token"]), keep["oauth_token"])
    verifier = said.get("oauth_verifier") or said.get("pin")
    if not verifier:
        raise Rejected("X sent no PIN back, so nothing was connected. Begin again.", code="denied")
    signed = _oauth1(
        app,
        resource_owner_key=keep["oauth_token"],
        resource_owner_secret=keep["oauth_token_secret"],
        verifier=verifier,
    )
    return _oauth1_call(session, "access_token", signed, AccessToken, now)


def _oauth1(app: Mapping[str, str], **how: Any) -> OAuth1:
    if not (app.get("consumer_key") and app.get("consumer_secret")):
        raise Rejected(f"The X app is incomplete. {APP_HINT}", code="app")
    return OAuth1(app["consumer_key"], client_secret=app["consumer_secret"], **how)


def _oauth1_call(
    session: HardenedSession, step: str, signed: OAuth1, shape: type[Answer], now: datetime
) -> Answer:
    with transport_errors(NETWORK, write=False):
        response = session.post(f"{API_URL}/oauth/{step}", auth=signed)
        judge(response, write=False, now=now)
        return shape.model_validate(dict(parse_qsl(response.text)))


# OAuth 2.0


def begin_oauth2(
    app: Mapping[str, str], redirect_uri: str, scopes: Sequence[str], base_url: str
) -> AuthorizationRequest:
    """The consent page's address, with a PKCE challenge whose answer is kept here."""
    if not app.get("client_id"):
        raise Rejected(f"The X app is incomplete. {APP_HINT}", code="app")
    verifier, state = secrets.token_urlsafe(VERIFIER_BYTES), secrets.token_urlsafe()
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return AuthorizationRequest(
        url=f"{base_url or CONSENT_URL}/i/oauth2/authorize?{urlencode(query)}",
        state=state,
        keep={"state": state, "code_verifier": verifier},
    )


def complete_oauth2(
    session: HardenedSession,
    app: Mapping[str, str],
    redirect_uri: str,
    keep: Mapping[str, str],
    answer: Mapping[str, str],
    now: datetime,
) -> Fresh:
    """The first pair of tokens for the code that came back."""
    said = answer_in(answer)
    if not said.get("code"):
        raise Rejected("X sent no consent back, so nothing was connected. Begin again.", code="denied")
    _same(said.get("state", ""), keep["state"])
    form = {
        "grant_type": "authorization_code",
        "code": said["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": keep["code_verifier"],
    }
    return _fresh(_token_call(session, app, form, now), app, now)


def renew(session: HardenedSession, credentials: Mapping[str, str], now: datetime) -> Fresh:
    """The next pair for a single-use refresh token; raises AuthExpired when X no longer takes it."""
    if not credentials.get("refresh_token"):
        raise AuthExpired(
            "X gave no means to renew this sign-in. Connect the channel again and let it stay signed in.",
            code="no-refresh-token",
        )
    if not credentials.get("client_id"):
        raise AuthExpired("This channel's sign-in lacks: client_id. Connect it again.", code="incomplete")
    form = {"grant_type": "refresh_token", "refresh_token": credentials["refresh_token"]}
    tokens = _token_call(session, credentials, form, now)
    return _fresh(tokens, credentials, now)


def _token_call(
    session: HardenedSession, app: Mapping[str, str], form: Mapping[str, str], now: datetime
) -> Tokens:
    """A confidential app signs by Basic, a public one by its id in the form. A spent token is in doubt."""
    secret = app.get("client_secret", "")
    auth = (app["client_id"], secret) if secret else None
    body = dict(form) if secret else {**form, "client_id": app["client_id"]}
    with transport_errors(NETWORK, write=True):
        response = session.post(f"{API_URL}/2/oauth2/token", data=body, auth=auth)
        _judge_token(response, now)
        return Tokens.model_validate_json(response.content)


def _judge_token(response: requests.Response, now: datetime) -> None:
    if response.status_code in (400, 401, 403):
        code = _refusal_in(response) or str(response.status_code)
        raise AuthExpired(f"X did not accept the sign-in ({code}). Connect the channel again.", code=code)
    raise_for_status(response, NETWORK, write=True, now=now)


def _refusal_in(response: requests.Response) -> str:
    try:
        error = Refusal.model_validate_json(response.content).error
    except ValidationError:
        return ""
    return error if error.replace("_", "").isalpha() else ""


def _fresh(tokens: Tokens, app: Mapping[str, str], now: datetime) -> Fresh:
    given = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "scope": tokens.scope,
        "client_id": app.get("client_id", ""),
        "client_secret": app.get("client_secret", ""),
    }
    return Fresh(
        credentials={name: value for name, value in given.items() if value},
        scopes=frozenset(tokens.scope.split()),
        expires_at=now + timedelta(seconds=tokens.expires_in),
    )


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


# What came back


def answer_in(answer: Mapping[str, str]) -> dict[str, str]:
    """The parameters that came back: as they are, from an address pasted as `url`, or a PIN typed there."""
    said = {name: value for name, value in answer.items() if name != "url"}
    pasted = answer.get("url", "").strip()
    query = urlsplit(pasted).query
    if query:
        return {**dict(parse_qsl(query)), **said}
    return {"pin": pasted, **said} if pasted else said


def _same(came_back: str, kept: str) -> None:
    if not hmac.compare_digest(came_back.encode(), kept.encode()):
        raise Rejected("This answer belongs to another sign-in. Begin again.", code="state")
