"""The server itself: running it, looking after it, trying it out."""

import json
import platform
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.text import Text

from rounds import __version__, demo, doctor, running
from rounds.desk import opened
from rounds.doctor import Check, State
from rounds.screen import AsJson, answer, table
from rounds.wiring import House, prepare

Run = Callable[[House, Callable[[str], None]], None]

STYLES = {State.OK: "green", State.WARNING: "yellow", State.TROUBLE: "bold red"}


def up(as_json: AsJson = False) -> None:
    """Run Rounds: the pages and the publishing daemon, in one process."""
    _run(running.up, as_json)


def web(as_json: AsJson = False) -> None:
    """Run the pages alone; a daemon runs elsewhere."""
    _run(running.web, as_json)


def daemon(as_json: AsJson = False) -> None:
    """Run the publishing daemon alone. Told to stop, it finishes what is under way."""
    _run(running.daemon, as_json)


def _run(run: Run, as_json: bool) -> None:
    with opened(talkative=True) as house:
        run(house, _say_in_json if as_json else _say)


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _say_in_json(sentence: str) -> None:
    """A process that goes on says one JSON object a line."""
    _say(json.dumps({"said": sentence}, ensure_ascii=False))


def version(as_json: AsJson = False) -> None:
    """Tell which Rounds this is."""
    record = {"rounds": __version__, "python": platform.python_version()}
    answer(as_json, record, f"Rounds {__version__} on Python {platform.python_version()}")


def diagnose(as_json: AsJson = False) -> None:
    """Look the installation over. Trouble gives exit code 1."""
    with opened() as house:
        checks = doctor.examine(house)
    records = [
        {"check": check.name, "state": check.state, "found": check.found, "remedy": check.remedy}
        for check in checks
    ]
    answer(as_json, records, *map(_line, checks))
    if any(check.state is State.TROUBLE for check in checks):
        raise typer.Exit(1)


def _line(check: Check) -> Text:
    """One thing that was looked at, in one line."""
    told = f"{check.name}: {check.found} {check.remedy}".rstrip()
    return Text.assemble((f"{check.state:<9}", STYLES[check.state]), told)


def show_demo(
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the example away again, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an example practice. It has a month of posts around today, to look around in."""
    with opened() as house:
        prepare(house)
        if remove:
            removed = demo.remove(house)
            answer(as_json, {"removed": removed}, f"The example “{removed}” is gone, with all its files.")
            return
        made = demo.build(house)
    people = [{"name": name, "email": email, "roles": roles} for name, email, roles in made.people]
    record = {"practice": made.practice, "password": made.password, "people": people}
    answer(
        as_json,
        record,
        f"“{made.practice}” is ready. Its people and its numbers are invented.",
        table(people, {"name": "Name", "email": "E-mail", "roles": "Roles"}, ""),
        f"Everybody there signs in with this password, which is shown only now: {made.password}",
        "Take it away again: rounds demo --remove",
    )


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(web)
    app.command()(daemon)
    app.command()(version)
    app.command("doctor")(diagnose)
    app.command("demo")(show_demo)
