"""What the database itself refuses, whoever asks: by hand, by a later version, by mistake."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.ids import new_id
from domain.states import Delivery
from domain.words import DecisionKind, Role
from people.access import found_practice
from store import guards
from store.models import Approval, ApprovedVariant, Base, Decision, Publication, Submission
from store.removal import NotADemo, remove_demo
from tests.support.practice import Practice

# A harmless change of each table's own, which must not get through.
CHANGES = {
    "revisions": "number = number + 1",
    "variants": "text_key = ''",
    "decisions": "reason = 'Another one.'",
    "approved_variants": "checked_against = ''",
    "receipts": "evidence = 'person'",
    "audit_entries": "action = 'nothing'",
}


def run(practice: Practice, statement: str, **values: Any) -> int:
    """One statement behind every service's back; how many rows it touched."""
    with practice.house.database.write() as work:
        done = work.session.execute(text(statement), values)
        work.commit()
    return done.rowcount  # type: ignore[attr-defined, no-any-return]


@contextmanager
def refused(said: str) -> Iterator[None]:
    with pytest.raises(DBAPIError, match=said):
        yield


@pytest.fixture
def story(practice: Practice) -> Publication:
    """One of everything: a published post with its whole history, and one that is under way."""
    return practice.published(first_comment="Bring your card.")


def test_history_is_never_changed(practice: Practice, story: Publication) -> None:
    assert set(CHANGES) == set(guards.NEVER_CHANGED)
    for table, change in CHANGES.items():
        with refused(f"{table} are never changed"):
            run(practice, f"UPDATE {table} SET {change}")


def test_history_is_never_deleted(practice: Practice, story: Publication) -> None:
    run(
        practice,
        "INSERT INTO findings (id, practice_id, submission_id, rule, severity, body, created_at)"
        " SELECT 'f', practice_id, id, 'X-1', 'warn', '{}', submitted_at FROM submissions",
    )
    for table in guards.NEVER_DELETED:
        with refused(f"{table} are never deleted"):
            run(practice, f"DELETE FROM {table}")


def test_what_a_row_was_made_of_stays(practice: Practice, story: Publication) -> None:
    for table, columns in guards.FIXED_COLUMNS.items():
        for column in columns:
            value = True if column == "demo" else "another"  # no real practice becomes a demonstration
            with refused(f"{table} keep what they were made of"):
                run(practice, f"UPDATE {table} SET {column} = :value", value=value)


def test_what_may_change_changes(practice: Practice, story: Publication) -> None:
    assert run(practice, "UPDATE publications SET reason = 'Fine.'") == 1
    assert run(practice, "UPDATE approvals SET void_reason = ''") == 1
    assert run(practice, "UPDATE practices SET name = 'Another name'") == 1


# ---------------------------------------------------------------- approvals


def approval_of(practice: Practice, post_id: str) -> Approval:
    with practice.house.database.read() as work:
        found = work.practice(practice.id).signoffs.standing_approval(post_id)
    assert found is not None
    return found


def test_a_void_approval_stays_void(practice: Practice) -> None:
    publication = practice.scheduled()
    practice.edit(publication.post_id, "Other words.")
    with refused("a void approval stays void"):
        run(practice, "UPDATE approvals SET voided_at = NULL")


def test_nothing_is_booked_under_a_void_approval(practice: Practice) -> None:
    publication = practice.scheduled()
    practice.house.scheduling.cancel(practice.approver, publication.id, "")
    practice.edit(publication.post_id, "Other words.")
    with refused("this approval is void"), practice.house.database.write() as work:
        work.server.add(another(publication))


def test_nothing_leaves_under_a_void_approval(practice: Practice) -> None:
    practice.scheduled()
    run(practice, "UPDATE approvals SET voided_at = granted_at")
    with refused("this approval is void"):
        run(practice, "UPDATE publications SET state = 'dispatching'")


def test_an_approval_needs_a_signed_decision(practice: Practice) -> None:
    post_id = practice.draft()
    practice.submit(post_id)
    with practice.house.database.read() as work:
        submission = work.practice(practice.id).signoffs.last_submission(post_id)
    assert submission is not None
    with refused("an approval needs a signed decision"), practice.house.database.write() as work:
        work.server.add(approval_for(submission, practice))


def test_a_rejection_is_no_signature(practice: Practice) -> None:
    post_id = practice.draft()
    practice.submit(post_id)
    practice.decide(practice.approver, post_id, DecisionKind.REJECT)
    with practice.house.database.read() as work:
        submission = work.practice(practice.id).signoffs.last_submission(post_id)
    assert submission is not None
    with refused("an approval needs a signed decision"), practice.house.database.write() as work:
        work.server.add(approval_for(submission, practice))


def test_nobodys_approval_of_their_own_words_can_be_written_down(practice: Practice) -> None:
    post_id = practice.draft()
    practice.submit(post_id)
    with practice.house.database.write() as work:
        scope = work.practice(practice.id)
        submission = scope.signoffs.last_submission(post_id)
        assert submission is not None
        own = Decision(
            id=new_id(),
            practice_id=practice.id,
            submission_id=submission.id,
            revision_id=submission.revision_id,
            author_id=practice.author.member_id,
            fingerprint=submission.fingerprint,
            stage=0,
            member_id=practice.author.member_id,
            role=Role.APPROVER,
            kind=DecisionKind.APPROVE,
            reason="",
            statement="",
            authenticated_by="",
            decided_at=practice.clock.now(),
        )
        with pytest.raises(IntegrityError, match="nobody_approves_own_words"):
            scope.signoffs.add(own)
    with practice.house.database.write() as work, pytest.raises(IntegrityError):
        # nor by naming somebody else as the author of the revision
        work.practice(practice.id).signoffs.add(copied(own, author_id=practice.approver.member_id))


def test_an_approval_covers_no_words_but_those_of_its_revision(practice: Practice) -> None:
    """Words of an earlier revision, never signed, cannot be slipped in beside those that were."""
    first, second = practice.channel_ids
    post_id = practice.draft("Never signed.", channels=(first, second))
    with practice.house.database.read() as work:
        posts = work.practice(practice.id).posts
        unsigned = next(
            row for row in posts.variants(posts.revision(post_id, 1).id) if row.channel_id == second
        )
    values = {"text": "Signed.", "channels": (first,), "wall": practice.wall()}
    practice.house.drafts.edit(practice.author, post_id, practice.input(**values))
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    with refused("an approval is for its own revision"), practice.house.database.write() as work:
        work.server.add(
            ApprovedVariant(
                practice_id=practice.id,
                approval_id=approval_of(practice, post_id).id,
                channel_id=second,
                variant_id=unsigned.id,
                fingerprint=unsigned.fingerprint,
                checked_against="",
            )
        )


# ---------------------------------------------------------------- publications


def test_a_publication_hangs_on_an_approved_variant_of_its_very_fingerprint(practice: Practice) -> None:
    publication = practice.scheduled()
    practice.house.scheduling.cancel(practice.approver, publication.id, "")
    for change in (
        {"fingerprint": "0" * 64},
        {"channel_id": practice.channel_ids[1]},
        {"approval_id": "another"},
    ):
        with pytest.raises(IntegrityError), practice.house.database.write() as work:
            work.server.add(another(publication, **change))


def test_a_channel_has_one_live_publication_of_an_approval(practice: Practice) -> None:
    publication = practice.scheduled()
    with pytest.raises(IntegrityError), practice.house.database.write() as work:
        work.server.add(another(publication))
    practice.house.scheduling.cancel(practice.approver, publication.id, "")
    with practice.house.database.write() as work:
        work.server.add(another(publication))
        work.commit()


def test_one_remote_post_proves_one_publication(practice: Practice) -> None:
    publication = practice.published()
    other = practice.scheduled("Other words.")
    with pytest.raises(IntegrityError):
        run(
            practice,
            "INSERT INTO receipts SELECT :other, practice_id, channel_id, remote_id, url, fingerprint,"
            " evidence, published_at, received_at FROM receipts WHERE publication_id = :first",
            other=other.id,
            first=publication.id,
        )


def test_a_post_has_one_open_submission(practice: Practice) -> None:
    post_id = practice.draft()
    practice.submit(post_id)
    with practice.house.database.read() as work:
        submission = work.practice(practice.id).signoffs.last_submission(post_id)
    assert submission is not None
    with pytest.raises(IntegrityError), practice.house.database.write() as work:
        work.server.add(copied(submission, id=new_id()))


# ---------------------------------------------------------------- demonstrations


def test_a_demonstration_may_be_removed_whole_and_a_real_practice_may_not(practice: Practice) -> None:
    house = practice.house
    with house.database.write() as work:
        demo = found_practice(
            work,
            practice.clock.now(),
            practice="Example",
            zone="UTC",
            name="Eve",
            email="eve@example.example",
            password_hash=None,
            demo=True,
        )
        work.commit()
    kept = {table: count(practice, table) for table in ("audit_entries", "members")}
    with house.database.write() as work:
        remove_demo(work, work.practice(demo.practice_id).practices.get())
        work.commit()
    assert {table: count(practice, table) for table in kept} == {
        "audit_entries": kept["audit_entries"] - 1,
        "members": kept["members"] - 1,
    }
    with house.database.write() as work, pytest.raises(NotADemo):
        remove_demo(work, work.practice(practice.id).practices.get())
    with refused("never deleted"):
        run(practice, "DELETE FROM audit_entries")


def count(practice: Practice, table: str) -> int:
    with practice.house.database.read() as work:
        return int(work.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def copied(row: Base, **changes: Any) -> Any:
    """The same row once more, with changes."""
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return type(row)(**values | changes)


def another(publication: Publication, **changes: Any) -> Publication:
    made = copied(publication, id=new_id(), state=Delivery.SCHEDULED, reason="", **changes)
    assert isinstance(made, Publication)
    return made


def approval_for(submission: Submission, practice: Practice) -> Approval:
    return Approval(
        id=new_id(),
        practice_id=practice.id,
        post_id=submission.post_id,
        submission_id=submission.id,
        revision_id=submission.revision_id,
        fingerprint=submission.fingerprint,
        granted_at=practice.clock.now(),
        void_reason="",
    )


def test_the_triggers_name_states_as_the_words_do() -> None:
    assert (Delivery.DISPATCHING, DecisionKind.APPROVE) == ("dispatching", "approve")
