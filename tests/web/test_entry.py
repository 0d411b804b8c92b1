"""Setting up once, signing in and out."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.settings import Settings
from domain.words import Role
from rounds.wiring import House, prepare
from tests.support.clocks import SetClock
from tests.support.databases import SqliteTemplates
from tests.support.desk import Desk, Visit
from tests.support.practice import PASSWORD
from tests.support.servers import serve
from web.access import COOKIE, own_path
from web.app import create_app

FIRST = {
    "practice": "Harbour Lane Family Practice",
    "zone": "America/Halifax",
    "name": "Tom Becker",
    "email": "tom@harbourlane.example",
    "password": PASSWORD,
}


@pytest.fixture
def new_server(
    tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock
) -> Iterator[tuple[House, Visit]]:
    house = House(Settings(data_dir=tmp_path, database_url=sqlite_templates.database(tmp_path)), clock)
    prepare(house)
    with serve(create_app(house)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield house, Visit(client)
    house.database.close()


def link_of(house: House) -> str:
    return f"/setup/{house.access.new_setup_link()}"


def test_the_one_time_link_makes_a_practice_and_signs_its_admin_in(new_server: tuple[House, Visit]) -> None:
    house, visit = new_server
    link = link_of(house)
    assert "Set up the practice" in visit.get(link).text
    answer = visit.post(link, FIRST)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    assert "httponly" in answer.headers["set-cookie"].lower()
    today = visit.get("/today")
    assert "Your practice is set up." in today.text
    assert "Your practice is set up." not in visit.get("/today").text
    assert "set up already" in visit.get(link).text


def test_a_refused_set_up_keeps_what_was_typed_but_the_password(new_server: tuple[House, Visit]) -> None:
    house, visit = new_server
    link = link_of(house)
    answer = visit.post(link, FIRST | {"zone": "Atlantis", "email": "tom"})
    assert answer.status_code == 422
    assert "Tom Becker" in answer.text
    assert "is not a time zone" in answer.text
    assert PASSWORD not in answer.text
    short = visit.post(link, FIRST | {"password": "short"})
    assert "Use at least 12" in short.text
    assert not house.access.is_set_up()


def test_an_unknown_set_up_link_opens_nothing(new_server: tuple[House, Visit]) -> None:
    house, visit = new_server
    link_of(house)
    answer = visit.post("/setup/guessed", FIRST)
    assert answer.status_code == 422
    assert "This link is not the newest one." in answer.text


def test_signing_in_ends_the_old_session_and_goes_on_to_our_own_page(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    email, password = "nora@harbourlane.example", PASSWORD
    nora = practice.house.members.add(
        practice.admin, name="Nora", email=email, roles=frozenset({Role.AUTHOR}), password=password
    )
    visit = on_sqlite.visit(practice.admin)
    form = {"email": email, "password": password, "next": "/channels"}
    answer = visit.post("/sign-in", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/channels")
    fresh = answer.cookies[COOKIE]
    assert practice.house.access.who(visit.token) is None
    actor = practice.house.access.who(fresh)
    assert actor is not None
    assert actor.member_id == nora.id


def test_a_refused_sign_in_keeps_the_e_mail_and_not_the_password(on_sqlite: Desk) -> None:
    form = {"email": "tom@harbourlane.example", "password": "not this one", "next": "/channels"}
    answer = on_sqlite.visit().post("/sign-in", form)
    assert answer.status_code == 422
    assert 'value="tom@harbourlane.example"' in answer.text
    assert 'value="/channels"' in answer.text
    assert "do not go together" in answer.text
    assert "not this one" not in answer.text


def test_signing_out_ends_the_session_on_the_server_too(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    assert visit.post("/sign-out").headers["location"] == "/sign-in"
    assert on_sqlite.practice.house.access.who(visit.token) is None


def test_a_form_without_this_sessions_token_is_refused(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    answer = visit.http.post("/sign-out", data={"csrf_token": "of another session"})
    assert answer.status_code == 422
    assert on_sqlite.practice.house.access.who(visit.token) is not None


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "/\t/elsewhere", "", "//["],
)
def test_the_way_on_never_leaves_this_server(address: str) -> None:
    assert own_path(address) == "/today"


def test_the_way_on_keeps_a_path_of_ours() -> None:
    assert own_path("/channels?part=one two") == "/channels?part=one two"


def test_behind_https_the_session_travels_over_https_only(
    tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock
) -> None:
    url = sqlite_templates.database(tmp_path)
    settings = Settings(data_dir=tmp_path, database_url=url, public_url="https://rounds.example")
    house = House(settings, clock)
    prepare(house)
    with serve(create_app(house)) as address, httpx.Client(base_url=address, timeout=30) as client:
        answer = Visit(client).post(link_of(house), FIRST)
    house.database.close()
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert all("SameSite=lax" in cookie for cookie in answer.headers.get_list("set-cookie"))
