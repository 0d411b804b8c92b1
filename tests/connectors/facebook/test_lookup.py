"""Which post on the Page is ours."""

from datetime import datetime, timedelta

import pytest

from connectors.base import Absent, CannotTell, Channel, Post, Published, Trace
from connectors.errors import Transient
from connectors.providers.facebook.connector import Facebook
from connectors.providers.facebook.matching import Recent, decide, same_words
from connectors.providers.facebook.shapes import PagePost
from connectors.testing import MemoryJournal, make_post, make_trace
from domain.clock import SystemClock
from tests.connectors.facebook.fake_graph import FakeGraph, at
from tests.support.proxy import FaultProxy, answer_before, drop_after

SENT = datetime.fromisoformat("2027-03-01T09:00:00+00:00")


def trace_of(post: Post, journal: MemoryJournal | None = None) -> Trace:
    return make_trace(post, journal or MemoryJournal(), SystemClock().now())


def seen(message: str, *, after: timedelta = timedelta(), **more: object) -> PagePost:
    """A post as the Graph shows it, created *after* the sending."""
    return PagePost.model_validate({"id": "1_2", "message": message, "created_time": SENT + after, **more})


def verdict(*posts: PagePost, post: Post, complete: bool = True) -> Published | Absent | CannotTell:
    return decide(Recent(posts, complete), make_trace(post, MemoryJournal(), SENT))


# The decision


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Flu  shots\r\nfrom Monday ", "Flu shots\nfrom Monday", True),
        ("Grüezi", "Grüezi", True),
        ("Flu shots", "flu shots", False),
        ("", "", True),
        ("", "Flu", False),
    ],
)
def test_words_are_the_same_but_for_spaces_and_spelling_of_characters(
    one: str, other: str, same: bool
) -> None:
    assert same_words(one, other) is same


def test_facebooks_clock_may_be_two_minutes_behind_and_not_more() -> None:
    post = make_post("Hello")
    assert isinstance(verdict(seen("Hello", after=-timedelta(minutes=2)), post=post), Published)
    assert isinstance(verdict(seen("Hello", after=-timedelta(minutes=2, seconds=1)), post=post), Absent)


def test_what_is_found_brings_its_address_and_facebooks_time() -> None:
    found = verdict(
        seen("Hello", after=timedelta(seconds=5), permalink_url="https://www.facebook.com/1/posts/2"),
        post=make_post("Hello"),
    )
    assert found == Published(
        "1_2", url="https://www.facebook.com/1/posts/2", published_at=SENT + timedelta(seconds=5)
    )


@pytest.mark.parametrize(
    ("attachments", "count", "match"),
    [
        ([], 0, True),
        ([], 1, False),
        ([{"media_type": "link"}], 0, True),
        ([{"media_type": "photo"}], 0, False),
        ([{"media_type": "photo"}], 1, True),
        ([{"media_type": "photo"}], 2, False),
        ([{"media_type": "album", "subattachments": {"data": [{"media_type": "photo"}] * 3}}], 3, True),
        ([{"media_type": "album", "subattachments": {"data": [{"media_type": "photo"}] * 3}}], 2, False),
        ([{"media_type": "album"}], 4, True),
        ([{"media_type": "album"}], 1, False),
    ],
)
def test_a_post_of_ours_has_as_many_photos(
    attachments: list[dict[str, object]], count: int, match: bool
) -> None:
    found = verdict(seen("Rooms", attachments={"data": attachments}), post=make_post("Rooms", pictures=count))
    assert isinstance(found, Published if match else Absent)


def test_a_post_that_is_not_public_is_not_ours() -> None:
    assert isinstance(verdict(seen("Hello", is_published=False), post=make_post("Hello")), Absent)


def test_without_words_the_link_decides() -> None:
    attachments = {"data": [{"media_type": "link", "unshimmed_url": "https://www.practice.example/flu/"}]}
    same, other = "https://practice.example/flu", "https://practice.example/hours"
    shown = seen("", attachments=attachments)
    assert isinstance(verdict(shown, post=make_post("", link=same)), Published)
    assert isinstance(verdict(shown, post=make_post("", link=other)), Absent)


def test_several_matches_are_shown_to_a_person() -> None:
    twins = (seen("Hello", permalink_url="https://www.facebook.com/1/posts/2"), seen("Hello", id="1_3"))
    found = verdict(*twins, post=make_post("Hello"))
    assert isinstance(found, CannotTell)
    assert [address for address, _ in found.found] == ["https://www.facebook.com/1/posts/2", "1_3"]
    assert found.found[0][1] == "Posted on 2027-03-01 at 09:00 (UTC) with the same words."


def test_among_several_the_one_with_our_photos_is_ours() -> None:
    photo = {"media_type": "photo", "target": {"id": "77"}}
    mine = seen("Rooms", id="1_3", attachments={"data": [photo]})
    theirs = seen("Rooms", attachments={"data": [{"media_type": "photo", "target": {"id": "78"}}]})
    trace = make_trace(make_post("Rooms", pictures=1), MemoryJournal({"photo.0": "77"}), SENT)
    found = decide(Recent((theirs, mine), complete=True), trace)
    assert isinstance(found, Published)
    assert found.remote_id == "1_3"


def test_a_page_that_was_not_read_to_the_end_cannot_tell() -> None:
    assert isinstance(verdict(seen("Another"), post=make_post("Hello"), complete=False), CannotTell)


# Over the wire


def test_a_look_up_that_finds_nothing_keeps_the_photos_for_the_next_attempt(
    facebook: Facebook, channel: Channel
) -> None:
    journal = MemoryJournal({"photo.0": "77"})
    found = facebook.lookup(channel, trace_of(make_post("Rooms", pictures=1), journal))
    assert found == Absent(steps={"photo.0": "77"})


@pytest.mark.parametrize("pictures", [0, 1, 3])
def test_a_post_whose_answer_was_lost_is_found_with_its_photos(
    facebook: Facebook, channel: Channel, graph: FakeGraph, pictures: int
) -> None:
    post = make_post("Rooms", pictures=pictures)
    trace = trace_of(post)
    facebook.publish(channel, post, MemoryJournal())
    found = facebook.lookup(channel, trace)
    assert isinstance(found, Published)
    assert found.remote_id == graph.page.posts[0].id


def test_an_older_post_with_the_same_words_is_not_taken_for_ours(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.page.stand("Every spring", ago=timedelta(days=365))
    assert isinstance(facebook.lookup(channel, trace_of(make_post("Every spring"))), Absent)


def test_a_busy_page_is_read_answer_by_answer_until_it_is_old_enough(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.page.page_size = 4
    trace = trace_of(make_post("Hello"))
    ours = graph.page.stand("Hello")
    for number in range(6):
        graph.page.stand(f"Newer {number}")
    for number in range(20):
        graph.page.stand(f"Older {number}", ago=timedelta(hours=1))
    found = facebook.lookup(channel, trace)
    assert isinstance(found, Published)
    assert found.remote_id == ours.id
    assert len(graph.sent("GET", "published_posts")) == 3


def test_a_page_too_busy_to_be_read_cannot_tell(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.page.page_size = 1
    trace = trace_of(make_post("Hello"))
    for number in range(12):
        graph.page.stand(f"Newer {number}")
    assert isinstance(facebook.lookup(channel, trace), CannotTell)
    assert len(graph.sent("GET", "published_posts")) == 10


def test_a_finished_step_needs_no_question(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    found = facebook.lookup(channel, trace_of(make_post("Hello"), MemoryJournal({"post": "1_2"})))
    assert found == Published("1_2", url="https://www.facebook.com/1_2")
    assert graph.calls == []


def test_a_question_that_fails_is_never_taken_for_absence(
    facebook: Facebook, channel: Channel, proxy: FaultProxy
) -> None:
    for plan in (drop_after(), answer_before(500), answer_before(200, b'{"data": "none"}')):
        proxy.arm(plan, at("GET", "/published_posts"))
        with pytest.raises(Transient):
            facebook.lookup(channel, trace_of(make_post("Hello")))
