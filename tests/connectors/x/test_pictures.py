"""Pictures: in pieces, described, kept as long as X keeps them."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image

from connectors.base import Absent, Accepted, MediaFile, Post, Published
from connectors.errors import Rejected, Transient
from connectors.testing import Fault, MemoryJournal, make_trace, words
from domain.content import AssetRef
from tests.connectors.x.rig import XRig, at, plan
from tests.support.proxy import drop_after, drop_before, slow

FOUR_MEGABYTES = 4 * 1024 * 1024 + 17


def gif() -> bytes:
    frames = [Image.new("P", (16, 16), shade) for shade in (10, 200)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def media(data: bytes, media_type: str, alt_text: str = "") -> MediaFile:
    return MediaFile(sha256(data).hexdigest(), media_type, alt_text, "picture", lambda: data)


def with_media(rig: XRig, files: Sequence[MediaFile]) -> Post:
    post = rig.post(words())
    assets = tuple(
        AssetRef(digest=file.digest, media_type=file.media_type, alt_text=file.alt_text) for file in files
    )
    return replace(post, media=files, content=post.content.model_copy(update={"assets": assets}))


def calls(rig: XRig) -> list[str]:
    """Which calls were made, ids left out."""
    return [
        f"{asked.method} {'/'.join('ID' if len(part) > 15 else part for part in asked.path.split('/'))}"
        for asked in rig.fake.asked
    ]


UPLOAD = [
    "POST /2/media/upload/initialize",
    "POST /2/media/upload/ID/append",
    "POST /2/media/upload/ID/finalize",
]


def test_a_picture_is_uploaded_described_and_then_posted(rig: XRig) -> None:
    rig.connector.publish(rig.channel, rig.post(words(), pictures=1), MemoryJournal())
    assert calls(rig) == [*UPLOAD, "POST /2/media/metadata", "POST /2/tweets"]


def test_a_picture_without_a_description_costs_no_call_for_one(rig: XRig) -> None:
    file = replace(rig.post("", pictures=1).media[0], alt_text="")
    rig.connector.publish(rig.channel, with_media(rig, [file]), MemoryJournal())
    assert calls(rig) == [*UPLOAD, "POST /2/tweets"]


def test_four_pictures_keep_their_order(rig: XRig) -> None:
    post = rig.post(words(), pictures=4)
    rig.connector.publish(rig.channel, post, MemoryJournal())
    assert rig.standing()[0].alt_texts == tuple(file.alt_text for file in post.media)


def test_pictures_go_with_the_first_part_of_a_thread(rig: XRig) -> None:
    rig.connector.publish(rig.channel, rig.post("One", thread=("Two",), pictures=1), MemoryJournal())
    assert [len(post.alt_texts) for post in rig.standing()] == [1, 0]


def test_a_large_picture_arrives_whole_in_pieces(rig: XRig) -> None:
    data = bytes(range(256)) * (FOUR_MEGABYTES // 256) + b"x" * (FOUR_MEGABYTES % 256)
    rig.connector.publish(rig.channel, with_media(rig, [media(data, "image/jpeg")]), MemoryJournal())
    [upload] = rig.fake.account.uploads.values()
    assert len(upload.pieces) == 3
    assert b"".join(upload.pieces) == data


def test_an_upload_is_kept_with_the_instant_until_which_it_lives(rig: XRig) -> None:
    journal = MemoryJournal()
    rig.connector.publish(rig.channel, rig.post(words(), pictures=1), journal)
    media_id, _, expires_at = journal.finished["media.0"].partition("@")
    assert media_id in rig.fake.account.uploads
    lifetime = datetime.fromtimestamp(int(expires_at), UTC) - datetime.now(UTC)
    assert timedelta(days=13) < lifetime <= timedelta(days=14)
    assert journal.finished["alt.0"] == media_id


def interrupted(rig: XRig, post: Post) -> MemoryJournal:
    """What is left when X refuses to talk after the pictures."""
    journal = MemoryJournal()
    rig.arm(Fault.RATE_LIMIT)
    with pytest.raises(Exception, match="wait"):
        rig.connector.publish(rig.channel, post, journal)
    return MemoryJournal(journal.finished)


def test_an_upload_that_still_lives_is_used_again(rig: XRig) -> None:
    post = rig.post(words(), pictures=1)
    rig.connector.publish(rig.channel, post, interrupted(rig, post))
    assert calls(rig) == [*UPLOAD, "POST /2/media/metadata", "POST /2/tweets"]


@pytest.mark.parametrize("lifetime", [60, 0])
def test_an_upload_that_is_about_to_die_is_made_and_described_again(rig: XRig, lifetime: int) -> None:
    rig.fake.account.lifetime = lifetime
    post = rig.post(words(), pictures=1)
    journal = interrupted(rig, post)
    rig.connector.publish(rig.channel, post, journal)
    assert len(rig.fake.account.uploads) == (2 if lifetime else 1)  # without a word X is trusted for hours
    assert rig.standing()[0].alt_texts == (post.media[0].alt_text,)


@pytest.mark.parametrize("step", ["/2/media/upload/initialize", "/2/media/upload/", "/2/media/metadata"])
@pytest.mark.parametrize("trouble", [drop_before(), drop_after(), slow(3.0)], ids=["before", "after", "slow"])
def test_trouble_with_a_picture_leaves_nothing_in_doubt(rig: XRig, step: str, trouble: Any) -> None:
    post, journal = rig.post(words(), pictures=1), MemoryJournal()
    rig.proxy.arm(trouble, at("POST", step))
    with pytest.raises(Transient):
        rig.connector.publish(rig.channel, post, journal)
    assert not rig.standing()
    rig.connector.publish(rig.channel, post, MemoryJournal(journal.finished))
    assert rig.standing()[0].alt_texts == (post.media[0].alt_text,)


def test_a_failing_server_while_uploading_is_transient(rig: XRig) -> None:
    rig.proxy.arm(plan(Fault.SERVER_ERROR_BEFORE, ""), at("POST", "/2/media/"))
    with pytest.raises(Transient):
        rig.connector.publish(rig.channel, rig.post(words(), pictures=1), MemoryJournal())


def test_a_gif_that_is_ready_at_once_goes_out_at_once(rig: XRig) -> None:
    post = with_media(rig, [media(gif(), "image/gif", "A spinning tooth")])
    published = rig.connector.publish(rig.channel, post, MemoryJournal())
    assert isinstance(published, Published)
    assert rig.standing()[0].alt_texts == ("A spinning tooth",)


def test_a_gif_that_x_works_on_is_waited_for_and_then_posted_once(rig: XRig) -> None:
    rig.fake.account.gif_polls = 3
    post, journal, sent_at = with_media(rig, [media(gif(), "image/gif")]), MemoryJournal(), rig.clock.now()
    outcome: object = rig.connector.publish(rig.channel, post, journal)
    outcomes = []
    while isinstance(outcome, Accepted):
        outcomes.append(outcome)
        outcome = rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at, outcome.handle))
    assert len(outcomes) == 3
    assert isinstance(outcome, Absent)
    rig.connector.publish(rig.channel, post, MemoryJournal(outcome.steps))
    assert len(rig.standing()) == 1
    assert len(rig.fake.account.uploads) == 1


def test_a_handle_never_hides_a_post_that_stands(rig: XRig) -> None:
    """An engine may still hold the handle of a GIF whose post has gone out since."""
    post, journal, sent_at = with_media(rig, [media(gif(), "image/gif")]), MemoryJournal(), rig.clock.now()
    published = rig.connector.publish(rig.channel, post, journal)
    handle = journal.finished["alt.0"] if "alt.0" in journal.finished else journal.finished["media.0"]
    trace = replace(make_trace(post, journal, sent_at, handle.partition("@")[0]), steps={})
    assert rig.connector.lookup(rig.channel, trace) == published


def test_a_gif_that_x_cannot_use_is_refused(rig: XRig) -> None:
    rig.fake.account.gif_polls, rig.fake.account.gif_fails = 1, True
    post, journal, sent_at = with_media(rig, [media(gif(), "image/gif")]), MemoryJournal(), rig.clock.now()
    accepted = rig.connector.publish(rig.channel, post, journal)
    assert isinstance(accepted, Accepted)
    with pytest.raises(Rejected):
        rig.connector.lookup(rig.channel, make_trace(post, journal, sent_at, accepted.handle))


@pytest.mark.parametrize("media_type", ["video/mp4", "image/tiff"])
def test_what_this_version_does_not_carry_never_leaves(rig: XRig, media_type: str) -> None:
    with pytest.raises(Rejected):
        rig.connector.publish(rig.channel, with_media(rig, [media(b"x", media_type)]), MemoryJournal())
    assert not rig.fake.asked
