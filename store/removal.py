"""Taking a whole demonstration out of the database. Any other practice stays: the database itself refuses."""

from sqlalchemy import delete

from domain.refusal import Refusal
from store.database import UnitOfWork
from store.models import Base, Practice


class NotADemo(Refusal):
    """The practice is a real one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is a real practice. What it did is never removed.")


def remove_demo(work: UnitOfWork, practice: Practice) -> None:
    """Delete every row of a practice that was born as a demonstration, children first. Does not commit."""
    if not practice.demo:
        raise NotADemo(practice.name)
    work.practice(practice.id).practices.lock()
    for table in reversed(Base.metadata.sorted_tables):
        if "practice_id" in table.c:
            work.session.execute(delete(table).where(table.c.practice_id == practice.id))
    work.session.execute(delete(Practice).where(Practice.id == practice.id))
