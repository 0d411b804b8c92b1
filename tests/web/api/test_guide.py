"""The guide to the API holds: its examples run, and its tables are the OpenAPI document's own."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from domain.clock import SystemClock
from tests.support.clocks import SetClock
from tests.support.practice import PASSWORD
from tests.web.api.test_every_route import operations
from tests.web.api.world import V1, World, png
from web import api as web_api

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "api.md"
TABLES = "## Everything there is\n"


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


@pytest.fixture
def clock() -> SetClock:
    """The examples plan for the day after the one on which they run."""
    return SetClock(SystemClock().now())


@pytest.fixture
def colleagues(api: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two people of the guide with their passwords, and the picture that it uploads."""
    for actor in (api.practice.author, api.practice.approver):
        api.practice.house.members.set_password(api.practice.admin, actor.member_id, PASSWORD)
    (tmp_path / "waiting-room.png").write_bytes(png())
    monkeypatch.setenv("ROUNDS", str(api.client.base_url).rstrip("/"))
    with inside(tmp_path):
        yield


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.mark.usefixtures("colleagues")
def test_the_examples_run_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for number, block in enumerate(blocks("python"), start=1):
        exec(compile(block, f"example {number}", "exec"), names)  # the guide's own words
    for person in ("maya", "amara"):
        names[person].close()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Maya Lindqvist"
    assert {"approved", "1 new, 0 refused, []"} < set(said)
    assert said[-1].startswith("daemon False No daemon runs")


@pytest.mark.usefixtures("colleagues")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_command_for_a_first_token_works() -> None:
    [command] = blocks("sh")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert '"token":' in done.stdout, done.stderr


def test_the_tables_are_those_of_the_document(api: World) -> None:
    written = GUIDE.read_text(encoding="utf-8").partition(TABLES)[2].strip()
    assert written == tables(api.client.get("/api/openapi.json").json())


def tables(document: dict[str, Any]) -> str:
    """Every operation, a table for each tag, in the tags' order."""
    parts = []
    for tag in document["tags"]:
        rows = [
            f"| `{each.method} {each.path.removeprefix(V1)}` | {each.told['summary']} |"
            for each in operations(document)
            if each.told["tags"] == [tag["name"]]
        ]
        head = ("| request | what it does |", "| --- | --- |")
        parts.append("\n".join((f"### {tag['name']}\n", f"{tag['description']}\n", *head, *rows)))
    assert [tag["name"] for tag in document["tags"]][:-1] == [topic.TOPIC for topic in web_api.TOPICS]
    return "\n\n".join(parts)
