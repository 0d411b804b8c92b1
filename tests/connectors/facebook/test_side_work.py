"""What follows a receipt: first comments, numbers, shares, taking down."""

from datetime import UTC

import pytest

from connectors.base import Channel
from connectors.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Transient
from connectors.providers.facebook.connector import Facebook
from connectors.testing import MemoryJournal, make_post
from tests.connectors.facebook.fake_graph import FakeGraph, at, refusing
from tests.connectors.facebook.fake_page import Comment, GraphFault
from tests.support.proxy import FaultProxy, Plan, answer_before, drop_after, drop_before


def post(facebook: Facebook, channel: Channel, text: str = "Flu shots") -> str:
    return facebook.publish(channel, make_post(text), MemoryJournal()).remote_id


# First comments


def test_a_comment_whose_answer_was_lost_is_found_before_it_is_repeated(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    remote_id = post(facebook, channel)
    proxy.arm(drop_after(), at("POST", "/comments"))
    with pytest.raises(Ambiguous):
        facebook.comment(channel, remote_id, "Book online")
    [comment] = graph.page.post(remote_id).comments
    assert facebook.find_comment(channel, remote_id, "Book  online\n") == comment.id


def test_somebody_elses_comment_with_the_same_words_is_not_ours(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    graph.page.post(remote_id).comments.append(Comment("9_9", "Book online", author="4711"))
    assert facebook.find_comment(channel, remote_id, "Book online") is None


def test_where_facebook_withholds_authors_the_words_decide(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    graph.page.withhold_authors = True
    comment_id = facebook.comment(channel, remote_id, "Book online")
    assert facebook.find_comment(channel, remote_id, "Book online") == comment_id
    assert facebook.find_comment(channel, remote_id, "Book by phone") is None


def test_a_first_comment_is_found_below_many_others(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    comment_id = facebook.comment(channel, remote_id, "Book online")
    others = [Comment(f"9_{number}", "Nice", author="4711") for number in range(150)]
    graph.page.post(remote_id).comments += others
    assert facebook.find_comment(channel, remote_id, "Book online") == comment_id


# Numbers


def test_each_number_has_its_place_and_zero_is_never_invented(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    reading = facebook.measure(channel, [remote_id])[remote_id]
    assert reading.counts == {"likes": 12, "replies": 0, "views": 412, "reach": 305, "clicks": 17}
    assert reading.read_at.tzinfo is UTC
    graph.page.post(remote_id).shares = 4
    assert facebook.measure(channel, [remote_id])[remote_id].counts["reposts"] == 4


def test_each_insight_is_asked_alone(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    facebook.measure(channel, [post(facebook, channel)])
    asked = [dict(call.query) for call in graph.sent("GET", "/insights")]
    assert [(query["metric"], query["period"]) for query in asked] == [
        ("post_media_view", "lifetime"),
        ("post_total_media_view_unique", "lifetime"),
        ("post_clicks", "lifetime"),
    ]


@pytest.mark.parametrize(
    ("metric", "name"),
    [("post_media_view", "views"), ("post_total_media_view_unique", "reach"), ("post_clicks", "clicks")],
)
def test_a_retired_metric_takes_only_its_own_number_along(
    facebook: Facebook, channel: Channel, graph: FakeGraph, metric: str, name: str
) -> None:
    remote_id = post(facebook, channel)
    del graph.page.metrics[metric]
    counts = facebook.measure(channel, [remote_id])[remote_id].counts
    assert counts.keys() == {"likes", "replies", "views", "reach", "clicks"} - {name}


def test_without_the_insights_permission_the_public_numbers_remain(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    graph.refuses["insights"] = GraphFault(200, "(#200) Requires read_insights", status=403)
    assert facebook.measure(channel, [remote_id])[remote_id].counts == {"likes": 12, "replies": 0}


def test_where_the_public_count_is_withheld_reactions_are_summed_by_type(
    facebook: Facebook, channel: Channel, proxy: FaultProxy
) -> None:
    remote_id = post(facebook, channel)
    body = b'{"id": "1_2", "comments": {"summary": {"total_count": 3}}}'
    proxy.arm(answer_before(200, body, {"Content-Type": "application/json"}), at("GET", f"/{remote_id}"))
    counts = facebook.measure(channel, [remote_id])[remote_id].counts
    assert (counts["likes"], counts["replies"]) == (12, 3)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(32, RateLimited), (190, AuthExpired), (2, Transient)],
    ids=["slow", "token", "trouble"],
)
def test_trouble_while_measuring_is_told_and_not_read_as_missing(
    facebook: Facebook, channel: Channel, proxy: FaultProxy, code: int, kind: type[Exception]
) -> None:
    remote_id = post(facebook, channel)
    proxy.arm(refusing(code), at("GET", "/insights"))
    with pytest.raises(kind):
        facebook.measure(channel, [remote_id])


# Shares


def test_a_share_is_a_new_post_that_only_links_to_the_old_one(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    share_id = facebook.repost(channel, remote_id)
    form = graph.sent("POST", "/feed")[-1].form
    assert set(form) == {"link", "appsecret_proof"}
    assert form["link"] == graph.page.post(remote_id).permalink
    assert graph.page.post(share_id).message == ""


def test_a_share_whose_answer_was_lost_is_found_before_it_is_repeated(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    remote_id = post(facebook, channel)
    proxy.arm(drop_after(), at("POST", "/feed"))
    with pytest.raises(Ambiguous):
        facebook.repost(channel, remote_id)
    share_id = facebook.repost(channel, remote_id)
    assert [standing.id for standing in graph.page.posts if standing.link] == [share_id]


def test_after_its_undoing_a_share_can_be_made_anew(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    first = facebook.repost(channel, remote_id)
    facebook.undo_repost(channel, remote_id, first)
    assert facebook.repost(channel, remote_id) != first
    assert len(graph.page.posts) == 2


def test_a_post_that_speaks_of_another_is_no_share_of_it(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    remote_id = post(facebook, channel)
    graph.page.stand("As we wrote", link=graph.page.post(remote_id).permalink)
    facebook.repost(channel, remote_id)
    assert len(graph.sent("POST", "/feed")) == 2


def test_what_is_gone_cannot_be_shared(facebook: Facebook, channel: Channel) -> None:
    with pytest.raises(Rejected, match="no longer on Facebook"):
        facebook.repost(channel, "546349135390552_1")


# Taking down


@pytest.mark.parametrize(
    "plan", [drop_before(), drop_after(), answer_before(502)], ids=["before", "after", "502"]
)
def test_taking_down_may_simply_be_repeated(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy, plan: Plan
) -> None:
    remote_id = post(facebook, channel)
    proxy.arm(plan, at("DELETE", ""))
    with pytest.raises(Transient):
        facebook.retract(channel, remote_id)
    facebook.retract(channel, remote_id)
    assert graph.page.posts == []


@pytest.mark.parametrize("body", [b"true", b'{"success": true}'])
def test_both_ways_to_say_yes_are_understood(
    facebook: Facebook, channel: Channel, proxy: FaultProxy, body: bytes
) -> None:
    proxy.arm(answer_before(200, body, {"Content-Type": "application/json"}), at("DELETE", ""))
    facebook.retract(channel, "1_2")


@pytest.mark.parametrize("body", [b"false", b"{}", b'{"success": false}', b"[]"])
def test_anything_else_is_no_yes(
    facebook: Facebook, channel: Channel, proxy: FaultProxy, body: bytes
) -> None:
    proxy.arm(answer_before(200, body, {"Content-Type": "application/json"}), at("DELETE", ""))
    with pytest.raises(Rejected):
        facebook.retract(channel, "1_2")
