"""Tokens renewed ahead of their end, by one process at a time, new ones kept before they are used."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from channels.opening import open_channel
from connectors.base import Authorizes, Connector, Grant, declares
from connectors.errors import AuthExpired, ConnectorError
from connectors.registry import Registry
from domain.clock import Clock
from domain.words import ChannelState
from store.database import Database
from store.models import ChannelRow
from store.sealing import Seal

AHEAD = timedelta(minutes=20)
LOCK = timedelta(minutes=2)

RENEWAL = timedelta(seconds=90)  # how long a renewal that was asked for takes: one is begun every minute
RENEWING = "Its sign-in is being renewed."
JUST_RENEWED = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def renew_instead(row: ChannelRow, connector: Connector, began: datetime, now: datetime) -> bool:
    """Whether a refused sign-in is renewed before its channel counts as broken; if so it is asked for.

    `began` is when the refused call was prepared. A token is not renewed twice for one call.
    """
    renewed_since = row.refreshed_at is not None and row.refreshed_at >= began - JUST_RENEWED
    if row.token_expires_at is None or renewed_since or not declares(connector, Authorizes):
        return False
    row.token_expires_at = now
    return True


def reconnected_since(row: ChannelRow, began: datetime) -> bool:
    """Whether the channel was found to work after a call was prepared, so that its refusal is out of date."""
    works = row.state in (ChannelState.CONNECTED, ChannelState.WAITING)
    return works and row.verified_at is not None and row.verified_at > began


@dataclass(frozen=True)
class Refreshing:
    """Refreshes what is about to end. Only a definite refusal breaks a channel."""

    database: Database
    clock: Clock
    seal: Seal
    registry: Registry
    owner: str  # of this process

    def refresh_due(self) -> int:
        """Refresh every channel whose token ends soon; returns how many got a new one."""
        with self.database.read() as work:
            ending = [row.id for row in work.server.channels_expiring(self.clock.now() + AHEAD)]
        return sum(self.refresh(channel_id) for channel_id in ending)

    def refresh(self, channel_id: str) -> bool:
        """Refresh one channel, unless another process is at it or has been."""
        row = self._lock(channel_id)
        if row is None:
            return False
        try:
            grant = self._ask(row)
        except AuthExpired as error:
            self._break(channel_id, error.message)
            return False
        except Exception as error:
            # The outer edge. The network is unwell, the token may well be good: the next round tries again.
            if not isinstance(error, ConnectorError):
                log.exception("a refresh failed", channel=channel_id)
            grant = None
        return self._finish(channel_id, grant)

    def _ask(self, row: ChannelRow) -> Grant | None:
        connector = self.registry[row.provider]
        if not isinstance(connector, Authorizes):
            return None
        return connector.refresh(open_channel(row, self.seal))

    def _lock(self, channel_id: str) -> ChannelRow | None:
        now = self.clock.now()
        with self.database.write() as work:
            row = work.server.channel(channel_id, lock=True)
            busy = row.refresh_until is not None and row.refresh_until > now
            renewed = row.token_expires_at is None or row.token_expires_at >= now + AHEAD
            if busy or renewed or row.state not in (ChannelState.CONNECTED, ChannelState.WAITING):
                return None
            row.refresh_owner, row.refresh_until = self.owner, now + LOCK
            work.commit()
        return row

    def _finish(self, channel_id: str, grant: Grant | None) -> bool:
        with self.database.write() as work:
            row = work.server.channel(channel_id, lock=True)
            if row.refresh_owner != self.owner:
                return (
                    False  # reconnected, disconnected or taken over meanwhile: what was given is of yesterday
                )
            row.refresh_owner = row.refresh_until = None
            if grant is not None:
                # A network that leaves a field out means "as before": never overwrite with nothing.
                kept = self.seal.open(row.credentials)
                given = {key: value for key, value in grant.credentials.items() if value}
                row.credentials = self.seal.close({**kept, **given})
                row.token_expires_at, row.refreshed_at = grant.expires_at, work.now()
                if grant.scopes:
                    row.scopes = sorted(grant.scopes)
            work.commit()
        return grant is not None

    def _break(self, channel_id: str, message: str) -> None:
        now = self.clock.now()
        with self.database.write() as work:
            row = work.server.channel(channel_id, lock=True)
            if row.refresh_owner != self.owner:
                return
            row.refresh_owner = row.refresh_until = None
            earlier = row.state_reason
            row.state, row.state_reason = ChannelState.NEEDS_RECONNECT, message
            held = work.server.queue.hold_channel(channel_id, message, earlier)
            work.practice(row.practice_id).audit.record(
                f"daemon:{self.owner}", "channel_broken", f"channel:{channel_id}", now, held=held
            )
            work.commit()
