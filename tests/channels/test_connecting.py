"""How accounts become channels, break, are held, and come back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.connecting import (
    CONSENT_LASTS,
    CannotConnect,
    ChannelInput,
    channel_of,
    checked_options,
    checked_url,
    parsed_answer,
    verified,
)
from channels.opening import open_channel
from connectors.base import Account, Channel, Health
from connectors.errors import AuthExpired, Rejected, Transient
from connectors.registry import UnknownConnector
from domain.actor import Actor
from domain.states import Delivery
from domain.words import ChannelState, HoldScope, Role
from store.models import ChannelRow
from store.repository import NotFound
from tests.support.clocks import SetClock
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, PricedNetwork
from tests.support.together import at_once

BACK = "https://rounds.example/channels/back"
BAD = Health(ok=False, detail="It no longer accepts our sign-in.")
WORSE = Health(ok=False, detail="The account is suspended.")


def other_admin(practice: Practice) -> Actor:
    row = practice.house.members.add(
        practice.admin, name="Nia Abara", email="nia@x.example", roles=frozenset({Role.ADMIN})
    )
    return Actor(row.id, practice.id, row.name, frozenset({Role.ADMIN}))


def row_of(practice: Practice, channel_id: str) -> ChannelRow:
    with practice.house.database.read() as work:
        return work.practice(practice.id).channels.get(channel_id)


def credentials(practice: Practice, channel_id: str) -> dict[str, str]:
    return dict(open_channel(row_of(practice, channel_id), practice.house.seal).credentials)


def begin(practice: Practice, channel_id: str | None = None) -> None:
    practice.house.connecting.save_app(practice.admin, "scripted", {"client_id": "1", "client_secret": "s"})
    practice.house.connecting.begin(practice.admin, "scripted", BACK, channel_id=channel_id)


# ---------------------------------------------------------------- by hand


def test_pasted_credentials_are_kept_sealed_once_the_network_accepts_them(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.health = Health(True, "Fine.", remote_id="99", handle="ward")
    channel_id, health = practice.house.connecting.connect(
        practice.admin, ChannelInput("scripted", " Ward ", {"token": " t0ken ", "": ""})
    )
    row = row_of(practice, channel_id)
    assert (row.name, row.handle, row.remote_id, row.state) == ("Ward", "ward", "99", ChannelState.CONNECTED)
    assert health.ok
    assert "t0ken" not in row.credentials
    assert credentials(practice, channel_id) == {"token": "t0ken"}
    assert practice.audited(f"channel:{channel_id}") == ["channel_connected"]


def test_nothing_is_kept_of_credentials_that_the_network_refuses(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.health = BAD
    with pytest.raises(CannotConnect, match="no longer accepts"):
        practice.house.connecting.connect(practice.admin, ChannelInput("scripted", "Ward", {}))
    with practice.house.database.read() as work:
        assert len(work.practice(practice.id).channels.all()) == 2


def test_an_account_that_is_a_channel_already_stays_that_channel(practice: Practice) -> None:
    given = ChannelInput("scripted", "scripted 1", {"token": "newer"})  # the name decides the account here
    channel_id, _ = practice.house.connecting.connect(practice.admin, given)
    assert channel_id == practice.channel_ids[0]
    assert credentials(practice, channel_id) == {"token": "newer"}
    with practice.house.database.read() as work:
        assert len(work.practice(practice.id).channels.all()) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (ChannelInput("scripted", "W", {"pin": "1"}), "knows no field “pin”. Its fields: token"),
        (ChannelInput("scripted", "W", {}, base_url="ftp://x"), "not an address of a server"),
        (
            ChannelInput("scripted", "W", {}, options={"colour": "red"}),
            "has no option “colour”. It has: tone",
        ),
    ],
    ids=["field", "address", "option"],
)
def test_what_the_connector_does_not_know_is_refused_with_what_it_knows(
    small_practice: Practice, given: ChannelInput, said: str
) -> None:
    with pytest.raises(CannotConnect, match=said):
        small_practice.house.connecting.connect(small_practice.admin, given)


def test_an_unknown_connector_is_named_with_those_there_are(small_practice: Practice) -> None:
    with pytest.raises(UnknownConnector, match="Known: priced, scripted"):
        small_practice.house.connecting.connect(small_practice.admin, ChannelInput("myspace", "W", {}))


def test_a_name_that_is_taken_gets_a_number(small_practice: Practice, network: LivelyNetwork) -> None:
    names = []
    for number in range(3):
        network.health = Health(True, "Fine.", remote_id=str(number))
        channel_id, _ = small_practice.house.connecting.connect(
            small_practice.admin, ChannelInput("scripted", "Ward", {})
        )
        names.append(row_of(small_practice, channel_id).name)
    assert names == ["Ward", "Ward 2", "Ward 3"]


@pytest.mark.parametrize(
    "address", ["nonsense", "https://", "http://user@host", "https://host/?q=1", "javascript:alert(1)"]
)
def test_only_the_plain_address_of_a_server_is_taken(address: str) -> None:
    with pytest.raises(CannotConnect):
        checked_url(address)


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), (" https://host/ ", "https://host"), ("http://h:1/p//", "http://h:1/p")]
)
def test_an_address_is_kept_without_a_slash_at_its_end(typed: str, kept: str) -> None:
    assert checked_url(typed) == kept


def test_missing_permissions_are_named_and_a_failing_network_is_a_finding(clock: SetClock) -> None:
    network, channel = LivelyNetwork(clock), Channel("c", "scripted", "Ward")
    network.health = Health(True, "Fine.", granted=frozenset({"read"}))
    health = verified(network, channel)
    assert (health.ok, health.missing) == (False, {"write"})
    assert "write" in health.detail
    network.troubles = [Transient("It could not be reached.")]
    assert verified(network, channel) == Health(ok=False, detail="It could not be reached.")


@pytest.mark.parametrize("cap", ["ten dollars", "-1", "nan", "inf", True])
def test_a_cap_is_an_amount_of_money(clock: SetClock, cap: str | bool) -> None:
    with pytest.raises(CannotConnect, match="no amount of money"):
        checked_options(PricedNetwork(clock), {"monthly_cap_usd": cap})
    assert checked_options(PricedNetwork(clock), {"monthly_cap_usd": "7.50"})


def test_an_option_that_is_left_empty_is_taken_away(small_practice: Practice) -> None:
    configure, channel_id = small_practice.house.connecting.configure, small_practice.channel_ids[0]
    configure(small_practice.admin, channel_id, options={"tone": "warm"})
    assert row_of(small_practice, channel_id).options == {"tone": "warm"}
    configure(small_practice.admin, channel_id, options={"tone": ""})
    assert row_of(small_practice, channel_id).options == {}


# ---------------------------------------------------------------- by consent


def test_a_consent_journey_connects_every_account_it_opens(
    practice: Practice, network: LivelyNetwork
) -> None:
    begin(practice)
    network.accounts = [
        Account("77", "Ward", credentials={"token": "a"}),
        Account("78", "Lab", credentials={"token": "b"}),
    ]
    network.health = Health(True, "Fine.")
    ids = practice.house.connecting.complete(practice.admin, {"state": "s1", "code": "c"})
    assert [row_of(practice, channel_id).remote_id for channel_id in ids] == ["77", "78"]
    assert credentials(practice, ids[1]) == {"token": "b"}


def test_the_whole_address_may_be_pasted(practice: Practice) -> None:
    begin(practice)
    ids = practice.house.connecting.complete(practice.admin, {"url": f"{BACK}?state=s1&code=c"})
    assert len(ids) == 1


def test_an_answer_is_taken_once(practice: Practice) -> None:
    begin(practice)
    practice.house.connecting.complete(practice.admin, {"state": "s1"})
    with pytest.raises(CannotConnect, match="used up"):
        practice.house.connecting.complete(practice.admin, {"state": "s1"})


def test_the_same_answer_twice_at_once_is_taken_once(practice: Practice) -> None:
    begin(practice)
    ends = at_once(*[lambda: practice.house.connecting.complete(practice.admin, {"state": "s1"})] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["CannotConnect", "list"]


def test_an_answer_that_failed_is_used_up_too(practice: Practice, network: LivelyNetwork) -> None:
    begin(practice)
    network.troubles = [Rejected("You said no.")]
    with pytest.raises(CannotConnect, match="You said no"):
        practice.house.connecting.complete(practice.admin, {"state": "s1"})
    with pytest.raises(CannotConnect, match="used up"):
        practice.house.connecting.complete(practice.admin, {"state": "s1"})


def test_an_answer_of_somebody_elses_journey_or_of_none_is_refused(practice: Practice) -> None:
    begin(practice)
    stranger = replace(practice.admin, practice_id="another")
    for who, state in ((other_admin(practice), "s1"), (stranger, "s1"), (practice.admin, "s2")):
        with pytest.raises(CannotConnect, match="no sign-in that you began"):
            practice.house.connecting.complete(who, {"state": state})
    assert practice.house.connecting.complete(practice.admin, {"state": "s1"})


def test_an_answer_that_comes_after_half_an_hour_is_refused(practice: Practice, clock: SetClock) -> None:
    begin(practice)
    clock.advance(CONSENT_LASTS)
    with pytest.raises(CannotConnect, match="older than 30 minutes"):
        practice.house.connecting.complete(practice.admin, {"state": "s1"})


def test_a_journey_needs_the_practices_own_app_first(small_practice: Practice) -> None:
    with pytest.raises(CannotConnect, match="First save your app"):
        small_practice.house.connecting.begin(small_practice.admin, "scripted", BACK)


def test_a_network_that_does_not_begin_says_why(small_practice: Practice, network: LivelyNetwork) -> None:
    small_practice.house.connecting.save_app(small_practice.admin, "scripted", {})
    network.troubles = [AuthExpired("Its app is not known.")]
    with pytest.raises(CannotConnect, match="app is not known"):
        small_practice.house.connecting.begin(small_practice.admin, "scripted", BACK)


def test_a_network_without_consent_pages_is_connected_by_hand(small_practice: Practice) -> None:
    with pytest.raises(CannotConnect, match="by hand"):
        small_practice.house.connecting.save_app(small_practice.admin, "priced", {})


def test_reconnecting_by_consent_renews_this_account_and_connects_no_other(
    practice: Practice, network: LivelyNetwork
) -> None:
    own = row_of(practice, practice.channel_ids[0])
    begin(practice, own.id)
    network.accounts = [
        Account("78", "Lab", credentials={"token": "b"}),
        Account(own.remote_id, "scripted 1", credentials={"token": "fresh"}),
    ]
    assert practice.house.connecting.complete(practice.admin, {"state": "s1"}) == [own.id]
    assert credentials(practice, own.id) == {"token": "fresh"}
    with practice.house.database.read() as work:
        assert len(work.practice(practice.id).channels.all()) == 2


def test_reconnecting_as_another_account_is_refused(practice: Practice, network: LivelyNetwork) -> None:
    begin(practice, practice.channel_ids[0])
    network.accounts = [Account("78", "Lab", credentials={"token": "b"})]
    with pytest.raises(CannotConnect, match="does not open the account of “scripted 1”"):
        practice.house.connecting.complete(practice.admin, {"state": "s1"})
    with practice.house.database.read() as work:
        assert len(work.practice(practice.id).channels.all()) == 2


def test_what_came_back_may_stand_in_the_query_or_behind_a_hash() -> None:
    assert parsed_answer({"url": "https://h/?state=a&code=b#token=c"}) == {
        "state": "a",
        "code": "b",
        "token": "c",
    }
    assert parsed_answer({"url": "https://h/?state=a", "state": "mine"}) == {"state": "mine"}


# ---------------------------------------------------------------- breaking and coming back


def check(practice: Practice, network: LivelyNetwork, health: Health | None) -> None:
    network.health = health
    practice.house.connecting.verify(practice.admin, practice.channel_ids[0])


def test_a_channel_that_breaks_holds_its_posts_and_leaves_the_others_alone(
    practice: Practice, network: LivelyNetwork
) -> None:
    both = practice.scheduled(channels=tuple(practice.channel_ids)).post_id
    check(practice, network, BAD)
    states = {row.channel_id: (row.state, row.reason) for row in practice.publications(both)}
    assert states[practice.channel_ids[0]] == (Delivery.HELD, BAD.detail)
    assert states[practice.channel_ids[1]] == (Delivery.SCHEDULED, "")


def test_a_channel_that_works_again_releases_exactly_what_it_held(
    practice: Practice, network: LivelyNetwork
) -> None:
    stopped, cancelled, held = (practice.scheduled(f"Words {number}.") for number in range(3))
    house = practice.house
    house.scheduling.cancel(practice.approver, cancelled.id, "")
    with house.database.write() as work:
        work.practice(practice.id).posts.set_labels(stopped.post_id, ["flu"])
        work.commit()
    house.stopping.stop(practice.author, HoldScope.LABEL, "flu", BAD.detail)
    check(practice, network, BAD)
    check(practice, network, None)
    states = [practice.publication(row.id).state for row in (stopped, cancelled, held)]
    assert states == [Delivery.HELD, Delivery.CANCELLED, Delivery.SCHEDULED]
    assert practice.publication(held.id).run_at == held.due_at


def test_posts_held_for_an_earlier_reason_of_the_channel_come_back_too(
    practice: Practice, network: LivelyNetwork
) -> None:
    first = practice.scheduled("Held when it broke.")
    check(practice, network, BAD)
    practice.house.scheduling.book_approved()
    check(practice, network, WORSE)
    assert practice.publication(first.id).reason == WORSE.detail
    practice.house.connecting.disconnect(practice.admin, practice.channel_ids[0])
    assert practice.publication(first.id).state is Delivery.HELD
    network.health = None
    practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "fresh"})
    assert practice.publication(first.id).state is Delivery.SCHEDULED


def test_what_was_due_meanwhile_goes_at_once_while_it_is_still_acceptable(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = practice.scheduled()
    check(practice, network, BAD)
    clock.set(publication.due_at + timedelta(minutes=30))
    check(practice, network, None)
    practice.work()
    assert practice.publication(publication.id).state is Delivery.PUBLISHED


def test_a_disconnected_channel_forgets_its_credentials_and_stays_so_until_it_is_reconnected(
    practice: Practice, network: LivelyNetwork
) -> None:
    connecting, channel_id = practice.house.connecting, practice.channel_ids[0]
    connecting.reconnect(practice.admin, channel_id, {"token": "secret"})
    publication = practice.scheduled()
    assert connecting.disconnect(practice.admin, channel_id) == 1
    assert credentials(practice, channel_id) == {}
    assert practice.publication(publication.id).state is Delivery.HELD
    with pytest.raises(CannotConnect, match="is disconnected"):
        connecting.verify(practice.admin, channel_id)
    assert practice.channel().state is ChannelState.DISCONNECTED
    connecting.reconnect(practice.admin, channel_id, {"token": "fresh"})
    assert practice.channel().state is ChannelState.CONNECTED
    assert practice.publication(publication.id).state is Delivery.SCHEDULED


def test_a_check_that_was_under_way_does_not_undo_a_disconnection(
    practice: Practice, network: LivelyNetwork
) -> None:
    connecting, channel_id = practice.house.connecting, practice.channel_ids[0]
    network.meanwhile = [lambda: connecting.disconnect(practice.admin, channel_id)]
    assert connecting.verify(practice.admin, channel_id).ok
    assert practice.channel().state is ChannelState.DISCONNECTED


def test_credentials_of_another_account_do_not_reconnect(practice: Practice, network: LivelyNetwork) -> None:
    network.health = Health(True, "Fine.", remote_id="another account")
    with pytest.raises(CannotConnect, match="another account"):
        practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "x"})
    network.health = BAD
    with pytest.raises(CannotConnect, match="no longer accepts"):
        practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "x"})
    assert practice.channel().state is ChannelState.CONNECTED


def test_a_channel_of_another_practice_is_not_found(small_practice: Practice) -> None:
    stranger = replace(small_practice.admin, practice_id="another")
    connecting, channel_id = small_practice.house.connecting, small_practice.channel_ids[0]
    for act in (connecting.verify, connecting.disconnect):
        with pytest.raises(NotFound):
            act(stranger, channel_id)
    with pytest.raises(NotFound):
        connecting.configure(stranger, channel_id, name="Mine")
    with pytest.raises(NotFound):
        connecting.reconnect(stranger, channel_id, {})


def test_a_channel_may_be_named_by_its_name_its_id_or_its_only_network(small_practice: Practice) -> None:
    with small_practice.house.database.read() as work:
        scope = work.practice(small_practice.id)
        assert channel_of(scope, "SCRIPTED 1").id == small_practice.channel_ids[0]
        assert channel_of(scope, small_practice.channel_ids[1]).name == "scripted 2"
        with pytest.raises(CannotConnect, match="There are: “scripted 1”, “scripted 2”"):
            channel_of(scope, "scripted")
