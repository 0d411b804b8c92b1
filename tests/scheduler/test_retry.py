"""What one call's outcome means: every answer, for every network, at every count of tries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Absent, Accepted, CannotTell, LookupStrength, Published
from connectors.errors import (
    DUPLICATE,
    Ambiguous,
    AuthExpired,
    ConnectorError,
    OutOfCredit,
    PartlyPublished,
    RateLimited,
    Rejected,
    Transient,
)
from domain.states import DELIVERY_MOVES, NAMED_OUTCOMES, Delivery
from domain.words import AttemptOutcome, ChannelState
from scheduler.retry import (
    CREDIT_WAIT,
    DUPLICATES_BELIEVED,
    FIRST_BACKOFF,
    LONGEST_BACKOFF,
    LOOKUP_DELAYS,
    LOOKUPS_END_AFTER,
    MAX_TRIES,
    NEVER,
    PROCESSING_ENDS_AFTER,
    AskFacts,
    SendFacts,
    Verdict,
    after_ask,
    after_send,
    backoff,
    lookup_delay,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=7)
SETTLES = timedelta(minutes=2)
STANDS = Published("42", "https://n.example/42")
SEND = SendFacts(NOW, tries=1, lookup=LookupStrength.BY_KEY, jitter=0.5)
ASK = AskFacts(
    now=NOW,
    state=Delivery.UNCERTAIN,
    reason="The network did not answer in time.",
    tries=1,
    lookups=1,
    sent_at=NOW - timedelta(minutes=1),
    lookup=LookupStrength.BY_KEY,
    settles=SETTLES,
)

ERRORS: list[Exception] = [
    Rejected("It refuses this.", code="403"),
    RateLimited("It is busy.", until=LATER),
    AuthExpired("It no longer accepts our sign-in."),
    OutOfCredit("It wants to be paid."),
    Transient("It could not be reached."),
    Ambiguous("It did not answer in time.", code="timeout"),
    Ambiguous("It says that these words stand already.", code=DUPLICATE),
    PartlyPublished("Part 2 was refused.", remote_id="42", url=None),
    ConnectorError("Something of its own."),
    ZeroDivisionError("nobody foresaw this"),
]
SENT: list[Any] = [STANDS, Accepted("job 7", timedelta(seconds=9)), *ERRORS]
ASKED: list[Any] = [*SENT, Absent({"part.0": "1"}), CannotTell("Two posts have these words.", (("a", "b"),))]
STRENGTHS = list(LookupStrength)
IN_DOUBT = [Delivery.UNCERTAIN, Delivery.PROCESSING]


# ---------------------------------------------------------------- waiting


def test_waits_grow_from_a_quarter_minute_and_stop_growing_at_half_an_hour() -> None:
    whole = [backoff(tries, jitter=1.0) for tries in range(1, 8)]
    assert whole[:3] == [FIRST_BACKOFF, FIRST_BACKOFF * 4, FIRST_BACKOFF * 16]
    assert whole == sorted(whole)
    assert whole[-1] == LONGEST_BACKOFF


@given(tries=st.integers(0, 60), jitter=st.floats(0, 1))
def test_a_wait_is_never_shorter_than_half_and_never_longer_than_the_longest(
    tries: int, jitter: float
) -> None:
    assert FIRST_BACKOFF / 2 <= backoff(tries, jitter) <= LONGEST_BACKOFF


def test_look_ups_begin_after_seconds_and_end_up_hourly() -> None:
    delays = [lookup_delay(lookups) for lookups in range(len(LOOKUP_DELAYS) + 3)]
    assert delays[0] == timedelta(seconds=2)
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(hours=1)


# ---------------------------------------------------------------- after a send


def test_an_answer_that_it_stands_is_published() -> None:
    verdict = after_send(STANDS, SEND)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.PUBLISHED, Delivery.PUBLISHED)
    assert verdict.published is STANDS
    assert verdict.run_at is None


def test_what_a_network_took_and_still_works_on_is_asked_for_when_it_said() -> None:
    verdict = after_send(Accepted("job 7", timedelta(seconds=9)), SEND)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.ACCEPTED, Delivery.PROCESSING)
    assert (verdict.handle, verdict.run_at) == ("job 7", NOW + timedelta(seconds=9))


def test_a_refusal_fails_at_once_with_the_networks_sentence() -> None:
    verdict = after_send(Rejected("It refuses this.", code="403"), SEND)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.REJECTED, Delivery.FAILED)
    assert (verdict.reason, verdict.code, verdict.run_at) == ("It refuses this.", "403", None)


def test_a_busy_network_lets_the_whole_channel_wait_and_burns_no_try() -> None:
    verdict = after_send(RateLimited("It is busy.", until=LATER), SEND)
    assert (verdict.state, verdict.run_at, verdict.burned) == (Delivery.SCHEDULED, LATER, False)
    assert verdict.channel is not None
    assert (verdict.channel.state, verdict.channel.resumes_at) == (ChannelState.WAITING, LATER)


def test_an_account_without_credit_waits_an_hour_and_burns_no_try() -> None:
    verdict = after_send(OutOfCredit("It wants to be paid."), SEND)
    assert (verdict.state, verdict.run_at, verdict.burned) == (Delivery.SCHEDULED, NOW + CREDIT_WAIT, False)
    assert verdict.channel is not None
    assert verdict.channel.resumes_at == NOW + CREDIT_WAIT


def test_a_sign_in_that_ended_holds_the_post_and_breaks_the_channel() -> None:
    verdict = after_send(AuthExpired("It no longer accepts our sign-in."), SEND)
    assert (verdict.state, verdict.burned, verdict.run_at) == (Delivery.HELD, False, None)
    assert verdict.channel is not None
    assert verdict.channel.state is ChannelState.NEEDS_RECONNECT
    assert verdict.channel.reason == verdict.reason


@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_what_was_certainly_not_received_is_sent_again_after_a_growing_wait(tries: int) -> None:
    verdict = after_send(Transient("It could not be reached."), replace(SEND, tries=tries))
    assert (verdict.state, verdict.burned) == (Delivery.SCHEDULED, True)
    assert verdict.run_at == NOW + backoff(tries, 0.5)
    assert verdict.channel is None


@pytest.mark.parametrize("tries", [MAX_TRIES, MAX_TRIES + 1])
def test_the_last_try_that_was_not_received_fails_and_says_how_often(tries: int) -> None:
    verdict = after_send(Transient("It could not be reached."), replace(SEND, tries=tries))
    assert (verdict.state, verdict.run_at) == (Delivery.FAILED, None)
    assert f"{tries} times" in verdict.reason


@pytest.mark.parametrize(
    "error", [Ambiguous("Lost."), ConnectorError("Something of its own."), ZeroDivisionError(), KeyError("x")]
)
@pytest.mark.parametrize("tries", [1, MAX_TRIES, MAX_TRIES + 3])
def test_whatever_nobody_foresaw_is_doubt_however_often_it_was_tried(error: Exception, tries: int) -> None:
    verdict = after_send(error, replace(SEND, tries=tries))
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.AMBIGUOUS, Delivery.UNCERTAIN)
    assert verdict.run_at == NOW + lookup_delay(0)


def test_the_words_of_an_unforeseen_exception_are_not_shown() -> None:
    verdict = after_send(ValueError("token=abc"), SEND)
    assert "abc" not in verdict.reason
    assert "ValueError" in verdict.reason


def test_a_network_that_cannot_be_asked_leaves_the_doubt_to_a_person() -> None:
    verdict = after_send(Ambiguous("Lost."), replace(SEND, lookup=LookupStrength.NONE))
    assert (verdict.state, verdict.run_at) == (Delivery.UNCERTAIN, NOW + NEVER)


@pytest.mark.parametrize(
    ("tries", "wait"), [(1, lookup_delay(0)), (DUPLICATES_BELIEVED, NEVER), (DUPLICATES_BELIEVED + 2, NEVER)]
)
def test_a_network_that_keeps_saying_duplicate_is_a_persons_matter(tries: int, wait: timedelta) -> None:
    verdict = after_send(Ambiguous("Twice.", code=DUPLICATE), replace(SEND, tries=tries))
    assert (verdict.state, verdict.run_at) == (Delivery.UNCERTAIN, NOW + wait)


def test_a_thread_of_which_a_part_stands_is_partial_and_keeps_what_stands() -> None:
    verdict = after_send(PartlyPublished("Part 2 was refused.", remote_id="42", url="u"), SEND)
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.PARTIAL, Delivery.PARTIAL)
    assert verdict.published == Published("42", "u")


# ---------------------------------------------------------------- after a look-up


@pytest.mark.parametrize("state", IN_DOUBT)
def test_what_is_found_is_adopted(state: Delivery) -> None:
    verdict = after_ask(STANDS, replace(ASK, state=state))
    assert (verdict.outcome, verdict.state, verdict.run_at) == (
        AttemptOutcome.PUBLISHED,
        Delivery.PUBLISHED,
        None,
    )


@pytest.mark.parametrize("state", IN_DOUBT)
def test_what_proves_another_post_already_proves_nothing_here(state: Delivery) -> None:
    verdict = after_ask(STANDS, replace(ASK, state=state, taken=True))
    assert (verdict.outcome, verdict.state) == (AttemptOutcome.CANNOT_TELL, state)
    assert verdict.published is None
    assert verdict.found[0][0] == STANDS.url


@pytest.mark.parametrize("state", IN_DOUBT)
@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_a_certain_absence_allows_another_send_from_what_is_finished(state: Delivery, tries: int) -> None:
    verdict = after_ask(Absent({"part.0": "1"}), replace(ASK, state=state, tries=tries))
    assert (verdict.outcome, verdict.state, verdict.run_at) == (
        AttemptOutcome.ABSENT,
        Delivery.SCHEDULED,
        NOW,
    )
    assert verdict.steps == {"part.0": "1"}


@pytest.mark.parametrize("state", IN_DOUBT)
def test_a_certain_absence_after_the_last_try_fails(state: Delivery) -> None:
    verdict = after_ask(Absent(), replace(ASK, state=state, tries=MAX_TRIES))
    assert verdict.state is Delivery.FAILED
    assert "certainly not there" in verdict.reason


def test_not_listed_yet_is_not_absent_where_a_network_lists_late() -> None:
    facts = replace(ASK, lookup=LookupStrength.BY_CONTENT, sent_at=NOW - timedelta(seconds=30))
    verdict = after_ask(Absent(), facts)
    assert verdict.state is Delivery.UNCERTAIN
    assert verdict.run_at == facts.sent_at + SETTLES
    settled = after_ask(Absent(), replace(facts, now=facts.sent_at + SETTLES))
    assert settled.state is Delivery.SCHEDULED


def test_what_a_network_worked_on_and_lost_needs_no_settling() -> None:
    facts = replace(
        ASK,
        state=Delivery.PROCESSING,
        lookup=LookupStrength.BY_CONTENT,
        sent_at=NOW - timedelta(seconds=30),
    )
    assert after_ask(Absent(), facts).state is Delivery.SCHEDULED


@pytest.mark.parametrize("state", IN_DOUBT)
def test_what_is_still_worked_on_is_asked_for_again_and_never_sooner_than_was_said(state: Delivery) -> None:
    patient = after_ask(Accepted("job 7", timedelta(minutes=20)), replace(ASK, state=state))
    assert (patient.state, patient.run_at) == (Delivery.PROCESSING, NOW + timedelta(minutes=20))
    hasty = after_ask(Accepted("job 7", timedelta(0)), replace(ASK, state=state, lookups=40))
    assert hasty.run_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize("state", IN_DOUBT)
def test_what_is_worked_on_for_a_day_is_a_persons_matter(state: Delivery) -> None:
    facts = replace(ASK, state=state, sent_at=NOW - PROCESSING_ENDS_AFTER - timedelta(seconds=1))
    verdict = after_ask(Accepted("job 7"), facts)
    assert (verdict.state, verdict.run_at) == (Delivery.UNCERTAIN, NOW + NEVER)
    assert verdict.handle == "job 7"


def test_only_what_was_worked_on_can_be_refused_afterwards() -> None:
    refused = Rejected("The video is too long.", code="422")
    assert after_ask(refused, replace(ASK, state=Delivery.PROCESSING)).state is Delivery.FAILED
    assert after_ask(refused, ASK).state is Delivery.UNCERTAIN


def test_a_look_up_that_cannot_sign_in_breaks_the_channel_and_leaves_the_doubt() -> None:
    verdict = after_ask(AuthExpired("It no longer accepts our sign-in."), ASK)
    assert (verdict.state, verdict.reason) == (Delivery.UNCERTAIN, ASK.reason)
    assert verdict.channel is not None
    assert verdict.channel.state is ChannelState.NEEDS_RECONNECT


def test_a_busy_network_is_asked_again_when_it_allows_it() -> None:
    assert after_ask(RateLimited("It is busy.", until=LATER), ASK).run_at == LATER


def test_candidates_are_kept_for_the_person_who_decides() -> None:
    verdict = after_ask(CannotTell("Two posts have these words.", (("a", "b"),)), ASK)
    assert (verdict.reason, verdict.found) == ("Two posts have these words.", (("a", "b"),))


def test_after_three_days_nobody_is_asked_any_more() -> None:
    facts = replace(ASK, sent_at=NOW - LOOKUPS_END_AFTER - timedelta(seconds=1))
    for answer in (CannotTell("Not clear."), RateLimited("It is busy.", until=LATER), Transient("Down.")):
        assert after_ask(answer, facts).run_at == NOW + NEVER


def test_a_thread_that_turns_out_half_published_goes_to_a_person_by_legal_steps() -> None:
    part = PartlyPublished("Part 2 was refused.", remote_id="42", url="u")
    assert after_ask(part, ASK).state is Delivery.PARTIAL
    first = after_ask(part, replace(ASK, state=Delivery.PROCESSING))
    assert (first.state, first.run_at) == (Delivery.UNCERTAIN, NOW)


# ---------------------------------------------------------------- whatever comes


def check(verdict: Verdict, before: Delivery) -> None:
    assert verdict.state is before or verdict.state in DELIVERY_MOVES[before]
    if verdict.run_at is None:
        assert verdict.state in NAMED_OUTCOMES | {Delivery.HELD}
    else:
        assert verdict.run_at >= NOW
    if verdict.state is Delivery.PUBLISHED:
        assert verdict.published is not None
    else:
        assert verdict.reason or verdict.state is Delivery.PROCESSING


@pytest.mark.parametrize("answer", SENT, ids=repr)
def test_every_answer_to_a_send_leads_somewhere_legal_and_says_why(answer: Any) -> None:
    for tries, lookup in product((1, 3, MAX_TRIES), STRENGTHS):
        check(after_send(answer, SendFacts(NOW, tries, lookup, 0.3)), Delivery.DISPATCHING)


@pytest.mark.parametrize("answer", ASKED, ids=repr)
def test_every_answer_to_a_look_up_leads_somewhere_legal_and_says_why(answer: Any) -> None:
    agos = (timedelta(seconds=5), timedelta(hours=2), timedelta(days=9))
    for state, tries, lookup, taken, ago in product(IN_DOUBT, (1, MAX_TRIES), STRENGTHS, (True, False), agos):
        facts = replace(ASK, state=state, tries=tries, lookup=lookup, taken=taken, sent_at=NOW - ago)
        check(after_ask(answer, facts), state)


def test_only_a_certain_absence_lets_a_doubtful_post_be_sent_again() -> None:
    again = [
        (answer, state, lookup)
        for answer, state, lookup in product(ASKED, IN_DOUBT, STRENGTHS)
        if after_ask(answer, replace(ASK, state=state, lookup=lookup)).state is Delivery.SCHEDULED
    ]
    assert again
    assert all(isinstance(answer, Absent) for answer, _, _ in again)
