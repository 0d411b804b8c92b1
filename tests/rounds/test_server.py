"""Processes that go on, and what keeps them from starting: one sentence each."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from rounds import __version__
from rounds.wiring import House
from scheduler.heartbeat import Heartbeat
from tests.rounds.conftest import Line
from tests.support.servers import listening_socket

NOBODY = 65534


@pytest.fixture
def powerless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As a user who may write nowhere in particular."""
    monkeypatch.chdir("/")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_version_is_told_in_words_and_in_json(line: Line) -> None:
    assert line.ok("version").startswith(f"Rounds {__version__} on Python 3.")
    assert line.json("version")["rounds"] == __version__


def test_a_taken_port_is_one_sentence(line: Line, house: House) -> None:
    with listening_socket() as taken:
        port = str(taken.getsockname()[1])
        for command in ("up", "web"):
            said = line.refused(command, ROUNDS_PORT=port)
            assert said == (
                f"Port {port} on 127.0.0.1 cannot be used (Address already in use). "
                "Stop what uses it, or set ROUNDS_PORT to another port."
            )


def test_a_second_daemon_on_the_same_file_is_one_sentence(line: Line, house: House) -> None:
    first = Heartbeat(house.database, house.clock, __version__)
    first.begin()
    for command in ("up", "daemon"):
        said = [told for told in line.refused(command).splitlines() if "[info" not in told]
        [sentence] = said
        assert sentence.startswith(f"Rounds already runs on {house.database.engine.url.database} (process ")
        assert sentence.endswith("Stop that one first, or use PostgreSQL to run several.")
    first.end()


def test_a_folder_that_cannot_be_written_is_one_sentence(line: Line, tmp_path: Path, powerless: None) -> None:
    place = Path("/") / "rounds-of-nobody" if os.geteuid() == NOBODY else tmp_path / "locked"
    if os.geteuid() != NOBODY:
        place.mkdir(mode=0o555)
    assert line.refused("up", ROUNDS_DATA_DIR=str(place)) == (
        f"The data folder {place} cannot be written. Give this user write access to it."
    )


def test_a_file_in_the_place_of_the_folder_is_one_sentence(line: Line, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    said = line.refused("up", ROUNDS_DATA_DIR=str(place))
    assert said == f"{place} is a file, not a folder. Name another data folder in ROUNDS_DATA_DIR."


def test_settings_that_cannot_be_name_the_variable_and_never_its_value(line: Line) -> None:
    assert line.refused("doctor", ROUNDS_PORT="eighty").startswith("ROUNDS_PORT: ")
    said = line.refused("whoami", ROUNDS_TOKEN="t", ROUNDS_DATABASE_URL="nonsense:secret")
    assert said == "ROUNDS_DATABASE_URL is not the address of a database. Write it as postgresql://…"
    assert "ROUNDS_LOG_LEVEL" in line.refused("up", ROUNDS_LOG_LEVEL="loud")


def test_no_server_yet_is_said_before_anything_is_made(line: Line) -> None:
    assert "There is no Rounds in" in line.refused("whoami", ROUNDS_TOKEN="t")
    assert "There is no Rounds in" in line.refused("login", "--email", "a@b.example")
    assert not Path(line.env["ROUNDS_DATA_DIR"]).exists()


def test_a_token_that_nobody_has_is_one_sentence(line: Line, house: House) -> None:
    assert line.refused("post", "list", ROUNDS_TOKEN="nonsense") == (
        "This token is not known here. Sign in again: rounds login"
    )


def test_rounds_runs_answers_and_ends_when_it_is_told(line: Line, house: House) -> None:
    command = [sys.executable, "-m", "rounds", "up", "--json"]
    environment = {**os.environ, **line.env, "ROUNDS_LOG_FORMAT": "json"}
    running = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        said = [json.loads(running.stdout.readline())["said"] for _ in range(3)]
        assert said[0] == f"Rounds answers at http://127.0.0.1:{line.env['ROUNDS_PORT']}"
        assert "/setup/" in said[1]
        with urlopen(f"http://127.0.0.1:{line.env['ROUNDS_PORT']}/healthz", timeout=20) as answer:
            assert json.load(answer) == {"alive": True}
        doctor = line.run("doctor").stdout
        assert "Port: Rounds answers on port" in doctor
        assert "Daemon: One daemon publishes." in doctor
    finally:
        running.send_signal(signal.SIGTERM)
        _, logs = running.communicate(timeout=60)
    assert running.returncode == 0
    assert [json.loads(entry)["event"] for entry in logs.splitlines()][-1] == "daemon stopped"
