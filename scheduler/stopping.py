"""Stop: everything, a channel, a campaign or a label, with a reason; resuming asks for a fresh look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actor import Actor
from domain.clock import Clock
from domain.ids import new_id
from domain.refusal import Refusal
from domain.states import Delivery, move_delivery
from domain.words import HoldScope, Role
from drafting.posts import LONGEST_LABEL
from store.database import Database
from store.models import Hold, Publication
from store.scope import PracticeScope


class NeedsReason(Refusal):
    """A Stop says why, for everybody who sees it."""


class NeedsTarget(Refusal):
    """A Stop of a label names it."""


@dataclass(frozen=True)
class Stopping:
    """Anybody who works here may stop; whoever may publish may resume."""

    database: Database
    clock: Clock

    def stop(self, actor: Actor, scope: HoldScope, target: str | None, reason: str) -> tuple[Hold, int]:
        """Hold what is covered, now and from now on; returns the Stop and how many posts it held."""
        if not actor.roles:
            actor.require(Role.AUTHOR, what="press Stop")
        if not reason.strip():
            raise NeedsReason("Say in a few words why everything stops; everybody will see it.")
        now = self.clock.now()
        with self.database.write() as work:
            practice = work.practice(actor.practice_id)
            _check_target(practice, scope, (target or "").strip())
            hold = Hold(
                id=new_id(),
                practice_id=practice.id,
                scope=scope,
                target=None if scope is HoldScope.PRACTICE else (target or "").strip(),
                reason=reason.strip(),
                placed_by=actor.member_id,
                placed_at=now,
            )
            practice.publications.add(hold)
            held = practice.publications.stop(hold)
            practice.audit.record(
                actor.audit_name, "stopped", f"hold:{hold.id}", now, scope=scope, target=target, held=held
            )
            work.commit()
        return hold, held

    def missed(self, actor: Actor, hold_id: str) -> Sequence[Publication]:
        """What a Stop holds, for the fresh look before resuming."""
        with self.database.read() as work:
            publications = work.practice(actor.practice_id).publications
            return publications.held_by(publications.hold(hold_id))

    def resume(self, actor: Actor, hold_id: str, keep: Sequence[str] = ()) -> tuple[int, int]:
        """Release a Stop; returns (scheduled again, cancelled).

        What is still ahead goes on by itself. Of what was missed, `keep` is sent late and the rest cancelled.
        """
        actor.require(Role.PUBLISHER, Role.APPROVER, Role.ADMIN, what="resume after a Stop")
        now = self.clock.now()
        with self.database.write() as work:
            practice = work.practice(actor.practice_id)
            hold = practice.publications.hold(hold_id, lock=True)
            if hold.released_at is not None:
                return 0, 0
            hold.released_by, hold.released_at = actor.member_id, now
            scheduled = cancelled = 0
            for publication in practice.publications.held_by(hold, lock=True):
                publication.hold_id = None
                if publication.due_at > now or publication.id in keep:
                    _go_on(publication, now)
                    scheduled += 1
                else:
                    publication.state = move_delivery(publication.state, Delivery.CANCELLED)
                    publication.reason = f"Missed during a Stop ({hold.reason})."
                    cancelled += 1
            practice.audit.record(
                actor.audit_name, "resumed", f"hold:{hold.id}", now, scheduled=scheduled, cancelled=cancelled
            )
            work.commit()
        return scheduled, cancelled


def _check_target(practice: PracticeScope, scope: HoldScope, target: str) -> None:
    """A Stop that covers nothing would only look like one."""
    match scope:
        case HoldScope.CHANNEL:
            practice.channels.get(target)
        case HoldScope.CAMPAIGN:
            practice.posts.campaign(target)
        case HoldScope.LABEL if not 0 < len(target) <= LONGEST_LABEL:
            raise NeedsTarget("Name the label whose posts stop.")


def _go_on(publication: Publication, now: datetime) -> None:
    publication.state, publication.reason = move_delivery(publication.state, Delivery.SCHEDULED), ""
    if publication.due_at <= now:
        patience = publication.expires_at - publication.due_at
        publication.run_at, publication.expires_at = now, now + patience
