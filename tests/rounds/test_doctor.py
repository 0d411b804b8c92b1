"""The doctor finds what is wrong, says it plainly, and touches nothing."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from rounds import __version__, doctor
from rounds.doctor import State
from rounds.wiring import House
from scheduler.heartbeat import Heartbeat
from store.models import Daemon
from tests.rounds.conftest import Line, Office
from tests.rounds.test_publishing import hours_ago
from tests.support.servers import serve


def states(line: Line) -> dict[str, str]:
    """Each check's state by its name, whatever the exit code."""
    result = line.run("doctor")
    return {
        told.partition(":")[0]: state
        for state, told in (row.split(maxsplit=1) for row in result.stdout.splitlines())
    }


def found(line: Line, check: str) -> tuple[str, str]:
    told = next(row for row in line.run("doctor").stdout.splitlines() if f" {check}: " in row)
    state, sentence = told.split(maxsplit=1)
    return state, sentence


def test_a_new_server_is_well_apart_from_its_daemon(line: Line, house: House) -> None:
    said = states(line)
    said.pop("Clock")  # whether the system's time zone rules are old is this machine's affair
    assert said.pop("Daemon") == "warning"
    assert set(said.values()) == {"ok"}
    assert line.run("doctor").exit_code == 0


def test_looking_makes_no_file(line: Line) -> None:
    result = line.run("doctor")
    assert result.exit_code == 1
    assert "There is no database yet. Start Rounds: rounds up" in " ".join(result.stdout.split())
    assert not Path(line.env["ROUNDS_DATA_DIR"]).exists()


def test_a_database_that_is_none_is_trouble(line: Line, house: House) -> None:
    house.database.close()
    place = Path(line.env["ROUNDS_DATA_DIR"]) / "rounds.db"
    for file in place.parent.glob("rounds.db*"):
        file.unlink()
    place.write_bytes(b"this is no database, " * 100)
    state, told = found(line, "Database")
    assert state == "trouble"
    assert "is not a Rounds database" in told


def test_a_database_of_a_newer_rounds_is_trouble(line: Line, house: House) -> None:
    with sqlite3.connect(Path(line.env["ROUNDS_DATA_DIR"]) / "rounds.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    state, told = found(line, "Database")
    assert state == "trouble"
    assert "newer Rounds (schema 9999)" in told


def test_a_key_that_opens_nothing_is_trouble_and_so_is_a_lost_one(office: Office) -> None:
    place = Path(office.line.env["ROUNDS_DATA_DIR"]) / "seal.key"
    office.as_("admin").ok("channel", "app", "facebook", stdin="client_id=1\nclient_secret=2\n")
    assert found(office.line, "Credentials")[0] == "ok"
    place.write_bytes(b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
    state, told = found(office.line, "Credentials")
    assert state == "trouble"
    assert "the app at facebook, News" in told
    place.unlink()
    assert found(office.line, "Credentials")[0] == "trouble"
    assert not place.exists()


def test_a_key_that_others_may_read_is_said(line: Line, house: House) -> None:
    (Path(line.env["ROUNDS_DATA_DIR"]) / "seal.key").chmod(0o644)
    assert found(line, "Key")[0] == "warning"


def test_a_living_daemon_is_well_and_a_silent_one_is_trouble(line: Line, house: House) -> None:
    heartbeat = Heartbeat(house.database, house.clock, __version__)
    heartbeat.begin()
    assert found(line, "Daemon")[0] == "ok"
    with house.database.write() as work:
        row = work.session.get(Daemon, heartbeat.id)
        assert row is not None
        row.beat_at -= timedelta(minutes=5)
        work.commit()
    assert found(line, "Daemon")[0] == "trouble"
    heartbeat.end()


def test_a_stranger_on_our_port_is_trouble(line: Line, house: House) -> None:
    async def stranger(scope: object, receive: object, send: object) -> None:
        await PlainTextResponse("hello")(scope, receive, send)  # type: ignore[arg-type]

    with serve(stranger, port=int(line.env["ROUNDS_PORT"])):
        state, told = found(line, "Port")
    assert state == "trouble"
    assert "set ROUNDS_PORT to another port" in told


def test_posts_that_are_late_or_wait_for_a_person_are_counted(office: Office) -> None:
    late = office.as_("publisher").json("publish-now", office.approved("Late."))[0]["id"]
    hours_ago(office, late, 1)
    assert found(office.line, "Late posts")[0] == "trouble"
    office.as_("author").ok("stop", "--reason", "Storm.")
    state, told = found(office.line, "Outcomes")
    assert (state, "1 held" in told) == ("warning", True)


def test_a_channel_that_lost_its_sign_in_is_trouble(office: Office) -> None:
    office.as_("admin").ok("channel", "set", "News", "--option", "folder=../outside")
    office.as_("admin").run("channel", "verify", "News")
    state, told = found(office.line, "Channels")
    assert state == "trouble"
    assert "No longer signed in: News." in told


def test_a_package_that_stands_in_our_place_is_named() -> None:
    assert doctor.strangers({"config": ["some-config"], "rounds": ["rounds"]}) == {"config": "some-config"}
    assert doctor.strangers({}) == {}


def test_old_time_zone_rules_and_a_wrong_clock_are_said(house: House, tmp_path: Path) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 1999z\nR d 1916\n", encoding="utf-8")
    assert doctor.system_zones([str(tmp_path / "none"), str(tmp_path)]) == "1999z"
    assert doctor.system_zones([]) == ""


@pytest.mark.parametrize("state", list(State))
def test_a_state_is_one_plain_word(state: State) -> None:
    assert state.isalpha()
