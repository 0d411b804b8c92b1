"""What only somebody with the database's own key can do."""

from sqlalchemy import text

from store import guards
from store.database import Database


def take_guards_down(database: Database) -> None:
    """Remove the triggers that keep history as it is."""
    with database.engine.begin() as connection:
        for statement in guards.drop(database.engine.dialect.name):
            connection.execute(text(statement))
        connection.commit()


def change_stored_words(database: Database, before: str, after: str) -> None:
    """Change the words of every stored variant behind everybody's back."""
    take_guards_down(database)
    changed = "REPLACE(CAST(content AS TEXT), :before, :after)"
    if not database.is_sqlite:
        changed = f"CAST({changed} AS JSONB)"
    with database.write() as work:
        work.session.execute(
            text(f"UPDATE variants SET content = {changed}"),
            {"before": before, "after": after},
        )
        work.commit()
