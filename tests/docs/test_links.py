"""Whatever a page points to is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Link, anchors, links, name, prose

NAMED_FILE = re.compile(r"`([a-z_]+(?:/[\w.-]+)*/[\w-]+\.(?:py|toml|md|lock|service|html))`")
ROOMS = {place.name for place in ROOT.iterdir() if place.is_dir()}
MADE_LATER = {
    "docs/connectors/bulletin.md",
    "tests/conformance/test_bulletin.py",
}  # by whoever follows a guide


def internal(page: Path) -> list[Link]:
    return [link for link in links(page) if link.is_internal]


def leads_somewhere(link: Link) -> bool:
    return link.file.exists() and (not link.anchor or link.anchor in anchors(link.file))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert not [link.target for link in internal(page) if not leads_somewhere(link)]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = {path for path in NAMED_FILE.findall(prose(page)) if path.split("/")[0] in ROOMS}
    assert not [path for path in named - MADE_LATER if not (ROOT / path).is_file()]


def test_the_pages_link_at_all() -> None:
    assert sum(len(internal(page)) for page in PAGES) > 50
