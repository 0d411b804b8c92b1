"""Files that wait between two steps of one person: an hour at most, then they are gone."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.clock import Clock
from domain.refusal import Refusal

LASTS = timedelta(hours=1)
INDEX = "index.json"


class UploadGone(Refusal):
    """Nothing waits under this name for this person."""

    def __init__(self) -> None:
        super().__init__("These files are no longer here: they are kept for an hour. Choose them again.")


@dataclass(frozen=True)
class Upload:
    """One file as it was sent; `field` tells the form's fields apart."""

    field: str
    name: str
    data: bytes


@dataclass(frozen=True)
class _Index:
    """What a folder holds, and whose it is."""

    member_id: str
    kept_at: str
    files: Sequence[tuple[str, str]]  # field and name, in order


@dataclass(frozen=True)
class Uploads:
    """One folder for each upload, named so that nothing a person types becomes a path."""

    root: Path
    clock: Clock

    def keep(self, member_id: str, files: Iterable[Upload]) -> str:
        """The name under which only this member gets the files back."""
        self.sweep()
        name = secrets.token_urlsafe(24)
        folder = self._folder(name)
        folder.mkdir(mode=0o700, parents=True)
        listed = list(files)
        for number, file in enumerate(listed):
            (folder / str(number)).write_bytes(file.data)
        index = _Index(member_id, self.clock.now().isoformat(), [(file.field, file.name) for file in listed])
        # Written last and at once: a folder without it is half an upload.
        fresh = folder / f"{INDEX}.new"
        fresh.write_text(json.dumps(asdict(index)), encoding="utf-8")
        fresh.replace(folder / INDEX)
        return name

    def open(self, member_id: str, name: str) -> list[Upload]:
        """Raises UploadGone for what is unknown, another member's, or older than an hour."""
        folder = self._folder(name)
        index = _read(folder)
        if index is None or index.member_id != member_id or self._is_over(index):
            raise UploadGone
        return [
            Upload(field, file, (folder / str(number)).read_bytes())
            for number, (field, file) in enumerate(index.files)
        ]

    def drop(self, member_id: str, name: str) -> None:
        """Let go of them before their hour is over."""
        folder = self._folder(name)
        index = _read(folder)
        if index is not None and index.member_id == member_id:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is over."""
        if not self.root.is_dir():
            return
        for entry in os.scandir(self.root):
            index = _read(Path(entry.path))
            half_made = index is None and entry.stat().st_mtime < (self.clock.now() - LASTS).timestamp()
            if half_made or (index is not None and self._is_over(index)):
                shutil.rmtree(entry.path, ignore_errors=True)

    def _folder(self, name: str) -> Path:
        return self.root / hashlib.sha256(name.encode()).hexdigest()

    def _is_over(self, index: _Index) -> bool:
        return self.clock.now() - datetime.fromisoformat(index.kept_at) > LASTS


def _read(folder: Path) -> _Index | None:
    try:
        return _Index(**json.loads((folder / INDEX).read_text(encoding="utf-8")))
    except OSError:
        return None
