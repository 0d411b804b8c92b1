"""What leaves for the Page, parameter by parameter."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from connectors.base import Channel, Post, Published
from connectors.errors import Ambiguous, AuthExpired, Rejected, Transient
from connectors.providers.facebook.connector import Facebook
from connectors.testing import MemoryJournal, make_post
from tests.connectors.facebook.fake_graph import PAGE_TOKEN, FakeGraph, at, refusing
from tests.support.proxy import FaultProxy, drop_after, drop_before


def fields(form: Mapping[str, str]) -> dict[str, str]:
    """A form without the proof, which changes with the token."""
    return {name: value for name, value in form.items() if name != "appsecret_proof"}


def published_texts(graph: FakeGraph) -> list[str]:
    return [post.message for post in graph.page.posts]


def test_a_text_post_is_one_form_with_bearer_and_proof(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    outcome = facebook.publish(channel, make_post("Grüezi: flu shots, from Monday 🦷"), MemoryJournal())
    [call] = graph.calls
    assert (call.method, call.path, dict(call.query)) == ("POST", f"{graph.page.id}/feed", {})
    assert fields(call.form) == {"message": "Grüezi: flu shots, from Monday 🦷"}
    assert call.headers["authorization"] == f"Bearer {PAGE_TOKEN}"
    assert len(call.form["appsecret_proof"]) == 64
    assert outcome == Published(
        graph.page.posts[0].id, url=f"https://www.facebook.com/{graph.page.posts[0].id}"
    )


def test_without_an_app_secret_no_proof_is_made(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.demands_proof = False
    bare = replace(channel, credentials={"access_token": PAGE_TOKEN})
    facebook.publish(bare, make_post("Open on Saturday"), MemoryJournal())
    assert "appsecret_proof" not in graph.calls[0].form


def test_a_link_has_a_field_of_its_own(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    post = make_post("Read on", link="https://practice.example/flu")
    facebook.publish(channel, post, MemoryJournal())
    assert fields(graph.calls[0].form) == {"message": "Read on", "link": "https://practice.example/flu"}


def test_a_link_alone_makes_a_post(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    facebook.publish(channel, make_post("", link="https://practice.example/flu"), MemoryJournal())
    assert fields(graph.calls[0].form) == {"link": "https://practice.example/flu"}


def test_a_photo_goes_up_unseen_with_name_type_and_alt_text(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    post = make_post("Our new chair", pictures=1)
    facebook.publish(channel, post, MemoryJournal())
    [upload] = graph.sent("POST", "/photos")
    assert fields(upload.form) == {"published": "false", "alt_text_custom": post.media[0].alt_text}
    assert upload.upload is not None
    assert (upload.upload.filename, upload.upload.media_type) == ("square-1.png", "image/png")
    assert upload.upload.data == post.media[0].read()


def test_a_photo_without_alt_text_sends_no_empty_one(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    post = make_post("Our new chair", pictures=1)
    silent = replace(post, media=(replace(post.media[0], alt_text=""),))
    facebook.publish(channel, silent, MemoryJournal())
    assert fields(graph.sent("POST", "/photos")[0].form) == {"published": "false"}


def test_several_photos_are_attached_as_one_json_value_in_order(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    journal = MemoryJournal()
    facebook.publish(channel, make_post("Three rooms", pictures=3), journal)
    assert journal.intended == ["photo.0", "photo.1", "photo.2", "post"]
    [feed] = graph.sent("POST", "/feed")
    expected = [{"media_fbid": journal.finished[f"photo.{number}"]} for number in range(3)]
    assert json.loads(feed.form["attached_media"]) == expected
    assert [photo.filename for photo in graph.page.posts[0].photos] == [f"square-{n}.png" for n in (1, 2, 3)]


def test_an_upload_that_broke_off_may_be_repeated_since_nobody_saw_it(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    post, journal = make_post("Two rooms", pictures=2), MemoryJournal()
    journal.before(2, lambda: proxy.arm(drop_after(), at("POST", "/photos")))
    with pytest.raises(Transient):
        facebook.publish(channel, post, journal)
    assert graph.page.posts == []
    facebook.publish(channel, post, MemoryJournal(journal.finished))
    assert [len(standing.photos) for standing in graph.page.posts] == [2]


def test_photos_of_an_earlier_attempt_are_used_again(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    post, journal = make_post("Two rooms", pictures=2), MemoryJournal()
    proxy.arm(drop_before(), at("POST", "/feed"))
    with pytest.raises(Ambiguous):
        facebook.publish(channel, post, journal)
    resumed = MemoryJournal(journal.finished)
    facebook.publish(channel, post, resumed)
    assert resumed.intended == ["post"]
    assert len(graph.sent("POST", "/photos")) == 2


def test_after_a_refusal_no_unseen_photo_is_left_behind(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    proxy.arm(refusing(100), at("POST", "/feed"))
    with pytest.raises(Rejected):
        facebook.publish(channel, make_post("Two rooms", pictures=2), MemoryJournal())
    assert graph.page.photos == {}


def test_a_photo_that_is_refused_takes_those_before_it_along(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    journal = MemoryJournal()
    journal.before(2, lambda: proxy.arm(refusing(100, subcode=1366046), at("POST", "/photos")))
    with pytest.raises(Rejected, match="4 MB"):
        facebook.publish(channel, make_post("Two rooms", pictures=2), journal)
    assert graph.page.photos == {}


def test_a_refusal_is_told_even_when_its_photos_cannot_be_taken_away(
    facebook: Facebook, channel: Channel, proxy: FaultProxy
) -> None:
    proxy.arm(refusing(1609005), at("POST", "/feed"))
    proxy.arm(refusing(2, status=500), lambda line: line.startswith("DELETE"))
    with pytest.raises(Rejected, match="link"):
        facebook.publish(channel, make_post("A room", pictures=1), MemoryJournal())


def test_a_photo_that_is_gone_meanwhile_is_uploaded_again(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    post, journal = make_post("Two rooms", pictures=2), MemoryJournal()
    proxy.arm(refusing(100), at("POST", "/feed"))
    with pytest.raises(Rejected):
        facebook.publish(channel, post, journal)
    resumed = MemoryJournal(journal.finished)
    facebook.publish(channel, post, resumed)
    assert resumed.intended == ["photo.0", "photo.1", "post"]
    assert len(graph.page.posts[0].photos) == 2


def test_photos_that_stand_already_are_evidence_and_not_a_failure(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    post, journal = make_post("Two rooms", pictures=2), MemoryJournal()
    proxy.arm(drop_after(), at("POST", "/feed"))
    with pytest.raises(Ambiguous):
        facebook.publish(channel, post, journal)
    graph.page.posts[0].message = "edited by hand"  # else the words alone would tell
    with pytest.raises(Ambiguous) as caught:
        facebook.publish(channel, post, MemoryJournal(journal.finished))
    assert caught.value.code == "duplicate"
    assert len(graph.page.posts) == 1


def test_the_same_words_again_are_evidence_and_not_a_failure(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    facebook.publish(channel, make_post("Once"), MemoryJournal())
    with pytest.raises(Ambiguous) as caught:
        facebook.publish(channel, make_post("Once"), MemoryJournal())
    assert caught.value.code == "duplicate"
    assert published_texts(graph) == ["Once"]


def test_a_post_that_is_journaled_as_done_is_not_sent_again(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    outcome = facebook.publish(channel, make_post("Done"), MemoryJournal({"post": "1_2"}))
    assert outcome.remote_id == "1_2"
    assert graph.calls == []


def _link_and_photo() -> Post:
    return make_post("Both", pictures=1, link="https://practice.example")


@pytest.mark.parametrize(
    "post",
    [_link_and_photo(), make_post(""), make_post("Look", link="practice"), make_post("Many", pictures=11)],
    ids=["link and photo", "nothing at all", "half an address", "eleven photos"],
)
def test_what_facebook_would_refuse_never_leaves(
    facebook: Facebook, channel: Channel, graph: FakeGraph, post: Post
) -> None:
    with pytest.raises(Rejected):
        facebook.publish(channel, post, MemoryJournal())
    assert graph.calls == []


def test_a_channel_without_a_token_is_broken_and_says_so(facebook: Facebook, channel: Channel) -> None:
    with pytest.raises(AuthExpired, match="no token"):
        facebook.publish(replace(channel, credentials={}), make_post("Hello"), MemoryJournal())


@pytest.mark.parametrize("written", ["v27.1", "27.1"])
def test_the_version_of_the_graph_can_be_chosen_for_a_channel(
    facebook: Facebook, channel: Channel, graph: FakeGraph, written: str
) -> None:
    graph.version = "v27.1"
    facebook.publish(
        replace(channel, options={"graph_version": written}), make_post("Hello"), MemoryJournal()
    )
    assert published_texts(graph) == ["Hello"]


def test_a_version_that_is_none_is_refused_before_anything_leaves(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    with pytest.raises(Rejected, match="graph_version"):
        facebook.publish(
            replace(channel, options={"graph_version": "newest"}), make_post("Hello"), MemoryJournal()
        )
    assert graph.calls == []


def test_a_base_address_may_have_a_path(facebook: Facebook, channel: Channel, proxy: FaultProxy) -> None:
    behind = replace(channel, base_url=f"{proxy.url}/graph/")
    with pytest.raises(Rejected):  # the fake takes “graph” for a version
        facebook.publish(behind, make_post("Hello"), MemoryJournal())
    assert proxy.seen == [f"POST /graph/v26.0/{channel.remote_id}/feed HTTP/1.1"]


def test_before_the_page_is_known_it_is_called_me(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    facebook.publish(replace(channel, remote_id=""), make_post("Hello"), MemoryJournal())
    assert graph.calls[0].path == "me/feed"
