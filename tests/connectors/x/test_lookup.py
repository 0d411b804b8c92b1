"""Finding a post again whose answer was lost: by words, by time, by what it hangs under."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Absent, CannotTell, Post, Published, Trace
from connectors.errors import AuthExpired
from connectors.providers.x.matching import normal
from connectors.testing import Fault, MemoryJournal, make_trace, words
from domain.content import Content
from tests.connectors.x.fake_account import CreateBody, FakePost, ReplyBody
from tests.connectors.x.rig import XRig, at
from tests.support.proxy import drop_before

TRICKY = [
    "Book at https://example.com/book?a=1&b=2 now",
    "Bare example.com and https://Example.ORG/Path/, twice",
    "5 < 6 & 7 > 3, said &amp; done",
    "Cafe\u0301 and naïve",
    "Line one\n\n\nLine two  with   spaces",
    "  leading and trailing  ",
    "👨‍👩‍👧‍👦 日本語 😷",
    "x" * 250 + " https://example.com/" + "y" * 300,
]


def trace_of(post: Post, sent_at: datetime | None = None) -> Trace:
    return make_trace(post, MemoryJournal(), sent_at or datetime.now(UTC))


def lost(rig: XRig, post: Post) -> tuple[MemoryJournal, datetime]:
    """Publish, and lose X's answer."""
    journal, sent_at = MemoryJournal(), datetime.now(UTC)
    rig.arm(Fault.DROP_AFTER)
    with pytest.raises(Exception, match="closed the line"):
        rig.connector.publish(rig.channel, post, journal)
    return journal, sent_at


def stand(rig: XRig, text: str, ago: timedelta = timedelta(), reply_to: str = "") -> FakePost:
    """Make a post stand past the connector."""
    reply = ReplyBody(in_reply_to_tweet_id=reply_to) if reply_to else None
    made = datetime.now(UTC) - ago if ago else None
    return rig.fake.account.create(CreateBody(text=text, reply=reply), made)


def again(rig: XRig, text: str, ago: timedelta = timedelta()) -> FakePost:
    """The same words once more, which X itself would refuse for a while."""
    post = stand(rig, words(), ago)
    post.body = CreateBody(text=text)
    return post


@pytest.mark.parametrize("renamed", [False, True], ids=["old names", "new names"])
@pytest.mark.parametrize("text", TRICKY)
def test_words_are_recognised_however_x_shows_them(rig: XRig, text: str, renamed: bool) -> None:
    post = rig.post(text)
    journal, sent_at = lost(rig, post)
    rig.fake.renamed = renamed
    found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
    rig.fake.violations.clear()  # the old names are tried first
    assert isinstance(found, Published)
    assert found.remote_id == rig.standing()[0].remote_id
    assert found.cost is not None


def test_a_long_text_is_recognised_by_its_whole(rig: XRig) -> None:
    """A Premium account's text, which X cuts in the place where short ones stand."""
    text = f"{'word ' * 80}end at https://example.com/x"
    post = again(rig, text)
    found = rig.connector.lookup(rig.channel, trace_of(rig.post(text)))
    assert isinstance(found, Published)
    assert found.remote_id == post.id


def test_pictures_and_a_link_are_told_apart(rig: XRig) -> None:
    post = rig.post("Our new room", pictures=2, link="https://example.com/room")
    journal, sent_at = lost(rig, post)
    assert isinstance(rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at)), Published)


def test_the_same_words_without_the_pictures_are_left_to_a_person(rig: XRig) -> None:
    twin = stand(rig, "Our new room")
    found = rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room", pictures=1)))
    assert isinstance(found, CannotTell)
    assert found.found[0][0].endswith(twin.id)


def test_the_same_words_in_a_reply_are_another_post(rig: XRig) -> None:
    first = stand(rig, "A question")
    stand(rig, "Our new room", reply_to=first.id)
    assert isinstance(rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room"))), Absent)


def test_several_that_match_are_left_to_a_person(rig: XRig) -> None:
    ids = {again(rig, "Our new room").id, again(rig, "Our new room").id}
    found = rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room")))
    assert isinstance(found, CannotTell)
    assert {address.rpartition("/")[2] for address, _ in found.found} == ids


def test_an_older_twin_is_shown_and_never_adopted(rig: XRig) -> None:
    """X refuses a duplicate of it, so sending again would go round in circles."""
    twin = stand(rig, "Our new room", ago=timedelta(hours=9))
    found = rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room")))
    assert isinstance(found, CannotTell)
    assert found.found[0][0].endswith(twin.id)


def test_a_twin_from_the_day_before_yesterday_does_not_matter(rig: XRig) -> None:
    stand(rig, "Our new room", ago=timedelta(hours=40))
    assert isinstance(rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room"))), Absent)


def test_a_recent_match_is_adopted_in_spite_of_an_older_twin(rig: XRig) -> None:
    again(rig, "Our new room", ago=timedelta(hours=20))
    recent = again(rig, "Our new room")
    found = rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room")))
    assert isinstance(found, Published)
    assert found.remote_id == recent.id


def test_clocks_may_differ_by_minutes(rig: XRig) -> None:
    stand(rig, "Our new room", ago=timedelta(minutes=3))
    assert isinstance(rig.connector.lookup(rig.channel, trace_of(rig.post("Our new room"))), Published)


def test_nothing_is_absent_when_more_was_posted_than_one_look_shows(rig: XRig) -> None:
    rig.fake.page_size = 5
    for _ in range(6):
        stand(rig, words())
    assert isinstance(rig.connector.lookup(rig.channel, trace_of(rig.post(words()))), CannotTell)


def test_absence_names_the_steps_to_build_on(rig: XRig) -> None:
    post, journal = rig.post("One", thread=("Two", "Three"), pictures=1), MemoryJournal()
    journal.before(5, lambda: rig.proxy.arm(drop_before(), at("POST", "/2/tweets")))
    sent_at = datetime.now(UTC)
    with pytest.raises(Exception, match="closed the line"):
        rig.connector.publish(rig.channel, post, journal)
    found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
    assert found == Absent(journal.finished)
    assert set(journal.finished) == {"media.0", "alt.0", "part.0", "part.1"}


@pytest.mark.parametrize("renamed", [False, True], ids=["old names", "new names"])
def test_a_part_is_found_under_the_part_before_it(rig: XRig, renamed: bool) -> None:
    post, journal, sent_at = rig.post("One", thread=("Two", "Three")), MemoryJournal(), datetime.now(UTC)
    journal.before(2, lambda: rig.arm(Fault.DROP_AFTER))
    with pytest.raises(Exception, match="closed the line"):
        rig.connector.publish(rig.channel, post, journal)
    rig.fake.renamed = renamed
    found = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at))
    rig.fake.violations.clear()
    one, two = (post.remote_id for post in rig.standing())
    assert found == Absent({"part.0": one, "part.1": two})


def test_a_part_under_another_thread_is_not_ours(rig: XRig) -> None:
    one, other = stand(rig, "One"), stand(rig, "Other")
    stand(rig, "Two", reply_to=other.id)
    trace = replace(trace_of(rig.post("One", thread=("Two",))), steps={"part.0": one.id})
    assert rig.connector.lookup(rig.channel, trace) == Absent({"part.0": one.id})


def test_a_whole_thread_is_adopted_from_nothing_but_its_words(rig: XRig) -> None:
    post, sent_at = rig.post("One", thread=("Two", "Three")), datetime.now(UTC)
    published = rig.connector.publish(rig.channel, post, MemoryJournal())
    assert rig.connector.lookup(rig.channel, trace_of(post, sent_at)) == published


def test_the_look_reads_our_own_timeline_once(rig: XRig) -> None:
    sent_at = datetime(2027, 3, 1, 9, 0, 30, 500_000, tzinfo=UTC)
    rig.connector.lookup(rig.channel, trace_of(rig.post(words()), sent_at))
    [asked] = rig.fake.asked
    assert (asked.method, asked.path) == ("GET", f"/2/users/{rig.channel.remote_id}/tweets")
    assert asked.query["start_time"] == "2027-02-28T09:00:30Z"
    assert "exclude" not in asked.query


def test_the_account_is_known_from_its_oauth1_token(rig: XRig) -> None:
    post = rig.post(words())
    rig.connector.publish(rig.channel, post, MemoryJournal())
    found = rig.connector.lookup(rig.channel_with(remote_id=""), trace_of(post))
    assert isinstance(found, Published)


def test_a_channel_that_does_not_know_its_account_is_to_be_connected_again(rig: XRig) -> None:
    channel = rig.channel_with(remote_id="", credentials={"access_token": "bearer"})
    with pytest.raises(AuthExpired):
        rig.connector.lookup(channel, trace_of(rig.post(words())))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("See example.com", "See http://example.com"),
        ("See https://Example.com/", "See example.com"),
        ("Cafe\u0301", "Café"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_spellings_that_x_makes_of_one_text_are_equal(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_a_path_is_not_the_same_in_other_letters() -> None:
    assert normal("example.com/Book") != normal("example.com/book")


def test_an_empty_content_is_looked_for_as_such(rig: XRig) -> None:
    post = replace(rig.post("", pictures=1))
    journal, sent_at = lost(rig, post)
    assert post.content == Content(assets=post.content.assets)
    assert isinstance(rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at)), Published)
