"""One post's whole life, told on both databases over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.states import Delivery, Editorial
from tests.support.clocks import SetClock
from tests.support.spine import Spine, spine


@pytest.fixture
def practice(tmp_path: Path, database_url: str, clock: SetClock) -> Iterator[Spine]:
    with spine(tmp_path, database_url, clock) as founded:
        yield founded


def test_a_signed_post_goes_out_at_its_minute_and_not_before(practice: Spine, clock: SetClock) -> None:
    publication = practice.scheduled("Flu shots are in. Walk in any weekday.")
    clock.set(publication.due_at - timedelta(seconds=1))
    practice.work()
    assert practice.standing() == []
    clock.set(publication.due_at)
    practice.work()
    assert practice.standing() == ["Flu shots are in. Walk in any weekday."]
    after = practice.publication(publication.id)
    assert (after.state, after.tries) == (Delivery.PUBLISHED, 1)
    assert after.url
