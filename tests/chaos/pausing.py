"""One of two daemons stands still for two leases, then goes on as if nothing had happened."""

import time
from datetime import timedelta

from tests.chaos.arena import Arena, Ground, now
from tests.chaos.outcome import Force, Outcome

NOTICE = timedelta(seconds=1.2)  # so that both daemons know of the posts before they are due
MOST_AHEAD = 0.5  # seconds of work before a pause
SURVIVOR_WITHIN = 2.0  # seconds after the lease: how soon the other daemon has everything out


def pause(ground: Ground, store: str, force: Force) -> Outcome:
    """As often as `kills` says. The network honours keys, as its contract is; repeats are counted."""
    dice = force.dice("pause", store)
    slowest = 0.0
    with ground.arena(store, force.seed, forgetful=False) as arena:
        for _ in range(2):
            arena.start()
        arena.begun(arena.daemons)
        share = max(force.publications // max(force.kills, 1), 1)
        for _ in range(force.kills):
            arena.fill([now() + NOTICE] * share)
            time.sleep(NOTICE.total_seconds() + dice.uniform(0, MOST_AHEAD))
            slowest = max(slowest, _pause_one(arena, dice.randrange(2)))
        arena.settle()
        allowed = arena.orders.lease.total_seconds() + SURVIVOR_WITHIN
        return Outcome(
            "pause",
            store,
            force.seed,
            arena.tally(),
            kills=force.kills,
            daemons=2,
            notes=(
                f"the survivor had everything out {slowest:.1f} s after the pause, {allowed:.1f} allowed",
                f"{arena.network.repeats} repeats stopped by their key at the network",
            ),
            broken=slowest > allowed,
        )


def _pause_one(arena: Arena, which: int) -> float:
    """Seconds until everything was out although one daemon stood still for two leases."""
    span = 2 * arena.orders.lease / timedelta(seconds=1)
    begun = time.monotonic()
    arena.daemons[which].pause()
    arena.settle(span)
    out = time.monotonic() - begun
    time.sleep(max(span - out, 0))
    arena.daemons[which].resume()
    return out
