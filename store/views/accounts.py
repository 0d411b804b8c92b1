"""Channels as lists show them: what they last published, and what they cost this month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.words import Money
from store.models import ChannelRow, LedgerEntry, Publication
from store.repository import Repository


@dataclass(frozen=True)
class Account:
    """One connected account."""

    channel: ChannelRow
    last_post: datetime | None
    spent: tuple[Money, ...]  # since the instant asked for; one per currency


class Accounts(Repository):
    def listed(self, month: datetime) -> list[Account]:
        """Every channel by name, with its spending since *month* began; three queries."""
        query = select(ChannelRow).where(ChannelRow.practice_id == self._practice_id)
        last_posts, spent = self._last_posts(), self._spent(month)
        return [
            Account(row, last_posts.get(row.id), spent.get(row.id, ()))
            for row in self._session.scalars(query.order_by(func.lower(ChannelRow.name)))
        ]

    def _last_posts(self) -> Mapping[str, datetime]:
        last = (
            select(func.max(Publication.published_at))
            .where(Publication.channel_id == ChannelRow.id)
            .scalar_subquery()
        )
        query = select(ChannelRow.id, last).where(ChannelRow.practice_id == self._practice_id)
        return {channel_id: at for channel_id, at in self._session.execute(query) if at is not None}

    def _spent(self, since: datetime) -> Mapping[str, tuple[Money, ...]]:
        query = (
            select(LedgerEntry.channel_id, LedgerEntry.currency, func.sum(LedgerEntry.micros))
            .where(LedgerEntry.practice_id == self._practice_id, LedgerEntry.booked_at >= since)
            .group_by(LedgerEntry.channel_id, LedgerEntry.currency)
            .order_by(LedgerEntry.currency)
        )
        spent: dict[str, tuple[Money, ...]] = {}
        for channel_id, currency, micros in self._session.execute(query):
            spent[channel_id] = (*spent.get(channel_id, ()), Money(micros=int(micros), currency=currency))
        return spent
