"""The append-only chain: each entry carries the hash of the one before it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain.content import canonical_json
from store.models import AuditEntry, Practice

GENESIS = "0" * 64


@dataclass(frozen=True)
class Happening:
    """Something to be remembered: who did what to which subject, and the facts of it."""

    actor: str
    action: str
    subject: str
    at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class BrokenLink:
    """The first entry whose hash does not follow from what it says and what came before."""

    practice_id: str
    seq: int
    why: str


class AuditChain:
    """One practice's chain, for the length of one transaction. Appending serialises on the practice's row."""

    def __init__(self, session: Session, practice_id: str) -> None:
        self._session = session
        self._practice_id = practice_id
        self._last: tuple[int, str] | None = None  # known while this transaction holds the lock

    def record(self, actor: str, action: str, subject: str, at: datetime, **detail: Any) -> None:
        self.append([Happening(actor, action, subject, at, detail)])

    def append(self, happenings: list[Happening]) -> None:
        """Chain and insert, in order."""
        seq, previous = self._head()
        rows = []
        for happening in happenings:
            seq += 1
            row = {
                "practice_id": self._practice_id,
                "seq": seq,
                "at": happening.at,
                "actor": happening.actor,
                "action": happening.action,
                "subject": happening.subject,
                "detail": dict(happening.detail),
                "previous": previous,
            }
            previous = row["hash"] = entry_hash(row)
            rows.append(row)
        if rows:
            self._session.execute(insert(AuditEntry), rows)
            self._last = (seq, previous)

    def _head(self) -> tuple[int, str]:
        if self._last is not None:
            return self._last
        lock = select(Practice.id).where(Practice.id == self._practice_id).with_for_update(key_share=True)
        self._session.execute(lock)
        last = (
            select(AuditEntry.seq, AuditEntry.hash)
            .where(AuditEntry.practice_id == self._practice_id)
            .order_by(AuditEntry.seq.desc())
            .limit(1)
        )
        found = self._session.execute(last).first()
        return (found.seq, found.hash) if found else (0, GENESIS)

    def entries(self, subject: str | None = None) -> Iterator[AuditEntry]:
        query = select(AuditEntry).where(AuditEntry.practice_id == self._practice_id)
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        found = self._session.scalars(query.order_by(AuditEntry.seq).execution_options(yield_per=1000))
        try:
            yield from found
        finally:
            found.close()  # whoever has seen enough leaves no cursor open

    def latest(self, limit: int, subject: str | None = None) -> list[AuditEntry]:
        """The newest entries, oldest first."""
        query = select(AuditEntry).where(AuditEntry.practice_id == self._practice_id)
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        newest = self._session.scalars(query.order_by(AuditEntry.seq.desc()).limit(limit)).all()
        return list(reversed(newest))

    def verify(self) -> BrokenLink | None:
        """The first broken link, or None when the whole chain holds."""
        previous, expected = GENESIS, 1
        for entry in self.entries():
            if entry.seq != expected:
                return BrokenLink(self._practice_id, expected, "an entry is missing")
            if entry.previous != previous:
                return BrokenLink(self._practice_id, entry.seq, "it does not follow the entry before it")
            if entry.hash != entry_hash(_as_row(entry)):
                return BrokenLink(self._practice_id, entry.seq, "its words are not those that were hashed")
            previous, expected = entry.hash, expected + 1
        return None


def entry_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over everything the entry says, the previous hash included."""
    body = {
        key: row[key] for key in ("practice_id", "seq", "actor", "action", "subject", "detail", "previous")
    }
    body["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical_json(body)).hexdigest()


def _as_row(entry: AuditEntry) -> dict[str, Any]:
    names = ("practice_id", "seq", "at", "actor", "action", "subject", "detail", "previous")
    return {name: getattr(entry, name) for name in names}
