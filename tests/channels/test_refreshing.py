"""Tokens renewed ahead of their end, by one process at a time."""

from datetime import timedelta
from typing import Any

import pytest

from channels.opening import open_channel
from channels.refreshing import AHEAD, LOCK, Refreshing
from connectors.base import Grant
from connectors.errors import AuthExpired, Transient
from domain.states import Delivery
from domain.words import ChannelState
from tests.support.clocks import SetClock
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork


def worker(practice: Practice, owner: str = "daemon-1") -> Refreshing:
    house = practice.house
    return Refreshing(house.database, house.clock, house.seal, house.registry, owner)


def prepare(
    practice: Practice, ends_in: timedelta = timedelta(minutes=5), number: int = 0, **columns: Any
) -> None:
    """Let a channel's token end soon."""
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[number])
        row.credentials = practice.house.seal.close({"token": "old", "refresh": "r1"})
        row.token_expires_at = practice.clock.now() + ends_in
        for name, value in columns.items():
            setattr(row, name, value)
        work.commit()


def credentials(practice: Practice) -> dict[str, str]:
    return dict(open_channel(practice.channel(), practice.house.seal).credentials)


def test_a_token_that_ends_soon_is_renewed_and_the_new_one_kept(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    prepare(practice)
    ends = clock.now() + timedelta(hours=2)
    network.grant = Grant({"token": "new", "refresh": "r2"}, frozenset({"write"}), ends)
    assert worker(practice).refresh_due() == 1
    row = practice.channel()
    assert credentials(practice) == {"token": "new", "refresh": "r2"}
    assert (row.token_expires_at, row.refreshed_at, row.scopes) == (ends, clock.now(), ["write"])
    assert worker(practice).refresh_due() == 0


def test_a_field_that_the_network_leaves_out_or_empty_stays(
    practice: Practice, network: LivelyNetwork
) -> None:
    prepare(practice)
    network.grant = Grant({"token": "new", "refresh": ""}, expires_at=None)
    worker(practice).refresh_due()
    assert credentials(practice) == {"token": "new", "refresh": "r1"}


def test_a_token_with_time_left_is_left_alone(practice: Practice, network: LivelyNetwork) -> None:
    prepare(practice, AHEAD)
    assert worker(practice).refresh_due() == 0
    assert worker(practice).refresh(practice.channel_ids[0]) is False
    assert network.renewals == 0


@pytest.mark.parametrize("state", [ChannelState.NEEDS_RECONNECT, ChannelState.DISCONNECTED])
def test_a_channel_that_is_broken_is_not_renewed(
    practice: Practice, network: LivelyNetwork, state: ChannelState
) -> None:
    prepare(practice, state=state)
    assert worker(practice).refresh_due() == 0
    assert worker(practice).refresh(practice.channel_ids[0]) is False
    assert network.renewals == 0


def test_while_one_process_renews_another_keeps_away(practice: Practice, network: LivelyNetwork) -> None:
    prepare(practice)
    other = worker(practice, "daemon-2")
    ends: list[bool] = []
    network.meanwhile = [lambda: ends.append(other.refresh(practice.channel_ids[0]))]
    assert worker(practice).refresh_due() == 1
    assert (ends, network.renewals) == ([False], 1)


def test_a_renewal_that_took_so_long_that_another_took_over_changes_nothing(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    prepare(practice)

    def take_over() -> None:
        clock.advance(LOCK + timedelta(seconds=1))
        network.grant = Grant({"token": "of the other"}, expires_at=clock.now() + timedelta(hours=2))
        assert worker(practice, "daemon-2").refresh(practice.channel_ids[0])
        network.grant = Grant({"token": "too late"})

    network.meanwhile = [take_over]
    assert worker(practice).refresh_due() == 0
    assert credentials(practice)["token"] == "of the other"


@pytest.mark.parametrize("fails", [False, True])
def test_who_disconnects_or_reconnects_meanwhile_has_the_last_word(
    practice: Practice, network: LivelyNetwork, fails: bool
) -> None:
    prepare(practice)

    def reconnect() -> None:
        practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "pasted"})
        network.troubles = [AuthExpired("That token is gone.")] if fails else []

    network.meanwhile = [reconnect]
    assert worker(practice).refresh_due() == 0
    assert credentials(practice) == {"token": "pasted"}
    assert practice.channel().state is ChannelState.CONNECTED


def test_a_definite_refusal_breaks_the_channel_and_holds_its_posts(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = practice.scheduled()
    prepare(practice)
    network.troubles = [AuthExpired("The account's owner took it back.")]
    assert worker(practice).refresh_due() == 0
    assert practice.channel().state is ChannelState.NEEDS_RECONNECT
    assert practice.publication(publication.id).state is Delivery.HELD
    assert practice.audited(f"channel:{practice.channel_ids[0]}")[-1] == "channel_broken"


@pytest.mark.parametrize("trouble", [Transient("It could not be reached."), ZeroDivisionError()])
def test_a_network_that_is_unwell_breaks_nothing_and_is_asked_again(
    practice: Practice, network: LivelyNetwork, trouble: Exception
) -> None:
    prepare(practice)
    prepare(practice, number=1)
    network.troubles = [trouble]
    assert worker(practice).refresh_due() == 1
    assert practice.channel().state is ChannelState.CONNECTED
    assert worker(practice).refresh_due() == 1


def test_credentials_that_never_end_are_left_as_they_are(practice: Practice, network: LivelyNetwork) -> None:
    prepare(practice)
    network.grant = None
    assert worker(practice).refresh_due() == 0
    assert credentials(practice) == {"token": "old", "refresh": "r1"}
