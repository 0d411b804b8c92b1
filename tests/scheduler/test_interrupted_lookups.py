"""A daemon that dies while it asks a network leaves nothing waiting for long."""

from pathlib import Path

from connectors.base import Absent, CannotTell, Channel, Published, Trace
from domain.states import Delivery
from scheduler.dispatch import lease_of
from scheduler.retry import LOOKUP_DELAYS
from tests.support.clocks import SetClock
from tests.support.practice import found
from tests.support.scripted import Died, Plan, ScriptedNetwork


class DeadlyNetwork(ScriptedNetwork):
    """The first look-up kills the daemon that asks."""

    deaths = 1

    def lookup(self, channel: Channel, trace: Trace) -> Published | Absent | CannotTell:
        if self.deaths:
            self.deaths -= 1
            raise Died
        return super().lookup(channel, trace)


def test_an_interrupted_look_up_is_repeated_once_its_lease_is_over(
    tmp_path: Path, database_url: str, clock: SetClock
) -> None:
    network = DeadlyNetwork(clock, plans=[Plan.LOST_AFTER])
    practice = found(tmp_path, database_url, clock, {"scripted": network}, ["scripted"])
    publication = practice.scheduled(wall=practice.wall())
    clock.set(publication.due_at)
    first, second = practice.house.daemon(), practice.house.daemon()
    practice.work(first)
    clock.advance(LOOKUP_DELAYS[0])
    practice.work(first)
    assert practice.publication(publication.id).state is Delivery.UNCERTAIN

    clock.advance(lease_of(network))
    practice.work(second)

    assert practice.publication(publication.id).state is Delivery.PUBLISHED
    first.engine.drain()
    second.engine.drain()
    practice.house.database.close()
