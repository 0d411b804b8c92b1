"""The connector that the guide builds, run as it stands on the page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, files_in

GUIDE = DOCS / "connectors" / "new.md"
CONNECTOR = "connectors/providers/bulletin/connector.py"
SUITE = "tests/conformance/test_bulletin.py"
BESIDE_OURS = """\
from pathlib import Path

import connectors.providers

connectors.providers.__path__.append(str(Path(__file__).parent))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's connector as a network beside ours, and its test."""
    place = tmp_path_factory.mktemp("guide")
    shown = files_in(GUIDE)
    (place / "bulletin").mkdir()
    (place / "bulletin" / "connector.py").write_text(shown[CONNECTOR], encoding="utf-8")
    (place / "test_bulletin.py").write_text(shown[SUITE], encoding="utf-8")
    (place / "conftest.py").write_text(BESIDE_OURS, encoding="utf-8")
    return place


def run(*command: str, folder: Path, given: str = "") -> None:
    """Run a module of this Python; its output is the failure's message."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guides_connector_passes_the_conformance_suite(folder: Path) -> None:
    run("pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", str(folder), folder=folder)


@pytest.mark.parametrize("path", [CONNECTOR, SUITE])
def test_the_guides_code_is_written_in_our_style(path: str) -> None:
    unsorted = "I001"  # the order of imports depends on a folder that is not there
    for action in (["check", "--ignore", unsorted], ["format", "--check"]):
        run("ruff", *action, "--stdin-filename", path, "-", folder=ROOT, given=files_in(GUIDE)[path])
