"""The conformance suite that ships with the seam: what every connector must do, in sentences.

A connector's test brings a Rig (its network on loopback) and inherits the sentences:

    class TestExample(Conformance):
        spec = ExampleConnector.spec
        supports = frozenset({Fault.REFUSE_CONNECTION, Fault.DROP_AFTER})
        facets = frozenset({Retracts})

        @pytest.fixture
        def rig(self) -> Iterator[Rig]:
            with example_network() as network:
                yield ExampleRig(network)

Sentences about faults, facets or features that a connector does not have are not collected for it.
"""

import io
import logging
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Protocol, TypeVar

import pytest
from PIL import Image

from connectors.base import (
    Absent,
    Accepted,
    AuthKind,
    AuthorizationRequest,
    Authorizes,
    CannotTell,
    Channel,
    Checks,
    Comments,
    Connector,
    Estimates,
    LeaseLost,
    LookupStrength,
    Measures,
    MediaFile,
    Post,
    Published,
    Reposts,
    Retracts,
    Serves,
    Spec,
    Trace,
)
from connectors.errors import (
    Ambiguous,
    AuthExpired,
    ConnectorError,
    OutOfCredit,
    PartlyPublished,
    RateLimited,
    Rejected,
    Transient,
)
from domain.clock import Clock, SystemClock
from domain.content import AssetRef, Content
from domain.ids import new_id
from domain.words import Severity

FACETS: tuple[type, ...] = (
    Authorizes,
    Checks,
    Comments,
    Estimates,
    Measures,
    Reposts,
    Retracts,
    Serves,
)
COUNTS = frozenset(
    {"likes", "reposts", "replies", "quotes", "bookmarks", "clicks", "views", "impressions", "reach"}
)
MOST_POLLS = 50  # an Accepted that is not Published after so many look-ups never will be


class Fault(StrEnum):
    """How a network may misbehave on the next write that would make a post stand."""

    REFUSE_CONNECTION = "refuse_connection"  # nobody listens
    SLOW = "slow"  # accepts, and answers after the read time-out
    DROP_BEFORE = "drop_before"  # closes the line before it accepts
    DROP_AFTER = "drop_after"  # accepts, then closes the line without an answer
    SERVER_ERROR_BEFORE = "server_error_before"  # 5xx, not accepted
    SERVER_ERROR_AFTER = "server_error_after"  # 5xx although accepted
    RATE_LIMIT = "rate_limit"  # 429 and how long to wait, not accepted
    UNAUTHORIZED = "unauthorized"  # the credentials are no longer good
    REJECT = "reject"  # refused for good (403, 422), not accepted
    OUT_OF_CREDIT = "out_of_credit"  # the network asks for money, not accepted
    GARBLED = "garbled"  # accepts, and answers 2xx with a body that cannot be read
    REDIRECT = "redirect"  # 3xx to an address that would accept, not accepted


MEANING: Mapping[Fault, type[ConnectorError]] = {
    Fault.REFUSE_CONNECTION: Transient,
    Fault.SLOW: Ambiguous,
    Fault.DROP_BEFORE: Ambiguous,
    Fault.DROP_AFTER: Ambiguous,
    Fault.SERVER_ERROR_BEFORE: Ambiguous,
    Fault.SERVER_ERROR_AFTER: Ambiguous,
    Fault.RATE_LIMIT: RateLimited,
    Fault.UNAUTHORIZED: AuthExpired,
    Fault.REJECT: Rejected,
    Fault.OUT_OF_CREDIT: OutOfCredit,
    Fault.GARBLED: Ambiguous,
    Fault.REDIRECT: Rejected,
}
ACCEPTED_ALL_THE_SAME = frozenset({Fault.SLOW, Fault.DROP_AFTER, Fault.SERVER_ERROR_AFTER, Fault.GARBLED})
NEVER_ACCEPTED = frozenset(Fault) - ACCEPTED_ALL_THE_SAME


@dataclass(frozen=True)
class Standing:
    """One post as the network truly carries it: plain text, alt texts in the pictures' order."""

    remote_id: str
    text: str
    alt_texts: tuple[str, ...] = ()


class MemoryJournal:
    """A Journal in memory. `lose_at` counts intents from 1: that one finds the lease lost."""

    def __init__(self, finished: Mapping[str, str] | None = None, *, lose_at: int = 0) -> None:
        self._finished = dict(finished or {})
        self._lose_at = lose_at
        self._on_intend: dict[int, Callable[[], None]] = {}
        self.intended: list[str] = []

    @property
    def finished(self) -> Mapping[str, str]:
        return dict(self._finished)

    @property
    def in_doubt(self) -> str:
        """The step that was intended last and is not finished; empty when there is none."""
        last = self.intended[-1] if self.intended else ""
        return "" if last in self._finished else last

    def before(self, count: int, act: Callable[[], None]) -> None:
        """Call *act* when the intent number *count* (from 1) is written."""
        self._on_intend[count] = act

    def intend(self, step: str) -> None:
        if len(self.intended) + 1 == self._lose_at:
            raise LeaseLost
        self.intended.append(step)
        self._on_intend.get(len(self.intended), lambda: None)()

    def done(self, step: str, remote_id: str) -> None:
        assert step in self.intended, f"step {step} was finished before it was intended"
        self._finished[step] = remote_id


class Rig(Protocol):
    """One network on loopback with one connected Channel. Subclass it: what has a body is a default."""

    @property
    def connector(self) -> Connector:
        """With a short read time-out while SLOW is armed, and an ordinary one otherwise."""
        ...

    @property
    def channel(self) -> Channel: ...

    @property
    def clock(self) -> Clock:
        """The clock that the connector was given."""
        return SystemClock()

    def standing(self) -> Sequence[Standing]:
        """What the network truly carries, asked past the connector."""
        ...

    def arm(self, fault: Fault) -> None:
        """The next write that would make a post stand meets *fault*; the one after it does not."""
        ...

    def disarm(self) -> None:
        """That write is over: open the port, renew the token, pay the bill, where that is needed."""
        return  # a default, not an abstract member

    def remove(self, remote_id: str) -> None:
        """Take a post down past the connector, as its owner would on the network itself."""
        ...

    def wait(self, span: timedelta) -> None:
        """Let *span* pass for the network, by its clock or by sleeping."""
        return  # a default, not an abstract member

    def post(
        self, text: str, *, thread: tuple[str, ...] = (), pictures: int = 0, link: str | None = None
    ) -> Post:
        """A Post with a fresh key."""
        return make_post(text, thread=thread, pictures=pictures, link=link)


class MeasuredRig(Rig, Protocol):
    """A Rig that can say which numbers the network gives."""

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        """By the seam's names. A number that the network withholds is missing; withhold at least one."""
        ...


class AuthorizedRig(Rig, Protocol):
    """A Rig whose network has consent pages."""

    @property
    def app(self) -> Mapping[str, str]: ...

    @property
    def redirect_uri(self) -> str: ...

    def consent(self, request: AuthorizationRequest) -> Mapping[str, str]:
        """Say yes as the person would; the parameters that come back to `redirect_uri`."""
        ...


def make_picture(shade: int = 0) -> bytes:
    """A small valid PNG; each *shade* (0 to 255) gives other bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 120, 160)).save(buffer, "PNG")
    return buffer.getvalue()


def make_media(number: int) -> MediaFile:
    """Picture *number* (from 0) with an alt text of its own."""
    data = make_picture(number)
    return MediaFile(
        digest=sha256(data).hexdigest(),
        media_type="image/png",
        alt_text=f"A plain square, number {number + 1}",
        filename=f"square-{number + 1}.png",
        read=lambda: data,
    )


def make_post(
    text: str, *, thread: tuple[str, ...] = (), pictures: int = 0, link: str | None = None, key: str = ""
) -> Post:
    """A Post as the engine would hand it over, under a fresh key unless one is given."""
    media = tuple(make_media(number) for number in range(pictures))
    assets = tuple(
        AssetRef(
            digest=file.digest,
            media_type=file.media_type,
            alt_text=file.alt_text,
            width=8,
            height=8,
            size=len(file.read()),
        )
        for file in media
    )
    content = Content(text=text, thread=thread, assets=assets, link=link)
    return Post(key=key or new_id(), content=content, media=media, title=text[:60])


def make_trace(post: Post, journal: MemoryJournal, sent_at: datetime, handle: str = "") -> Trace:
    """What the engine would ask with after an attempt that left *journal* behind."""
    return Trace(
        key=post.key,
        content=post.content,
        sent_at=sent_at,
        steps=journal.finished,
        in_doubt=journal.in_doubt,
        handle=handle,
        title=post.title,
    )


def publish_fully(rig: Rig, post: Post, journal: MemoryJournal | None = None) -> Published:
    """Publish and, where the network takes its time, ask until the post stands."""
    journal = journal or MemoryJournal()
    sent_at = rig.clock.now()
    outcome: object = rig.connector.publish(rig.channel, post, journal)
    for _ in range(MOST_POLLS):
        if not isinstance(outcome, Accepted):
            break
        rig.wait(outcome.poll_after)
        trace = make_trace(post, journal, sent_at, outcome.handle)
        outcome = rig.connector.lookup(rig.channel, trace)
    assert isinstance(outcome, Published), f"the post ended as {outcome!r}"
    return outcome


def suffer(rig: Rig, fault: Fault, post: Post, journal: MemoryJournal) -> ConnectorError:
    """Publish under *fault*; the error that the connector made of it."""
    rig.arm(fault)
    with pytest.raises(ConnectorError) as caught:
        rig.connector.publish(rig.channel, post, journal)
    rig.disarm()
    return caught.value


def find(rig: Rig, text: str) -> list[Standing]:
    """The posts with exactly these words."""
    return [post for post in rig.standing() if post.text == text]


def words(subject: str = "Flu season starts soon") -> str:
    """A text that no other test uses, so that networks may be shared between tests."""
    return f"{subject} ({new_id()[-10:]})"


Test = TypeVar("Test", bound=Callable[..., object])
Condition = Callable[[type["Conformance"]], bool]


def only_if(condition: Condition) -> Callable[[Test], Test]:
    """Collect the sentence only for suites that meet *condition*."""

    def mark(test: Test) -> Test:
        vars(test)["applies"] = condition
        return test

    return mark


def with_facet(facet: type) -> Callable[[Test], Test]:
    """Collect the sentence only for connectors that have *facet*."""
    return only_if(lambda suite: facet in suite.facets)


def under(*faults: Fault) -> Callable[[Test], Test]:
    """Collect the sentence once for each of *faults* that the Rig supports."""

    def mark(test: Test) -> Test:
        vars(test)["faults"] = frozenset(faults)
        return only_if(lambda suite: bool(suite.supports & set(faults)))(test)

    return mark


class Conformance:
    """The sentences. A subclass names its `spec`, `supports` and `facets` and has a fixture `rig`."""

    spec: ClassVar[Spec]
    supports: ClassVar[frozenset[Fault]] = frozenset()
    facets: ClassVar[frozenset[type]] = frozenset()

    def __init_subclass__(cls) -> None:
        """Hide the sentences that do not concern this connector; pytest collects callables only."""
        super().__init_subclass__()
        for name, test in vars(Conformance).items():
            applies: Condition = getattr(test, "applies", lambda _suite: True)
            if not applies(cls):
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        faults: frozenset[Fault] = getattr(metafunc.function, "faults", frozenset())
        if faults:
            metafunc.parametrize("fault", sorted(faults & self.supports))

    # The declaration

    def test_the_suite_was_told_the_truth_about_the_connector(self, rig: Rig) -> None:
        spec = rig.connector.spec
        told = (self.spec.key, self.spec.idempotent, self.spec.lookup, self.spec.thread_max, self.spec.media)
        assert told == (spec.key, spec.idempotent, spec.lookup, spec.thread_max, spec.media)
        assert self.facets == {facet for facet in FACETS if isinstance(rig.connector, facet)}

    def test_the_spec_names_the_network_and_its_limits(self, rig: Rig) -> None:
        spec = rig.connector.spec
        assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.key), "a key is one lower-case word"
        assert spec.label
        assert spec.text_limit is None or spec.text_limit > 0
        assert spec.count_text("four words of text") > 0
        assert spec.thread_max >= 1
        assert spec.slots >= 1
        assert rig.channel.provider == spec.key

    def test_a_call_may_take_a_minute_at_most(self, rig: Rig) -> None:
        assert timedelta() < rig.connector.spec.call_timeout <= timedelta(minutes=1)

    def test_the_spec_says_how_pictures_are_taken(self, rig: Rig) -> None:
        media = rig.connector.spec.media
        assert (media.max_assets > 0) == bool(media.types) == (media.max_bytes > 0)
        assert media.alt_text_max is None or media.alt_text_max > 0

    def test_the_spec_says_what_it_asks_for(self, rig: Rig) -> None:
        spec = rig.connector.spec
        assert all(scope for scopes in spec.scopes.values() for scope in scopes)
        if spec.auth is AuthKind.TOKEN:
            assert any(entry.secret for entry in spec.credentials), "a token needs a field of its own"
        if spec.auth is AuthKind.OAUTH2:
            assert spec.scopes.get("publish"), "publishing by OAuth 2 needs a scope"

    def test_what_the_spec_promises_has_a_facet(self, rig: Rig) -> None:
        spec, connector = rig.connector.spec, rig.connector
        assert spec.carries_first_comment == isinstance(connector, Comments)
        assert spec.charges == isinstance(connector, Estimates)

    # Signing in

    def test_a_connected_channel_is_healthy(self, rig: Rig) -> None:
        health = rig.connector.verify(rig.channel)
        assert health.ok, health.detail
        assert health.detail
        assert not health.missing

    @only_if(lambda suite: suite.spec.auth is not AuthKind.NONE)
    def test_wrong_credentials_are_told_and_not_thrown(self, rig: Rig) -> None:
        wrong = {name: f"not-{value[::-1]}" for name, value in rig.channel.credentials.items()}
        health = rig.connector.verify(replace(rig.channel, credentials=wrong))
        assert not health.ok
        assert health.detail

    # Publishing and looking up

    def test_publishing_returns_an_id_under_which_the_post_stands(self, rig: Rig) -> None:
        text = words()
        published = publish_fully(rig, rig.post(text))
        assert [post.remote_id for post in find(rig, text)] == [published.remote_id]

    def test_every_write_is_intended_and_finished(self, rig: Rig) -> None:
        journal = MemoryJournal()
        publish_fully(rig, rig.post(words()), journal)
        assert journal.intended
        assert set(journal.intended) == set(journal.finished)

    def test_a_lost_lease_stops_before_anything_leaves(self, rig: Rig) -> None:
        text = words()
        with pytest.raises(LeaseLost):
            rig.connector.publish(rig.channel, rig.post(text), MemoryJournal(lose_at=1))
        assert not find(rig, text)

    def test_a_look_up_adopts_what_stands_although_the_receipt_was_lost(self, rig: Rig) -> None:
        post, journal, sent_at = rig.post(words()), MemoryJournal(), rig.clock.now()
        published = publish_fully(rig, post, journal)
        trace = replace(make_trace(post, journal, sent_at), steps={}, in_doubt=journal.intended[-1])
        _check_adopted(rig, trace, published.remote_id)

    def test_a_look_up_of_something_never_sent_finds_nothing(self, rig: Rig) -> None:
        post = rig.post(words())
        trace = make_trace(post, MemoryJournal(), rig.clock.now())
        assert isinstance(rig.connector.lookup(rig.channel, trace), Absent | CannotTell)

    @only_if(lambda suite: suite.spec.idempotent)
    def test_the_same_key_twice_gives_one_post(self, rig: Rig) -> None:
        post = rig.post(words())
        first, second = publish_fully(rig, post), publish_fully(rig, post)
        assert first.remote_id == second.remote_id
        assert len(find(rig, post.content.text)) == 1

    @only_if(lambda suite: suite.spec.text_limit is not None)
    def test_a_text_over_the_limit_is_rejected_and_nothing_stands(self, rig: Rig) -> None:
        text = "a" * ((rig.connector.spec.text_limit or 0) + 1)
        with pytest.raises(Rejected):
            rig.connector.publish(rig.channel, rig.post(text), MemoryJournal())
        assert not find(rig, text)

    @only_if(lambda suite: suite.spec.media.max_assets > 0)
    def test_a_picture_goes_up_with_its_alt_text(self, rig: Rig) -> None:
        post = rig.post(words(), pictures=1)
        publish_fully(rig, post)
        carried = rig.connector.spec.media.alt_text_max is not None
        expected = (post.media[0].alt_text,) if carried else ()
        assert [standing.alt_texts for standing in find(rig, post.content.text)] == [expected]

    # Threads

    @only_if(lambda suite: suite.spec.thread_max > 1)
    def test_a_thread_stands_part_by_part(self, rig: Rig) -> None:
        post = _thread(rig)
        publish_fully(rig, post)
        assert [len(find(rig, part)) for part in post.content.parts] == [1] * len(post.content.parts)

    @only_if(lambda suite: suite.spec.thread_max > 1)
    def test_a_thread_interrupted_after_its_first_part_resumes_without_doubling_it(self, rig: Rig) -> None:
        post, interrupted = _thread(rig), MemoryJournal(lose_at=2)
        with pytest.raises(LeaseLost):
            rig.connector.publish(rig.channel, post, interrupted)
        resumed = MemoryJournal(interrupted.finished)
        publish_fully(rig, post, resumed)
        assert not set(resumed.intended) & set(interrupted.finished)
        assert [len(find(rig, part)) for part in post.content.parts] == [1] * len(post.content.parts)

    @only_if(lambda suite: suite.spec.thread_max > 1 and Fault.DROP_AFTER in suite.supports)
    def test_a_thread_whose_second_part_is_in_doubt_is_never_doubled(self, rig: Rig) -> None:
        post, journal, sent_at = _thread(rig), MemoryJournal(), rig.clock.now()
        journal.before(2, lambda: rig.arm(Fault.DROP_AFTER))
        with pytest.raises(Ambiguous):
            rig.connector.publish(rig.channel, post, journal)
        rig.disarm()
        found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
        if isinstance(found, Absent):
            publish_fully(rig, post, MemoryJournal(found.steps))
        copies = [len(find(rig, part)) for part in post.content.parts]
        assert max(copies) == 1, f"copies of each part: {copies}"
        if isinstance(found, Absent | Published):
            assert min(copies) == 1, f"copies of each part: {copies}"

    # Faults

    @under(*Fault)
    def test_each_fault_is_told_by_its_name(self, rig: Rig, fault: Fault) -> None:
        error = suffer(rig, fault, rig.post(words()), MemoryJournal())
        assert type(error) is MEANING[fault]
        assert error.message, "a person reads this"

    @under(*NEVER_ACCEPTED)
    def test_what_the_network_did_not_accept_does_not_stand_and_is_not_found(
        self, rig: Rig, fault: Fault
    ) -> None:
        post, journal, sent_at = rig.post(words()), MemoryJournal(), rig.clock.now()
        suffer(rig, fault, post, journal)
        assert not find(rig, post.content.text)
        found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
        assert isinstance(found, Absent | CannotTell)

    @under(*NEVER_ACCEPTED)
    def test_what_was_not_accepted_can_be_sent_again(self, rig: Rig, fault: Fault) -> None:
        post, journal = rig.post(words()), MemoryJournal()
        suffer(rig, fault, post, journal)
        publish_fully(rig, post, MemoryJournal(journal.finished))
        assert len(find(rig, post.content.text)) == 1

    @under(*ACCEPTED_ALL_THE_SAME)
    def test_what_was_accepted_in_spite_of_the_fault_is_adopted_and_not_doubled(
        self, rig: Rig, fault: Fault
    ) -> None:
        post, journal, sent_at = rig.post(words()), MemoryJournal(), rig.clock.now()
        suffer(rig, fault, post, journal)
        standing = find(rig, post.content.text)
        assert len(standing) == 1, f"{len(standing)} copies stand"
        _check_adopted(rig, make_trace(post, journal, sent_at), standing[0].remote_id)
        assert find(rig, post.content.text) == standing

    @under(Fault.RATE_LIMIT)
    def test_a_rate_limit_says_until_when(self, rig: Rig, fault: Fault) -> None:
        error = suffer(rig, fault, rig.post(words()), MemoryJournal())
        assert isinstance(error, RateLimited)
        assert error.until > rig.clock.now()
        assert error.until.utcoffset() == timedelta()

    @only_if(lambda suite: suite.spec.thread_max > 1 and Fault.REJECT in suite.supports)
    def test_a_thread_refused_at_its_second_part_names_the_part_that_stands(self, rig: Rig) -> None:
        post, journal = _thread(rig), MemoryJournal()
        journal.before(2, lambda: rig.arm(Fault.REJECT))
        with pytest.raises(PartlyPublished) as caught:
            rig.connector.publish(rig.channel, post, journal)
        assert [first.remote_id for first in find(rig, post.content.text)] == [caught.value.remote_id]
        assert not find(rig, post.content.thread[0])

    # Secrets

    def test_no_secret_shows_when_all_goes_well(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        post, journal, sent_at = rig.post(words()), MemoryJournal(), rig.clock.now()
        health = rig.connector.verify(rig.channel)
        published = publish_fully(rig, post, journal)
        found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
        _check_no_secret(rig, caplog.text, repr((rig.connector, rig.channel, health, published, found)))

    @under(*Fault)
    def test_no_secret_shows_when_something_goes_wrong(
        self, rig: Rig, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        error = suffer(rig, fault, rig.post(words()), MemoryJournal())
        chain = "".join(traceback.format_exception(error))
        _check_no_secret(rig, caplog.text, chain, repr(error), repr(vars(error)))

    # Facets

    @with_facet(Measures)
    def test_a_reading_holds_only_numbers_that_the_network_gave(self, rig: MeasuredRig) -> None:
        connector = rig.connector
        assert isinstance(connector, Measures)
        remote_id = publish_fully(rig, rig.post(words())).remote_id
        reading = connector.measure(rig.channel, [remote_id])[remote_id]
        given = rig.numbers(remote_id)
        assert reading.counts, "a network that is asked for numbers gives at least one"
        assert reading.counts.keys() <= COUNTS
        assert dict(reading.counts) == {name: given.get(name) for name in reading.counts}
        assert reading.read_at.tzinfo is not None

    @with_facet(Measures)
    def test_a_post_that_is_gone_is_left_out_of_the_readings(self, rig: Rig) -> None:
        connector = rig.connector
        assert isinstance(connector, Measures)
        kept = publish_fully(rig, rig.post(words())).remote_id
        gone = publish_fully(rig, rig.post(words())).remote_id
        rig.remove(gone)
        assert set(connector.measure(rig.channel, [kept])) == {kept}
        assert connector.measure(rig.channel, [gone]) == {}

    @with_facet(Retracts)
    def test_retracting_takes_the_post_down_and_repeating_it_changes_nothing(self, rig: Rig) -> None:
        connector, text = rig.connector, words()
        assert isinstance(connector, Retracts)
        remote_id = publish_fully(rig, rig.post(text)).remote_id
        connector.retract(rig.channel, remote_id)
        assert not find(rig, text)
        connector.retract(rig.channel, remote_id)
        assert not find(rig, text)

    @with_facet(Retracts)
    def test_retracting_a_post_that_somebody_else_took_down_is_fine(self, rig: Rig) -> None:
        connector, text = rig.connector, words()
        assert isinstance(connector, Retracts)
        remote_id = publish_fully(rig, rig.post(text)).remote_id
        rig.remove(remote_id)
        connector.retract(rig.channel, remote_id)
        assert not find(rig, text)

    @with_facet(Reposts)
    def test_a_repost_and_its_undoing_can_both_be_repeated(self, rig: Rig) -> None:
        connector, text = rig.connector, words()
        assert isinstance(connector, Reposts)
        remote_id = publish_fully(rig, rig.post(text)).remote_id
        assert connector.repost_label
        repost_id = connector.repost(rig.channel, remote_id)
        assert connector.repost(rig.channel, remote_id) == repost_id
        connector.undo_repost(rig.channel, remote_id, repost_id)
        connector.undo_repost(rig.channel, remote_id, repost_id)
        assert [post.remote_id for post in find(rig, text)] == [remote_id]

    @with_facet(Comments)
    def test_a_first_comment_can_be_found_again_by_its_words(self, rig: Rig) -> None:
        connector = rig.connector
        assert isinstance(connector, Comments)
        remote_id = publish_fully(rig, rig.post(words())).remote_id
        text = words("Book online")
        assert connector.find_comment(rig.channel, remote_id, text) is None
        comment_id = connector.comment(rig.channel, remote_id, text)
        assert connector.find_comment(rig.channel, remote_id, text) == comment_id

    @with_facet(Authorizes)
    def test_the_consent_address_carries_the_state_and_no_secret(self, rig: AuthorizedRig) -> None:
        connector = rig.connector
        assert isinstance(connector, Authorizes)
        request = connector.begin(rig.app, rig.redirect_uri, rig.channel.base_url)
        assert request.state
        assert request.state in request.url
        secrets = [value for name, value in rig.app.items() if "secret" in name]
        assert not [secret for secret in secrets if secret in request.url or secret in repr(request)]

    @with_facet(Authorizes)
    def test_consent_opens_at_least_one_account(self, rig: AuthorizedRig) -> None:
        connector = rig.connector
        assert isinstance(connector, Authorizes)
        request = connector.begin(rig.app, rig.redirect_uri, rig.channel.base_url)
        answer = rig.consent(request)
        accounts = connector.complete(rig.app, rig.redirect_uri, request.keep, answer, rig.channel.base_url)
        assert accounts
        for account in accounts:
            assert account.remote_id
            assert account.name
            assert not [value for value in account.credentials.values() if value and value in repr(account)]

    @with_facet(Estimates)
    def test_an_estimate_is_a_price(self, rig: Rig) -> None:
        connector = rig.connector
        assert isinstance(connector, Estimates)
        price = connector.estimate(rig.channel, rig.post(words()).content)
        assert price.micros >= 0

    @with_facet(Checks)
    def test_an_ordinary_post_is_not_blocked(self, rig: Rig) -> None:
        connector = rig.connector
        assert isinstance(connector, Checks)
        findings = connector.check(rig.channel, rig.post(words()).content)
        assert not [finding for finding in findings if finding.severity is Severity.BLOCK]

    @with_facet(Serves)
    def test_its_pages_are_an_application(self, rig: Rig) -> None:
        connector = rig.connector
        assert isinstance(connector, Serves)
        assert callable(connector.pages())


def _thread(rig: Rig) -> Post:
    parts = [words(f"Part {number + 1}") for number in range(min(3, rig.connector.spec.thread_max))]
    return rig.post(parts[0], thread=tuple(parts[1:]))


def _check_adopted(rig: Rig, trace: Trace, remote_id: str) -> None:
    """What stands is found under its id; only a network that cannot be asked may leave it open."""
    found = rig.connector.lookup(rig.channel, trace)
    if rig.connector.spec.lookup is LookupStrength.NONE:
        assert isinstance(found, Published | CannotTell)
    else:
        assert isinstance(found, Published), f"it stands, yet the look-up says {found!r}"
    if isinstance(found, Published):
        assert found.remote_id == remote_id


def _check_no_secret(rig: Rig, *texts: str) -> None:
    open_fields = {entry.name for entry in rig.connector.spec.credentials if not entry.secret}
    for name, value in rig.channel.credentials.items():
        if value and name not in open_fields:
            assert not any(value in text for text in texts), f"the credential {name} shows"
