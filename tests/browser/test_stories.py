"""Whole errands in a real browser: planning, writing, signing, settling a doubt, bringing a calendar in."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from domain.actor import Actor
from domain.states import Delivery
from store.models import PostRow, Submission
from tests.browser.conftest import WAYS, Visitor
from tests.browser.stage import working_day
from tests.support.databases import SqliteTemplates
from tests.support.desk import Desk
from web.access import COOKIE

FEW_WAYS = ("light", "phone-dark")
PLAN = """id,date,time,channels,title,text
P-1,2027-04-06,09:00,scripted 1,Flu week opens,Flu shots are here.
P-2,2027-04-07,09:00,Instagam,Meet the team,In before you wake up.
P-3,2027-11-07,01:30,scripted 1,Clocks go back,Sleep well.
"""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, sqlite_templates: SqliteTemplates) -> Iterator[Desk]:
    """One practice for pages that are only looked at."""
    folder = tmp_path_factory.mktemp("day")
    with working_day(folder, sqlite_templates.database(folder)) as served:
        yield served


@pytest.fixture
def own_day(tmp_path: Path, sqlite_templates: SqliteTemplates) -> Iterator[Desk]:
    """A practice for one story alone."""
    with working_day(tmp_path, sqlite_templates.database(tmp_path)) as served:
        yield served


Sits = Callable[..., Page]


@pytest.fixture
def sits(browser: Browser) -> Iterator[Sits]:
    """Somebody opens a page, already signed in; whatever the browser complains about fails the test."""
    complaints: list[str] = []

    def open_page(desk: Desk, actor: Actor, path: str, **options: Any) -> Page:
        cookie = {"name": COOKIE, "value": desk.session(actor), "domain": "127.0.0.1", "path": "/"}
        cookie |= {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        visitor = Visitor(browser, desk.address, complaints)
        signed_in = {"storage_state": {"cookies": [cookie], "origins": []}, "locale": "en-GB"}
        return visitor.open(path, **{**signed_in, **options})

    yield open_page
    refused = "the server responded with a status of 422"  # a form that was shown again
    assert [said for said in complaints if refused not in said] == []
    for context in browser.contexts:
        context.close()


def post_called(desk: Desk, title: str) -> PostRow:
    with desk.practice.house.database.read() as work:
        return next(row for row in work.practice(desk.practice.id).posts.list() if row.title == title)


def waiting(desk: Desk) -> Submission:
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).signoffs.waiting()[0]


def publication(desk: Desk, state: Delivery) -> str:
    return desk.practice.in_states(state)[0].id


def addresses(desk: Desk) -> dict[str, str]:
    """Every kind of page, by a name that a failing test can be known by."""
    draft = post_called(desk, "A day at our front desk.")
    published = desk.practice.in_states(Delivery.PUBLISHED)[0]
    return {
        "month": "/calendar",
        "week": "/calendar?view=week",
        "list": "/calendar?view=list",
        "new": "/posts/new",
        "edit": f"/posts/{draft.id}/edit",
        "draft": f"/posts/{draft.id}",
        "published": f"/posts/{published.post_id}",
        "move": f"/posts/{draft.id}/move",
        "withdraw": f"/posts/{draft.id}/withdraw",
        "uncertain": f"/publications/{publication(desk, Delivery.UNCERTAIN)}",
        "receipt": f"/publications/{published.id}",
        "queue": "/review",
        "review": f"/review/{waiting(desk).id}",
        "sign": f"/review/{waiting(desk).id}/approve",
        "changes": f"/review/{waiting(desk).id}/changes",
        "import": "/import",
        "performance": "/performance",
        "library": "/library",
    }


KINDS = (
    *("month", "week", "list", "new", "edit", "draft", "published", "move", "withdraw", "uncertain"),
    *("receipt", "queue", "review", "sign", "changes", "import", "performance", "library"),
)


@pytest.mark.parametrize("way", FEW_WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_one_heading_and_no_violation(sits: Sits, day: Desk, kind: str, way: str) -> None:
    page = sits(day, day.practice.approver, addresses(day)[kind], **WAYS[way])
    assert page.locator("h1").count() == 1
    assert Visitor(page.context.browser, day.address).violations(page) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_reflows_at_320_pixels(sits: Sits, day: Desk, kind: str) -> None:
    narrow = {"width": 320, "height": 700}
    page = sits(day, day.practice.approver, addresses(day)[kind], viewport=narrow)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


# ---------------------------------------------------------------- the four errands


def test_a_creator_writes_looks_and_submits(sits: Sits, own_day: Desk) -> None:
    practice = own_day.practice
    page = sits(own_day, practice.author, "/calendar")
    page.keyboard.press("n")
    page.wait_for_url("**/posts/new")
    page.get_by_role("checkbox", name="scripted 1").check()
    expect(page.get_by_role("checkbox", name="scripted 1")).to_be_focused()
    page.get_by_label("Title").fill("Flu week")  # while the answer to the check is still on its way
    words = page.get_by_label("Text", exact=True)
    words.fill("Flu shots are in. Call her on 902 555 0199.")
    expect(page.locator("#marks-all mark.f.block")).to_have_text("902 555 0199")
    expect(page.locator("#found")).to_contain_text("1 thing to fix")
    expect(page.locator("#look .pv")).to_contain_text("Flu shots are in.")
    words.fill("Flu shots are in. Walk in any weekday.")
    expect(page.locator("#checks .finding.block")).to_have_count(0)
    expect(page.locator("#send")).to_have_class(re.compile(r"\bpri\b"))
    expect(words).to_be_focused()
    page.get_by_label("Day").fill("2026-11-12")
    page.get_by_label("Time", exact=True).fill("12:30")
    expect(page.locator("#submit")).to_contain_text("Thu 12 Nov, 12:30")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/posts/\w{26}$"))
    expect(page.locator(".toast")).to_contain_text("Submitted.")
    expect(page.locator(".verdict")).to_contain_text("It waits for Amara Osei")
    assert post_called(own_day, "Flu week").state == "in_review"


def test_a_physician_reads_and_signs_on_a_phone(sits: Sits, own_day: Desk) -> None:
    practice = own_day.practice
    submission = waiting(own_day)
    page = sits(own_day, practice.approver, "/review", **WAYS["phone"])
    page.get_by_role("link", name="Read and sign").first.click()
    page.wait_for_url(f"**/review/{submission.id}")
    dock = page.locator(".dock")
    expect(dock).to_be_in_viewport(ratio=1)
    expect(dock.locator(".only-p")).to_contain_text(submission.fingerprint[:4])
    expect(page.locator(".tabbar")).to_have_count(0)
    dock.get_by_role("link", name="Approve and sign").tap()
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("Sign as Amara Osei")
    expect(sheet).to_contain_text("I have read every version.")
    sheet.get_by_role("button", name="Sign", exact=True).tap()
    page.wait_for_url("**/review")
    expect(page.locator(".toast")).to_contain_text("Signed.")
    (signed,) = practice.publications(submission.post_id)
    assert signed.state is Delivery.SCHEDULED


def test_a_reason_that_is_missing_is_asked_for_in_the_dialog(sits: Sits, own_day: Desk) -> None:
    submission = waiting(own_day)
    page = sits(own_day, own_day.practice.approver, f"/review/{submission.id}")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("c")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("In a sentence or two")).to_be_focused()
    page.keyboard.type("   ")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_contain_text("Say what should change")
    dialog.get_by_label("In a sentence or two").fill("Name the nurse line.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/review")
    expect(page.locator(".toast")).to_contain_text("Sent back.")


def test_an_uncertain_publication_is_settled(sits: Sits, own_day: Desk) -> None:
    doubtful = publication(own_day, Delivery.UNCERTAIN)
    page = sits(own_day, own_day.practice.approver, f"/publications/{doubtful}")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("We don’t know if scripted 1 took")
    expect(alarm).to_contain_text("From Monday Leo Brandt sees people")
    alarm.get_by_role("link", name="It is there: mark published").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Its address there").fill("https://scripted.example/77")
    dialog.get_by_role("button", name="It is there: mark published").click()
    expect(page.locator(".toast")).to_contain_text("Marked published.")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    expect(page.get_by_role("link", name="Open it on scripted 1")).to_have_attribute(
        "href", "https://scripted.example/77"
    )
    assert own_day.practice.publication(doubtful).state is Delivery.PUBLISHED


def test_a_calendar_with_problems_comes_in_by_its_valid_rows(
    sits: Sits, own_day: Desk, tmp_path: Path
) -> None:
    (tmp_path / "plan.csv").write_text(PLAN, encoding="utf-8")
    page = sits(own_day, own_day.practice.author, "/import")
    page.get_by_label("The calendar", exact=True).set_input_files(tmp_path / "plan.csv")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".verdict")).to_have_text("One post is ready to import. Two rows have a problem.")
    expect(page.locator(".problems")).to_contain_text("There is no channel “Instagam”.")
    expect(page.locator(".problems")).to_contain_text("01:30 comes twice")
    page.get_by_role("button", name="Import the 1 valid row").click()
    page.wait_for_url("**/calendar?at=2027-04-06")
    expect(page.locator(".toast")).to_contain_text("2 rows were left out.")
    expect(page.locator('[data-day="2027-04-06"]').first).to_contain_text("Flu week opens")


# ---------------------------------------------------------------- small things that must not break


def test_the_calendar_is_walked_and_a_post_moved_by_keyboard_alone(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/calendar")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("w")
    page.wait_for_url("**view=week**")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("16")
    page.keyboard.press("t")
    expect(page.locator("h1")).to_contain_text("9")
    page.keyboard.press("o")
    page.wait_for_url("**view=month**")
    page.get_by_role("link", name=re.compile("Knee pain")).first.focus()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Move “Knee pain: always see a doctor.”")
    dialog.get_by_label("Day").fill("2026-11-20")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Moved.")
    expect(page.locator('.day[data-day="2026-11-20"]')).to_contain_text("Knee pain")


def test_a_card_that_is_dropped_on_a_day_asks_for_the_time_there(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/calendar")
    page.wait_for_load_state("networkidle")
    card = page.locator(".un", has_text="A day at our front desk.")
    card.drag_to(page.locator('.day[data-day="2026-11-24"]'))
    expect(page.locator("dialog[open]").get_by_label("Day")).to_have_value("2026-11-24")


def test_a_channels_own_words_are_written_on_its_tab(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/posts/new")
    for name in ("scripted 1", "scripted 2"):
        page.get_by_role("checkbox", name=name).check()
        expect(page.get_by_role("checkbox", name=name)).to_be_checked()
        page.wait_for_load_state("networkidle")
    page.get_by_label("Text", exact=True).fill("For everybody.")
    page.locator(".vtabs > label", has_text="scripted 2").click()
    page.get_by_role("checkbox", name="Own wording on scripted 2").check()
    page.get_by_label("Text for scripted 2").fill("For the second one.")
    expect(page.locator("#look .pvw", has_text="scripted 2").locator(".tx")).to_have_text(
        "For the second one."
    )
    expect(page.locator("#look .pvw", has_text="scripted 1").locator(".tx")).to_have_text("For everybody.")


def test_a_picture_is_added_by_choosing_it(sits: Sits, own_day: Desk, tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    (tmp_path / "nurse.png").write_bytes(data.getvalue())
    page = sits(own_day, own_day.practice.author, "/posts/new")
    page.get_by_label("Text", exact=True).fill("Meet our nurse.")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Picture files").set_input_files(tmp_path / "nurse.png")
    alt = page.get_by_label("Alt text")
    expect(alt).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Meet our nurse.")
    expect(page.locator(".thumb img")).to_have_js_property("naturalWidth", 40)


def test_leaving_words_that_are_not_saved_asks_first(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/posts/new")
    page.get_by_label("Title").press_sequentially("Flu week")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/calendar")
    assert asked == ["beforeunload"]


def test_without_javascript_a_post_is_written_and_submitted(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/posts/new", java_script_enabled=False)
    page.get_by_role("checkbox", name="scripted 1").check()
    page.get_by_role("checkbox", name="scripted 2").check()
    page.get_by_label("Text", exact=True).fill("Flu shots are in. Walk in any weekday.")
    page.get_by_role("button", name="Show these channels").click()
    page.locator(".vtabs > label", has_text="scripted 2").click()
    page.get_by_role("checkbox", name="Own wording on scripted 2").check()
    page.get_by_label("Text for scripted 2").fill("Flu shots are in, on the second channel.")
    page.get_by_role("button", name="Submit for sign-off").click()
    expect(page.locator("h1")).to_contain_text("Flu shots are in.")
    expect(page.locator(".pvgrid")).to_contain_text("on the second channel.")
    assert post_called(own_day, "Flu shots are in. Walk in any weekday.").state == "in_review"


def test_without_javascript_filters_and_dialogs_are_pages(sits: Sits, own_day: Desk) -> None:
    page = sits(own_day, own_day.practice.author, "/calendar", java_script_enabled=False)
    page.get_by_label("Status").select_option("not-ready")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".grid5")).to_contain_text("Knee pain")
    expect(page.locator(".grid5")).not_to_contain_text("Asthma")
    page.goto(f"/posts/{post_called(own_day, 'A day at our front desk.').id}")
    page.get_by_role("link", name="Choose a time").click()
    page.get_by_label("Day", exact=True).fill("2026-11-24")
    page.get_by_role("button", name="Move", exact=True).click()
    assert post_called(own_day, "A day at our front desk.").wall == "2026-11-24T09:00"
