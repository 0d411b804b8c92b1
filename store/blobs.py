"""Media on disk, named by what is in it, one folder a practice."""

import hashlib
import os
import tempfile
from pathlib import Path

from store.repository import NotFound


class Blobs:
    """Content-addressed files: a digest is either whole or absent, never half-written."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, practice_id: str, data: bytes) -> str:
        """Keep `data`; returns its SHA-256 (hex). Keeping the same bytes twice changes nothing but damage."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(practice_id, digest)
        if path.exists() and path.read_bytes() == data:
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest

    def get(self, practice_id: str, digest: str) -> bytes:
        """The bytes; raises NotFound when they are gone or no longer what their name says."""
        try:
            data = self.path(practice_id, digest).read_bytes()
        except FileNotFoundError:
            raise NotFound("picture", digest[:12]) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise NotFound("undamaged picture", digest[:12])
        return data

    def path(self, practice_id: str, digest: str) -> Path:
        return self._root / practice_id / digest[:2] / digest

    def remove_practice(self, practice_id: str) -> None:
        """Remove a demonstration's files."""
        folder = self._root / practice_id
        for file in sorted(folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        if folder.is_dir():
            folder.rmdir()
