"""A practice in the middle of a working day, behind the real application, for a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.base import LookupStrength
from domain.words import DecisionKind
from tests.support.clocks import SetClock
from tests.support.desk import Desk, desk
from tests.support.scripted import Plan

MORNING = datetime(2026, 11, 10, 14, 0, tzinfo=UTC)  # 9:00 at the practice


@contextmanager
def working_day(folder: Path, database_url: str) -> Iterator[Desk]:
    """Published, uncertain, planned, to sign, given back and only begun: one of each at least."""
    clock = SetClock(MORNING)
    with desk(folder, database_url, clock, channels=3) as served:
        _live_through(served)
        yield served


def _live_through(served: Desk) -> None:
    practice, clock = served.practice, served.clock
    everywhere = tuple(practice.channel_ids)
    daemon = practice.house.daemon()
    practice.scheduled(
        "Flu clinic this Saturday. Come in from nine, no appointment needed.",
        channels=everywhere,
        wall=practice.wall(timedelta(minutes=10)),
    )
    practice.scheduled(
        "New physio hours. From Monday Leo Brandt sees people from half past seven.",
        wall=practice.wall(timedelta(minutes=20)),
    )
    practice.scheduled("Asthma check-ups: book now.", channels=everywhere[:2])
    clock.advance(timedelta(minutes=10, seconds=2))
    practice.work(daemon)
    served.network.lookup_strength = LookupStrength.NONE
    served.network.plans = [Plan.LOST_AFTER]
    clock.advance(timedelta(minutes=10))
    practice.work(daemon)
    practice.submit(practice.draft("Five early signs of diabetes.", wall=practice.wall(timedelta(days=3))))
    returned = practice.draft("Knee pain: always see a doctor.", wall=practice.wall(timedelta(days=6)))
    practice.submit(returned)
    practice.decide(practice.approver, returned, DecisionKind.REQUEST_CHANGES)
    practice.draft("A day at our front desk.", wall=None)
    served.beat()
