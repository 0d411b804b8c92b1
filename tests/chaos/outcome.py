"""What a scenario is given, and what it reports."""

import json
import random
from dataclasses import asdict, dataclass, field

from tests.chaos.judging import Tally


@dataclass(frozen=True)
class Force:
    """How hard a scenario tries, and with which dice."""

    seed: int
    kills: int = 6
    publications: int = 120
    thorough: bool = False  # leave nothing out
    daemons: int = 0  # 0: one on SQLite, two on PostgreSQL

    def dice(self, *what: object) -> random.Random:
        """Dice of their own for one purpose: the same seed throws the same numbers."""
        return random.Random(" ".join(map(str, (self.seed, *what))))

    def daemons_on(self, store: str) -> int:
        return self.daemons or (1 if store == "sqlite" else 2)


@dataclass(frozen=True)
class Outcome:
    """One scenario on one store."""

    scenario: str
    store: str
    seed: int
    tally: Tally = field(default_factory=Tally)
    runs: int = 1
    kills: int = 0
    daemons: int = 1
    notes: tuple[str, ...] = ()  # measured on the way, and promises that were not kept
    broken: bool = False  # a promise of the scenario's own was not kept
    skipped: str = ""  # why it could not run here

    @property
    def clean(self) -> bool:
        return self.tally.clean and not self.broken

    def as_json(self) -> str:
        facts = asdict(self)
        tally = facts.pop("tally")
        return json.dumps({"scenario": facts.pop("scenario"), **tally, **facts, "clean": self.clean})


class CannotRun(Exception):
    """This machine lacks what the scenario needs; the message says what."""
