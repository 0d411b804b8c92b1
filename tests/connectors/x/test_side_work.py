"""Numbers, reposts and taking down."""

import pytest

from connectors.base import Reading
from connectors.errors import Ambiguous, RateLimited, Rejected, Transient
from connectors.testing import MemoryJournal, words
from tests.connectors.x.fake_account import CreateBody
from tests.connectors.x.fake_keys import USER_ID
from tests.connectors.x.rig import XRig, at, failing, problem, refusing
from tests.support.proxy import drop_after


def stand(rig: XRig, text: str = "") -> str:
    return rig.fake.account.create(CreateBody(text=text or words())).id


def paths(rig: XRig) -> list[tuple[str, str]]:
    return [(asked.method, asked.path) for asked in rig.fake.asked]


# Numbers


def test_a_hundred_posts_are_read_in_one_cheap_call(rig: XRig) -> None:
    ids = [stand(rig) for _ in range(100)]
    readings = rig.connector.measure(rig.channel, ids)
    assert set(readings) == set(ids)
    assert len(rig.fake.asked) == 1
    assert sum(reading.cost.micros for reading in readings.values() if reading.cost) == 100_000


def test_the_numbers_go_by_our_names_and_missing_ones_stay_missing(rig: XRig) -> None:
    post_id = stand(rig)
    reading = rig.connector.measure(rig.channel, [post_id])[post_id]
    assert reading.counts == {"likes": 12, "reposts": 3, "replies": 0, "quotes": 1, "impressions": 480}


def test_the_new_names_of_fields_and_numbers_are_understood(rig: XRig) -> None:
    rig.fake.renamed = True
    post_id = stand(rig)
    reading = rig.connector.measure(rig.channel, [post_id])[post_id]
    rig.fake.violations.clear()  # the old names are tried first
    assert reading.counts["reposts"] == 3


def test_a_thread_has_the_numbers_of_its_first_part(rig: XRig) -> None:
    first, second = stand(rig), stand(rig)
    readings = rig.connector.measure(rig.channel, [f"{first},{second}"])
    assert set(readings) == {f"{first},{second}"}
    assert rig.fake.asked[0].query["ids"] == first


def test_a_post_that_x_could_not_show_just_now_is_not_called_gone(rig: XRig) -> None:
    kind = "https://api.twitter.com/2/problems/field-hydration-failure"
    answer = {"errors": [{"type": kind, "title": "Trouble", "detail": "Trouble", "resource_id": "123"}]}
    rig.proxy.arm(refusing(200, answer), at("GET", "/2/tweets"))
    reading = rig.connector.measure(rig.channel, ["123"])["123"]
    assert reading == Reading(counts={}, read_at=reading.read_at)


def test_no_posts_cost_no_call(rig: XRig) -> None:
    assert rig.connector.measure(rig.channel, []) == {}
    assert not rig.fake.asked


def test_a_full_window_for_readings_says_until_when(rig: XRig) -> None:
    rig.proxy.arm(problem(429, "Too Many Requests"), at("GET", "/2/tweets"))
    with pytest.raises(RateLimited):
        rig.connector.measure(rig.channel, [stand(rig)])


def test_a_reading_that_fails_may_simply_be_repeated(rig: XRig) -> None:
    rig.proxy.arm(drop_after(), at("GET", "/2/tweets"))
    with pytest.raises(Transient):
        rig.connector.measure(rig.channel, [stand(rig)])


# Reposts


def test_a_repost_asks_nobody_who_we_are(rig: XRig) -> None:
    post_id = stand(rig)
    assert rig.connector.repost(rig.channel, post_id) == post_id
    rig.connector.undo_repost(rig.channel, post_id, post_id)
    assert paths(rig) == [
        ("POST", f"/2/users/{USER_ID}/retweets"),
        ("DELETE", f"/2/users/{USER_ID}/retweets/{post_id}"),
    ]


def test_a_thread_is_reposted_by_its_first_part(rig: XRig) -> None:
    first, second = stand(rig), stand(rig)
    assert rig.connector.repost(rig.channel, f"{first},{second}") == first
    assert rig.fake.account.reposts == {first}
    rig.connector.undo_repost(rig.channel, f"{first},{second}", "")
    assert not rig.fake.account.reposts


def test_what_is_reposted_already_is_fine(rig: XRig) -> None:
    body = {"errors": [{"code": 327, "message": "You have already retweeted this Tweet."}]}
    rig.proxy.arm(refusing(403, body), at("POST", "/2/users/"))
    post_id = stand(rig)
    assert rig.connector.repost(rig.channel, post_id) == post_id


def test_a_post_that_is_gone_cannot_be_reposted(rig: XRig) -> None:
    with pytest.raises(Rejected):
        rig.connector.repost(rig.channel, "1900000000000000000")


def test_a_repost_without_an_answer_is_in_doubt(rig: XRig) -> None:
    post_id = stand(rig)
    rig.proxy.arm(drop_after(), at("POST", "/2/users/"))
    with pytest.raises(Ambiguous):
        rig.connector.repost(rig.channel, post_id)


# Taking down


def test_a_thread_comes_down_whole_and_from_its_end(rig: XRig) -> None:
    published = rig.connector.publish(rig.channel, rig.post("One", thread=("Two", "Three")), MemoryJournal())
    assert not isinstance(published, str)
    ids = published.remote_id.split(",")  # type: ignore[union-attr]
    rig.fake.asked.clear()
    rig.connector.retract(rig.channel, ",".join(ids))
    assert paths(rig) == [("DELETE", f"/2/tweets/{post_id}") for post_id in reversed(ids)]
    assert not rig.standing()


def test_a_thread_of_which_a_part_is_gone_comes_down_all_the_same(rig: XRig) -> None:
    first, second, third = stand(rig), stand(rig), stand(rig)
    rig.remove(second)
    rig.connector.retract(rig.channel, f"{first},{second},{third}")
    assert not rig.standing()


def test_a_post_that_x_calls_gone_in_a_friendly_answer_is_gone(rig: XRig) -> None:
    kind = "https://api.x.com/2/problems/resource-not-found"
    answer = {"errors": [{"type": kind, "title": "Not Found"}]}
    rig.proxy.arm(refusing(200, answer), at("DELETE", "/2/tweets/"))
    rig.connector.retract(rig.channel, stand(rig))


@pytest.mark.parametrize("body", [{"data": {"deleted": False}}, {}])
def test_a_post_that_x_did_not_take_down_is_told(rig: XRig, body: object) -> None:
    rig.proxy.arm(failing(200, body), at("DELETE", "/2/tweets/"))
    with pytest.raises(Rejected):
        rig.connector.retract(rig.channel, stand(rig))
