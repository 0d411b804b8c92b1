"""All scenarios by name, with the force that makes a short run."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.answers import lost_answers
from tests.chaos.arena import Ground
from tests.chaos.boundaries import boundaries
from tests.chaos.killing import cannot_ask, kill
from tests.chaos.outcome import CannotRun, Force, Outcome
from tests.chaos.pausing import pause

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Scenario:
    """One kind of violence, the stores that it makes sense on, and its force in a short run."""

    name: str
    run: Callable[[Ground, str, Force], Outcome]
    stores: tuple[str, ...] = BOTH
    short: tuple[str, ...] = BOTH  # the stores of a run that is neither thorough nor asked for by store
    kills: int = 5
    publications: int = 120


SCENARIOS = (
    Scenario("kill", kill),
    Scenario("boundaries", boundaries, short=("sqlite",), publications=3),
    Scenario("lost_answers", lost_answers),
    Scenario("pause", pause, ("postgresql",), kills=2, publications=300),
    Scenario("cannot_ask", cannot_ask),
)


def attempt(scenario: Scenario, ground: Ground, store: str, force: Force) -> Outcome:
    """What came of it, or why it cannot run on this machine."""
    try:
        return scenario.run(ground, store, force)
    except CannotRun as reason:
        return Outcome(scenario.name, store, force.seed, runs=0, skipped=str(reason))
