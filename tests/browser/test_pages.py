"""The first pages in a real browser: nobody is shut out, by keyboard, by phone or without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.actor import Actor
from domain.words import HoldScope
from tests.browser.conftest import WAYS, Visitor
from tests.browser.stage import working_day
from tests.support.databases import SqliteTemplates
from tests.support.desk import Desk
from web.access import COOKIE

PAGES = (
    "/today",
    "/stop",
    "/find?q=a",
    "/account",
    "/channels",
    "/channels/new",
    "/channels/new/scripted",
    "/settings",
    "/settings/people",
    "/record",
    "/nowhere",
)
FEW_WAYS = ("light", "phone-dark")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, sqlite_templates: SqliteTemplates) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("day")
    with working_day(folder, sqlite_templates.database(folder)) as served:
        yield served


@pytest.fixture
def guest(browser: Browser, day: Desk) -> Iterator[Visitor]:
    """Looks at the real pages."""
    visitor = Visitor(browser, day.address)
    yield visitor
    assert visitor.complaints == []
    for context in browser.contexts:
        context.close()


def as_member(day: Desk, actor: Actor, **options: object) -> dict[str, object]:
    """Options that open a browser in which this member is signed in."""
    cookie = {
        "name": COOKIE,
        "value": day.session(actor),
        "domain": "127.0.0.1",
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    return {"storage_state": {"cookies": [cookie], "origins": []}, **options}


@pytest.mark.parametrize("way", FEW_WAYS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_and_no_violation(guest: Visitor, day: Desk, path: str, way: str) -> None:
    page = guest.open(path, **as_member(day, day.practice.admin, **WAYS[way]))
    if path == "/nowhere":
        guest.complaints.clear()  # the browser reports the 404 that is asked for
    assert page.locator("h1").count() == 1
    assert guest.violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reflows_at_320_pixels(guest: Visitor, day: Desk, path: str) -> None:
    page = guest.open(path, **as_member(day, day.practice.admin, viewport={"width": 320, "height": 700}))
    guest.complaints.clear()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("way", FEW_WAYS)
def test_the_door_has_no_violation(guest: Visitor, way: str) -> None:
    page = guest.open("/sign-in", **WAYS[way])
    assert page.locator("h1").count() == 1
    assert guest.violations(page) == []


@pytest.mark.parametrize("way", FEW_WAYS)
def test_what_is_open_has_no_violation(guest: Visitor, day: Desk, way: str) -> None:
    channel = day.practice.channel_ids[0]
    page = guest.open(f"/channels/{channel}", **as_member(day, day.practice.admin, **WAYS[way]))
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert guest.violations(page) == []
    page.goto(f"/settings/people/{day.practice.author.member_id}")
    assert guest.violations(page) == []


def test_the_first_thing_of_today_is_its_verdict_and_the_alarm_has_equal_answers(
    guest: Visitor, day: Desk
) -> None:
    page = guest.open("/today", **as_member(day, day.practice.approver))
    expect(page.locator("h2.verdict")).to_contain_text("needs a pair of eyes")
    answers = page.locator(".alarm > .acts .btn:not(.quiet)")
    assert [answer.evaluate("a => a.className") for answer in answers.all()] == ["btn", "btn"]
    assert page.locator(".btn.pri").count() == 1


def test_stop_from_any_page_comes_back_to_it_and_resumes(guest: Visitor, day: Desk) -> None:
    page = guest.open("/channels", **as_member(day, day.practice.approver))
    page.keyboard.press("Shift+Escape")
    page.get_by_label("Why").fill("Storm warning")
    page.get_by_role("button", name="Stop everything now").click()
    expect(page.locator(".banner")).to_contain_text("Everything is stopped. Storm warning")
    expect(page.locator(".toast")).to_contain_text("Stopped.")
    assert page.url.endswith("/channels")
    page.locator(".stop.resume").click()
    expect(page.get_by_role("heading", name="Still ahead")).to_be_visible()
    page.locator("main").get_by_role("button", name="Resume").click()
    expect(page.locator(".toast")).to_contain_text("Resumed.")
    expect(page.locator(".banner")).to_have_count(0)


def test_a_refused_stop_stays_in_its_dialog_with_the_choice(guest: Visitor, day: Desk) -> None:
    page = guest.open("/account", **as_member(day, day.practice.author))
    page.locator(".stop").click()
    page.get_by_role("radio", name="One channel").check()
    page.locator("dialog form").evaluate("form => { form.noValidate = true }")
    page.locator("dialog .btn.red").click()
    expect(page.locator("dialog .errt").first).to_contain_text("Say in a few words why")
    expect(page.get_by_role("radio", name="One channel")).to_be_checked()
    guest.complaints.clear()  # the browser reports the 422
    assert day.practice.open_holds() == []


def test_finding_is_typed_and_walked_by_keyboard_alone(guest: Visitor, day: Desk) -> None:
    page = guest.open("/today", **as_member(day, day.practice.admin))
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("physio")
    found = page.locator("#found").get_by_role("link", name=re.compile("New physio hours"))
    expect(found).to_be_visible()
    found.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/*")


def test_an_ended_sign_in_is_told_by_the_heartbeat_and_the_form_is_kept(guest: Visitor, day: Desk) -> None:
    page = guest.open("/account", **as_member(day, day.practice.author))
    page.get_by_label("What will use it").fill("the laptop")
    for session in (
        day.practice.house.database.read()
        .practice(day.practice.id)
        .people.sessions(day.practice.author.member_id)
    ):
        day.practice.house.access.end_sessions(day.practice.author, [session.id])
    with page.expect_response("**/heartbeat"):
        page.evaluate(
            "htmx.ajax('GET', '/heartbeat', {source: '#pulse', target: '#pulse', swap: 'outerHTML'})"
        )
    expect(page.locator("#pulse")).to_contain_text("Signed out")
    expect(page.get_by_label("What will use it")).to_have_value("the laptop")
    guest.complaints.clear()  # the browser reports the 401


def test_without_javascript_the_pages_still_work(guest: Visitor, day: Desk) -> None:
    page = guest.open("/channels", **as_member(day, day.practice.approver, java_script_enabled=False))
    page.locator(".find").first.click()
    page.locator("#q").fill("physio")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#found")).to_contain_text("New physio hours")
    page.locator(".stop").click()
    page.get_by_label("Why").fill("Storm warning")
    page.get_by_role("button", name="Stop everything now").click()
    expect(page.locator(".banner")).to_contain_text("Storm warning")
    [hold] = day.practice.open_holds()
    assert hold.scope is HoldScope.PRACTICE
    page.goto(f"/resume/{hold.id}")
    page.locator("main").get_by_role("button", name="Resume").click()
    assert day.practice.open_holds() == []


def test_a_theme_shows_at_once_and_stays(guest: Visitor, day: Desk) -> None:
    page = guest.open("/account", **as_member(day, day.practice.author))
    page.get_by_role("radio", name=re.compile("Dark")).check()
    assert background(page) == "rgb(20, 25, 23)"
    page.get_by_role("button", name="Keep this").click()
    page.goto("/today")
    assert background(page) == "rgb(20, 25, 23)"


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour
