"""From the one-time link to a practice with a channel, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from config.settings import Settings
from rounds.wiring import House, prepare
from tests.browser.conftest import WAYS, Visitor
from tests.support.clocks import SetClock
from tests.support.databases import SqliteTemplates
from tests.support.servers import serve
from web.app import create_app


@pytest.fixture
def new_house(tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock) -> Iterator[House]:
    house = House(Settings(data_dir=tmp_path, database_url=sqlite_templates.database(tmp_path)), clock)
    prepare(house)
    yield house
    house.database.close()


def test_a_new_practice_is_set_up_and_led_on_to_its_first_channel(browser: Browser, new_house: House) -> None:
    with serve(create_app(new_house)) as address:
        guest = Visitor(browser, address)
        page = guest.open(f"/setup/{new_house.access.new_setup_link()}", timezone_id="America/Halifax")
        expect(page.get_by_label("Time zone")).to_have_value("America/Halifax")
        assert guest.violations(page) == []
        page.get_by_label("Name, as people know it").fill("Harbour Lane Family Practice")
        page.get_by_label("Your name").fill("Tom Becker")
        page.get_by_label("E-mail").fill("tom@harbourlane.example")
        page.get_by_label("Password").fill("a long enough password")
        page.get_by_role("button", name="Set up the practice").click()
        page.wait_for_url("**/today")
        expect(page.locator(".toast")).to_contain_text("Your practice is set up.")
        assert guest.violations(page) == []
        page.get_by_role("link", name="Connect a channel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connect a channel")
        page.set_viewport_size(WAYS["phone"]["viewport"])
        assert guest.violations(page) == []
        assert guest.complaints == []
        page.context.close()
