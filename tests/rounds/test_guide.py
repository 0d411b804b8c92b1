"""The guide lists every command there is, and says of each what its help says."""

import re
import runpy
from pathlib import Path

from typer.testing import CliRunner

from rounds.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = DOCS / "guide" / "command-line.md"


def test_the_guide_lists_the_commands_as_they_are_now() -> None:
    written = runpy.run_path(str(DOCS / "commands.py"))["page"]()
    assert GUIDE.read_text(encoding="utf-8") == written, "make docs writes it anew"


def test_every_example_in_the_guide_is_a_command_with_options_that_exist() -> None:
    for example in examples():
        words = example.split()[1:]
        options = [word for word in words if word.startswith("--") and word != "--install-completion"]
        command = words[
            : next((n for n, word in enumerate(words) if not re.fullmatch(r"[a-z-]+", word)), None)
        ]
        command = [word for word in command if not word.startswith("-")]
        told = CliRunner().invoke(app, [*command[:2], "--help"], env={"COLUMNS": "200"})
        if told.exit_code:
            told = CliRunner().invoke(app, [*command[:1], "--help"], env={"COLUMNS": "200"})
        assert told.exit_code == 0, example
        missing = [option for option in options if option not in told.stdout]
        assert not missing, f"{example}: {missing}"


def examples() -> list[str]:
    """The lines of the guide that begin with `rounds`, whole."""
    text = GUIDE.read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(r"^    (?:ROUNDS_TOKEN=… )?(rounds .+?)(?: +#.*| <.*)?$", text, re.MULTILINE)


def test_the_guide_has_examples() -> None:
    assert len(examples()) > 8
