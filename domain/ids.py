"""Identifiers: ULIDs, so that ids sort by creation and stay short enough to read aloud."""

from ulid import ULID


def new_id() -> str:
    """A fresh 26-character ULID."""
    return str(ULID())
