"""The table of error codes, and the answers that are none."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from connectors.base import Channel
from connectors.errors import Ambiguous, AuthExpired, ConnectorError, RateLimited, Rejected, Transient
from connectors.providers.facebook.connector import Facebook
from connectors.providers.facebook.errors import Gone, NotPermitted, refusal
from connectors.testing import MemoryJournal, make_post
from domain.clock import SystemClock
from tests.connectors.facebook.fake_graph import PAGE_TOKEN, FakeGraph, at, refusing
from tests.support.proxy import FaultProxy, Plan, answer_after, answer_before, drop_after, drop_before

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=UTF-8"}
ANY = None

TABLE = [  # code, subcode, status, after a read, after a write
    (1, ANY, 400, Transient, Ambiguous),
    (2, ANY, 500, Transient, Ambiguous),
    (2, ANY, 400, Transient, Ambiguous),
    (3, ANY, 403, NotPermitted, NotPermitted),
    (4, ANY, 403, RateLimited, RateLimited),
    (10, ANY, 403, NotPermitted, NotPermitted),
    (17, 2446079, 400, RateLimited, RateLimited),
    (32, ANY, 403, RateLimited, RateLimited),
    (100, ANY, 400, Rejected, Rejected),
    (100, 33, 400, Gone, Gone),
    (100, 1366046, 400, Rejected, Rejected),
    (102, ANY, 401, AuthExpired, AuthExpired),
    (190, ANY, 401, AuthExpired, AuthExpired),
    (190, 458, 400, AuthExpired, AuthExpired),
    (190, 999, 400, AuthExpired, AuthExpired),
    (200, ANY, 403, NotPermitted, NotPermitted),
    (299, ANY, 403, NotPermitted, NotPermitted),
    (341, ANY, 400, RateLimited, RateLimited),
    (368, ANY, 400, Rejected, Rejected),
    (368, 1390008, 400, RateLimited, RateLimited),
    (506, 1455006, 400, Ambiguous, Ambiguous),
    (100, 1366051, 400, Ambiguous, Ambiguous),
    (613, 1487742, 400, RateLimited, RateLimited),
    (803, ANY, 404, Gone, Gone),
    (1609005, ANY, 400, Rejected, Rejected),
    (80000, ANY, 400, RateLimited, RateLimited),
    (80014, ANY, 400, RateLimited, RateLimited),
    (80015, ANY, 400, Rejected, Rejected),  # in no table: the status decides
    (4711, ANY, 400, Rejected, Rejected),
    (4711, ANY, 429, RateLimited, RateLimited),
    (4711, ANY, 503, Transient, Ambiguous),
    (4711, ANY, 200, Transient, Ambiguous),  # neither yes nor no
    (190, ANY, 500, AuthExpired, Ambiguous),  # a failing server outweighs its code after a write
]


def answer(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def error(code: int, subcode: int | None = ANY, **more: object) -> dict[str, object]:
    fault = {"code": code, "message": "(#1) Something", "type": "OAuthException", **more}
    return {"error": fault if subcode is ANY else {**fault, "error_subcode": subcode}}


@pytest.mark.parametrize(("code", "subcode", "status", "read", "write"), TABLE)
def test_each_code_has_one_meaning(
    code: int, subcode: int | None, status: int, read: type[ConnectorError], write: type[ConnectorError]
) -> None:
    body = error(code, subcode)
    assert type(refusal(body, answer(status), write=False, now=NOW)) is read
    assert type(refusal(body, answer(status), write=True, now=NOW)) is write


def test_a_code_that_facebook_calls_transient_is_in_doubt_after_a_write() -> None:
    body = error(4711, is_transient=True)
    assert type(refusal(body, answer(400), write=False, now=NOW)) is Transient
    assert type(refusal(body, answer(400), write=True, now=NOW)) is Ambiguous


def test_the_longest_wait_that_facebook_names_counts() -> None:
    usage = {
        "1": [{"type": "pages", "estimated_time_to_regain_access": 3}, {"type": "ads_management"}],
        "2": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 42}],
    }
    told = answer(400, X_Business_Use_Case_Usage=json.dumps(usage), Retry_After="5")
    refused = refusal(error(80001), told, write=True, now=NOW)
    assert isinstance(refused, RateLimited)
    assert refused.until == NOW + timedelta(minutes=42)


@pytest.mark.parametrize("usage", ["", "{}", "not JSON", '{"1": [{"estimated_time_to_regain_access": 0}]}'])
def test_without_a_named_wait_a_quarter_of_an_hour_passes(usage: str) -> None:
    refused = refusal(error(4), answer(400, X_Business_Use_Case_Usage=usage), write=True, now=NOW)
    assert isinstance(refused, RateLimited)
    assert refused.until == NOW + timedelta(minutes=15)


def test_a_named_wait_is_never_longer_than_a_day() -> None:
    usage = json.dumps({"1": [{"estimated_time_to_regain_access": 99999}]})
    refused = refusal(error(4), answer(400, X_Business_Use_Case_Usage=usage), write=True, now=NOW)
    assert isinstance(refused, RateLimited)
    assert refused.until == NOW + timedelta(days=1)


def test_retry_after_is_heard_where_the_usage_header_is_silent() -> None:
    refused = refusal(error(4), answer(400, Retry_After="120"), write=True, now=NOW)
    assert isinstance(refused, RateLimited)
    assert refused.until == NOW + timedelta(minutes=2)


def test_posting_too_fast_rests_for_a_day_whatever_the_usage_header_says() -> None:
    usage = json.dumps({"1": [{"estimated_time_to_regain_access": 3}]})
    told = answer(400, X_Business_Use_Case_Usage=usage)
    refused = refusal(error(368, 1390008), told, write=True, now=NOW)
    assert isinstance(refused, RateLimited)
    assert refused.until == NOW + timedelta(days=1)


def test_facebooks_own_sentence_is_shown_without_tokens_and_queries() -> None:
    said = f"Malformed access token {PAGE_TOKEN} at https://example.org/a?code=abc&x=1"
    refused = refusal(error(190, message=said), answer(400), write=False, now=NOW)
    assert PAGE_TOKEN not in refused.message
    assert "code=abc" not in refused.message
    assert refused.message.endswith("Malformed access token … at https://example.org/a.")


def test_the_sentence_meant_for_people_is_preferred_and_cut_to_size() -> None:
    body = error(100, error_user_msg="Dein Beitrag ist zu lang. " * 40)
    refused = refusal(body, answer(400), write=True, now=NOW)
    assert "Something" not in refused.message
    assert refused.message.endswith("…")
    assert len(refused.message) < 280


def test_support_gets_code_subcode_and_trace() -> None:
    refused = refusal(error(190, 460, fbtrace_id="AbC"), answer(400), write=False, now=NOW)
    assert refused.code == "190/460 trace AbC"
    assert "password" in refused.message


# Answers over the wire, each after a post that was or was not accepted

DOUBTFUL = {
    "HTML from a gateway": answer_after(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
    "JSON without an error under 500": answer_after(500, b'{"weird": 1}', JSON),
    "an id under 500": answer_after(500, b'{"id": "1_2"}', JSON),
    "a bare true": answer_after(200, b"true", JSON),
    "an answer without an id": answer_after(200, b'{"success": true}', JSON),
    "an id that is none": answer_after(200, b'{"id": ""}', JSON),
    "half an answer": answer_after(200, b'{"id": "5463491353', JSON),
    "half an error": answer_after(500, b'{"error": {"mess', JSON),
    "no Content-Type": answer_after(200, b'{"id": "1_2"}'),
    "a script": answer_after(200, b'{"id": "1_2"}', {"Content-Type": "text/javascript"}),
    "a page of a captive portal": answer_after(200, b"<html>Log in</html>", {"Content-Type": "text/html"}),
    "an error without a code under 500": answer_after(500, b'{"error": "gone wrong"}', JSON),
    "code 2 under 500": answer_after(500, json.dumps(error(2)).encode(), JSON),
    "no answer at all": drop_after(),
    "a line cut before": drop_before(),
}


@pytest.mark.parametrize("plan", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_says_neither_yes_nor_no_is_in_doubt(
    facebook: Facebook, channel: Channel, proxy: FaultProxy, plan: Plan
) -> None:
    proxy.arm(plan, at("POST", "/feed"))
    with pytest.raises(Ambiguous):
        facebook.publish(channel, make_post("In doubt"), MemoryJournal())


@pytest.mark.parametrize(
    "plan",
    [
        DOUBTFUL["HTML from a gateway"],
        DOUBTFUL["half an answer"],
        answer_before(200, b"[]", JSON),
        answer_before(500, b'{"id": "546349135390552"}', JSON),
        drop_after(),
    ],
    ids=["gateway", "half", "another shape", "an id under 500", "dropped"],
)
def test_a_question_without_a_readable_answer_may_be_asked_again(
    facebook: Facebook, channel: Channel, proxy: FaultProxy, plan: Plan
) -> None:
    proxy.arm(plan, at("GET", "/me"))
    with pytest.raises(Transient):
        facebook.verify(channel)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_of_a_post_is_followed(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy, status: int
) -> None:
    headers = {"Location": f"{proxy.url}/v26.0/me/feed", **JSON}
    proxy.arm(answer_before(status, b'{"id": "1_2"}', headers), at("POST", "/feed"))
    with pytest.raises(Rejected):
        facebook.publish(channel, make_post("Elsewhere"), MemoryJournal())
    assert graph.calls == []


def test_no_redirect_of_a_question_is_followed(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy
) -> None:
    proxy.arm(answer_before(302, headers={"Location": f"{proxy.url}/v26.0/me"}), at("GET", "/me"))
    assert not facebook.verify(channel).ok
    assert graph.sent("GET", "me") == []


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
def test_a_throttled_post_waits_and_does_not_stand(
    facebook: Facebook, channel: Channel, graph: FakeGraph, proxy: FaultProxy, code: int
) -> None:
    usage = json.dumps({"1": [{"type": "pages", "estimated_time_to_regain_access": 9}]})
    proxy.arm(refusing(code, headers={"X-Business-Use-Case-Usage": usage}), at("POST", "/feed"))
    with pytest.raises(RateLimited) as caught:
        facebook.publish(channel, make_post("Later"), MemoryJournal())
    assert timedelta(minutes=8) < caught.value.until - SystemClock().now() <= timedelta(minutes=9)
    assert graph.page.posts == []
