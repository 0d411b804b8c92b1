"""Passwords and random tokens."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.refusal import Refusal

MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 200

_hasher = PasswordHasher()
# Checked when nobody has the e-mail, so that a stranger learns nothing from how long the answer takes.
_DECOY = _hasher.hash("nobody has this password")


class WeakPassword(Refusal):
    """The password is too short or too long; the message says what is asked."""


def hash_password(password: str) -> str:
    """Argon2id, with the library's current parameters; raises WeakPassword."""
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(f"The password has {len(password)} characters. Use at least {MIN_PASSWORD}.")
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(f"The password is longer than {MAX_PASSWORD} characters. Use a shorter one.")
    return _hasher.hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether it is the right one; takes the same time when there is none."""
    try:
        _hasher.verify(password_hash or _DECOY, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def new_token() -> str:
    """256 random bits, safe in URLs and headers."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
