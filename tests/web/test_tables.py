"""Tables of words that must leave nothing out: a state without a sentence would be a page that breaks."""

from domain.states import Delivery, Editorial
from domain.words import AttemptKind, AttemptOutcome, SideWork
from store.models import AuditEntry
from store.views.lives import Life
from tests.support.clocks import SetClock
from web import nextstep
from web.pages.publications import OUTCOMES
from web.timeline import moments


def test_every_state_says_what_happens_next() -> None:
    assert set(nextstep._DELIVERY) == set(Delivery)
    assert set(nextstep._EDITORIAL) == set(Editorial)


def test_every_outcome_of_an_attempt_has_words() -> None:
    assert set(OUTCOMES) == set(AttemptOutcome)


def entry(action: str, **detail: object) -> AuditEntry:
    return AuditEntry(
        seq=1, at=SetClock().now(), actor="daemon:x", action=action, subject="publication:p", detail=detail
    )


def life(*entries: AuditEntry) -> Life:
    return Life(
        post=None,  # type: ignore[arg-type] - not asked here
        revisions=(),
        variants=(),
        submissions=(),
        findings=(),
        decisions=(),
        approval=None,
        publications=(),
        attempts=(),
        receipts=(),
        side_work=(),
        entries=entries,
    )


def test_every_attempt_is_told_in_words() -> None:
    for kind in AttemptKind:
        for outcome in AttemptOutcome:
            (moment,) = moments(life(entry("attempted", kind=kind, outcome=outcome, attempt=1)))
            assert len(moment.what) > 10


def test_all_side_work_is_told_but_the_readings() -> None:
    told = moments(life(*(entry(f"{kind}_done") for kind in SideWork)))
    assert len(told) == len(SideWork) - 1


def test_an_entry_of_a_kind_that_is_new_is_told_by_its_name() -> None:
    (moment,) = moments(life(entry("moon_landed")))
    assert moment.what == "Moon landed"


def test_what_repeats_itself_is_told_once_and_counted() -> None:
    looked = entry("attempted", kind="lookup", outcome="cannot_tell", attempt=1)
    sent = entry("attempted", kind="publish", outcome="ambiguous", attempt=0)
    told = moments(life(sent, looked, looked, looked))
    assert [(moment.what, moment.times) for moment in told] == [
        ("Looked, and could not tell", 3),
        ("Sent, and no answer came", 1),
    ]
