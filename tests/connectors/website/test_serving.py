"""The pages as Rounds serves them."""

from collections.abc import Iterator

import pytest
import requests

from connectors.testing import make_media
from tests.connectors.website.practice import Page, Practice, parsed_feed
from tests.connectors.website.visitor import Visitor, visiting


@pytest.fixture
def visitor(practice: Practice) -> Iterator[Visitor]:
    with visiting(practice) as found:
        yield found


def test_the_news_page_stands_at_the_sites_address(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    answer = visitor.get()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text == visitor.practice.read("index.html")


def test_the_address_without_its_slash_leads_to_the_one_with_it(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    answer = requests.get(visitor.site, timeout=20)
    assert answer.url == f"{visitor.site}/"
    assert answer.status_code == 200


def test_the_public_address_of_a_post_leads_to_its_page(visitor: Visitor) -> None:
    published = visitor.practice.publish("Flu shots are in.")
    assert Page(visitor.get(str(published.url)).text).text("h1") == "Flu shots are in."


def test_everything_a_page_needs_can_be_loaded(visitor: Visitor) -> None:
    published = visitor.practice.publish("A square.", pictures=1)
    page = Page(visitor.get(str(published.url)).text)
    [image] = page.all("img")
    answer = visitor.get(image["src"].removeprefix("../"))
    assert answer.content == make_media(0).read()
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert visitor.get("site.css").headers["Content-Type"].startswith("text/css")


def test_feeds_and_the_fragment_may_be_read_by_other_sites(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    types = {name: visitor.get(name).headers for name in ("feed.atom", "feed.json", "fragment.html")}
    assert {name: headers["Content-Type"].split(";")[0] for name, headers in types.items()} == {
        "feed.atom": "application/atom+xml",
        "feed.json": "application/feed+json",
        "fragment.html": "text/html",
    }
    assert {headers["Access-Control-Allow-Origin"] for headers in types.values()} == {"*"}
    assert parsed_feed(visitor.get("feed.atom").text).entries[0].title == "Flu shots are in."


def test_every_page_forbids_what_it_does_not_need(visitor: Visitor) -> None:
    published = visitor.practice.publish("Flu shots are in.")
    headers = visitor.get(str(published.url)).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self';")
    assert policy.endswith("frame-ancestors 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


def test_only_the_page_for_frames_may_be_framed_anywhere(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    assert visitor.get("embed.html").headers["Content-Security-Policy"].endswith("frame-ancestors *")


def test_a_page_that_did_not_change_is_not_sent_again(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    tag = visitor.get().headers["ETag"]
    assert visitor.get(If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        ".rounds-site",
        "../posts/k.json",
        "..%2Fposts%2Fk.json",
        "%2e%2e/index.json",
        "p/../../index.json",
        "p/..%2f..%2findex.json",
        "media/",
        "p/none.html",
        "page/9.html",
        ".aside/0",
        "p/%00.html",
    ],
)
def test_nothing_but_finished_pages_is_served(visitor: Visitor, path: str) -> None:
    visitor.practice.publish("Flu shots are in.", key="k")
    with requests.Session() as session:
        request = requests.Request("GET", visitor.site).prepare()
        request.url = f"{visitor.site}/{path}"  # as it is: a session would tidy the path
        assert session.send(request, timeout=20).status_code == 404


@pytest.mark.parametrize("channel", ["nobody", "..", "%2e%2e", "a%2Fb"])
def test_a_site_that_does_not_exist_is_not_found(visitor: Visitor, channel: str) -> None:
    visitor.practice.publish("Flu shots are in.")
    with requests.Session() as session:
        request = requests.Request("GET", visitor.server).prepare()
        request.url = f"{visitor.server}/public/website/{channel}/index.html"
        assert session.send(request, timeout=20).status_code == 404


def test_the_pages_take_no_writes(visitor: Visitor) -> None:
    visitor.practice.publish("Flu shots are in.")
    assert visitor.get(method="POST").status_code == 405


def test_a_post_that_was_taken_down_is_not_found(visitor: Visitor) -> None:
    published = visitor.practice.publish("Flu shots are in.", pictures=1)
    picture = visitor.practice.json_feed()["items"][0]["image"]
    assert visitor.get(picture).status_code == 200
    visitor.practice.connector.retract(visitor.practice.channel, published.remote_id)
    assert visitor.get(str(published.url)).status_code == 404
    assert visitor.get(picture).status_code == 404
