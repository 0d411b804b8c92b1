"""Nobody is shut out: axe-core finds nothing, in every light and on every size."""

import pytest

from tests.browser import samples
from tests.browser.conftest import WAYS, Visitor
from tests.browser.site import SampleSite
from web.frame import Heartbeat

FEW_WAYS = ["light", "phone-dark"]


@pytest.mark.parametrize("way", WAYS)
def test_the_components_have_no_violation(visitor: Visitor, way: str) -> None:
    page = visitor.open("/components", **WAYS[way])
    assert visitor.violations(page) == []
    assert visitor.complaints == []


@pytest.mark.parametrize("way", FEW_WAYS)
@pytest.mark.parametrize("name", ["welcome", "sample_setup", "stop", "keys", "refused"])
def test_a_page_has_no_violation(visitor: Visitor, name: str, way: str) -> None:
    page = visitor.open(f"/{name}", **WAYS[way])
    assert visitor.violations(page) == []


@pytest.mark.parametrize("way", FEW_WAYS)
def test_the_stop_dialog_has_no_violation(visitor: Visitor, way: str) -> None:
    page = visitor.open("/keys", reduced_motion="reduce", **WAYS[way])
    page.locator(".stop").click()
    page.locator("dialog[open]").wait_for()
    assert visitor.violations(page) == []


@pytest.mark.parametrize("way", FEW_WAYS)
@pytest.mark.parametrize("beat", [samples.LATE, samples.STOPPED, samples.SILENT], ids=lambda beat: beat.pulse)
def test_the_frame_has_no_violation_when_something_is_wrong(
    visitor: Visitor, site: SampleSite, beat: Heartbeat, way: str
) -> None:
    holds = (samples.STORM,) if beat is samples.STOPPED else ()
    site.facts = {"frame": samples.frame(heartbeat=beat, holds=holds, toasts=(samples.SIGNED,))}
    page = visitor.open("/keys", **WAYS[way])
    assert visitor.violations(page) == []


def test_the_sheet_behind_more_has_no_violation(visitor: Visitor) -> None:
    page = visitor.open("/keys", **WAYS["phone"])
    page.locator(".tabbar button").click()
    assert page.locator("#more").is_visible()
    assert visitor.violations(page) == []


@pytest.mark.parametrize("name", ["components", "welcome", "sample_setup", "stop", "keys"])
def test_a_page_reflows_at_320_pixels(visitor: Visitor, name: str) -> None:
    page = visitor.open(f"/{name}", viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_moves_by_itself_when_motion_is_unwelcome(visitor: Visitor) -> None:
    page = visitor.open("/components", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_icons_and_borders_stay_in_forced_colours(visitor: Visitor) -> None:
    page = visitor.open("/components", forced_colors="active")
    pill = page.locator(".st.pill").first
    assert pill.evaluate("element => getComputedStyle(element).borderTopWidth") == "1px"
    assert pill.locator("svg").evaluate("element => getComputedStyle(element).stroke") != "none"
