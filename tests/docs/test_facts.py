"""Tables in the pages, held to the code that they describe."""

import re
import runpy
import socket
from collections.abc import Collection
from pathlib import Path

import pytest

from config.settings import Settings
from domain.clock import SystemClock
from domain.practice import PracticeSettings
from domain.words import Role
from drafting.posts import MAY_WRITE
from promotion.service import MAY_PROMOTE
from rounds.doctor import examine
from rounds.wiring import House, prepare
from scheduler.booking import MAY_SCHEDULE
from scheduler.deciding import MAY_DECIDE
from tests.docs.pages import DOCS, ROOT, prose


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the first table under *heading*, cell by cell."""
    part = re.split(r"^## ", prose(page).partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_feature_matrix_says_what_the_connectors_declare_now() -> None:
    written = runpy.run_path(str(DOCS / "matrix.py"))["page"]()
    current = (DOCS / "connectors" / "matrix.md").read_text(encoding="utf-8")
    assert current == written, "make docs writes it anew"


def test_every_setting_is_listed_with_its_default() -> None:
    rows = table(DOCS / "operator" / "install.md", "Settings")[2:]
    listed = {name.strip("`"): default.strip("`") for name, default, _ in rows}
    assert listed == {
        f"ROUNDS_{name.upper()}": "" if name == "token" else str(field.default)
        for name, field in Settings.model_fields.items()
    }


def test_every_choice_of_a_practice_is_listed_with_its_default() -> None:
    rows = table(DOCS / "guide" / "office.md", "Choices")[2:]
    listed = {name.strip("`"): default.strip("`") for name, default, _ in rows}
    assert listed == {name: str(field.default) for name, field in PracticeSettings.model_fields.items()}


@pytest.mark.parametrize(
    ("what", "roles"),
    [
        ("write and edit posts", MAY_WRITE),
        ("schedule, send now, cancel", MAY_SCHEDULE),
        ("settle unknown outcomes, take down", MAY_DECIDE),
        ("decide about promotions", MAY_PROMOTE),
        ("stop", tuple(Role)),
    ],
)
def test_the_table_of_roles_says_who_may(what: str, roles: Collection[Role]) -> None:
    head, _, *rows = table(DOCS / "guide" / "office.md", "People and roles")
    row = next(row for row in rows if row[0] == what)
    said = {Role(role) for role, cell in zip(head[1:], row[1:], strict=True) if cell == "yes"}
    assert said == set(roles)


def test_every_line_of_the_doctor_is_explained(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    house = House(Settings(data_dir=tmp_path, port=port), SystemClock())
    prepare(house)
    said = [check.name for check in examine(house)]
    house.database.close()
    explained = [row[0] for row in table(DOCS / "operator" / "trouble.md", "What the doctor says")[2:]]
    assert explained == said


def test_the_service_starts_what_is_installed() -> None:
    unit = (ROOT / "deploy" / "rounds.service").read_text(encoding="utf-8")
    [start] = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    guide = (DOCS / "operator" / "install.md").read_text(encoding="utf-8")
    assert start == "/opt/rounds/.venv/bin/rounds up"
    assert "/opt/rounds" in guide
