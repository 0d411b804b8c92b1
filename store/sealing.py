"""Secrets at rest: sealed with a key that lies beside the database, never in it."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from store.database import StoreUnavailable


class WrongKey(StoreUnavailable):
    """A sealed value was made with another key."""

    def __init__(self) -> None:
        super().__init__(
            "The saved credentials were sealed with another key. Put the original seal.key back into the "
            "data folder, or reconnect the channels."
        )


class Seal:
    """Seals small mappings. The first key seals; every key opens."""

    def __init__(self, keys: list[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def __repr__(self) -> str:
        return "Seal(…)"

    def close(self, secrets: Mapping[str, str]) -> str:
        return self._fernet.encrypt(json.dumps(dict(secrets)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """The secrets; raises WrongKey when no key fits."""
        if not sealed:
            return {}
        try:
            opened = self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            raise WrongKey from None
        return {str(key): str(value) for key, value in json.loads(opened).items()}


def load_seal(path: Path) -> Seal:
    """The seal whose keys stand in `path`, one a line; made on first use, readable by its owner only."""
    with suppress(FileExistsError):  # it was made before, perhaps by a process that began in this moment
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    keys = [line for line in path.read_bytes().split() if line]
    if not keys:
        raise StoreUnavailable(f"{path} holds no key. Restore it from your backup.")
    return Seal(keys)
