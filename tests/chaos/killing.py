"""kill -9 at random moments, on a network that can be asked and on one that cannot."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from connectors.base import LookupStrength
from domain.words import AttemptOutcome
from store.models import Daemon
from tests.chaos.arena import Arena, Ground, now
from tests.chaos.judging import worst
from tests.chaos.outcome import Force, Outcome

LONGEST_LIFE = 1.5  # seconds from a daemon's birth to its death
DIES_AT_BIRTH = 0.2  # the share of daemons whose life is counted before they have begun to work
RUSH = 0.4  # seconds before its death into which a life's posts fall
SHOWN_WITHIN = timedelta(seconds=1)  # after the lease: how soon a doubtful post is shown to a person


def kill(ground: Ground, store: str, force: Force) -> Outcome:
    """Daemons die at random moments; the network can be asked by key."""
    with ground.arena(store, force.seed) as arena:
        _slaughter(arena, store, force)
        arena.settle()
        return Outcome(
            "kill",
            store,
            force.seed,
            arena.tally(),
            kills=force.kills,
            daemons=force.daemons_on(store),
            notes=(f"states {arena.states()}",),
        )


def cannot_ask(ground: Ground, store: str, force: Force) -> Outcome:
    """The same, on a network that cannot be asked: what is in doubt is shown to a person, soon."""
    with ground.arena(store, force.seed, lookup=LookupStrength.NONE) as arena:
        _slaughter(arena, store, force)
        arena.settle()
        shown_ms = worst(*_shown(arena))
        allowed = round((arena.orders.lease + SHOWN_WITHIN) / timedelta(milliseconds=1))
        return Outcome(
            "cannot_ask",
            store,
            force.seed,
            arena.tally(),
            kills=force.kills,
            daemons=force.daemons_on(store),
            notes=(f"doubt shown after {shown_ms} ms at most, {allowed} allowed",),
            broken=shown_ms > allowed,
        )


def _slaughter(arena: Arena, store: str, force: Force) -> None:
    """A life, a kill, a new birth, again and again; each life has its share of posts that fall due."""
    dice = force.dice("kill", store)
    share = max(force.publications // (force.kills + 1), 1)
    for _ in range(force.daemons_on(store)):
        arena.start()
    for _ in range(force.kills):
        if dice.random() > DIES_AT_BIRTH:
            arena.begun(arena.daemons)
        life = dice.uniform(0, LONGEST_LIFE)
        arena.fill(_dues([life - dice.uniform(0, RUSH) for _ in range(share)]))
        time.sleep(life)
        arena.kill(dice.choice(arena.daemons))
        arena.start()
    arena.fill([now()] * (force.publications - share * force.kills))


def _dues(ahead: Sequence[float]) -> list[datetime]:
    start = now()
    return [start + timedelta(seconds=seconds) for seconds in ahead]


def _shown(arena: Arena) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each interrupted post was shown, and when its daemon was killed, by attempt."""
    with arena.house.database.read() as work:
        pids = {row.id: row.pid for row in work.session.scalars(select(Daemon))}
    interrupted = [attempt for attempt in arena.attempts() if attempt.outcome is AttemptOutcome.ABANDONED]
    shown = {
        f"{attempt.publication_id}/{attempt.fence}": attempt.finished_at
        for attempt in interrupted
        if attempt.finished_at is not None
    }
    died = {
        f"{attempt.publication_id}/{attempt.fence}": arena.killed[pids[attempt.owner]]
        for attempt in interrupted
        if pids.get(attempt.owner) in arena.killed
    }
    return shown, died
