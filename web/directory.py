"""The practice's channels and people by the names that pages show, in two queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from approval.checking import with_own_limit
from connectors.base import Spec
from connectors.registry import Registry, UnknownConnector
from domain.words import ChannelState
from store.models import ChannelRow, Member
from store.scope import PracticeScope
from web.marks import ChannelMark


@dataclass(frozen=True)
class Directory:
    """Channels and members by id."""

    channels: Mapping[str, ChannelRow]
    people: Mapping[str, Member]
    registry: Registry

    @property
    def open_channels(self) -> list[ChannelRow]:
        """Those that a post can be written for."""
        return [row for row in self.channels.values() if row.state is not ChannelState.DISCONNECTED]

    def by_name(self, channel_ids: Iterable[str]) -> list[str]:
        """Those of the ids that are channels here, in the order that people know."""
        wanted = set(channel_ids)
        return [channel_id for channel_id in self.channels if channel_id in wanted]

    def spec(self, channel_id: str) -> Spec | None:
        """What its network declares, with this account's own limit; None when it is not there."""
        row = self.channels.get(channel_id)
        if row is None:
            return None
        try:
            return with_own_limit(self.registry[row.provider].spec, row.options)
        except UnknownConnector:
            return None

    def mark(self, channel_id: str) -> ChannelMark:
        spec = self.spec(channel_id)
        return ChannelMark(self.channels[channel_id].name, spec.glyph if spec else "")

    def marks(self, channel_ids: Iterable[str]) -> tuple[ChannelMark, ...]:
        """The tiles of these channels, by name."""
        return tuple(map(self.mark, self.by_name(channel_ids)))

    def name(self, member_id: str | None) -> str:
        """Who that is; a member never leaves the record, so an unknown id is a machine's."""
        found = self.people.get(member_id or "")
        return found.name if found else "Rounds"

    def actor(self, audit_name: str) -> str:
        """The name behind member:<id>; a machine's otherwise."""
        return self.name(audit_name.removeprefix("member:"))


def directory(scope: PracticeScope, registry: Registry) -> Directory:
    """Everybody and every channel of this practice, closed accounts included."""
    return Directory(
        channels={row.id: row for row in scope.channels.all()},
        people={member.id: member for member in scope.people.members()},
        registry=registry,
    )


def listed(names: Iterable[str], word: str = "and") -> str:
    """ "Facebook, X and Website"."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} {word} {last}" if most else last
