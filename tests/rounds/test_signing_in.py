"""Setting up, signing in and out, tokens; and nobody acts without a name."""

import stat
from pathlib import Path

import pytest
import typer

from rounds.cli import app
from rounds.wiring import House
from tests.rounds.conftest import Line, Office

PASSWORD = "a long enough password"
SETUP = (
    "setup", "--practice", "Elm Street Pediatrics", "--zone", "America/New_York", "--name", "Ada Admin",
    "--email", "ada@elmstreet.example",
)  # fmt: skip
NEEDS_NOBODY = {"up", "web", "daemon", "version", "doctor", "demo", "setup", "login", "logout"}
TYPED = {"at": "2127-01-04 09:00", "role": "author", "values": "a=b"}


def test_a_server_is_set_up_and_used_without_a_browser(line: Line) -> None:
    assert line.json(*SETUP, stdin=f"{PASSWORD}\n")["roles"] == ["admin", "approver", "author", "publisher"]
    told = line.ok("login", "--email", "ada@elmstreet.example", stdin=f"{PASSWORD}\n")
    assert told == "You are signed in as Ada Admin.\n"
    assert line.json("whoami")["practice"] == "Elm Street Pediatrics"
    assert "set up already" in line.refused(*SETUP, stdin=f"{PASSWORD}\n")


def test_the_token_lies_where_only_its_owner_reads_it_and_is_never_shown(line: Line) -> None:
    line.ok(*SETUP, stdin=f"{PASSWORD}\n")
    said = line.run("login", "--json", stdin=f"ada@elmstreet.example\n{PASSWORD}\n")
    kept = Path(line.env["ROUNDS_TOKEN_FILE"])
    assert said.exit_code == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().strip() not in said.output
    assert PASSWORD not in said.output


def test_signing_out_revokes_the_token_and_forgets_it(line: Line, house: House) -> None:
    line.ok(*SETUP, stdin=f"{PASSWORD}\n")
    line.ok("login", "--email", "ada@elmstreet.example", stdin=f"{PASSWORD}\n")
    kept = Path(line.env["ROUNDS_TOKEN_FILE"])
    token = kept.read_text().strip()
    line.ok("logout")
    assert not kept.exists()
    assert line.refused("whoami") == "Sign in first: rounds login"
    assert "not known here" in line.refused("whoami", ROUNDS_TOKEN=token)
    assert line.refused("logout") == "Nobody is signed in here."


def test_a_wrong_password_says_nothing_about_who_exists(line: Line) -> None:
    line.ok(*SETUP, stdin=f"{PASSWORD}\n")
    known = line.refused("login", "--email", "ada@elmstreet.example", stdin="wrong wrong wrong\n")
    unknown = line.refused("login", "--email", "who@elmstreet.example", stdin="wrong wrong wrong\n")
    assert known == unknown == "This e-mail and password do not go together. Try again."


def test_a_weak_password_sets_nothing_up(line: Line) -> None:
    assert "Use at least" in line.refused(*SETUP, stdin="short\n")
    assert "Nobody works here yet." in line.refused("login", "--email", "ada@elmstreet.example", stdin="x\n")


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(office: Office) -> None:
    author = office.as_("author")
    made = author.json("token", "make", "Night script", "--days", "3")
    assert author.json("whoami", ROUNDS_TOKEN=made["token"])["name"] == "Author of Elm Street"
    assert made["token"] not in author.ok("token", "list", "--json")
    author.ok("token", "revoke", made["id"])
    assert "not known here" in author.refused("whoami", ROUNDS_TOKEN=made["token"])
    assert [row["state"] for row in author.json("token", "list") if row["id"] == made["id"]] == ["revoked"]


def test_a_token_of_a_closed_account_opens_nothing(office: Office) -> None:
    office.as_("author").ok("whoami")
    office.as_("admin").ok("members", "close", "author@office.example")
    assert office.as_("author").refused("post", "list") == "This account is closed. Ask an admin."


def commands() -> list[tuple[str, list[str]]]:
    """Every command with something typed for all that it asks for."""
    found = []
    waiting = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        below = getattr(command, "commands", {})
        waiting += [(f"{name} {key}".strip(), each) for key, each in below.items()]
        if not below:
            found.append((name, [*name.split(), *required(command)]))
    return sorted(found)


def required(command: object) -> list[str]:
    typed: list[str] = []
    for parameter in command.params:  # type: ignore[attr-defined]
        if parameter.required:
            value = TYPED.get(parameter.name, "x")
            is_option = parameter.param_type_name == "option"
            flag = [parameter.opts[0]] if is_option else []
            typed += flag if getattr(parameter, "is_flag", False) else [*flag, value]
    return typed


@pytest.mark.parametrize(
    "typed", [typed for name, typed in commands() if name not in NEEDS_NOBODY], ids=" ".join
)
def test_without_a_name_nothing_can_be_done(line: Line, typed: list[str]) -> None:
    assert line.refused(*typed) == "Sign in first: rounds login"


@pytest.mark.parametrize("typed", [typed for _, typed in commands()], ids=" ".join)
def test_every_command_speaks_json(line: Line, typed: list[str]) -> None:
    assert "--json" in line.ok(*typed, "--help")
