"""Misbehaving on purpose is exact: what is planned happens in order, chances repeat with their seed."""

from collections import Counter

import pytest
from pydantic import ValidationError

from connectors.providers.rehearsal.behaviour import Behaviour, Chances, Mishap, Planned, next_misfortune


def befalls(behaviour: Behaviour, writes: int) -> list[Mishap | None]:
    kinds: list[Mishap | None] = []
    for write in range(writes):
        misfortune, behaviour = next_misfortune(behaviour, write)
        kinds.append(misfortune.kind if misfortune else None)
    return kinds


def test_by_default_nothing_happens() -> None:
    assert not Behaviour().counts_writes
    assert befalls(Behaviour(), 50) == [None] * 50


def test_what_is_planned_happens_in_order_and_so_many_times() -> None:
    planned = (Planned(kind=Mishap.RATE_LIMIT, times=2), Planned(kind=Mishap.GARBAGE))
    assert befalls(Behaviour(planned=planned), 4) == [
        Mishap.RATE_LIMIT,
        Mishap.RATE_LIMIT,
        Mishap.GARBAGE,
        None,
    ]


def test_the_same_seed_gives_the_same_series_and_another_seed_another() -> None:
    odds = {Mishap.DROP_AFTER: 0.3, Mishap.ERROR_BEFORE: 0.2}
    one = befalls(Behaviour(chances=Chances(seed=1, odds=odds)), 100)
    assert one == befalls(Behaviour(chances=Chances(seed=1, odds=odds)), 100)
    assert one != befalls(Behaviour(chances=Chances(seed=2, odds=odds)), 100)


def test_mishaps_come_as_often_as_their_odds_say() -> None:
    odds = {Mishap.DROP_AFTER: 0.3, Mishap.ERROR_BEFORE: 0.2}
    seen = Counter(befalls(Behaviour(chances=Chances(seed=1, odds=odds)), 2000))
    assert set(seen) == {None, Mishap.DROP_AFTER, Mishap.ERROR_BEFORE}
    assert seen[Mishap.DROP_AFTER] / 2000 == pytest.approx(0.3, abs=0.04)
    assert seen[Mishap.ERROR_BEFORE] / 2000 == pytest.approx(0.2, abs=0.04)


def test_certainty_leaves_no_write_unharmed() -> None:
    assert set(befalls(Behaviour(chances=Chances(odds={Mishap.REFUSE: 1.0})), 100)) == {Mishap.REFUSE}


@pytest.mark.parametrize(
    "fields",
    [
        {"chances": {"odds": {"drop_after": 0.6, "garbage": 0.5}}},
        {"chances": {"odds": {"drop_after": -0.1}}},
        {"chances": {"odds": {"laziness": 0.1}}},
        {"planned": [{"kind": "drop_after", "times": 0}]},
        {"processing_seconds": -1},
        {"zone": "Atlantis/Centre"},
        {"zone": "../../etc/passwd"},
        {"mood": "bad"},
    ],
)
def test_a_behaviour_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Behaviour.model_validate(fields)
