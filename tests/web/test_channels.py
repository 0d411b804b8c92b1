"""Channels: the list, one of them, connecting by hand and by consent, disconnecting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.base import (
    Account,
    AuthKind,
    AuthorizationRequest,
    Channel,
    CredentialField,
    Grant,
    Health,
    Spec,
)
from connectors.errors import Rejected
from domain.words import ChannelState
from store.models import ChannelRow
from tests.support.clocks import SetClock
from tests.support.databases import SqliteTemplates
from tests.support.desk import Desk, desk
from tests.support.scripted import ScriptedNetwork

SECRET = "s3cret-of-the-app"


@dataclass
class ConsentingNetwork(ScriptedNetwork):
    """A network with a consent page, app keys, a token to paste, options, and a price."""

    accounts: list[str] = field(default_factory=lambda: ["North clinic"])

    @property
    def spec(self) -> Spec:
        return replace(
            super().spec,
            key="consenting",
            label="Consenting",
            auth=AuthKind.OAUTH2,
            credentials=(
                CredentialField("access_token", "Access token"),
                CredentialField("client_id", "App id", secret=False, required=False),
                CredentialField("client_secret", "App secret", required=False),
            ),
            options={"monthly_cap_usd": "The most it may cost in a month.", "loud": "Whether it shouts."},
            scopes={"publish": frozenset({"write"}), "measure": frozenset({"read"})},
            charges=True,
        )

    def verify(self, channel: Channel) -> Health:
        if channel.credentials.get("access_token") == "wrong":
            return Health(ok=False, detail="Consenting does not know this token. Paste another.")
        return Health(
            ok=True, detail="It answers.", granted=frozenset({"write"}), remote_id=channel.remote_id
        )

    def begin(self, app: dict[str, str], redirect_uri: str, base_url: str = "") -> AuthorizationRequest:
        if not app.get("client_id"):
            raise Rejected("The app has no id.", code="app")
        return AuthorizationRequest(
            f"https://consent.example/yes?state=abc&back={redirect_uri}", "abc", {"verifier": "v"}
        )

    def complete(
        self, app: object, redirect_uri: str, keep: object, answer: dict[str, str], base_url: str = ""
    ) -> list[Account]:
        if answer.get("code") != "right":
            raise Rejected("Consenting does not know this code. Begin again.", code="code")
        return [Account(name, name, credentials={"access_token": "fine"}) for name in self.accounts]

    def refresh(self, channel: Channel) -> Grant | None:
        return None


@pytest.fixture
def consenting(tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock) -> Iterator[Desk]:
    with desk(tmp_path, sqlite_templates.database(tmp_path), clock) as served:
        networks = {"scripted": served.network, "consenting": ConsentingNetwork(clock)}
        served.practice.house.connecting.registry._connectors.update(networks)
        yield served


def channels_of(served: Desk) -> list[ChannelRow]:
    with served.practice.house.database.read() as work:
        return list(work.practice(served.practice.id).channels.all())


def test_the_list_tells_state_last_post_and_money(on_both: Desk) -> None:
    practice = on_both.practice
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[0])
        row.token_expires_at = on_both.clock.now() + timedelta(days=3)
        row.created_at = on_both.clock.now() - timedelta(days=50)
        row.options = {"monthly_cap_usd": "5"}
        work.commit()
    page = on_both.visit(practice.author).get("/channels").text
    assert "Access ends Thu 4 Mar" in page
    assert "Nothing spent" in page
    assert "of US$5" in page or "of $5" in page
    assert "Connect a channel" not in page


def test_a_token_that_the_publisher_renews_by_itself_worries_nobody(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[0])
        row.token_expires_at = on_sqlite.clock.now() + timedelta(hours=2)
        work.commit()
    assert "Access ends" not in on_sqlite.visit(practice.admin).get("/channels").text
    on_sqlite.clock.advance(timedelta(hours=3))
    assert "Access has ended" in on_sqlite.visit(practice.admin).get("/channels").text


def test_the_number_of_queries_does_not_grow_with_the_channels(consenting: Desk) -> None:
    visit, connecting = consenting.visit(consenting.practice.admin), consenting.practice.house.connecting

    def asked() -> int:
        visit.get("/channels")
        with consenting.counting() as seen:
            assert visit.get("/channels").status_code == 200
        return len(seen.statements)

    before = asked()
    for number in range(5):
        visit.post("/channels/new/scripted", {"name": f"Page {number}"})
    assert len(channels_of(consenting)) == 6
    assert connecting is not None
    assert asked() == before


def test_a_channel_is_connected_by_hand_and_its_secret_never_shown(consenting: Desk) -> None:
    visit = consenting.visit(consenting.practice.admin)
    form = {"name": "North clinic", "credential.access_token": "wrong", "credential.client_id": "app-17"}
    refused = visit.post("/channels/new/consenting", form)
    assert refused.status_code == 422
    assert "does not know this token" in refused.text
    assert 'value="app-17"' in refused.text
    assert 'value="wrong"' not in refused.text
    answer = visit.post("/channels/new/consenting", form | {"credential.access_token": SECRET})
    assert answer.status_code == 303
    shown = visit.get(answer.headers["location"]).text
    assert "North clinic" in shown
    assert SECRET not in shown


def test_consent_goes_by_a_link_and_comes_back_connected(consenting: Desk) -> None:
    visit = consenting.visit(consenting.practice.admin)
    keys = {"credential.client_id": "app-17", "credential.client_secret": SECRET}
    assert visit.post("/channels/new/consenting/app", keys).status_code == 303
    assert SECRET not in visit.get("/channels/new/consenting").text
    page = visit.post("/channels/new/consenting/begin")
    [link] = re.findall(r'href="(https://consent\.example[^"]+)"', page.text)
    back = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["back"]
    assert back == [consenting.practice.house.address + "/channels/callback"]
    answer = visit.get("/channels/callback?code=right&state=abc")
    assert answer.status_code == 303
    assert "North clinic" in visit.get(answer.headers["location"]).text
    again = visit.get("/channels/callback?code=right&state=abc")
    assert "This sign-in is used up" in again.text


def test_a_pasted_address_finishes_the_sign_in_and_a_wrong_one_says_why(consenting: Desk) -> None:
    consenting.practice.house.connecting.registry["consenting"].accounts = ["North", "South"]  # type: ignore[attr-defined]
    visit = consenting.visit(consenting.practice.admin)
    visit.post("/channels/new/consenting/app", {"credential.client_id": "app-17"})
    visit.post("/channels/new/consenting/begin")
    lost = visit.post("/channels/callback", {"url": "http://10.0.0.5/channels/callback?code=right"})
    assert lost.status_code == 422
    assert "belongs to no sign-in that you began" in lost.text
    pasted = {"url": "http://10.0.0.5/channels/callback?code=right&state=abc"}
    assert visit.post("/channels/callback", pasted).headers["location"] == "/channels"
    assert "Two accounts opened." in visit.get("/channels").text


def test_an_app_without_keys_is_refused_before_anybody_leaves(consenting: Desk) -> None:
    visit = consenting.visit(consenting.practice.admin)
    assert visit.post("/channels/new/consenting/app", {}).status_code == 422
    visit.post("/channels/new/consenting/app", {"credential.client_secret": SECRET})
    refused = visit.post("/channels/new/consenting/begin")
    assert refused.status_code == 422
    assert "The app has no id." in refused.text


def test_options_are_kept_checked_and_taken_away_when_empty(consenting: Desk) -> None:
    visit = consenting.visit(consenting.practice.admin)
    form = {"name": "N", "credential.access_token": "fine", "option.loud": "yes"}
    path = visit.post("/channels/new/consenting", form).headers["location"]
    bad = visit.post(f"{path}/options", {"name": "N", "option.monthly_cap_usd": "a lot"})
    assert bad.status_code == 422
    assert "no amount of money" in bad.text
    assert 'value="a lot"' in bad.text
    fine = {"name": "Loud", "option.monthly_cap_usd": "7.50", "option.loud": "", "base_url": ""}
    assert visit.post(f"{path}/options", fine).status_code == 303
    row = next(row for row in channels_of(consenting) if row.name == "Loud")
    assert row.options == {"monthly_cap_usd": "7.50"}
    assert "7.50" in visit.get("/channels").text


def test_disconnecting_is_asked_first_and_says_what_is_held(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.scheduled()
    visit = on_sqlite.visit(practice.admin)
    path = f"/channels/{practice.channel_ids[0]}"
    assert "1 planned post is held" in visit.part(f"{path}/disconnect").text
    answer = visit.post(f"{path}/disconnect", {"back": path})
    assert answer.headers["location"] == path
    assert "1 post is held." in visit.get(path).text
    assert channels_of(on_sqlite)[0].state is ChannelState.DISCONNECTED
    assert "is held back from scripted 1" in visit.get("/today").text


def test_only_an_admin_connects_and_changes_channels(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.author)
    path = f"/channels/{practice.channel_ids[0]}"
    assert visit.get("/channels/new").status_code == 403
    assert visit.post("/channels/new/scripted", {"name": "X"}).status_code == 403
    assert visit.post(f"{path}/options", {"name": "X"}).status_code == 403
    assert visit.post(f"{path}/disconnect").status_code == 403
    page = visit.get(path).text
    assert "An admin reconnects" in page
    assert "Disconnect" not in page


def test_an_unknown_channel_or_network_is_not_found(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    assert visit.get("/channels/none-such").status_code == 404
    assert visit.get("/channels/new/none-such").status_code == 404


def test_checking_a_channel_tells_what_the_network_said(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    path = f"/channels/{on_sqlite.practice.channel_ids[0]}"
    visit.post(f"{path}/verify")
    assert "It works." in visit.get(path).text
