"""The last look at what was claimed: which publications go, and what becomes of the others instead."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from channels.opening import open_channel
from connectors.base import Channel
from connectors.registry import Registry
from domain.content import Content, variant_fingerprint
from domain.pack import Pack
from domain.states import Delivery
from domain.words import AttemptKind, AttemptOutcome
from scheduler.preflight import PreflightFacts, Stay, preflight
from scheduler.recheck import Recheck
from scheduler.recording import reservations
from scheduler.work import Job
from store.audit import Happening
from store.database import Database, UnitOfWork
from store.models import ChannelRow
from store.queue import Change, Claim
from store.sealing import Seal, WrongKey

LOCKED_WAIT = timedelta(minutes=5)  # until a channel whose credentials do not open is tried again
UNCHECKED = "It could not be checked right before it was sent, so nothing was sent. Ask an admin to look."

log = structlog.get_logger(__name__)


@dataclass
class Round:
    """What one batch of last looks remembers."""

    digests: dict[str, str] = field(default_factory=dict)  # the guard's inputs, by channel
    reserved: dict[str, int] = field(default_factory=dict)  # millionths set aside, by channel
    opened: dict[str, Channel] = field(default_factory=dict)  # by channel


@dataclass(frozen=True)
class LastLook:
    """Sees each claim as it stands now, after the claim and before the call."""

    database: Database
    registry: Registry
    seal: Seal
    pack: Pack
    owner: str

    def prepare(
        self, claims: Sequence[Claim], begun: float, lease: timedelta, *, charges: bool = False
    ) -> list[Job]:
        """Jobs for the claims that may go; the others are written down as what they become instead.

        Where the network charges, the channels are locked meanwhile and the price is set aside with the
        look, so that several daemons together stay below a cap.
        """
        if not claims:
            return []
        deadline = begun + lease.total_seconds() * 0.75
        jobs: list[Job] = []
        stays: list[tuple[Claim, Any, Stay]] = []
        round_ = Round()
        with self.database.write() if charges else self.database.read() as work:
            now = work.now()
            rows = work.server.queue.load([claim.publication_id for claim in claims])
            wanted = {row.Publication.channel_id for row in rows.values()}
            channels = work.server.channels(list(wanted), lock=charges)
            for claim in claims:
                row = rows[claim.publication_id]
                seen = self._see(work, claim, row, channels[row.Publication.channel_id], now, round_)
                if isinstance(seen, Stay):
                    stays.append((claim, row, seen))
                else:
                    jobs.append(self._job(claim, row, *seen, deadline, lease))
            if charges:
                work.server.queue.book(reservations(jobs, now))
                work.commit()
        self._write_stays([stay for stay in stays if stay[0].kind is AttemptKind.PUBLISH])
        return jobs

    def _see(
        self, work: UnitOfWork, claim: Claim, row: Any, channel: ChannelRow, now: datetime, round_: Round
    ) -> tuple[Content, Channel] | Stay:
        """The outer edge around one claim: what cannot be looked at does not go, and keeps no other back."""
        try:
            content = Content.model_validate(row.content)
            if channel.id not in round_.opened:
                round_.opened[channel.id] = open_channel(channel, self.seal)
            stay = self._look(work, claim, row, channel, content, now, round_)
            return stay or (content, round_.opened[channel.id])
        except DBAPIError:
            raise
        except WrongKey as error:
            return Stay(Delivery.SCHEDULED, str(error), now + LOCKED_WAIT)
        except Exception:
            log.exception("a last look failed", publication=claim.publication_id)
            return Stay(Delivery.HELD, UNCHECKED)

    def _look(
        self,
        work: UnitOfWork,
        claim: Claim,
        row: Any,
        channel: ChannelRow,
        content: Content,
        now: datetime,
        round_: Round,
    ) -> Stay | None:
        if claim.kind is AttemptKind.LOOKUP:
            return None
        recheck = Recheck(self.registry, self.pack)
        return preflight(
            PreflightFacts(
                now=now,
                approved_fingerprint=row.Publication.fingerprint,
                actual_fingerprint=variant_fingerprint(channel.id, content),
                approval_void=row.voided_at is not None,
                not_before=row.not_before,
                not_after=row.not_after,
                standing_lost=bool(row.standing_lost),
                channel_state=channel.state,
                channel_reason=channel.state_reason,
                channel_resumes_at=channel.resumes_at,
                findings=recheck.findings(row, channel, content, now, round_.digests),
                over_budget=recheck.over_budget(work, channel, content, now, round_.reserved),
            )
        )

    def _job(
        self, claim: Claim, row: Any, content: Content, channel: Channel, deadline: float, lease: timedelta
    ) -> Job:
        return Job(
            claim=claim,
            publication=row.Publication,
            content=content,
            channel=channel,
            connector=self.registry[row.Publication.provider],
            deadline=deadline,
            lease=lease,
        )

    def _write_stays(self, stays: Sequence[tuple[Claim, Any, Stay]]) -> None:
        if not stays:
            return
        with self.database.write() as work:
            now = work.now()
            changes = [_stay_change(claim, row, stay) for claim, row, stay in stays]
            work.server.queue.current(changes)
            work.server.queue.apply(changes, now)
            for change in sorted(changes, key=lambda change: change.practice_id):
                work.practice(change.practice_id).audit.append([self._stayed(change, now)])
            work.commit()

    def _stayed(self, change: Change, now: datetime) -> Happening:
        detail = {"state": change.values["state"], "reason": change.values["reason"]}
        subject = f"publication:{change.publication_id}"
        return Happening(f"daemon:{self.owner}", "not_sent", subject, now, detail)


def _stay_change(claim: Claim, row: Any, stay: Stay) -> Change:
    values = {
        "state": stay.state,
        "reason": stay.reason,
        "run_at": stay.run_at or row.Publication.run_at,
        "tries": row.Publication.tries - 1,
        "sent_at": None if row.Publication.tries <= 1 else row.Publication.sent_at,
    }
    outcome = AttemptOutcome.ABANDONED if stay.state is Delivery.SCHEDULED else AttemptOutcome.REJECTED
    return Change(
        claim.publication_id, claim.practice_id, claim.fence, values, outcome, "preflight", stay.reason
    )
