"""The project's pages as tests read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))

_FENCE = re.compile(r"^(```+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Link:
    """One link to another page, a file or a heading."""

    page: Path
    target: str

    @property
    def is_internal(self) -> bool:
        return not re.match(r"[a-z][a-z0-9+.-]*:", self.target)

    @property
    def file(self) -> Path:
        path = self.target.partition("#")[0]
        return (self.page.parent / path).resolve() if path else self.page

    @property
    def anchor(self) -> str:
        return self.target.partition("#")[2]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[Link]:
    return (Link(page, target) for target in _LINK.findall(prose(page)))


def headings(page: Path) -> list[str]:
    return _HEADING.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The names under which the page's headings can be linked."""
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*_]", "", heading).lower()).replace(" ", "-")
        for heading in headings(page)
    }


def files_in(page: Path) -> dict[str, str]:
    """The files that the page shows whole, by their path: blocks below a `<!-- file: … -->`."""
    return dict(_FILE.findall(page.read_text(encoding="utf-8")))
