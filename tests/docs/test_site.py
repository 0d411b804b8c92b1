"""The site that is made of the pages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(https?:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with every warning as an error."""
    place = tmp_path_factory.mktemp("site")
    command = [
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-d",
        place / "trees",
        "-b",
        "html",
        DOCS,
        place / "html",
    ]
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place / "html"


def test_every_page_becomes_a_page_of_the_site(site: Path) -> None:
    pages = {page.relative_to(DOCS).with_suffix(".html") for page in DOCS.rglob("*.md")}
    assert not [page for page in pages if not (site / page).is_file()]


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert not [page.name for page in pages if LOADED.search(page.read_text(encoding="utf-8"))]
