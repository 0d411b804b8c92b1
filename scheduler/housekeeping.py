"""Small recurring duties: channels that waited, sign-ins that ended, the audit chain."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from domain.clock import Clock
from domain.words import ChannelState
from store.database import Database

KEEP_SESSIONS = timedelta(days=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Housekeeping:
    """What nobody asks for and everybody would miss."""

    database: Database
    clock: Clock
    owner: str

    def wake_channels(self) -> int:
        """Channels whose wait is over carry posts again."""
        with self.database.write() as work:
            waiting = work.server.channels_waiting(work.now())
            for channel in waiting:
                channel.state, channel.state_reason, channel.resumes_at = ChannelState.CONNECTED, "", None
            if waiting:
                work.commit()
        return len(waiting)

    def tidy(self) -> None:
        """Forget sign-ins and failures that nobody needs any more; look at what the tables hold."""
        with self.database.write() as work:
            work.server.forget_before(work.now() - KEEP_SESSIONS)
            work.commit()
        self.database.optimize()

    def verify_audit(self) -> None:
        """Walk every chain; a broken link is an alarm."""
        with self.database.read() as work:
            for practice in work.server.practices():
                broken = work.practice(practice.id).audit.verify()
                if broken is not None:
                    log.error("audit chain broken", practice=practice.id, entry=broken.seq, why=broken.why)
