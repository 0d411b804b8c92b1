"""Quick hashes, since how long a hash takes is no question here."""

import pytest
from argon2 import PasswordHasher

from people import secrets


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least that it takes."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(secrets, "_hasher", hasher)
    monkeypatch.setattr(secrets, "_DECOY", hasher.hash("nobody has this password"))
