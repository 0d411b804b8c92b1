"""The guard and the money, looked at once more right before a call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approval import guard
from approval.checking import channel_facts, digest_of
from approval.rules.base import GuardFacts
from channels.connecting import CAP_OPTION
from connectors.base import Channel, Connector, Estimates, declares
from connectors.registry import Registry
from domain.content import Content
from domain.pack import Pack
from domain.profile import Profile
from domain.words import Finding, Money
from store.database import UnitOfWork
from store.models import ChannelRow


@dataclass(frozen=True)
class Recheck:
    """Runs the guard again where anything that it depends on has changed since sign-off."""

    registry: Registry
    pack: Pack

    def findings(
        self, row: Any, channel: ChannelRow, content: Content, now: datetime, digests: dict[str, str]
    ) -> tuple[Finding, ...]:
        """What the guard says now; nothing while its inputs are those of sign-off.

        `digests` remembers those inputs by channel for one round.
        """
        connector = self.registry[channel.provider]
        if channel.id not in digests:
            digests[channel.id] = digest_of(self.pack, row.profile, connector, channel)
        if digests[channel.id] == row.checked_against:
            return ()
        facts = GuardFacts(
            profile=Profile.model_validate(row.profile),
            channels=(channel_facts(connector, channel, content),),
            now=now,
            post_id=row.Publication.post_id,
        )
        return guard.check(facts, self.pack)

    def over_budget(
        self, work: UnitOfWork, channel: ChannelRow, content: Content, now: datetime, reserved: dict[str, int]
    ) -> str:
        """One sentence when this post would exceed the channel's monthly cap, else nothing.

        `reserved` holds what this round has set aside already, in millionths by channel, and grows.
        """
        estimate = estimated(self.registry[channel.provider], bare(channel), content)
        cap = channel.options.get(CAP_OPTION)
        if estimate is None or cap is None:
            return ""
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        spent = work.practice(channel.practice_id).channels.spent(channel.id, month)
        total = spent.get(estimate.currency, 0) + reserved.get(channel.id, 0) + estimate.micros
        if total <= float(cap) * 1_000_000:
            reserved[channel.id] = reserved.get(channel.id, 0) + estimate.micros
            return ""
        return (
            f"It would bring {channel.name} to {total / 1_000_000:.2f} {estimate.currency} this month, "
            f"over its cap of {float(cap):.2f}. Raise the cap or move the post to next month."
        )


def estimated(connector: Connector, channel: Channel, content: Content) -> Money | None:
    """What a send will cost, where the network charges."""
    return connector.estimate(channel, content) if declares(connector, Estimates) else None


def bare(row: ChannelRow) -> Channel:
    """The channel without its secrets."""
    return Channel(row.id, row.provider, row.name, row.handle, row.remote_id, row.base_url, row.options)
