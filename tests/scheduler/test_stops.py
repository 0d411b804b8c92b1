"""A Stop covers what it names and nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.states import Delivery
from domain.words import HoldScope
from tests.support.clocks import SetClock
from tests.support.practice import Practice, found
from tests.support.scripted import ScriptedNetwork


def named(practice: Practice, scope: HoldScope) -> str:
    """The label, or the id of the campaign, called “winter”."""
    if scope is HoldScope.LABEL:
        return "winter"
    with practice.house.database.read() as work:
        [campaign] = work.practice(practice.id).posts.campaigns()
    return campaign.id


@pytest.mark.parametrize("scope", [HoldScope.LABEL, HoldScope.CAMPAIGN])
def test_a_stop_for_one_topic_lets_every_other_post_go(
    tmp_path: Path, database_url: str, clock: SetClock, scope: HoldScope
) -> None:
    practice = found(tmp_path, database_url, clock, {"scripted": ScriptedNetwork(clock)}, ["scripted"])
    covered = practice.scheduled("Snow on the way.", labels=("winter",), campaign="winter")
    other = practice.scheduled("New hours in May.", labels=("news",))
    practice.house.stopping.stop(practice.author, scope, named(practice, scope), "A storm.")
    clock.advance(timedelta(hours=1))
    daemon = practice.house.daemon()
    practice.work(daemon)
    daemon.engine.drain()
    assert practice.publication(covered.id).state is Delivery.HELD
    assert practice.publication(other.id).state is Delivery.PUBLISHED
    practice.house.database.close()
