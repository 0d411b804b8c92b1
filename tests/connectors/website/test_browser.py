"""The pages in a real browser: nothing from outside, nothing forbidden, readable on a phone."""

from typing import Literal

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.connectors.website.practice import Practice
from tests.connectors.website.visitor import BROWSER, Visitor, visiting
from tests.support.servers import serve

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_every_page_whole_and_asks_nobody_else(
    practice: Practice, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    long_word = "https://elm.example/" + "an-address-without-an-end-" * 12
    published = practice.publish(
        f"Flu shots are in. See {long_word}", pictures=2, link="https://booking.example"
    )
    with visiting(practice) as visitor:
        page = browser.new_page(
            viewport={"width": 360, "height": 740}, color_scheme=scheme, user_agent=BROWSER
        )
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in ("index.html", str(published.url).removeprefix(f"{practice.url}/"), "embed.html"):
            page.goto(f"{visitor.site}/{path}", wait_until="networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert page.evaluate("document.styleSheets.length") == 1
        assert visitor.views(published) == 1
    assert not [url for url in asked if not url.startswith(visitor.server)]
    assert not [line for line in said if "favicon" not in line and "404" not in line]


def test_the_frame_works_inside_a_strict_page_of_another_site(practice: Practice, browser: Browser) -> None:
    practice.publish("Flu shots are in.")
    with visiting(practice) as visitor, serve(another_site(visitor)) as elsewhere:
        page = browser.new_page()
        page.goto(elsewhere)
        link = page.frame_locator("iframe").get_by_role("link", name="Flu shots are in.")
        assert link.get_attribute("target") == "_top"


def another_site(visitor: Visitor) -> Starlette:
    """A home page that shows our news in a frame and allows nothing else."""

    async def home(request: Request) -> HTMLResponse:
        policy = {"Content-Security-Policy": f"default-src 'none'; frame-src {visitor.server}"}
        return HTMLResponse(f'<iframe src="{visitor.site}/embed.html" title="News"></iframe>', headers=policy)

    return Starlette(routes=[Route("/", home)])
