"""The frame around every page, and what a refused request is answered."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from domain.words import HoldScope
from store.models import Hold
from store.publications import NamedHold
from store.publications import Pulse as Due
from tests.support.desk import Desk
from web.frame import Pulse
from web.pages import flash, taste
from web.pages.framing import came_from, heartbeat, what_is_stopped


def test_a_page_of_a_signed_in_member_has_the_frame(on_both: Desk) -> None:
    page = on_both.visit(on_both.practice.admin).get("/today")
    assert page.status_code == 200
    assert "Harbour Lane Family Practice" in page.text
    assert "Tom Becker" in page.text
    assert "Publishing: on time" in page.text


def test_without_a_sign_in_a_page_leads_to_it_and_back(on_sqlite: Desk) -> None:
    answer = on_sqlite.visit().get("/today?part=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/today%3Fpart%3D1")


def test_a_publisher_that_is_silent_is_said_to_be(on_sqlite: Desk) -> None:
    on_sqlite.clock.advance(timedelta(minutes=3))
    page = on_sqlite.visit(on_sqlite.practice.admin).get("/today")
    assert "No word from the publisher" in page.text


def test_the_heartbeat_of_an_ended_sign_in_says_so_and_stops_polling(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    assert visit.part("/heartbeat").status_code == 200
    on_sqlite.clock.advance(timedelta(hours=13))
    answer = visit.part("/heartbeat")
    assert answer.status_code == 401
    assert "Signed out" in answer.text
    assert "hx-get" not in answer.text


def test_polling_the_heartbeat_does_not_keep_a_sign_in_alive(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    for _ in range(13):
        on_sqlite.clock.advance(timedelta(hours=1))
        last = visit.part("/heartbeat").status_code
    assert last == 401


def test_an_unknown_page_says_so_inside_the_frame(on_sqlite: Desk) -> None:
    answer = on_sqlite.visit(on_sqlite.practice.admin).get("/nowhere")
    assert answer.status_code == 404
    assert "There is no page at this address" in answer.text
    assert "Publishing: on time" in answer.text


def test_an_unknown_address_of_the_api_is_json(on_sqlite: Desk) -> None:
    answer = on_sqlite.visit().get("/api/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


# ---------------------------------------------------------------- what the heartbeat says

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATE = Due(None, 2, NOW - timedelta(minutes=6))
NEXT = Due(NOW + timedelta(minutes=18), 0, None)


def held(scope: HoldScope) -> NamedHold:
    row = Hold(id="1", practice_id="p", scope=scope, target="c", reason="Storm", placed_by="m", placed_at=NOW)
    return NamedHold(row, "Tom", "Facebook")


@pytest.mark.parametrize(
    ("due", "holds", "stale", "pulse"),
    [
        (NEXT, [], False, Pulse.ON_TIME),
        (LATE, [], False, Pulse.LATE),
        (LATE, [held(HoldScope.PRACTICE)], False, Pulse.STOPPED),
        (NEXT, [held(HoldScope.CHANNEL)], False, Pulse.ON_TIME),
        (LATE, [held(HoldScope.PRACTICE)], True, Pulse.SILENT),
    ],
)
def test_silence_weighs_most_then_a_stop_then_what_is_late(
    due: Due, holds: list[NamedHold], stale: bool, pulse: Pulse
) -> None:
    assert heartbeat(due, holds, NOW - timedelta(minutes=3), NOW, stale).pulse is pulse


def test_a_banner_names_what_is_stopped() -> None:
    assert what_is_stopped(held(HoldScope.CHANNEL)) == "The channel Facebook is stopped"
    assert what_is_stopped(held(HoldScope.PRACTICE)) == "Everything is stopped"


# ---------------------------------------------------------------- toasts and tastes


def request(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": pairs, "path": "/here", "query_string": b""})


def test_a_toast_of_another_session_or_a_forged_one_is_not_shown(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit, other = on_sqlite.visit(practice.author), on_sqlite.visit(practice.author)
    answer = visit.post("/account/look", {"theme": "light"})
    toast = answer.cookies[flash.COOKIE]
    assert "This browser keeps it." in visit.get("/account").text
    other.http.cookies.set(flash.COOKIE, toast, domain="127.0.0.1")
    assert "This browser keeps it." not in other.get("/account").text
    other.http.cookies.set(flash.COOKIE, toast.swapcase(), domain="127.0.0.1")
    assert other.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("languages", "locale"),
    [
        ("en-US,en;q=0.9", "en_US"),
        ("de-DE,de;q=0.9,en-CA;q=0.8", "en_CA"),
        ("fr", "en_GB"),
        ("", "en_GB"),
        ("*;q=0.1, ;;,-", "en_GB"),
    ],
)
def test_times_are_written_as_the_browsers_kind_of_english_writes_them(languages: str, locale: str) -> None:
    assert str(taste.locale_of(request(accept_language=languages))) == locale


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"referer": "http://here.example/channels?x=1"}, "/channels?x=1"),
        ({"referer": "http://elsewhere.example/channels"}, "/today"),
        ({"referer": "http://here.example/here"}, "/today"),
        ({"referer": "http://here.example/a", "hx_current_url": "http://here.example/b"}, "/b"),
        ({}, "/today"),
    ],
)
def test_the_way_back_is_the_page_one_came_from_when_it_is_ours(headers: dict[str, str], path: str) -> None:
    assert came_from(request(host="here.example", **headers)) == path


def test_a_page_that_is_not_there_has_no_place_in_the_menu(on_sqlite: Desk) -> None:
    page = on_sqlite.visit(on_sqlite.practice.admin).get("/today").text
    assert 'href="/channels"' in page
    assert 'href="/policies"' not in page


def test_an_address_that_cannot_be_read_says_what_is_wrong_with_it(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    answer = visit.get("/record?before=last")
    assert answer.status_code == 422
    assert "This request cannot be read. Look at: before." in answer.text
