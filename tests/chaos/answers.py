"""A network in a storm: answers lost, late, wrong or unreadable, before and after it accepted."""

import time
from datetime import timedelta

from connectors.providers.rehearsal.behaviour import Behaviour, Chances, Mishap
from tests.chaos.arena import Ground, now
from tests.chaos.outcome import Force, Outcome

STORM_SECONDS = 6.0
SILENCE_SECONDS = 2.0  # in which it does not answer look-ups either
ODDS = {
    Mishap.DROP_BEFORE: 0.10,
    Mishap.DROP_AFTER: 0.15,
    Mishap.ERROR_BEFORE: 0.10,
    Mishap.ERROR_AFTER: 0.10,
    Mishap.ANSWER_LATE: 0.08,
    Mishap.NEVER_ANSWER: 0.04,
    Mishap.GARBAGE: 0.08,
    Mishap.RATE_LIMIT: 0.02,
}


def lost_answers(ground: Ground, store: str, force: Force) -> Outcome:
    """Posts fall due all through the storm; then it ends."""
    dice = force.dice("lost_answers", store)
    with ground.arena(store, force.seed) as arena:
        storm = Behaviour(
            chances=Chances(seed=force.seed, odds=ODDS, seconds=arena.orders.call_seconds * 1.5)
        )
        arena.network.behave(storm, arena.accounts)
        for _ in range(force.daemons_on(store)):
            arena.start()
        arena.begun(arena.daemons)
        start = now()
        ahead = (dice.uniform(0, STORM_SECONDS) for _ in range(force.publications))
        arena.fill([start + timedelta(seconds=seconds) for seconds in ahead])
        time.sleep(STORM_SECONDS - SILENCE_SECONDS)
        arena.network.behave(storm.model_copy(update={"answers_lookups": False}), arena.accounts)
        time.sleep(SILENCE_SECONDS)
        arena.network.behave(Behaviour(), arena.accounts)
        arena.settle(90)
        return Outcome(
            "lost_answers", store, force.seed, arena.tally(), daemons=force.daemons_on(store), kills=0
        )
