"""Views are counted without cookies, addresses or names."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from connectors.providers.website.views import is_a_view
from tests.connectors.website.practice import Practice
from tests.connectors.website.visitor import BROWSER, Visitor, visiting


@pytest.fixture
def visitor(practice: Practice) -> Iterator[Visitor]:
    with visiting(practice) as found:
        yield found


def test_each_opened_page_counts_once_for_its_post(visitor: Visitor) -> None:
    first, second = visitor.practice.publish("Post 1"), visitor.practice.publish("Post 2")
    for _ in range(3):
        visitor.get(str(first.url))
    visitor.get()
    visitor.get("feed.atom")
    assert visitor.views(first) == 3
    assert visitor.views(second) == 0


def test_a_page_that_a_browser_already_has_counts_too(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1")
    tag = visitor.get(str(published.url)).headers["ETag"]
    assert visitor.get(str(published.url), If_None_Match=tag).status_code == 304
    assert visitor.views(published) == 2


def test_views_at_the_same_time_all_count(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.get(str(published.url)).status_code, range(40)))
    assert answers == [200] * 40
    assert visitor.views(published) == 40


def test_a_look_at_the_headers_only_does_not_count(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1")
    assert visitor.get(str(published.url), method="HEAD").status_code == 200
    assert visitor.views(published) == 0


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        "WhatsApp/2.23 preview",
        "Mozilla/5.0 HeadlessChrome/120.0",
        "python-requests/2.34",
        "curl/8.5.0",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
        "UptimeRobot/2.0; monitor",
        "",
    ],
)
def test_a_machine_does_not_count(agent: str) -> None:
    assert not is_a_view("GET", {"user-agent": agent})


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 [FBAN/FBIOS;FBAV/500]",
        "Mozilla/5.0 (Linux; Android 16; CUBOT X90) AppleWebKit/537.36 Mobile Safari/537.36",
    ],
)
def test_a_person_counts(agent: str) -> None:
    assert is_a_view("GET", {"user-agent": agent})


def test_a_page_that_a_browser_fetches_ahead_does_not_count() -> None:
    assert not is_a_view("GET", {"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"})


def test_nothing_about_a_reader_is_kept(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1")
    visitor.get(
        str(published.url), Referer="https://search.example/?q=hiv+test", X_Forwarded_For="203.0.113.9"
    )
    kept = [path.read_bytes() for path in visitor.practice.data_dir.rglob("*") if path.is_file()]
    assert not [
        data for data in kept if b"Firefox" in data or b"203.0.113.9" in data or b"search.example" in data
    ]
    [counter] = (visitor.practice.private / "views").iterdir()
    assert counter.read_bytes() == b"."


def test_an_edit_keeps_the_count(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1", key="one")
    visitor.get(str(published.url))
    visitor.practice.publish("Post 1, put right", key="one")
    assert visitor.views(published) == 1


def test_a_post_that_is_gone_is_not_counted_any_more(visitor: Visitor) -> None:
    published = visitor.practice.publish("Post 1")
    visitor.practice.connector.retract(visitor.practice.channel, published.remote_id)
    visitor.get(str(published.url))
    assert visitor.practice.connector.measure(visitor.practice.channel, [published.remote_id]) == {}
    assert not list((visitor.practice.private / "views").iterdir())


def test_a_practice_that_does_not_count_has_no_number_and_not_a_zero(tmp_path: Path) -> None:
    practice = Practice(tmp_path, count_views=False)
    published = practice.publish("Post 1")
    with visiting(practice) as visitor:
        visitor.get(str(published.url))
    assert (
        practice.connector.measure(practice.channel, [published.remote_id])[published.remote_id].counts == {}
    )


# Pages on another web server


def test_a_folder_is_not_counted_unless_asked_for(tmp_path: Path) -> None:
    practice = Practice(tmp_path, folder="out", site_url="https://elm.example")
    published = practice.publish("Post 1")
    assert "beacon" not in practice.page_of(published).source
    assert (
        practice.connector.measure(practice.channel, [published.remote_id])[published.remote_id].counts == {}
    )


def test_a_page_on_another_server_counts_by_one_tiny_picture(tmp_path: Path) -> None:
    practice = Practice(tmp_path, folder="out", site_url="https://elm.example", count_views=True)
    published = practice.publish("Post 1")
    page = practice.page_of(published)
    [beacon] = [image for image in page.all("img") if image.get("class") == "beacon"]
    assert beacon["alt"] == ""
    assert "img-src 'self' https://rounds.example;" in page.all("meta")[1]["content"]
    with visiting(practice) as visitor:
        answer = visitor.get(beacon["src"])
        assert answer.headers["Content-Type"] == "image/gif"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert visitor.views(published) == 1


def test_a_picture_for_a_page_that_does_not_exist_counts_nowhere(visitor: Visitor) -> None:
    visitor.practice.publish("Post 1")
    counters = set((visitor.practice.private / "views").iterdir())
    for slug in ("unknown", "..", "..%2Flock"):
        requests.get(f"{visitor.site}/v/{slug}.gif", headers={"User-Agent": BROWSER}, timeout=20)
    assert set((visitor.practice.private / "views").iterdir()) == counters
    assert (visitor.practice.private / "lock").read_bytes() == b""
