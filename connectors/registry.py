"""The one list of connectors: ours, a line each, and those that other packages bring by entry point."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from connectors.base import Connector, Surroundings
from connectors.providers.facebook.connector import Facebook
from connectors.providers.rehearsal.connector import Rehearsal
from connectors.providers.website.connector import Website
from connectors.providers.x.connector import XConnector

ENTRY_POINT_GROUP = "rounds.connectors"

OURS: tuple[Callable[[Surroundings], Connector], ...] = (
    Facebook,
    Rehearsal,
    Website,
    XConnector,
)


class UnknownConnector(LookupError):
    """No connector has this key."""

    def __init__(self, key: str, known: list[str]) -> None:
        super().__init__(f"There is no connector called “{key}”. Known: {', '.join(known)}.")


class Registry:
    """Connectors by key, made once."""

    def __init__(self, connectors: Mapping[str, Connector]) -> None:
        self._connectors = dict(connectors)

    def __getitem__(self, key: str) -> Connector:
        try:
            return self._connectors[key]
        except KeyError:
            raise UnknownConnector(key, self.keys()) from None

    def __contains__(self, key: str) -> bool:
        return key in self._connectors

    def keys(self) -> list[str]:
        return sorted(self._connectors)

    def all(self) -> list[Connector]:
        return [self._connectors[key] for key in self.keys()]


def load(surroundings: Surroundings) -> Registry:
    """Every connector that is installed here."""
    made = [factory(surroundings) for factory in OURS]
    made += [point.load()(surroundings) for point in entry_points(group=ENTRY_POINT_GROUP)]
    return Registry({connector.spec.key: connector for connector in made})
