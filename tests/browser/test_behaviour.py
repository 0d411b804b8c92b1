"""What the frame does, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import samples
from tests.browser.conftest import WAYS, Visitor
from tests.browser.site import SampleSite


def poll(page: Page) -> None:
    """Ask for the heartbeat now rather than in fifteen seconds."""
    with page.expect_response("**/heartbeat"):
        page.evaluate(
            "htmx.ajax('GET', '/heartbeat', {source: '#pulse', target: '#pulse', swap: 'outerHTML'})"
        )


def test_the_first_stop_of_the_keyboard_is_the_way_past_the_menu(visitor: Visitor) -> None:
    page = visitor.open("/keys")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_stop_and_heartbeat_stay_in_sight_while_the_page_scrolls(visitor: Visitor) -> None:
    page = visitor.open("/components")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".stop")).to_be_in_viewport()
    expect(page.locator("#pulse")).to_be_in_viewport()


def test_stop_opens_as_a_dialog_and_escape_gives_the_focus_back(visitor: Visitor) -> None:
    page = visitor.open("/keys")
    page.locator(".stop").click()
    expect(page.locator("dialog")).to_have_attribute("open", "")
    expect(page.get_by_role("radio", name="Everything")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".stop")).to_be_focused()


def test_the_red_button_names_the_scope(visitor: Visitor) -> None:
    page = visitor.open("/keys")
    page.keyboard.press("Shift+Escape")
    red = page.locator("dialog .btn.red")
    expect(red).to_have_text("Stop everything now")
    page.get_by_role("radio", name="One channel").check()
    expect(red).to_have_text("Stop this channel now")
    expect(page.get_by_role("combobox", name="One channel")).to_be_visible()


def test_a_refused_form_stays_in_its_dialog(visitor: Visitor, site: SampleSite) -> None:
    page = visitor.open("/keys")
    page.locator(".stop").click()
    page.get_by_role("radio", name="One channel").check()
    page.locator("dialog form").evaluate("form => form.noValidate = true")
    page.locator("dialog .btn.red").click()
    expect(page.locator("dialog .errt").first).to_have_text("Say why, so that all can see it.")
    expect(page.get_by_role("radio", name="One channel")).to_be_checked()
    [(_, form, header)] = site.posted
    assert form["csrf_token"] == header == "sample-token"


def test_a_dialog_that_cannot_be_fetched_opens_as_a_page(visitor: Visitor, site: SampleSite) -> None:
    page = visitor.open("/keys")
    site.dialogs_fail = True
    page.locator(".stop").click()
    page.wait_for_url("**/stop")
    expect(page.get_by_role("heading", name="What should stop?")).to_be_visible()


def test_a_form_that_does_not_reach_the_server_says_so_and_keeps_the_words(visitor: Visitor) -> None:
    page = visitor.open("/keys")
    page.locator(".stop").click()
    page.get_by_label("Why").fill("Storm warning")
    page.route("**/stop", lambda route: route.abort())
    page.locator("dialog .btn.red").click()
    expect(page.get_by_role("alert").filter(has_text="did not reach the server")).to_be_visible()
    expect(page.get_by_label("Why")).to_have_value("Storm warning")


def test_without_javascript_stop_is_a_page_and_the_form_is_posted(visitor: Visitor, site: SampleSite) -> None:
    page = visitor.open("/keys", java_script_enabled=False)
    page.locator(".stop").click()
    page.get_by_label("Why").fill("Storm warning")
    page.get_by_role("button", name="Stop everything now").click()
    page.wait_for_url("**/today")
    [(path, form, _)] = site.posted
    assert path == "/stop"
    assert form == {
        "csrf_token": "sample-token",
        "scope": "practice",
        "channel": "1",
        "reason": "Storm warning",
    }


def test_without_javascript_a_phone_still_reaches_every_page(visitor: Visitor) -> None:
    page = visitor.open("/keys", java_script_enabled=False, **WAYS["phone"])
    page.locator(".tabbar button").click()
    page.locator("#more").get_by_text("Settings").click()
    page.wait_for_url("**/settings")


def test_the_heartbeat_is_replaced_and_a_change_is_announced(visitor: Visitor, site: SampleSite) -> None:
    page = visitor.open("/keys")
    site.heartbeat = samples.ON_TIME
    poll(page)
    expect(page.locator("#pulse-said")).to_be_empty()
    site.heartbeat = samples.LATE
    page.locator("#pulse").focus()
    poll(page)
    expect(page.locator("#pulse")).to_have_class("pulse late")
    expect(page.locator("#pulse-said")).to_contain_text("Late: 2 posts")
    expect(page.locator("#pulse")).to_be_focused()


def test_a_server_that_no_longer_answers_is_never_shown_as_on_time(
    visitor: Visitor, site: SampleSite
) -> None:
    page = visitor.open("/keys")
    page.clock.install()
    poll(page)
    expect(page.locator("#pulse")).to_have_class("pulse on_time")
    page.clock.fast_forward(60_000)
    poll(page)
    expect(page.locator("#pulse")).to_contain_text("No word from the server")
    site.heartbeat = samples.ON_TIME
    poll(page)
    expect(page.locator("#pulse")).to_contain_text("Publishing: on time")


def test_a_toast_leaves_after_eight_seconds_unless_someone_is_at_it(
    visitor: Visitor, site: SampleSite
) -> None:
    site.facts = {"frame": samples.frame(toasts=(samples.SIGNED,))}
    page = visitor.open("/keys")
    page.clock.install()
    page.reload()
    toast = page.locator(".toast")
    toast.get_by_role("button").focus()
    page.clock.fast_forward(20_000)
    expect(toast).to_be_visible()
    page.locator(".stop").focus()
    page.clock.fast_forward(8_100)
    expect(toast).to_have_count(0)


def test_single_letters_act_as_commands(visitor: Visitor) -> None:
    page = visitor.open("/keys")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/calendar")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()


def test_j_and_k_walk_through_the_rows(visitor: Visitor) -> None:
    page = visitor.open("/components")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()


def test_letters_rest_while_someone_types(visitor: Visitor) -> None:
    page = visitor.open("/components")
    page.get_by_label("Send at").click()
    page.keyboard.type("gc?")
    expect(page.get_by_label("Send at")).to_have_value(re.compile(r"gc\?"))
    assert page.url.endswith("/components")
    expect(page.locator("dialog")).to_have_count(0)


def test_single_letters_can_be_switched_off(visitor: Visitor, site: SampleSite) -> None:
    site.facts = {"frame": samples.frame(single_keys=False)}
    page = visitor.open("/keys")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.keyboard.press("Shift+Escape")
    expect(page.get_by_role("heading", name="What should stop?")).to_be_visible()
    assert page.url.endswith("/keys")


def test_a_chosen_theme_wins_over_the_system(visitor: Visitor, site: SampleSite) -> None:
    site.facts = {"frame": samples.frame(theme="dark")}
    page = visitor.open("/keys", color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 23)"


def test_the_typefaces_come_from_here(visitor: Visitor, address: str) -> None:
    page = visitor.open("/keys")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert "Atkinson Hyperlegible Next" in {family.strip('"') for family in loaded}
    requested = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert any(name.endswith("next-latin.woff2") for name in requested)
    assert all(name.startswith(address) for name in requested)


@pytest.mark.parametrize("way", ["light", "phone"])
def test_the_page_breaks_no_rule_of_its_own_policy(visitor: Visitor, way: str) -> None:
    page = visitor.open("/components", **WAYS[way])
    page.locator(".stop").click()
    page.locator("dialog[open]").wait_for()
    assert visitor.complaints == []
