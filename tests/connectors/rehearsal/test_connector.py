"""What the rehearsal connector does beyond the conformance suite: its own network, patience, and chaos."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.base import (
    Absent,
    Accepted,
    CannotTell,
    Channel,
    LookupStrength,
    Post,
    Published,
    Surroundings,
)
from connectors.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Transient
from connectors.providers.rehearsal.behaviour import Behaviour, Chances, Mishap, Planned
from connectors.providers.rehearsal.connector import Rehearsal
from connectors.testing import MemoryJournal, make_post, make_trace
from tests.support.clocks import SetClock
from tests.support.servers import closed_port, serve

CHANNEL = Channel("channel-1", "rehearsal", "Riverside Clinic")


@dataclass
class House:
    """Rounds' own network where the web room mounts it, on a clock that is set."""

    rehearsal: Rehearsal
    clock: SetClock
    surroundings: Surroundings

    def publish(self, post: Post, journal: MemoryJournal, channel: Channel = CHANNEL) -> Published | Accepted:
        return self.rehearsal.publish(channel, post, journal)

    def lookup(self, post: Post, journal: MemoryJournal, handle: str = "") -> object:
        trace = make_trace(post, journal, self.clock.now(), handle)
        return self.rehearsal.lookup(CHANNEL, trace)

    def behave(self, **fields: object) -> None:
        account_id = self.rehearsal.verify(CHANNEL).remote_id
        self.rehearsal.state.behave(account_id, Behaviour.model_validate(fields))

    def texts(self) -> list[str]:
        """What was accepted and not removed, oldest first."""
        posts = self.rehearsal.state.posts(self.rehearsal.verify(CHANNEL).remote_id)
        return [entry.text for entry in reversed(posts) if not entry.removed_at]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    port, clock = closed_port(), SetClock()
    surroundings = Surroundings(tmp_path, f"http://127.0.0.1:{port}", clock)
    rehearsal = Rehearsal(surroundings, read_timeout=5)
    mount = Mount("/public/rehearsal", rehearsal.pages())
    with serve(Starlette(routes=[mount]), port=port):
        yield House(rehearsal, clock, surroundings)
    rehearsal.state.close()


class TestConnecting:
    def test_it_needs_no_key_and_says_where_the_timeline_is(self, house: House) -> None:
        health = house.rehearsal.verify(CHANNEL)
        assert health.ok
        assert health.name == "Riverside Clinic"
        assert f"{house.surroundings.public_url}/public/rehearsal/t/" in health.detail

    def test_the_account_is_the_same_after_a_restart(self, house: House) -> None:
        before = house.rehearsal.verify(CHANNEL)
        restarted = Rehearsal(house.surroundings)
        assert restarted.verify(CHANNEL) == before
        restarted.state.close()

    def test_each_channel_has_its_own_account(self, house: House) -> None:
        other = house.rehearsal.verify(replace(CHANNEL, id="channel-2"))
        assert other.remote_id != house.rehearsal.verify(CHANNEL).remote_id

    def test_an_expired_token_is_told_and_a_new_one_reconnects_the_same_account(self, house: House) -> None:
        account_id = house.rehearsal.verify(CHANNEL).remote_id
        house.behave(token_expired=True)
        assert not house.rehearsal.verify(CHANNEL).ok
        with pytest.raises(AuthExpired):
            house.publish(make_post("Hello"), MemoryJournal())
        renewed = replace(CHANNEL, remote_id=account_id, credentials={"token": "a new one"})
        assert house.rehearsal.verify(renewed).remote_id == account_id
        assert isinstance(house.publish(make_post("Hello"), MemoryJournal(), renewed), Published)

    def test_a_network_elsewhere_asks_for_a_token(self, house: House) -> None:
        elsewhere = replace(CHANNEL, base_url="http://127.0.0.1:9/")
        health = house.rehearsal.verify(elsewhere)
        assert not health.ok
        assert "token" in health.detail

    def test_it_leaves_no_file_before_it_is_used(self, tmp_path: Path) -> None:
        Rehearsal(Surroundings(tmp_path, "http://127.0.0.1:9"))
        assert list(tmp_path.iterdir()) == []


class TestPublishing:
    def test_the_address_of_a_post_leads_to_its_page(self, house: House) -> None:
        published = house.publish(make_post("Hello there"), MemoryJournal())
        assert isinstance(published, Published)
        assert published.url
        assert "Hello there" in requests.get(published.url, timeout=5).text
        assert published.published_at == house.clock.now()

    def test_link_and_pictures_belong_to_the_first_part(self, house: House) -> None:
        post = make_post("One", thread=("Two",), pictures=2, link="https://clinic.example/")
        journal = MemoryJournal()
        house.publish(post, journal)
        state = house.rehearsal.state
        first, second = state.post(journal.finished["part.0"]), state.post(journal.finished["part.1"])
        assert first and second
        assert (first.link, len(first.media_ids)) == ("https://clinic.example/", 2)
        assert (second.link, len(second.media_ids), second.reply_to) == (None, 0, first.id)

    def test_pictures_of_an_earlier_attempt_are_used_again(self, house: House) -> None:
        post, journal = make_post("Look", pictures=2), MemoryJournal()
        house.behave(planned=[{"kind": "rate_limit"}])
        with pytest.raises(RateLimited):
            house.publish(post, journal)
        resumed = MemoryJournal(journal.finished)
        house.publish(post, resumed)
        assert resumed.intended == ["part.0"]

    def test_an_upload_that_fails_is_harmless(self, house: House) -> None:
        unreachable = replace(
            CHANNEL, base_url=f"http://127.0.0.1:{closed_port()}", credentials={"token": "x"}
        )
        with pytest.raises(Transient):
            house.publish(make_post("Look", pictures=1), MemoryJournal(), unreachable)

    def test_the_networks_own_sentence_reaches_the_author(self, house: House) -> None:
        with pytest.raises(Rejected, match="words or a picture"):
            house.publish(make_post(" "), MemoryJournal())


class TestANetworkThatTakesItsTime:
    def test_a_post_is_accepted_first_and_found_standing_later(self, house: House) -> None:
        house.behave(processing_seconds=10)
        post, journal = make_post("Slowly"), MemoryJournal()
        accepted = house.publish(post, journal)
        assert isinstance(accepted, Accepted)
        assert isinstance(house.lookup(post, journal, accepted.handle), Accepted)
        house.clock.advance(timedelta(seconds=11))
        assert house.lookup(post, journal, accepted.handle) == Published(
            accepted.handle,
            f"{house.surroundings.public_url}/public/rehearsal/p/{accepted.handle}",
            house.clock.now() - timedelta(seconds=11),
        )

    @pytest.mark.parametrize("lookup", LookupStrength)
    def test_a_thread_goes_up_part_by_part(self, house: House, lookup: LookupStrength) -> None:
        house.rehearsal = Rehearsal(house.surroundings, lookup=lookup, state=house.rehearsal.state)
        house.behave(processing_seconds=10)
        post, journal = make_post("One", thread=("Two", "Three")), MemoryJournal()
        outcome: object = house.publish(post, journal)
        for _ in range(12):
            match outcome:
                case Accepted():
                    house.clock.advance(timedelta(seconds=6))
                    outcome = house.lookup(post, journal, outcome.handle)
                case Absent():
                    journal = MemoryJournal(outcome.steps)
                    outcome = house.publish(post, journal)
        assert isinstance(outcome, Published)
        assert house.texts() == ["One", "Two", "Three"]


class TestLookingUp:
    @pytest.mark.parametrize("lookup", LookupStrength)
    def test_an_upload_in_doubt_means_that_nothing_was_sent(
        self, house: House, lookup: LookupStrength
    ) -> None:
        asked = Rehearsal(house.surroundings, lookup=lookup, state=house.rehearsal.state)
        journal = MemoryJournal()
        journal.intend("media.0")
        trace = make_trace(make_post("Look", pictures=1), journal, house.clock.now())
        assert asked.lookup(CHANNEL, trace) == Absent()

    def test_an_account_that_keeps_its_posts_to_itself_cannot_be_asked(self, house: House) -> None:
        house.behave(answers_lookups=False)
        post = make_post("Hello")
        house.publish(post, MemoryJournal())
        assert isinstance(house.lookup(post, MemoryJournal()), CannotTell)

    def test_a_post_that_was_taken_down_is_for_a_person_to_judge(self, house: House) -> None:
        post, journal = make_post("Hello"), MemoryJournal()
        house.publish(post, journal)
        house.rehearsal.retract(CHANNEL, journal.finished["part.0"])
        assert isinstance(house.lookup(post, MemoryJournal()), CannotTell)

    def test_absence_by_content_is_believed_only_after_a_while(self, house: House) -> None:
        by_content = Rehearsal(
            house.surroundings, lookup=LookupStrength.BY_CONTENT, state=house.rehearsal.state
        )
        trace = make_trace(make_post("Never sent"), MemoryJournal(), house.clock.now())
        assert isinstance(by_content.lookup(CHANNEL, trace), CannotTell)
        house.clock.advance(by_content.spec.lookup_settles)
        assert by_content.lookup(CHANNEL, trace) == Absent()

    def test_the_same_words_twice_are_for_a_person_to_judge(self, house: House) -> None:
        by_content = Rehearsal(
            house.surroundings, lookup=LookupStrength.BY_CONTENT, state=house.rehearsal.state
        )
        for _ in range(2):
            by_content.publish(CHANNEL, make_post("Twice"), MemoryJournal())
        trace = make_trace(make_post("Twice"), MemoryJournal(), house.clock.now())
        found = by_content.lookup(CHANNEL, trace)
        assert isinstance(found, CannotTell)
        assert len(found.found) == 2

    def test_the_same_words_of_last_week_are_not_taken_for_todays(self, house: House) -> None:
        by_content = Rehearsal(
            house.surroundings, lookup=LookupStrength.BY_CONTENT, state=house.rehearsal.state
        )
        by_content.publish(CHANNEL, make_post("Every week"), MemoryJournal())
        house.clock.advance(timedelta(days=7))
        sent_at = house.clock.now()
        house.clock.advance(timedelta(hours=1))
        trace = make_trace(make_post("Every week"), MemoryJournal(), sent_at)
        assert by_content.lookup(CHANNEL, trace) == Absent()


def attempt(house: House, post: Post, journal: MemoryJournal) -> object:
    """One attempt as the engine makes it: an unknown outcome is looked up, never blindly sent again."""
    try:
        return house.publish(post, journal)
    except Ambiguous:
        return house.lookup(post, journal)
    except (RateLimited, Transient, Rejected) as error:
        return error


def test_under_chaos_every_post_stands_exactly_once(house: House) -> None:
    final = {Mishap.REFUSE, Mishap.REDIRECT, Mishap.NEVER_ANSWER}
    odds = dict.fromkeys(set(Mishap) - final, 0.09)
    house.behave(chances=Chances(seed=11, odds=odds, seconds=0.01).model_dump())
    posts = [make_post(f"Post {number}", thread=(f"More of {number}",)) for number in range(25)]
    for post in posts:
        steps: dict[str, str] = {}
        for _ in range(40):
            journal = MemoryJournal(steps)
            outcome = attempt(house, post, journal)
            if isinstance(outcome, Published):
                break
            steps = dict(outcome.steps if isinstance(outcome, Absent) else journal.finished)
        assert isinstance(outcome, Published), f"{post.content.text} ended as {outcome!r}"
    copies = Counter(house.texts())
    assert copies == dict.fromkeys([part for post in posts for part in post.content.parts], 1)


def test_without_keys_a_blind_second_send_doubles_as_on_any_network(house: House) -> None:
    keyless = Rehearsal(house.surroundings, lookup=LookupStrength.NONE, state=house.rehearsal.state)
    assert not keyless.spec.idempotent
    post = make_post("Twice")
    for _ in range(2):
        keyless.publish(CHANNEL, post, MemoryJournal())
    assert house.texts() == ["Twice", "Twice"]


def test_numbers_grow_with_the_clock_and_are_read_at_the_networks_time(house: House) -> None:
    published = house.publish(make_post("Grow"), MemoryJournal())
    assert isinstance(published, Published)
    house.clock.advance(timedelta(hours=1))
    early = house.rehearsal.measure(CHANNEL, [published.remote_id])[published.remote_id]
    house.clock.advance(timedelta(days=2))
    late = house.rehearsal.measure(CHANNEL, [published.remote_id])[published.remote_id]
    assert late.read_at == house.clock.now()
    assert late.counts["impressions"] > early.counts["impressions"]


def test_planned_mishaps_are_used_up_over_http(house: House) -> None:
    house.behave(planned=[Planned(kind=Mishap.ERROR_AFTER, times=2).model_dump()])
    outcomes = [attempt(house, make_post(f"Post {number}"), MemoryJournal()) for number in range(3)]
    assert all(isinstance(outcome, Published) for outcome in outcomes)
    assert house.texts() == ["Post 0", "Post 1", "Post 2"]
