"""Posts and threads: what is sent, in which order, and where it stops."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import Published
from connectors.errors import Ambiguous, AuthExpired, OutOfCredit, PartlyPublished, RateLimited, Rejected
from connectors.testing import Fault, MemoryJournal, words
from domain.content import Content, Option
from tests.connectors.x.rig import XRig, creating, plan, problem


def publish(rig: XRig, journal: MemoryJournal | None = None, **content: Any) -> Published:
    post = rig.post("")
    content.setdefault("text", words())
    outcome = rig.connector.publish(
        rig.channel, replace(post, content=Content(**content)), journal or MemoryJournal()
    )
    assert isinstance(outcome, Published)
    return outcome


def sent(rig: XRig) -> list[Any]:
    """The bodies that would make posts stand."""
    return [asked.body for asked in rig.fake.asked if (asked.method, asked.path) == ("POST", "/2/tweets")]


def test_the_words_go_out_as_they_were_signed(rig: XRig) -> None:
    publish(rig, text="Grüße, “quoted” & <b>plain</b> 👩‍⚕️")
    assert sent(rig) == [{"text": "Grüße, “quoted” & <b>plain</b> 👩‍⚕️"}]


def test_the_link_ends_the_first_text(rig: XRig) -> None:
    publish(rig, text="Book now", link="https://example.com/book", thread=("We look forward to you",))
    assert [body["text"] for body in sent(rig)] == [
        "Book now\nhttps://example.com/book",
        "We look forward to you",
    ]


def test_a_link_that_the_text_carries_already_is_not_repeated(rig: XRig) -> None:
    publish(rig, text="https://example.com/book is open", link="https://example.com/book")
    assert sent(rig) == [{"text": "https://example.com/book is open"}]


def test_the_receipt_says_where_when_and_how_much(rig: XRig) -> None:
    before = datetime.now(UTC)
    published = publish(rig, text="Book at example.com")
    assert published.url == f"https://x.com/example_dental/status/{published.remote_id}"
    assert published.published_at is not None
    assert abs(published.published_at - before) < timedelta(minutes=1)
    assert published.cost is not None
    assert published.cost.micros == 200_000


@pytest.mark.parametrize(
    ("channel_options", "options", "body"),
    [
        ({}, {"reply_settings": "following"}, {"reply_settings": "following"}),
        ({"reply_settings": "verified"}, {}, {"reply_settings": "verified"}),
        ({"reply_settings": "verified"}, {"reply_settings": ""}, {}),
        ({}, {"made_with_ai": True}, {"made_with_ai": True}),
        ({"paid_partnership": True}, {}, {"paid_partnership": True}),
        ({}, {"made_with_ai": False}, {}),
        ({"monthly_cap_usd": 5}, {}, {}),
    ],
)
def test_options_of_the_post_come_before_those_of_the_channel(
    rig: XRig, channel_options: dict[str, Option], options: dict[str, Option], body: dict[str, Any]
) -> None:
    content = Content(text="Flu shots", options=options)
    channel = rig.channel_with(options=channel_options)
    rig.connector.publish(channel, replace(rig.post(""), content=content), MemoryJournal())
    assert sent(rig) == [{"text": "Flu shots", **body}]


def test_each_part_of_a_thread_replies_to_the_one_before(rig: XRig) -> None:
    published = publish(rig, text="One", thread=("Two", "Three"), options={"reply_settings": "following"})
    first, second, third = published.remote_id.split(",")
    assert sent(rig) == [
        {"text": "One", "reply_settings": "following"},
        {"text": "Two", "reply": {"in_reply_to_tweet_id": first}},
        {"text": "Three", "reply": {"in_reply_to_tweet_id": second}},
    ]
    assert third in rig.fake.account.posts
    assert published.url == f"https://x.com/example_dental/status/{first}"


def test_a_thread_that_x_lets_nobody_reply_to_stands_in_part(rig: XRig) -> None:
    rig.fake.account.refuse_replies = True
    journal = MemoryJournal()
    with pytest.raises(PartlyPublished) as caught:
        publish(rig, journal, text="One", thread=("Two",))
    assert caught.value.remote_id == journal.finished["part.0"]
    assert caught.value.url == f"https://x.com/example_dental/status/{caught.value.remote_id}"
    assert "Part 2" in caught.value.message


def test_a_thread_in_part_goes_on_once_x_allows_it(rig: XRig) -> None:
    rig.fake.account.refuse_replies = True
    journal = MemoryJournal()
    with pytest.raises(PartlyPublished):
        publish(rig, journal, text="One", thread=("Two", "Three"))
    rig.fake.account.refuse_replies = False
    published = publish(rig, MemoryJournal(journal.finished), text="One", thread=("Two", "Three"))
    assert published.remote_id.split(",")[0] == journal.finished["part.0"]
    assert [post.text for post in rig.standing()] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RATE_LIMIT, RateLimited),
        (Fault.OUT_OF_CREDIT, OutOfCredit),
        (Fault.UNAUTHORIZED, AuthExpired),
    ],
)
def test_a_thread_stopped_for_a_while_is_resumed_and_not_repeated(
    rig: XRig, fault: Fault, error: type[Exception]
) -> None:
    journal = MemoryJournal()
    journal.before(2, lambda: rig.proxy.arm(plan(fault, rig.proxy.url), creating))
    with pytest.raises(error):
        publish(rig, journal, text="One", thread=("Two",))
    publish(rig, MemoryJournal(journal.finished), text="One", thread=("Two",))
    assert [post.text for post in rig.standing()] == ["One", "Two"]


def test_a_refused_duplicate_is_evidence_and_not_a_failure(rig: XRig) -> None:
    publish(rig, text="Flu shots")
    with pytest.raises(Ambiguous) as caught:
        publish(rig, text="Flu shots")
    assert caught.value.code == "duplicate"


def test_a_thread_with_one_text_too_long_leaves_nothing_behind(rig: XRig) -> None:
    with pytest.raises(Rejected):
        publish(rig, text="One", thread=("Two", "a" * 281))
    assert not rig.fake.asked


def test_a_premium_account_may_write_more(rig: XRig) -> None:
    text = "a" * 500
    rig.proxy.arm(problem(403, "Forbidden", "The fake has no Premium"), creating)
    with pytest.raises(Rejected) as caught:
        rig.connector.publish(
            rig.channel_with(options={"text_limit": 25_000}), rig.post(text), MemoryJournal()
        )
    assert "The fake has no Premium" in caught.value.message  # it was asked, so it was sent


def test_x_itself_says_when_its_window_is_full(rig: XRig) -> None:
    rig.fake.create_limit = 1
    publish(rig)
    with pytest.raises(RateLimited) as caught:
        publish(rig)
    assert timedelta(minutes=14) < caught.value.until - datetime.now(UTC) <= timedelta(minutes=15)


def test_channels_published_at_once_do_not_meet(rig: XRig) -> None:
    texts = [words() for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        published = list(pool.map(lambda text: publish(rig, text=text), texts))
    carried = {post.remote_id: post.text for post in rig.standing()}
    assert [carried[one.remote_id] for one in published] == texts


def test_an_unfinished_sign_in_says_what_is_missing(rig: XRig) -> None:
    channel = rig.channel_with(credentials={"consumer_key": "key", "access_token": "1-token"})
    with pytest.raises(AuthExpired, match="consumer_secret, access_token_secret"):
        rig.connector.publish(channel, rig.post("Flu shots"), MemoryJournal())
