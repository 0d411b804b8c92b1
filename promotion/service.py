"""Proposing promotions, and carrying a person's decision to the daemon. It never edits a post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.base import Reposts
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.ids import new_id
from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.states import Delivery
from domain.words import ChannelState, PromotionMode, PromotionState, Role, SideWork, SideWorkState
from promotion.budget import Caps, Use, allowance, resting_until, week_of
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, Proposal, decide
from promotion.judge import RULES, Verdict
from promotion.norm import learn
from promotion.readings import PastPost, Snapshot, engagement
from store.database import Database
from store.models import ChannelRow, MetricSnapshot, Practice, Promotion, Publication, SideWorkRow
from store.scope import PracticeScope

HISTORY = timedelta(days=180)
CANDIDATES = timedelta(days=30)
FINAL_AGE = 48  # hours from which a post counts as finished
PROPOSAL_LASTS = timedelta(days=7)
LIFT_LASTS = timedelta(days=7)  # a pinned place ends by itself
EVERY_HOURS = 0.25
MAY_PROMOTE = (Role.APPROVER, Role.ADMIN)


class CannotPromote(Refusal):
    """This promotion cannot be decided now; the message says why."""


@dataclass(frozen=True)
class Promoting:
    """Evaluates, proposes, and acts on a person's answer."""

    database: Database
    clock: Clock
    registry: Registry

    # ------------------------------------------------------------ proposing

    def evaluate_all(self) -> int:
        """Look at every practice; returns how many new proposals there are."""
        with self.database.read() as work:
            practices = [practice.id for practice in work.server.practices()]
        return sum(self.evaluate(practice_id) for practice_id in practices)

    def evaluate(self, practice_id: str) -> int:
        """Propose what deserves it, within the practice's caps."""
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(practice_id)
            scope.practices.lock()  # of two daemons that evaluate at once, one sees what the other proposed
            self._lapse(scope, now)
            facts = self._facts(scope, now)
            proposals = [proposal for proposal in decide(facts) if proposal.ruling.verdict is Verdict.PROMOTE]
            for proposal in proposals:
                self._propose(scope, proposal, facts.rule.mode, now)
            if facts.review_due:
                scope.practices.get().promotions_reviewed_at = now
            work.commit()
        return len(proposals)

    def _lapse(self, scope: PracticeScope, now: datetime) -> None:
        for promotion in scope.promotions.in_states([PromotionState.PROPOSED]):
            if now - promotion.proposed_at > PROPOSAL_LASTS:
                promotion.state, promotion.ended_at = PromotionState.LAPSED, now
                promotion.message = "Nobody decided within a week."

    def _facts(self, scope: PracticeScope, now: datetime) -> PromotionFacts:
        practice = scope.practices.get()
        settings = PracticeSettings.model_validate(practice.settings)
        publications = scope.metrics.published_since(now - HISTORY)
        snapshots = scope.metrics.of_publications([row.id for row in publications])
        promotions = scope.promotions.since(now - HISTORY)
        declined = {row.publication_id for row in promotions if row.state is PromotionState.DECLINED}
        uses = [
            Use(
                publication_id=row.publication_id,
                channel_id=row.channel_id,
                at=row.proposed_at,
                state=row.state,
            )
            for row in promotions
        ]
        caps = Caps(per_week=settings.promotions_per_week, per_channel=settings.promotions_per_channel_week)
        channels = [row for row in scope.channels.all() if self._can_lift(row)]
        week = week_of(now, ZoneInfo(practice.zone))
        rests = resting_until(caps, uses, now)
        return PromotionFacts(
            now=now,
            rule=RULES[settings.promotion_mode],
            allowance=allowance(caps, uses, week, [row.id for row in channels]),
            channels=tuple(
                ChannelFacts(
                    channel_id=row.id,
                    norm=learn(finished_posts(publications, snapshots, row.id, now)),
                    expected=scope.publications.count_due(row.id, now, week.end),
                )
                for row in channels
            ),
            candidates=tuple(
                Candidate(
                    publication_id=row.id,
                    channel_id=row.channel_id,
                    published_at=row.published_at or now,
                    snapshots=readings_of(snapshots.get(row.id, []), row),
                    resting_until=rests.get(row.id),
                    eligible=row.id not in declined,  # who declined it is not asked again
                )
                for row in publications
                if row.channel_id in {channel.id for channel in channels}
                and now - (row.published_at or now) < CANDIDATES
            ),
            next_look_hours=EVERY_HOURS,
            review_due=self._review_due(practice, settings, now),
        )

    def _can_lift(self, row: ChannelRow) -> bool:
        known = row.state is ChannelState.CONNECTED and row.provider in self.registry
        return known and isinstance(self.registry[row.provider], Reposts)

    def _review_due(self, practice: Practice, settings: PracticeSettings, now: datetime) -> bool:
        """Evergreen practices look once a week, at the week's first evaluation."""
        if settings.promotion_mode is not PromotionMode.EVERGREEN:
            return False
        week, last = week_of(now, ZoneInfo(practice.zone)), practice.promotions_reviewed_at
        return last is None or last < week.start

    def _propose(self, scope: PracticeScope, proposal: Proposal, mode: PromotionMode, now: datetime) -> None:
        publication = scope.publications.get(proposal.evidence.publication_id)
        promotion = Promotion(
            id=new_id(),
            practice_id=scope.id,
            publication_id=publication.id,
            channel_id=publication.channel_id,
            state=PromotionState.PROPOSED,
            mode=mode,
            reason=proposal.ruling.reason,
            verdict=proposal.model_dump(mode="json"),
            fingerprint=publication.fingerprint,
            proposed_at=now,
        )
        scope.promotions.add(promotion)
        scope.audit.record(
            "daemon", "promotion_proposed", f"publication:{publication.id}", now, promotion=promotion.id
        )

    # ------------------------------------------------------------ deciding

    def approve(self, actor: Actor, promotion_id: str) -> None:
        """Let the daemon lift the post; it is ended again by itself where it has an end."""
        actor.require(*MAY_PROMOTE, what="approve promotions")
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(actor.practice_id)
            promotion = scope.promotions.get(promotion_id, lock=True)
            _must_be(promotion, PromotionState.PROPOSED)
            publication = scope.publications.get(promotion.publication_id, lock=True)
            if publication.state is not Delivery.PUBLISHED:
                raise CannotPromote(f"The post is {publication.state}, so there is nothing to lift.")
            if publication.fingerprint != promotion.fingerprint:
                raise CannotPromote("The post is no longer the one that was proposed.")
            promotion.state, promotion.decided_by, promotion.decided_at = (
                PromotionState.APPROVED,
                actor.member_id,
                now,
            )
            scope.promotions.add(_side_work(promotion, SideWork.PROMOTE, now))
            scope.audit.record(
                actor.audit_name,
                "promotion_approved",
                f"publication:{publication.id}",
                now,
                promotion=promotion.id,
            )
            work.commit()

    def decline(self, actor: Actor, promotion_id: str, reason: str = "") -> None:
        actor.require(*MAY_PROMOTE, what="decline promotions")
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(actor.practice_id)
            promotion = scope.promotions.get(promotion_id, lock=True)
            _must_be(promotion, PromotionState.PROPOSED)
            promotion.state, promotion.decided_by, promotion.decided_at = (
                PromotionState.DECLINED,
                actor.member_id,
                now,
            )
            promotion.message = reason.strip()
            scope.audit.record(
                actor.audit_name,
                "promotion_declined",
                f"publication:{promotion.publication_id}",
                now,
                promotion=promotion.id,
                reason=reason.strip(),
            )
            work.commit()


def _must_be(promotion: Promotion, state: PromotionState) -> None:
    if promotion.state is not state:
        raise CannotPromote(f"This promotion is {promotion.state} already.")


def _side_work(promotion: Promotion, kind: SideWork, run_at: datetime) -> SideWorkRow:
    return SideWorkRow(
        id=new_id(),
        practice_id=promotion.practice_id,
        publication_id=promotion.publication_id,
        channel_id=promotion.channel_id,
        kind=kind,
        sequence=int(promotion.proposed_at.timestamp()),
        state=SideWorkState.DUE,
        run_at=run_at,
        tries=0,
        detail={"promotion_id": promotion.id},
        message="",
    )


def finished_posts(
    publications: Sequence[Publication],
    snapshots: Mapping[str, list[MetricSnapshot]],
    channel_id: str,
    now: datetime,
) -> list[PastPost]:
    """The channel's finished posts: those with a reading at 48 hours or later."""
    history = []
    for publication in publications:
        if publication.channel_id != channel_id:
            continue
        read = readings_of(snapshots.get(publication.id, []), publication)
        final = next((snapshot for snapshot in read if snapshot.age_hours >= FINAL_AGE), None)
        if final is not None:
            history.append(PastPost(final=final.count, impressions=final.impressions, snapshots=read))
    return history


def readings_of(rows: Sequence[MetricSnapshot], publication: Publication) -> tuple[Snapshot, ...]:
    """Readings with their true age; one whose counts are missing stays missing."""
    found = []
    for row in rows:
        # The practice's own site tells nothing but views; a channel is only ever compared with itself.
        count = engagement(row.counts)
        count = row.counts.get("views") if count is None else count
        if count is None or publication.published_at is None:
            continue
        age = max((row.read_at - publication.published_at) / timedelta(hours=1), 0.0)
        found.append(Snapshot(age_hours=age, count=count, impressions=row.counts.get("impressions")))
    return tuple(sorted(found, key=lambda snapshot: snapshot.age_hours))
