"""A real browser on real pages; skipped with the reason where there is none, or no built front end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import SampleSite
from tests.support.servers import serve
from web.ui import STATIC

AXE = STATIC.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
TABLET = {"viewport": {"width": 1000, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
WAYS: dict[str, dict[str, Any]] = {
    "light": {**DESKTOP, "color_scheme": "light"},
    "dark": {**DESKTOP, "color_scheme": "dark"},
    "tablet": {**TABLET, "color_scheme": "light"},
    "phone": {**PHONE, "color_scheme": "light"},
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[SampleSite, str]]:
    site = SampleSite()
    with serve(site.app) as address:
        yield site, address


@pytest.fixture
def site(served: tuple[SampleSite, str]) -> SampleSite:
    site, _ = served
    site.reset()
    return site


@pytest.fixture
def address(site: SampleSite, served: tuple[SampleSite, str]) -> str:
    return served[1]


@dataclass
class Visitor:
    """Opens pages of the site; collects what the browser complained about."""

    browser: Browser
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, **options: Any) -> Page:
        context = self.browser.new_context(base_url=self.address, **{**WAYS["light"], **options})
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    def violations(self, page: Page) -> list[str]:
        """What axe-core finds on *page*: rule, and where."""
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, rules)", AXE_RULES)
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, address)
    yield visitor
    for context in browser.contexts:
        context.close()
