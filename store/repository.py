"""What the repositories of one practice share."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain.refusal import Refusal
from store.models import Base

Row = TypeVar("Row", bound=Base)
Query = TypeVar("Query", bound=Select[Any])


class NotFound(Refusal):
    """Nothing with this id in this practice."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"There is no {what} “{key}” here.")


def locked(query: Query) -> Query:
    """The query, locking its rows. A row that was read before without a lock is read afresh."""
    return query.with_for_update().execution_options(populate_existing=True)


class Repository:
    """Queries of one practice. Never commits."""

    def __init__(self, session: Session, practice_id: str) -> None:
        self._session = session
        self._practice_id = practice_id

    def _get(self, model: type[Row], key: str, what: str, *, lock: bool = False) -> Row:
        query = select(model).where(
            model.id == key,  # type: ignore[attr-defined]
            model.practice_id == self._practice_id,  # type: ignore[attr-defined]
        )
        row = self._session.scalars(locked(query) if lock else query).one_or_none()
        if row is None:
            raise NotFound(what, key)
        return row

    def add(self, *rows: Base) -> None:
        """Add new rows and write them at once, so that the database's own refusals surface here."""
        add_in_order(self._session, rows)


def add_in_order(session: Session, rows: Iterable[Base]) -> None:
    """Write rows in the order given: without relationships the mapper does not know which comes first."""
    for _, group in groupby(rows, type):
        session.add_all(group)
        session.flush()
