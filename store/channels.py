"""Connected accounts of one practice, and the practice's own apps at the networks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.words import ChannelState
from store.models import Authorization, ChannelRow, LedgerEntry, ProviderApp
from store.repository import NotFound, Repository


class Channels(Repository):
    def get(self, channel_id: str, *, lock: bool = False) -> ChannelRow:
        return self._get(ChannelRow, channel_id, "channel", lock=lock)

    def all(self) -> Sequence[ChannelRow]:
        query = select(ChannelRow).where(ChannelRow.practice_id == self._practice_id)
        return self._session.scalars(query.order_by(ChannelRow.name)).all()

    def named(self, name: str) -> ChannelRow:
        """The channel with this name, id or (when only one has it) connector key, ignoring case."""
        wanted = name.strip().casefold()
        channels = self.all()
        for channel in channels:
            if wanted in (channel.name.casefold(), channel.id.casefold()):
                return channel
        of_provider = [channel for channel in channels if channel.provider == wanted]
        if len(of_provider) == 1:
            return of_provider[0]
        raise NotFound("channel", name)

    def count(self, state: ChannelState) -> int:
        query = select(func.count()).where(
            ChannelRow.practice_id == self._practice_id, ChannelRow.state == state
        )
        return self._session.execute(query).scalar_one()

    def app(self, provider: str) -> ProviderApp | None:
        return self._session.get(ProviderApp, (self._practice_id, provider))

    def authorization(self, state_hash: str) -> Authorization | None:
        query = select(Authorization).where(
            Authorization.practice_id == self._practice_id, Authorization.state_hash == state_hash
        )
        return self._session.scalars(query.with_for_update()).one_or_none()

    def spent(self, channel_id: str, since: datetime) -> dict[str, int]:
        """Millionths booked on a channel since an instant, by currency."""
        query = select(LedgerEntry.currency, LedgerEntry.micros).where(
            LedgerEntry.practice_id == self._practice_id,
            LedgerEntry.channel_id == channel_id,
            LedgerEntry.booked_at >= since,
        )
        totals: dict[str, int] = {}
        for currency, micros in self._session.execute(query):
            totals[currency] = totals.get(currency, 0) + micros
        return totals
