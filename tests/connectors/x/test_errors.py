"""What X's refusals mean, row by row."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.errors import (
    Ambiguous,
    AuthExpired,
    ConnectorError,
    OutOfCredit,
    RateLimited,
    Rejected,
    Transient,
)
from connectors.providers.x.errors import judge, resumes_at
from connectors.testing import MemoryJournal, words
from tests.connectors.x.rig import XRig, creating, failing, problem, refusing
from tests.support.proxy import answer_after, answer_before

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
PROBLEMS = "https://api.twitter.com/2/problems"
SOON = str(int((NOW + timedelta(minutes=4)).timestamp()))
TONIGHT = str(int((NOW + timedelta(hours=11)).timestamp()))


def answer(status: int, body: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response


def told(title: str, detail: str = "", kind: str = "about:blank") -> dict[str, str]:
    return {"title": title, "detail": detail, "type": kind}


def meaning(status: int, body: Any, *, write: bool = True) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        judge(answer(status, body), write=write, now=NOW)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (400, told("Invalid Request", "Bad.", f"{PROBLEMS}/invalid-request"), Rejected, "400"),
        (401, told("Unauthorized"), AuthExpired, "401"),
        (401, {"errors": [{"code": 89, "message": "Invalid or expired token."}]}, AuthExpired, "89"),
        (401, {"errors": [{"code": 32, "message": "Could not authenticate you."}]}, AuthExpired, "32"),
        (401, {"errors": [{"code": 135, "message": "Timestamp out of bounds."}]}, Transient, "135"),
        (402, told("CreditsDepleted", "No credits.", f"{PROBLEMS}/credits"), OutOfCredit, "credits"),
        (402, told("Something new"), OutOfCredit, "402"),
        (402, b"", OutOfCredit, "402"),
        (
            403,
            told("Forbidden", "Posting duplicate content is not allowed."),
            Ambiguous,
            "duplicate",
        ),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Ambiguous, "duplicate"),
        (403, told("Forbidden", "You are not permitted to do this."), Rejected, "403"),
        (403, told("Forbidden", "Reply to this conversation is not allowed."), Rejected, "403"),
        (
            403,
            told("Unsupported Authentication", "No.", f"{PROBLEMS}/unsupported-authentication"),
            AuthExpired,
            "unsupported-authentication",
        ),
        (403, told("Client Forbidden", "No.", f"{PROBLEMS}/client-forbidden"), Rejected, "client-forbidden"),
        (403, told("Forbidden", "No.", f"{PROBLEMS}/oauth1-permissions"), AuthExpired, "oauth1-permissions"),
        (403, {"errors": [{"code": 64, "message": "Suspended."}]}, AuthExpired, "64"),
        (403, {"errors": [{"code": 326, "message": "Locked."}]}, AuthExpired, "326"),
        (403, {"errors": [{"code": 185, "message": "Over daily limit."}]}, RateLimited, "185"),
        (404, told("Not Found Error", "No.", f"{PROBLEMS}/resource-not-found"), Rejected, "404"),
        (404, b"", Rejected, "404"),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, RateLimited, "88"),
        (429, told("Too Many Requests"), RateLimited, "429"),
        (429, told("UsageCapExceeded", "Cap.", f"{PROBLEMS}/usage-capped"), OutOfCredit, "usage-capped"),
        (500, {"errors": [{"code": 131, "message": "Internal error"}]}, Ambiguous, "500"),
        (503, [{"message": "Over capacity"}], Ambiguous, "503"),
        (503, b"<html>Over capacity</html>", Ambiguous, "503"),
        (503, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, Ambiguous, "503"),
        (307, b"", Rejected, "307"),
        (418, {"errors": ["a bare string"]}, Rejected, "418"),
    ],
)
def test_each_refusal_of_a_write_has_its_meaning(
    status: int, body: Any, error: type[ConnectorError], code: str
) -> None:
    raised = meaning(status, body)
    assert (type(raised), raised.code) == (error, code)


@pytest.mark.parametrize("body", [b"", b"<html>", [], {"title": "Service Unavailable"}])
def test_a_failing_server_leaves_no_doubt_about_a_read(body: Any) -> None:
    assert type(meaning(503, body, write=False)) is Transient


def test_the_author_reads_what_x_says() -> None:
    raised = meaning(400, told("Invalid Request", "Your media IDs are invalid"))
    assert raised.message == "X refused this (400). It says: Your media IDs are invalid."


def test_words_that_look_like_a_secret_or_a_query_are_left_out() -> None:
    said = "Bad token AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid at https://api.x.com/2/x?token=abc"
    message = meaning(403, told("Forbidden", said)).message
    assert "AAAA" not in message
    assert "token=abc" not in message


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-reset": SOON}, timedelta(minutes=4)),
        ({"x-rate-limit-reset": SOON, "x-user-limit-24hour-remaining": "3"}, timedelta(minutes=4)),
        (
            {
                "x-rate-limit-reset": SOON,
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": TONIGHT,
            },
            timedelta(hours=11),
        ),
        (
            {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": TONIGHT},
            timedelta(hours=11),
        ),
        ({"x-rate-limit-reset": "9999999999"}, timedelta(hours=24)),
        ({"x-rate-limit-reset": "1"}, timedelta(minutes=1)),
        ({"x-rate-limit-reset": "soon"}, timedelta(minutes=1)),
        ({"Retry-After": "90"}, timedelta(seconds=90)),
        ({}, timedelta(minutes=1)),
    ],
)
def test_the_wait_is_the_one_that_x_names(headers: dict[str, str], wait: timedelta) -> None:
    assert resumes_at(headers, NOW) == NOW + wait


@pytest.mark.parametrize(
    "plan",
    [
        failing(503, [{"message": "tweepy would fall over a list"}]),
        failing(500, {"errors": [{"code": 131, "message": "Internal error"}]}),
        answer_after(502, b"<html>Bad gateway</html>"),
        answer_after(201, b"not json"),
        answer_after(201, b""),
        failing(200, {"errors": [{"title": "Something", "detail": "No data"}]}),
        failing(201, {"data": {"id": "not-a-number"}}),
        failing(201, ["a list"]),
    ],
    ids=lambda plan: str(plan.answer[-40:]),
)
def test_an_answer_that_proves_nothing_leaves_a_post_in_doubt(rig: XRig, plan: Any) -> None:
    rig.proxy.arm(plan, creating)
    with pytest.raises(Ambiguous):
        rig.connector.publish(rig.channel, rig.post(words()), MemoryJournal())


@pytest.mark.parametrize(
    "plan", [answer_before(200, b"not json"), answer_before(200, b""), refusing(200, []), refusing(503, [1])]
)
def test_a_read_that_cannot_be_read_is_tried_again_later(rig: XRig, plan: Any) -> None:
    rig.proxy.arm(plan, lambda line: line.startswith("GET"))
    with pytest.raises(Transient):
        rig.connector.verify(rig.channel)


def test_a_garbled_reset_header_does_not_matter(rig: XRig) -> None:
    rig.proxy.arm(problem(429, "Too Many Requests", headers={"x-rate-limit-reset": "soon"}), creating)
    with pytest.raises(RateLimited):
        rig.connector.publish(rig.channel, rig.post(words()), MemoryJournal())
