"""Rows that nobody is working on: claims of the dead, posts past their last instant, posts beside a Stop."""

from dataclasses import dataclass
from datetime import datetime

from domain.clock import Clock
from domain.states import Delivery, move_delivery
from domain.words import AttemptOutcome
from store.database import Database, UnitOfWork
from store.models import Publication
from store.queue import Change

BATCH = 500
INTERRUPTED = "Rounds stopped while this was being sent. It is looked up before anything is sent again."
TOO_LATE = "It was not sent before its last acceptable minute."


@dataclass(frozen=True)
class Sweeper:
    """Gives every forgotten row a named state."""

    database: Database
    clock: Clock
    owner: str

    def sweep(self, dead_owners: tuple[str, ...] = ()) -> int:
        """Returns how many rows were moved."""
        return self._abandoned(dead_owners) + self._overdue() + self._beside_a_stop()

    def _abandoned(self, dead_owners: tuple[str, ...]) -> int:
        with self.database.write() as work:
            now = work.now()
            rows = work.server.queue.abandoned(now, BATCH, dead_owners)
            changes = [
                Change(
                    row.id,
                    row.practice_id,
                    row.fence,
                    {"state": Delivery.UNCERTAIN, "reason": INTERRUPTED, "run_at": now},
                    AttemptOutcome.ABANDONED,
                    message=INTERRUPTED,
                )
                for row in rows
            ]
            if changes:
                work.server.queue.apply(changes, now)
                for change in changes:
                    self._audit(work, change.practice_id, change.publication_id, "interrupted", now)
                work.commit()
        return len(changes)

    def _overdue(self) -> int:
        with self.database.write() as work:
            now = work.now()
            rows = work.server.queue.overdue(now, BATCH)
            self._move(work, rows, Delivery.EXPIRED, TOO_LATE, now)
        return len(rows)

    def _beside_a_stop(self) -> int:
        """A post booked in the very moment of a Stop slips in beside it: no claim takes it, this holds it."""
        with self.database.write() as work:
            held = sum(
                work.practice(hold.practice_id).publications.stop(hold)
                for hold in work.server.queue.open_holds()
            )
            if held:
                work.commit()
        return held

    def _move(
        self, work: UnitOfWork, rows: list[Publication], state: Delivery, reason: str, now: datetime
    ) -> None:
        for row in rows:
            row.state = move_delivery(row.state, state)
            row.reason = reason
        work.session.flush()
        for row in rows:
            self._audit(work, row.practice_id, row.id, str(state), now)
        if rows:
            work.commit()

    def _audit(
        self, work: UnitOfWork, practice_id: str, publication_id: str, action: str, now: datetime
    ) -> None:
        work.practice(practice_id).audit.record(
            f"daemon:{self.owner}", action, f"publication:{publication_id}", now
        )
