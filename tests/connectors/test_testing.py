"""The conformance suite itself: a good connector passes, each way of being bad breaks its own sentence."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import (
    Absent,
    Accepted,
    AuthKind,
    CannotTell,
    Channel,
    CredentialField,
    Health,
    Journal,
    LeaseLost,
    LookupStrength,
    Measures,
    Post,
    Published,
    Reading,
    Reposts,
    Retracts,
    Spec,
    Trace,
)
from connectors.errors import Ambiguous, PartlyPublished, RateLimited, Rejected, Transient
from connectors.testing import Conformance, Fault, MeasuredRig, MemoryJournal, Standing
from domain.ids import new_id
from tests.support.clocks import SetClock

SPEC = Spec(
    key="memory",
    label="Memory",
    auth=AuthKind.TOKEN,
    text_limit=100,
    thread_max=3,
    credentials=(CredentialField("token", "Token"),),
    idempotent=True,
    lookup=LookupStrength.BY_KEY,
)
SECRET = "hush-hush"
log = logging.getLogger(__name__)


class Good:
    """A whole network and its connector in memory. A bad connector is this one with one thing changed."""

    repost_label = "Repost"
    measure_batch = 10

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.spec = SPEC
        self.posts: dict[str, tuple[str, str]] = {}  # id → key, text
        self.fault: Fault | None = None

    def verify(self, channel: Channel) -> Health:
        ok = channel.credentials["token"] == SECRET
        return Health(ok, "All is well." if ok else "This token is not known.")

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        if len(post.content.text) > 100:
            raise Rejected("The text is too long.")
        for number, text in enumerate(post.content.parts):
            step = f"part.{number}"
            if step in journal.finished:
                continue
            journal.intend(step)
            try:
                journal.done(step, self.send(f"{post.key}/{number}", text))
            except Rejected as refused:
                if not number:
                    raise
                first = journal.finished["part.0"]
                raise PartlyPublished("Half of it.", remote_id=first, url=None) from refused
        return Published(journal.finished["part.0"])

    def send(self, key: str, text: str) -> str:
        fault, self.fault = self.fault, None
        if fault in (Fault.REJECT, Fault.RATE_LIMIT, Fault.REFUSE_CONNECTION):
            raise self.meaning(fault)
        earlier = self.find(key)
        post_id = earlier or new_id()
        self.posts[post_id] = (key, text)
        if fault:
            raise self.meaning(fault)
        return post_id

    def meaning(self, fault: Fault) -> Exception:
        if fault is Fault.RATE_LIMIT:
            return RateLimited("Wait.", until=self.clock.now() + timedelta(minutes=1))
        kinds: Mapping[Fault, type[Exception]] = {
            Fault.REJECT: Rejected,
            Fault.REFUSE_CONNECTION: Transient,
        }
        return kinds.get(fault, Ambiguous)("Something happened.")

    def find(self, key: str) -> str | None:
        return next((post_id for post_id, (held, _) in self.posts.items() if held == key), None)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell:
        steps = dict(trace.steps)
        for number in range(len(trace.content.parts)):
            found = steps.get(f"part.{number}") or self.find(f"{trace.key}/{number}")
            if not found:
                return Absent(steps)
            steps[f"part.{number}"] = found
        return Published(steps["part.0"])

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        return {
            post_id: Reading({"likes": 3}, self.clock.now())
            for post_id in remote_ids
            if post_id in self.posts
        }

    def retract(self, channel: Channel, remote_id: str) -> None:
        self.posts.pop(remote_id, None)

    def repost(self, channel: Channel, remote_id: str) -> str:
        return f"repost-{remote_id}"

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        return


class MemoryRig(MeasuredRig):
    def __init__(self, connector: Good) -> None:
        self._connector = connector

    @property
    def connector(self) -> Good:
        return self._connector

    @property
    def channel(self) -> Channel:
        return Channel("1", "memory", "Memory", credentials={"token": SECRET})

    @property
    def clock(self) -> SetClock:
        return self._connector.clock

    def standing(self) -> Sequence[Standing]:
        return [Standing(post_id, text) for post_id, (_, text) in self._connector.posts.items()]

    def arm(self, fault: Fault) -> None:
        self._connector.fault = fault

    def remove(self, remote_id: str) -> None:
        self._connector.posts.pop(remote_id, None)

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        return {"likes": 3}


FAULTS = frozenset({Fault.REFUSE_CONNECTION, Fault.DROP_AFTER, Fault.RATE_LIMIT, Fault.REJECT})


class Suite(Conformance):
    spec = SPEC
    supports = FAULTS
    facets = frozenset({Measures, Reposts, Retracts})


class TestAGoodConnector(Suite):
    @pytest.fixture
    def rig(self) -> MemoryRig:
        return MemoryRig(Good(SetClock()))


class Blind(Good):
    """Says that nothing is there, whatever is."""

    def lookup(self, channel: Channel, trace: Trace) -> Absent:
        return Absent()


class Eager(Good):
    """Says that something is there, whatever is not."""

    def lookup(self, channel: Channel, trace: Trace) -> Published:
        return Published("17")


class Doubling(Good):
    """Knows no keys."""

    def find(self, key: str) -> None:
        return None


class Careless(Good):
    """Writes nothing ahead."""

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        return super().publish(channel, post, MemoryJournal())


class Stubborn(Good):
    """Goes on although the lease is lost."""

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        try:
            return super().publish(channel, post, journal)
        except LeaseLost:
            return super().publish(channel, post, MemoryJournal())


class Optimist(Good):
    """Takes every failure for a harmless one."""

    def meaning(self, fault: Fault) -> Exception:
        return Transient("Surely nothing happened.")


class Retrying(Good):
    """Sends again on its own when the outcome is unknown, under a new key."""

    def send(self, key: str, text: str) -> str:
        try:
            return super().send(key, text)
        except Ambiguous:
            super().send(f"{key}-again", text)
            raise


class Chatty(Good):
    """Puts the token into the log."""

    def verify(self, channel: Channel) -> Health:
        log.debug("verify with %s", channel.credentials["token"])
        return super().verify(channel)


class Blabbing(Good):
    """Puts the token into the error."""

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        try:
            return super().publish(channel, post, journal)
        except Ambiguous as error:
            raise Ambiguous("Something happened.", code=channel.credentials["token"]) from error


class Inventing(Good):
    """Fills up what is missing with zeros."""

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        return {post_id: Reading({"likes": 3, "views": 0}, self.clock.now()) for post_id in remote_ids}


class Restless(Good):
    """Lifts the post anew at each call."""

    def repost(self, channel: Channel, remote_id: str) -> str:
        return new_id()


class Touchy(Good):
    """Fails when the post is already gone."""

    def retract(self, channel: Channel, remote_id: str) -> None:
        if self.posts.pop(remote_id, None) is None:
            raise Rejected("There is no such post.")


class Past(Good):
    """Names a wait that is over."""

    def meaning(self, fault: Fault) -> Exception:
        return RateLimited("Wait.", until=self.clock.now() - timedelta(minutes=1))


class Trusting(Good):
    """Takes any token for a good one."""

    def verify(self, channel: Channel) -> Health:
        return Health(ok=True, detail="All is well.")


class Endless(Good):
    """Takes texts of any length."""

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        journal.intend("part.0")
        journal.done("part.0", self.send(post.key, post.content.text))
        return Published(journal.finished["part.0"])


class Whole(Good):
    """Tells a half thread as refused altogether."""

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        try:
            return super().publish(channel, post, journal)
        except PartlyPublished as error:
            raise Rejected("No.") from error


BROKEN: list[tuple[type[Good], Callable[..., None], dict[str, Any]]] = [
    (Blind, Suite.test_a_look_up_adopts_what_stands_although_the_receipt_was_lost, {}),
    (
        Blind,
        Suite.test_what_was_accepted_in_spite_of_the_fault_is_adopted_and_not_doubled,
        {"fault": Fault.DROP_AFTER},
    ),
    (Eager, Suite.test_a_look_up_of_something_never_sent_finds_nothing, {}),
    (
        Eager,
        Suite.test_what_the_network_did_not_accept_does_not_stand_and_is_not_found,
        {"fault": Fault.RATE_LIMIT},
    ),
    (Doubling, Suite.test_the_same_key_twice_gives_one_post, {}),
    (Doubling, Suite.test_a_thread_whose_second_part_is_in_doubt_is_never_doubled, {}),
    (Careless, Suite.test_every_write_is_intended_and_finished, {}),
    (Careless, Suite.test_a_lost_lease_stops_before_anything_leaves, {}),
    (Stubborn, Suite.test_a_lost_lease_stops_before_anything_leaves, {}),
    (Stubborn, Suite.test_a_thread_interrupted_after_its_first_part_resumes_without_doubling_it, {}),
    (Optimist, Suite.test_each_fault_is_told_by_its_name, {"fault": Fault.DROP_AFTER}),
    (
        Retrying,
        Suite.test_what_was_accepted_in_spite_of_the_fault_is_adopted_and_not_doubled,
        {"fault": Fault.DROP_AFTER},
    ),
    (Inventing, Suite.test_a_reading_holds_only_numbers_that_the_network_gave, {}),
    (Inventing, Suite.test_a_post_that_is_gone_is_left_out_of_the_readings, {}),
    (Restless, Suite.test_a_repost_and_its_undoing_can_both_be_repeated, {}),
    (Touchy, Suite.test_retracting_takes_the_post_down_and_repeating_it_changes_nothing, {}),
    (Touchy, Suite.test_retracting_a_post_that_somebody_else_took_down_is_fine, {}),
    (Past, Suite.test_a_rate_limit_says_until_when, {"fault": Fault.RATE_LIMIT}),
    (Trusting, Suite.test_wrong_credentials_are_told_and_not_thrown, {}),
    (Endless, Suite.test_a_text_over_the_limit_is_rejected_and_nothing_stands, {}),
    (Endless, Suite.test_a_thread_stands_part_by_part, {}),
    (Whole, Suite.test_a_thread_refused_at_its_second_part_names_the_part_that_stands, {}),
]


@pytest.mark.parametrize(
    ("kind", "sentence", "extra"), BROKEN, ids=lambda value: getattr(value, "__name__", "with")
)
def test_a_bad_connector_breaks_its_sentence(
    kind: type[Good], sentence: Callable[..., None], extra: dict[str, Any]
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, Rejected)):
        sentence(Suite(), MemoryRig(kind(SetClock())), **extra)


def test_a_token_in_the_log_breaks_its_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError, match="the credential token shows"):
        Suite().test_no_secret_shows_when_all_goes_well(MemoryRig(Chatty(SetClock())), caplog)


def test_a_token_in_an_error_breaks_its_sentence(caplog: pytest.LogCaptureFixture) -> None:
    rig = MemoryRig(Blabbing(SetClock()))
    with pytest.raises(AssertionError, match="the credential token shows"):
        Suite().test_no_secret_shows_when_something_goes_wrong(rig, Fault.DROP_AFTER, caplog)


def test_sentences_that_do_not_concern_a_connector_are_not_collected() -> None:
    class Small(Conformance):
        spec = replace(SPEC, thread_max=1, idempotent=False)

    hidden = {name for name in dir(Small) if name.startswith("test_") and getattr(Small, name) is None}
    assert {
        "test_the_same_key_twice_gives_one_post",
        "test_a_thread_stands_part_by_part",
        "test_each_fault_is_told_by_its_name",
        "test_a_repost_and_its_undoing_can_both_be_repeated",
    } <= hidden
    assert "test_publishing_returns_an_id_under_which_the_post_stands" not in hidden


def test_a_facet_that_the_suite_was_not_told_of_is_noticed() -> None:
    class Forgetful(Suite):
        facets = frozenset({Measures})

    with pytest.raises(AssertionError):
        Forgetful().test_the_suite_was_told_the_truth_about_the_connector(MemoryRig(Good(SetClock())))
