"""The frame around every page, and what a refused request is answered."""

from datetime import timedelta

from tests.support.desk import Desk


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
