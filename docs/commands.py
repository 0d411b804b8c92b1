"""Writes the list of commands into docs/guide/command-line.md. `python docs/commands.py`"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rounds.cli import app

PAGE = Path(__file__).parent / "guide" / "command-line.md"
BEGIN, END = "<!-- commands, written by `make docs` -->\n", "<!-- end of commands -->\n"


def page() -> str:
    """The whole page, with the commands as they are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    rows = [f"| `{usage}` | {does} |" for usage, does in commands()]
    return "".join(
        [before, BEGIN, "\n".join(["| command | what it does |", "| --- | --- |", *rows]), "\n", END, after]
    )


def commands() -> list[tuple[str, str]]:
    """Every command with what it asks for, and the first sentence of its help, as help lists them."""
    return list(_below("rounds", typer.main.get_command(app)))


def _below(name: str, command: Any) -> Iterator[tuple[str, str]]:
    for key, each in getattr(command, "commands", {}).items():
        yield from _below(f"{name} {key}", each)
    if not hasattr(command, "commands"):
        yield " ".join([name, *_needed(command)]), _first_sentence(command.help)


def _needed(command: Any) -> Iterator[str]:
    """What must be typed, and the arguments that may be."""
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield parameter.metavar or parameter.name.upper()
        elif parameter.required:
            yield "/".join([*parameter.opts, *parameter.secondary_opts])


def _first_sentence(help_text: str) -> str:
    words = " ".join(help_text.split())
    return words.partition(". ")[0].removesuffix(".")


def main() -> None:
    current = page()
    changed = PAGE.read_text(encoding="utf-8") != current
    PAGE.write_text(current, encoding="utf-8")
    sys.stdout.write("The commands were written anew.\n" if changed else "The commands are current.\n")


if __name__ == "__main__":
    main()
