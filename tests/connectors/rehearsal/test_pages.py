"""The pages for people: marked as a rehearsal, safe with any words, and reachable only by their address."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.http import HardenedSession
from connectors.providers.rehearsal.behaviour import Behaviour, Mishap, Planned
from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import Account, State
from connectors.testing import make_picture
from domain.clock import SystemClock
from tests.connectors.rehearsal.api import Api
from tests.support.servers import serve

BANNER = "nothing here is public, numbers are simulated"


@pytest.fixture
def account(api: Api) -> Account:
    return api.state.welcome(api.token, name="Riverside <Clinic>")


def page(api: Api, path: str) -> requests.Response:
    """As a browser would ask, without a token."""
    return api.session.get(f"{api.url}/{path}")


class Outline(HTMLParser):
    """Tags with their attributes, and nothing else."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_door_lists_nobody(api: Api, account: Account) -> None:
    html = page(api, "").text
    assert BANNER in html
    assert account.handle not in html
    assert account.page not in html


def test_the_timeline_shows_what_stands_and_what_not_is_left_out(api: Api, account: Account) -> None:
    api.post("It stands", link="https://clinic.example/flu")
    gone = api.post("It is gone").json()["id"]
    api.call("DELETE", f"api/posts/{gone}")
    api.behave(processing_seconds=3600)
    api.post("It comes later")
    html = page(api, f"t/{account.page}").text
    assert BANNER in html
    assert "It stands" in html
    assert "https://clinic.example/flu" in html
    assert "impressions" in html
    assert "It is gone" not in html
    assert "It comes later" not in html


def test_words_and_names_are_never_markup(api: Api, account: Account) -> None:
    api.post("<script>alert(1)</script> & 'more'")
    html = page(api, f"t/{account.page}").text
    assert "&lt;script&gt;" in html
    assert Outline(html).all("script") == []


def test_a_picture_is_shown_with_its_alt_text(api: Api, account: Account) -> None:
    media = api.upload(make_picture(), alt_text='A "square"').json()["id"]
    post_id = api.post("Look", media_ids=[media]).json()["id"]
    [image] = Outline(page(api, f"p/{post_id}").text).all("img")
    assert image["alt"] == 'A "square"'
    shown = page(api, str(image["src"]).removeprefix("/"))
    assert (shown.content, shown.headers["Content-Type"]) == (make_picture(), "image/png")


def test_a_posts_page_shows_the_thread_and_its_comments(api: Api, account: Account) -> None:
    first = api.post("Part one").json()["id"]
    api.post("Part two", in_reply_to=first)
    api.call("POST", f"api/posts/{first}/comments", json={"text": "Book online"})
    api.call("PUT", f"api/posts/{first}/repost")
    html = page(api, f"p/{first}").text
    assert html.index("Part one") < html.index("Book online") < html.index("Part two")
    assert "reposted" in html


def test_a_post_that_was_taken_down_is_gone(api: Api, account: Account) -> None:
    post_id = api.post("Gone").json()["id"]
    api.call("DELETE", f"api/posts/{post_id}")
    assert page(api, f"p/{post_id}").status_code == 410


@pytest.mark.parametrize("path", ["t/nobody", "t/nobody/behaviour", "p/none", "m/none"])
def test_an_address_that_nobody_was_given_leads_nowhere(api: Api, path: str) -> None:
    assert page(api, path).status_code == 404


def test_pages_ask_not_to_be_found_or_kept(api: Api, account: Account) -> None:
    headers = page(api, f"t/{account.page}").headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "t/{page}", "t/{page}/behaviour"])
def test_no_page_has_styles_or_scripts_of_its_own(api: Api, account: Account, path: str) -> None:
    outline = Outline(page(api, path.format(page=account.page)).text)
    assert outline.all("script") == outline.all("style") == []
    names = {name for _, attrs in outline.tags for name in attrs}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    [sheet] = outline.all("link")
    assert page(api, str(sheet["href"]).removeprefix("/")).headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("path", ["t/{page}", "t/{page}/behaviour"])
def test_every_field_has_a_name_that_can_be_read_out(api: Api, account: Account, path: str) -> None:
    html = page(api, path.format(page=account.page)).text
    outline = Outline(html)
    assert outline.all("html") == [{"lang": "en"}]
    unlabelled = [field for field in outline.all("input") if "aria-labelledby" not in field]
    assert html.count("<label>") == len(unlabelled)


def submit(api: Api, account: Account, **fields: str) -> requests.Response:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return api.session.post(f"{api.url}/t/{account.page}/behaviour", data=named)


def test_the_form_says_how_the_account_behaves(api: Api, account: Account) -> None:
    answer = submit(
        api,
        account,
        times__drop_after="2",
        odds__garbage="0.25",
        seconds="7",
        seed="5",
        processing_seconds="3",
        out_of_credit="on",
        zone="America/Chicago",
    )
    assert answer.status_code == 303
    changed = api.state.account(account.id)
    assert changed
    behaviour = changed.behaviour
    assert behaviour.planned == (Planned(kind=Mishap.DROP_AFTER, times=2, seconds=7),)
    assert (behaviour.chances.odds, behaviour.chances.seed) == ({Mishap.GARBAGE: 0.25}, 5)
    assert behaviour.processing_seconds == 3
    assert behaviour.out_of_credit
    assert not behaviour.answers_lookups
    assert behaviour.zone == "America/Chicago"


def test_the_form_shows_what_it_saved(api: Api, account: Account) -> None:
    submit(api, account, times__drop_after="2", odds__garbage="0.25", seconds="7", token_expired="on")
    outline = Outline(page(api, f"t/{account.page}/behaviour").text)
    fields = {field["name"]: field for field in outline.all("input")}
    assert fields["times.drop_after"]["value"] == "2"
    assert fields["odds.garbage"]["value"] == "0.25"
    assert "checked" in fields["token_expired"]
    assert "checked" not in fields["out_of_credit"]


def test_an_empty_form_means_good_behaviour(api: Api, account: Account) -> None:
    submit(api, account, times__drop_after="2")
    submit(api, account, answers_lookups="on")
    changed = api.state.account(account.id)
    assert changed
    assert changed.behaviour == Behaviour()


@pytest.mark.parametrize(
    "fields", [{"odds__garbage": "2"}, {"times__garbage": "many"}, {"zone": "Atlantis"}, {"seconds": "-1"}]
)
def test_a_form_that_makes_no_sense_says_why_and_changes_nothing(
    api: Api, account: Account, fields: dict[str, str]
) -> None:
    answer = submit(api, account, times__drop_after="1", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    unchanged = api.state.account(account.id)
    assert unchanged
    assert unchanged.behaviour == Behaviour()


@pytest.fixture
def mounted() -> Iterator[Api]:
    """The network below a path, as the web room mounts it."""
    state = State()
    network = Network(state, SystemClock(), open_door=True).app()
    with serve(Starlette(routes=[Mount("/public/rehearsal", network)])) as url:
        api = Api(f"{url}/public/rehearsal", state, session=HardenedSession())
        with api.session:
            yield api
    state.close()


def test_below_a_path_every_link_still_leads_somewhere(mounted: Api) -> None:
    account = mounted.state.welcome(mounted.token)
    media = mounted.upload(make_picture()).json()["id"]
    mounted.post("Look", media_ids=[media])
    root = mounted.url.removesuffix("/public/rehearsal")
    outline = Outline(page(mounted, f"t/{account.page}").text)
    leading = [
        address for _, attrs in outline.tags if (address := attrs.get("href") or attrs.get("src")) is not None
    ]
    assert len(leading) >= 4
    assert {mounted.session.get(root + address).status_code for address in leading} == {200}


def test_below_a_path_the_form_comes_back_to_itself(mounted: Api) -> None:
    account = mounted.state.welcome(mounted.token)
    answer = submit(mounted, account, times__garbage="1")
    assert answer.headers["Location"] == f"/public/rehearsal/t/{account.page}/behaviour"
