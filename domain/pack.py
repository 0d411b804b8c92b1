"""Rule packs: which checks run on a Post, how severe each is, and with which parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.content import Frozen
from domain.words import Severity


class NoParameters(Frozen):
    """Of a rule that has nothing to set."""


@dataclass(frozen=True)
class PackRule:
    """One rule as a practice runs it."""

    severity: Severity
    parameters: Frozen = field(default_factory=NoParameters)


@dataclass(frozen=True)
class Pack:
    """A named, versioned choice of rules by id. A changed pack gets a new version."""

    name: str
    version: int
    rules: Mapping[str, PackRule]
    title: str = ""

    @property
    def ref(self) -> str:
        """What a Finding names, for example base@1."""
        return f"{self.name}@{self.version}"
