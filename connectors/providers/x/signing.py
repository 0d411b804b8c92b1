"""How a Channel's credentials sign: OAuth 1.0a with four keys, or OAuth 2.0 with one bearer token."""

from collections.abc import Mapping

from connectors.errors import AuthExpired

OAUTH1_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
OAUTH1_ONLY = frozenset({"consumer_key", "consumer_secret", "access_token_secret"})


def uses_oauth1(credentials: Mapping[str, str]) -> bool:
    """Whether these are OAuth 1.0a keys, as far as they go."""
    return any(credentials.get(name) for name in OAUTH1_ONLY)


def signing_arguments(credentials: Mapping[str, str]) -> dict[str, str]:
    """What tweepy's client takes; raises AuthExpired naming what is missing."""
    wanted = OAUTH1_KEYS if uses_oauth1(credentials) else ("access_token",)
    missing = [name for name in wanted if not credentials.get(name)]
    if missing:
        names = ", ".join(missing)
        raise AuthExpired(f"This channel's sign-in lacks: {names}. Connect it again.", code="incomplete")
    broken = [name for name in wanted if not fits_in_a_header(credentials[name])]
    if broken:
        names = ", ".join(broken)
        raise AuthExpired(f"There is a space or an odd character in: {names}. Paste it again.", code="pasted")
    if uses_oauth1(credentials):
        return {name: credentials[name] for name in OAUTH1_KEYS}
    return {"bearer_token": credentials["access_token"]}


def fits_in_a_header(value: str) -> bool:
    """Whether *value* can be sent at all; what cannot would be shown in the sender's own error."""
    return value.isascii() and value.isprintable() and " " not in value


def account_id(remote_id: str, credentials: Mapping[str, str]) -> str:
    """The account's own id: kept with the channel, or the front of an OAuth 1.0a token."""
    front = credentials.get("access_token", "").partition("-")[0]
    own = remote_id or (front if uses_oauth1(credentials) else "")
    if not own.isdecimal():
        raise AuthExpired("This channel does not know its account's id. Connect it again.", code="no-id")
    return own
