"""Carrying a whole practice from one database into another, past the same guards as any other write."""

from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.schema import sort_tables

from store.database import UnitOfWork
from store.models import Approval, Base

TABLES = Base.metadata.tables
# No foreign key says so, but an approval is refused where nobody's signed decision stands before it.
FIRST = [(TABLES["decisions"], TABLES["approvals"])]


def transfer(source: UnitOfWork, target: UnitOfWork, practice_id: str) -> None:
    """Copy every row of a practice, parents first. Does not commit."""
    void = []
    for table in sort_tables(TABLES.values(), extra_dependencies=FIRST):
        rows = _rows(source, table, practice_id)
        if table is TABLES["approvals"]:
            # What was booked before an approval became void could not be written after it.
            void = [row for row in rows if row["voided_at"] is not None]
            rows = [{**row, "voided_at": None} for row in rows]
        if rows:
            target.session.execute(insert(table), rows)
    for row in void:
        now_void = update(Approval).where(Approval.id == row["id"], Approval.practice_id == practice_id)
        target.session.execute(now_void.values(voided_at=row["voided_at"]))


def _rows(source: UnitOfWork, table: Table, practice_id: str) -> list[dict[str, Any]]:
    """What a practice has in one table; the tables without a practice are the server's own."""
    key = table.c.get("practice_id", table.c.id if table.name == "practices" else None)
    if key is None:
        return []
    found = source.session.execute(select(table).where(key == practice_id).order_by(*table.primary_key))
    return [dict(row) for row in found.mappings()]
