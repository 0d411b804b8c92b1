"""The record: chained, in order, and a changed, missing or moved entry is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from store.audit import GENESIS, AuditChain, Happening, entry_hash
from store.database import Database
from store.models import Practice as PracticeRow
from tests.support.tampering import take_guards_down
from tests.support.together import at_once

AT = datetime(2027, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
DETAILS: list[dict[str, Any]] = [
    {},
    {"text": "Grüße, 日本, 🌷 “quoted” \\ \n"},
    {"nested": {"b": [1, 2.5, True, None], "a": {}}},
    {"big": 2**53, "small": 0.1},
]


@pytest.fixture
def chain(database: Database) -> Database:
    """Two practices; the first has four entries, the second one."""
    with database.write() as work:
        for name in ("first", "second"):
            work.server.add(
                PracticeRow(
                    id=name, name=name, zone="UTC", profile={}, settings={}, demo=False, created_at=AT
                )
            )
        for number, detail in enumerate(DETAILS):
            work.practice("first").audit.record("member:a", f"did {number}", "post:p", AT, **detail)
        work.practice("second").audit.record("member:b", "did", "post:q", AT)
        work.commit()
    return database


def broken(database: Database, practice: str = "first") -> tuple[int, str] | None:
    with database.read() as work:
        found = work.practice(practice).audit.verify()
    return (found.seq, found.why) if found else None


def test_each_entry_carries_the_hash_of_the_one_before_it(chain: Database) -> None:
    with chain.read() as work:
        entries = list(work.practice("first").audit.entries())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert [entry.previous for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert [entry.detail for entry in entries] == DETAILS
    assert {entry.at for entry in entries} == {AT}
    assert broken(chain) is None


def test_a_hash_is_of_everything_that_the_entry_says() -> None:
    row = {
        "practice_id": "p",
        "seq": 1,
        "at": AT,
        "actor": "member:a",
        "action": "did",
        "subject": "post:p",
        "detail": {"a": 1},
        "previous": GENESIS,
    }
    others = [row | change for change in ({name: "x"} for name in row if name not in ("at", "detail"))]
    others += [row | {"at": AT.replace(microsecond=0)}, row | {"detail": {"a": 2}}]
    assert len({entry_hash(changed) for changed in (row, *others)}) == len(others) + 1


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'member:z'",
        "action = 'did nothing'",
        "subject = 'post:z'",
        'detail = \'{"text": "other"}\'',
        "at = '2027-03-01 09:30:16.123456'",
    ],
)
def test_a_changed_entry_is_named(chain: Database, change: str) -> None:
    tamper(chain, f"UPDATE audit_entries SET {change} WHERE practice_id = 'first' AND seq = 2")
    assert broken(chain) == (2, "its words are not those that were hashed")
    assert broken(chain, "second") is None


def test_a_missing_entry_is_named(chain: Database) -> None:
    tamper(chain, "DELETE FROM audit_entries WHERE practice_id = 'first' AND seq = 3")
    assert broken(chain) == (3, "an entry is missing")


def test_entries_that_changed_places_are_named(chain: Database) -> None:
    tamper(
        chain,
        "UPDATE audit_entries SET seq = -2 WHERE practice_id = 'first' AND seq = 2",
        "UPDATE audit_entries SET seq = 2 WHERE practice_id = 'first' AND seq = 3",
        "UPDATE audit_entries SET seq = 3 WHERE practice_id = 'first' AND seq = -2",
    )
    assert broken(chain) == (2, "it does not follow the entry before it")


def test_a_changed_entry_with_a_hash_of_its_own_breaks_the_next_link(chain: Database) -> None:
    with chain.read() as work:
        entry = list(work.practice("first").audit.entries())[1]
        names = ("practice_id", "seq", "at", "actor", "action", "subject", "detail", "previous")
        forged = entry_hash({name: getattr(entry, name) for name in names} | {"actor": "member:z"})
    tamper(
        chain,
        f"UPDATE audit_entries SET actor = 'member:z', hash = '{forged}'"
        " WHERE practice_id = 'first' AND seq = 2",
    )
    assert broken(chain) == (3, "it does not follow the entry before it")


def test_writers_at_once_make_one_chain(chain: Database) -> None:
    def write(who: int) -> Callable[[], None]:
        def run() -> None:
            for number in range(5):
                with chain.write() as work:
                    work.practice("first").audit.record(f"member:{who}", f"did {number}", "post:p", AT)
                    work.commit()

        return run

    assert at_once(*(write(who) for who in range(4))) == [None] * 4
    assert broken(chain) is None
    with chain.read() as work:
        assert len(list(work.practice("first").audit.entries())) == len(DETAILS) + 20


def test_what_was_not_committed_never_happened(chain: Database) -> None:
    with chain.write() as work:
        work.practice("first").audit.record("member:a", "did", "post:p", AT)
    assert broken(chain) is None
    with chain.read() as work:
        assert len(list(work.practice("first").audit.entries())) == len(DETAILS)


def test_several_happenings_are_one_piece_of_the_chain(chain: Database) -> None:
    with chain.write() as work:
        audit = AuditChain(work.session, "first")
        audit.append([Happening("daemon:d", f"did {number}", "post:p", AT, {}) for number in range(3)])
        audit.append([])
        audit.record("daemon:d", "did", "post:other", AT)
        work.commit()
    assert broken(chain) is None
    with chain.read() as work:
        entries = list(work.practice("first").audit.entries("post:other"))
    assert [entry.seq for entry in entries] == [len(DETAILS) + 4]


def tamper(database: Database, *statements: str) -> None:
    take_guards_down(database)
    with database.write() as work:
        for statement in statements:
            work.session.execute(text(statement))
        work.commit()
