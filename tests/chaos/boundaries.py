"""Death at every commit and at every call, one after the other, until a daemon lives through all of them."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from domain.words import SideWork, SideWorkState
from scheduler import sidework
from store.models import SideWorkRow
from tests.chaos.arena import Arena, Ground, now
from tests.chaos.judging import Tally
from tests.chaos.outcome import Force, Outcome

MOST = 200  # boundaries; more than one short life can hold
PATIENCE = 30.0  # seconds
STRIDE = 4  # of the second series, unless the run is thorough
LEASES_ARE_OVER = sidework.LEASE + timedelta(minutes=1)


def boundaries(ground: Ground, store: str, force: Force) -> Outcome:
    """Once from a quiet start, and once more for a daemon that takes over from one that died in a call."""
    quiet, first = series(ground, store, force, die_before=False)
    again, second = series(ground, store, force, die_before=True, stride=1 if force.thorough else STRIDE)
    runs = first + second
    return Outcome("boundaries", store, force.seed, quiet + again, runs=runs, kills=runs - 2)


def series(
    ground: Ground, store: str, force: Force, *, die_before: bool, stride: int = 1
) -> tuple[Tally, int]:
    """A run for each boundary, or for every *stride*th from where the seed says; how many runs."""
    tally, runs = Tally(), 0
    for number in range(1 + force.seed % stride, MOST, stride):
        died, found = _one_life(ground, store, force, number, die_before=die_before)
        tally, runs = tally + found, runs + 1
        if not died:
            break
    return tally, runs


def _one_life(
    ground: Ground, store: str, force: Force, number: int, *, die_before: bool
) -> tuple[bool, Tally]:
    """Whether the daemon came to its boundary and died, and the verdict after another finished its work."""
    with ground.arena(store, force.seed) as arena:
        for kind in range(max(force.publications // 3, 1)):
            _one_of_each(arena, kind)
        if die_before:
            arena.wait(arena.start(die_at=1, die_on="after publish").gone, PATIENCE)
        victim = arena.start(die_at=number)
        arena.wait(lambda: victim.gone() or _finished(arena), PATIENCE)
        died = victim.gone()
        if died:
            arena.start(clock_file=_later(arena))
        arena.wait(lambda: _finished(arena), PATIENCE)
        return died, arena.tally() + _comments(arena)


def _one_of_each(arena: Arena, number: int) -> None:
    """A post, a post with a first comment, and a thread: together they pass every kind of boundary."""
    arena.fill([now()])
    arena.fill([now()], first_comment=f"Call us, number {number}.")
    arena.fill([now()], thread=1)


def _later(arena: Arena) -> str:
    """The clock of a daemon that comes after every lease has ended."""
    file = Path(arena.orders.data_dir) / "clock"
    file.write_text(str(LEASES_ARE_OVER.total_seconds()), encoding="ascii")
    return str(file)


def _finished(arena: Arena) -> bool:
    return arena.moving() == 0 and _open_comments(arena) == 0


def _open_comments(arena: Arena) -> int:
    with arena.house.database.read() as work:
        query = select(func.count()).where(
            SideWorkRow.kind == SideWork.FIRST_COMMENT,
            SideWorkRow.state.in_((SideWorkState.DUE, SideWorkState.RUNNING)),
        )
        return work.session.execute(query).scalar_one()


def _comments(arena: Arena) -> Tally:
    """First comments that are missing, or there twice."""
    tally = Tally()
    for plan in arena.planned:
        if plan.content.first_comment:
            there = arena.network.comments(plan.account_id, plan.content.text)
            tally += Tally(lost=int(not there), doubled=max(len(there) - 1, 0))
    return tally
