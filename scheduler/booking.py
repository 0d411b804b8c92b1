"""From an Approval to Publications: which instant, on which channels, by the practice's rule for lateness."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from approval import review
from domain.actor import Actor
from domain.clock import Clock
from domain.ids import new_id
from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.states import STILL_OURS, Delivery, Editorial, move_delivery
from domain.words import Role
from drafting.posts import to_instant, zone_named
from drafting.wallclock import Marker
from store.database import Database
from store.models import Approval, ApprovedVariant, PostRow, Publication
from store.scope import PracticeScope

BATCH = 200
MAY_SCHEDULE = (Role.PUBLISHER, Role.APPROVER, Role.ADMIN)


class CannotSchedule(Refusal):
    """The post cannot go out then; the message says why and what works."""


@dataclass(frozen=True)
class Scheduling:
    """Gives approved posts their place in the calendar."""

    database: Database
    clock: Clock

    def book_approved(self) -> int:
        """Book every approval that has a time and no publications yet; returns how many posts."""
        booked = 0
        with self.database.write() as work:
            now = self.clock.now()
            for post in work.server.posts_to_book(BATCH):
                scope = work.practice(post.practice_id)
                approval = scope.signoffs.standing_approval(post.id, lock=True)
                if approval is not None and approval.booked_at is None:
                    self._book(scope, approval, post, "daemon", now)
                    booked += 1
            work.commit()
        return booked

    def schedule(
        self, actor: Actor, post_id: str, wall: datetime, zone: str = "", marker: Marker | None = None
    ) -> list[Publication]:
        """Give an approved post its time, or move it within what was signed."""
        actor.require(*MAY_SCHEDULE, what="schedule posts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            post = scope.posts.get(post_id, lock=True)
            approval = _standing(scope, post)
            zone_name = str(zone_named(zone)) if zone else post.zone
            due = to_instant(wall, zone_name, marker)
            if due < now - timedelta(minutes=1):
                raise CannotSchedule("That time has passed. Choose a later one.")
            _check_window(approval, due)
            post.wall, post.zone, post.due_at = wall.isoformat(timespec="minutes"), zone_name, due
            publications = self._move_or_book(scope, approval, post, actor, due, now)
            work.commit()
        return publications

    def publish_now(self, actor: Actor, post_id: str) -> list[Publication]:
        """Send an approved post at once."""
        actor.require(*MAY_SCHEDULE, what="publish posts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            post = scope.posts.get(post_id, lock=True)
            approval = _standing(scope, post)
            _check_window(approval, now)
            publications = self._move_or_book(scope, approval, post, actor, now, now)
            work.commit()
        return publications

    def try_again(self, actor: Actor, publication_id: str) -> None:
        """Send a failed or expired publication once more, while its signature still covers it."""
        actor.require(*MAY_SCHEDULE, what="send posts again")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            publication = scope.publications.get(publication_id, lock=True)
            if publication.state not in (Delivery.FAILED, Delivery.EXPIRED):
                raise CannotSchedule(
                    f"This publication is {publication.state}; there is nothing to send again."
                )
            approval = scope.signoffs.approval(publication.approval_id)
            if approval.voided_at is not None:
                raise CannotSchedule("Its approval was taken back. Have the post signed again.")
            _check_window(approval, now)
            patience = publication.expires_at - publication.due_at
            publication.state = move_delivery(publication.state, Delivery.SCHEDULED)
            publication.reason, publication.tries = "", 0
            publication.due_at = publication.run_at = now
            publication.expires_at = _end(approval, now, patience)
            scope.audit.record(actor.audit_name, "tried_again", f"publication:{publication.id}", now)
            work.commit()

    def cancel(self, actor: Actor, publication_id: str, reason: str) -> None:
        """Take one publication out before it leaves."""
        actor.require(*MAY_SCHEDULE, what="cancel publications")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            publication = scope.publications.get(publication_id, lock=True)
            publication.state = move_delivery(publication.state, Delivery.CANCELLED)
            publication.reason = reason.strip() or f"Cancelled by {actor.name}."
            scope.audit.record(
                actor.audit_name, "cancelled", f"publication:{publication.id}", now, reason=reason
            )
            work.commit()

    # ------------------------------------------------------------ booking

    def _book(
        self, scope: PracticeScope, approval: Approval, post: PostRow, actor_name: str, now: datetime
    ) -> list[Publication]:
        approval.booked_at = now
        settings = PracticeSettings.model_validate(scope.practices.get().settings)
        lateness = timedelta(minutes=settings.max_lateness_minutes)
        assert post.due_at is not None
        going = review.late(settings.late_rule, post.due_at, now, lateness, None)
        publications = [
            self._publication(scope, approval, variant, post, now)
            for variant in scope.signoffs.approved_variants(approval.id)
        ]
        for publication in publications:
            _place(publication, going, post.due_at, lateness)
        scope.publications.add(*publications)
        scope.audit.record(
            actor_name,
            "scheduled",
            f"post:{post.id}",
            now,
            due=post.due_at.isoformat(),
            publications=[publication.id for publication in publications],
        )
        return publications

    def _move_or_book(
        self,
        scope: PracticeScope,
        approval: Approval,
        post: PostRow,
        actor: Actor,
        due: datetime,
        now: datetime,
    ) -> list[Publication]:
        existing = list(scope.publications.of_approval(approval.id))
        if not existing:
            post.due_at = due
            existing = self._book(scope, approval, post, actor.audit_name, now)
        settings = PracticeSettings.model_validate(scope.practices.get().settings)
        lateness = timedelta(minutes=settings.max_lateness_minutes)
        movable = [row for row in existing if row.state in STILL_OURS | {Delivery.EXPIRED}]
        if not movable:
            raise CannotSchedule("Nothing of this post is waiting to go out.")
        for publication in movable:
            if publication.hold_id is None:
                # whatever else held it is looked at again right before it leaves
                publication.state, publication.reason = Delivery.SCHEDULED, ""
            publication.due_at = publication.run_at = due
            publication.expires_at = _end(approval, due, lateness)
        scope.audit.record(actor.audit_name, "moved", f"post:{post.id}", now, due=due.isoformat())
        return movable

    def _publication(
        self,
        scope: PracticeScope,
        approval: Approval,
        variant: ApprovedVariant,
        post: PostRow,
        now: datetime,
    ) -> Publication:
        assert post.due_at is not None
        return Publication(
            id=new_id(),
            practice_id=scope.id,
            post_id=post.id,
            approval_id=approval.id,
            channel_id=variant.channel_id,
            provider=scope.channels.get(variant.channel_id).provider,
            fingerprint=variant.fingerprint,
            state=Delivery.SCHEDULED,
            due_at=post.due_at,
            run_at=post.due_at,
            expires_at=post.due_at,
            steps={},
            found=[],
            created_at=now,
        )


def _place(
    publication: Publication, going: review.Expire | review.At, due: datetime, lateness: timedelta
) -> None:
    match going:
        case review.Expire():
            publication.state = Delivery.EXPIRED
            publication.reason = "It was approved after its time."
            publication.expires_at = due + lateness
        case review.At(instant):
            publication.due_at = publication.run_at = instant
            publication.expires_at = instant + lateness


def _end(approval: Approval, due: datetime, lateness: timedelta) -> datetime:
    end = due + lateness
    return min(end, approval.not_after) if approval.not_after is not None else end


def _check_window(approval: Approval, due: datetime) -> None:
    early = approval.not_before is not None and due < approval.not_before
    late = approval.not_after is not None and due > approval.not_after
    if early or late:
        raise CannotSchedule(
            "That is outside the time that was signed. Edit the post's time and have it signed again."
        )


def _standing(scope: PracticeScope, post: PostRow) -> Approval:
    approval = scope.signoffs.standing_approval(post.id, lock=True)
    if approval is None or post.state is not Editorial.APPROVED:
        raise CannotSchedule("This post is not approved. Submit it, and schedule it once it is signed.")
    return approval
