"""The fake's keys: OAuth 1.0a signatures checked by oauthlib, OAuth 2.0 tokens that rotate and run out."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from string import ascii_letters, digits
from typing import Any

from oauthlib.oauth1 import RequestValidator

USER_ID = "2244994945"
CONSUMER_KEY, CONSUMER_SECRET = "consumerkey0123456789", "consumersecret0123456789abcdef"
ACCESS_TOKEN, ACCESS_SECRET = f"{USER_ID}-accesstoken0123456789", "accesssecret0123456789abcdef"
CLIENT_ID, CLIENT_SECRET = "clientid0123456789", "clientsecret0123456789abcdef"
ALL_SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})
TOKEN_LASTS = timedelta(hours=2)


class OAuth1Keys(RequestValidator):  # type: ignore[misc]  # oauthlib publishes no types
    """One app, one user; a nonce is good once."""

    enforce_ssl = False
    safe_characters = frozenset(ascii_letters + digits + "-_")
    client_key_length = request_token_length = access_token_length = (8, 80)
    verifier_length = (4, 40)
    nonce_length = (8, 80)
    dummy_client = dummy_request_token = dummy_access_token = "dummy0123456789"

    def __init__(self) -> None:
        super().__init__()
        self.access: dict[str, str] = {ACCESS_TOKEN: ACCESS_SECRET}
        self.asked: dict[str, dict[str, str]] = {}  # request token → secret, callback, verifier
        self._nonces: set[tuple[str, str]] = set()

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CONSUMER_KEY

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return CONSUMER_SECRET

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.access

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self.access.get(token, "wrong0123456789")

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.asked

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self.asked.get(token, {}).get("oauth_token_secret", "wrong0123456789")

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        return self.asked.get(token, {}).get("verifier") == verifier

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_: str
    ) -> bool:
        fresh = (timestamp, nonce) not in self._nonces
        self._nonces.add((timestamp, nonce))
        return fresh

    def validate_redirect_uri(self, client_key: str, redirect_uri: str, request: Any) -> bool:
        return True

    def validate_requested_realms(self, client_key: str, realms: Any, request: Any) -> bool:
        return True

    def validate_realms(self, client_key: str, token: str, request: Any, **_: Any) -> bool:
        return True

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    def get_realms(self, token: str, request: Any) -> list[str]:
        return []

    def save_request_token(self, token: dict[str, str], request: Any) -> None:
        self.asked[token["oauth_token"]] = {
            "oauth_token_secret": token["oauth_token_secret"],
            "callback": request.redirect_uri,
        }

    def save_access_token(self, token: dict[str, str], request: Any) -> None:
        self.access[token["oauth_token"]] = token["oauth_token_secret"]

    def invalidate_request_token(self, client_key: str, request_token: str, request: Any) -> None:
        self.asked.pop(request_token, None)


@dataclass
class OAuth2Keys:
    """Tokens of one app and user. A spent refresh token that comes back ends its whole family."""

    confidential: bool = True
    offers_refresh: bool = True
    bearers: dict[str, tuple[frozenset[str], datetime]] = field(default_factory=dict)
    refreshing: set[str] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def grant(self, scopes: frozenset[str] = ALL_SCOPES) -> dict[str, Any]:
        """A new pair, as X words it."""
        bearer = secrets.token_urlsafe(32)
        self.bearers[bearer] = (scopes, datetime.now(UTC) + TOKEN_LASTS)
        answer: dict[str, Any] = {
            "token_type": "bearer",
            "expires_in": int(TOKEN_LASTS.total_seconds()),
            "access_token": bearer,
            "scope": " ".join(sorted(scopes)),
        }
        if self.offers_refresh and "offline.access" in scopes:
            answer["refresh_token"] = secrets.token_urlsafe(32)
            self.refreshing.add(answer["refresh_token"])
        return answer

    def scopes_of(self, bearer: str) -> frozenset[str] | None:
        """What a living token may do; None for any other."""
        scopes, until = self.bearers.get(bearer, (frozenset(), datetime.min.replace(tzinfo=UTC)))
        return scopes if until > datetime.now(UTC) else None

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any] | None:
        """The first pair for a code, once."""
        asked = self.codes.pop(code, None)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != redirect_uri:
            return None
        return self.grant(frozenset(asked["scope"].split()))

    def rotate(self, refresh_token: str) -> dict[str, Any] | None:
        """The next pair; None, and the end of the family, for a spent token."""
        if refresh_token in self.spent:
            self.refreshing.clear()
            self.bearers.clear()
        if refresh_token not in self.refreshing:
            return None
        self.refreshing.discard(refresh_token)
        self.spent.add(refresh_token)
        return self.grant()
