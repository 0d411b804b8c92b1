"""Files that change together: one writer at a time, written aside first, then put in place in order.

The log is what makes a change happen. Before it is written, nothing stands; once it is, the change is
finished by whoever comes next, even if the machine lost power in the middle. No file is ever half a file.
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connectors.errors import Ambiguous, AuthExpired, ConnectorError, Transient
from domain.content import Frozen

ASIDE = ".aside"  # lies below each root, so that putting in place never crosses a file system

_FULL = "The disk that holds {} is full. Free some space, and this goes on by itself."
_LOCKED = "Rounds may not write to {}. Give it permission to write there, then reconnect the website."
_NO_FOLDER = "{} cannot be used as the website's folder. Choose another folder in the channel's settings."
_OTHER = "{} could not be written. Check the disk it lies on."
_MEANINGS: dict[int | None, tuple[type[ConnectorError], str]] = {
    errno.ENOSPC: (Transient, _FULL),
    errno.EDQUOT: (Transient, _FULL),
    errno.EACCES: (AuthExpired, _LOCKED),
    errno.EPERM: (AuthExpired, _LOCKED),
    errno.EROFS: (AuthExpired, _LOCKED),
    errno.ENOTDIR: (AuthExpired, _NO_FOLDER),
    errno.EEXIST: (AuthExpired, _NO_FOLDER),
    errno.EISDIR: (AuthExpired, _NO_FOLDER),
    errno.ELOOP: (AuthExpired, _NO_FOLDER),
    errno.ENAMETOOLONG: (AuthExpired, _NO_FOLDER),
}


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """Give what the file system says its meaning at the seam; nothing stands yet."""
    try:
        yield
    except OSError as error:
        kind, sentence = _MEANINGS.get(error.errno, (Transient, _OTHER))
        raise kind(sentence.format(folder), code=errno.errorcode.get(error.errno or 0, "")) from error


@contextmanager
def only_writer(lock: Path) -> Iterator[None]:
    """Wait until no other thread or process writes here, then keep them out."""
    with lock.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Step(Frozen):
    """Put `aside` in the place of `target`, or take `target` away where there is no `aside`."""

    target: Path
    aside: Path | None = None


class Log(Frozen):
    """A change that is certain to happen."""

    steps: tuple[Step, ...]


class Swap:
    """One change to many files: it happens as a whole on leaving the block, or not at all.

    Only the only writer may use it. Leaving raises OSError while nothing stands, and Ambiguous once the
    change is certain to stand.
    """

    def __init__(self, log: Path, roots: Sequence[Path]) -> None:
        self._log = log
        self._roots = sorted(roots, key=lambda root: len(root.parts), reverse=True)
        self._steps: list[Step] = []
        self._certain = False

    def __enter__(self) -> "Swap":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            if not self._certain:
                _clear(self._roots)

    def write(self, target: Path, data: bytes) -> Path:
        """Write *data* aside, to be put in place of *target*; where it lies until then."""
        aside = self._aside(target)
        _write_through(aside, data)
        return aside

    def share(self, source: Path, target: Path) -> None:
        """Put what *source* holds in place of *target* too; it takes no space of its own where it can."""
        aside = self._aside(target)
        try:
            aside.hardlink_to(source)
        except OSError:  # another file system, or one without links
            _write_through(aside, source.read_bytes())

    def _aside(self, target: Path) -> Path:
        root = next(root for root in self._roots if target.is_relative_to(root))
        aside = root / ASIDE / str(len(self._steps))
        self._steps.append(Step(target=target, aside=aside))
        return aside

    def remove(self, target: Path) -> None:
        """Take *target* away, if it is there."""
        self._steps.append(Step(target=target))

    def _commit(self) -> None:
        for root in self._roots:
            _sync_folder(root / ASIDE)
        aside = self._log.with_suffix(".aside")
        _write_through(aside, Log(steps=tuple(self._steps)).model_dump_json().encode())
        aside.replace(self._log)
        self._certain = True
        try:
            _sync_folder(self._log.parent)
            finish(self._log)
        except OSError as error:
            raise Ambiguous("The website was only partly updated: the disk failed in the middle.") from error


def prepare(log: Path, roots: Sequence[Path]) -> None:
    """Finish what was under way and clear what was never certain. Call it only as the only writer."""
    if log.exists():
        finish(log)
    for root in roots:
        (root / ASIDE).mkdir(parents=True, exist_ok=True)
    _clear(roots)


def finish(log: Path) -> None:
    """Take each step of the *log* that is not taken yet, in order, then forget the log."""
    steps = Log.model_validate_json(log.read_bytes()).steps
    for step in steps:
        _take(step)
    for folder in {step.target.parent for step in steps}:
        _sync_folder(folder)
    log.unlink()
    _sync_folder(log.parent)


def _clear(roots: Sequence[Path]) -> None:
    for root in roots:
        for leftover in (root / ASIDE).iterdir():
            leftover.unlink()


def _take(step: Step) -> None:
    if step.aside is None:
        step.target.unlink(missing_ok=True)
    elif step.aside.exists():
        step.aside.replace(step.target)


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
