"""The pages speak of the project alone, and of no place where it was made or fetched from."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, name

TEXTS = (*PAGES, *sorted(DOCS.glob("*.py")), *sorted((ROOT / "deploy").iterdir()), ROOT / ".ci" / "run")
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.])/(?:work|home|root|Users)/",
    "a package registry": r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|crates)\.(?:org|com|io)\b",
    "a shout": r"(?<=[a-z])!(?=\s|$)",
    "a promise to finish": r"\bTODO\b|\bFIXME\b|\bcoming soon\b|\blorem ipsum\b",
}


@pytest.mark.parametrize("page", TEXTS, ids=name)
def test_a_page_holds_none_of_these(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = {
        what: match[0] for what, sign in FORBIDDEN.items() if (match := re.search(sign, text, re.I | re.M))
    }
    assert not found
