"""What the first pages claim about the project."""

import re
import subprocess

from rounds import __version__
from tests.docs.pages import ROOT, headings, links, prose

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def test_the_two_commands_stand_at_the_top() -> None:
    top = README.read_text(encoding="utf-8").partition("##")[0]
    commands = [line.split("#")[0].strip() for line in top.splitlines() if line.startswith("    ")]
    assert commands == ["make up", "make test"]


def test_every_make_command_that_is_named_exists() -> None:
    text = README.read_text(encoding="utf-8") + CONTRIBUTING.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"up", "test", "check"} <= named <= TARGETS


def test_each_promise_links_its_law_and_its_tests() -> None:
    rows = [line for line in prose(README).splitlines() if line.startswith("| **")]
    assert len(rows) == 3
    assert all("(docs/laws.md#" in row and "(tests/" in row for row in rows)


def test_the_picture_is_there() -> None:
    pictures = [link for link in links(README) if link.target.endswith(".png")]
    assert pictures
    assert all(picture.file.stat().st_size > 10_000 for picture in pictures)


def test_the_changes_begin_with_this_version() -> None:
    versions = [heading for heading in headings(ROOT / "CHANGELOG.md") if heading[0].isdigit()]
    assert versions[0].startswith(__version__)


def test_the_license_is_the_whole_apache_license() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_check_of_a_fresh_machine_can_be_started() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "make test" in script.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
