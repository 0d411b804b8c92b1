"""Sign-off: check, submit, decide. The shell around `guard` and `review`; one unit of work each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from approval import guard, review
from approval.checking import channel_facts, digest_of
from approval.rules.base import GuardFacts, RecentPost
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.content import Content, revision_fingerprint, text_key, variant_fingerprint
from domain.ids import new_id
from domain.pack import Pack
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.refusal import Refusal
from domain.states import Editorial, move_editorial
from domain.words import DecisionKind, Finding, Role, Severity
from domain.workflow import Workflow
from store.database import Database
from store.models import (
    Approval,
    ApprovedVariant,
    ChannelRow,
    Decision,
    FindingRow,
    PostRow,
    Revision,
    Submission,
    Variant,
)
from store.scope import PracticeScope

RECENT = timedelta(days=365)
WITHOUT_TIME = timedelta(days=30)
STATEMENT = (
    "I have read every version, the statements are right, and nobody can be recognised who has not agreed. "
    "My name stands for exactly these words and pictures on these channels."
)


class CannotSubmit(Refusal):
    """The post is not ready; the message says what is missing. `findings` are the guard's."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class CannotDecide(Refusal):
    """This decision cannot be taken now; the message says why."""


@dataclass(frozen=True)
class SignOff:
    """Everything between a draft and its approval."""

    database: Database
    clock: Clock
    registry: Registry
    pack: Pack
    workflow: Workflow

    # ------------------------------------------------------------ checking

    def check(self, actor: Actor, post_id: str) -> tuple[Finding, ...]:
        """What the guard says of a post's current revision."""
        with self.database.read() as work:
            scope = work.practice(actor.practice_id)
            return self._check(scope, scope.posts.get(post_id), self.clock.now())

    def look(self, actor: Actor, contents: Mapping[str, Content], post_id: str = "") -> tuple[Finding, ...]:
        """What the guard says of words that are not saved yet, by channel id."""
        with self.database.read() as work:
            return self._guard(work.practice(actor.practice_id), contents, post_id, self.clock.now())

    def _check(self, scope: PracticeScope, post: PostRow, now: datetime) -> tuple[Finding, ...]:
        revision = scope.posts.revision(post.id, post.revision)
        contents = {
            variant.channel_id: Content.model_validate(variant.content)
            for variant in scope.posts.variants(revision.id)
        }
        return self._guard(scope, contents, post.id, now)

    def _guard(
        self, scope: PracticeScope, contents: Mapping[str, Content], post_id: str, now: datetime
    ) -> tuple[Finding, ...]:
        practice = scope.practices.get()
        channels = {row.id: row for row in scope.channels.all()}
        facts = GuardFacts(
            profile=Profile.model_validate(practice.profile),
            channels=tuple(
                channel_facts(
                    self.registry[channels[channel_id].provider],
                    channels[channel_id],
                    content,
                    self._recent(scope, channel_id, content, post_id, now),
                )
                for channel_id, content in contents.items()
            ),
            now=now,
            post_id=post_id,
        )
        return guard.check(facts, self.pack)

    def _recent(
        self, scope: PracticeScope, channel_id: str, content: Content, post_id: str, now: datetime
    ) -> list[RecentPost]:
        """Other posts on the channel that read the same; only those matter to the guard."""
        same = scope.publications.same_text(channel_id, text_key(content), now - RECENT, post_id)
        return [RecentPost(post_id=other, text=content.text, at=at) for other, at in same]

    # ------------------------------------------------------------ submitting

    def submit(self, actor: Actor, post_id: str, kept: Mapping[str, str] | None = None) -> Submission:
        """Put the current revision before the reviewers.

        `kept` gives a reason for each warning the author keeps, by `approval.guard.key`.
        """
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            post = scope.posts.get(post_id, lock=True)
            revision = scope.posts.revision(post.id, post.revision)
            self._check_ready(scope, post, revision)
            findings = self._check(scope, post, now)
            self._check_may_submit(scope, actor, post, findings)
            reasons = _reasons(findings, kept or {})
            submission = self._open(scope, actor, post, revision, now)
            self._keep_findings(scope, actor, submission, findings, reasons, now)
            post.state = move_editorial(post.state, Editorial.IN_REVIEW)
            post.updated_at = now
            scope.audit.record(
                actor.audit_name,
                "submitted",
                f"post:{post.id}",
                now,
                revision=revision.number,
                fingerprint=revision.fingerprint,
                findings=[finding.rule for finding in findings],
                kept=sorted(reasons),
            )
            work.commit()
        return submission

    def _check_may_submit(
        self, scope: PracticeScope, actor: Actor, post: PostRow, findings: Sequence[Finding]
    ) -> None:
        _refuse_blocked(findings)
        contributors = scope.posts.contributors(post.id)
        answer = review.may_submit(_member(actor), post.state, contributors, findings)
        if isinstance(answer, review.Denied):
            raise CannotSubmit(answer.reason, findings)

    def _check_ready(self, scope: PracticeScope, post: PostRow, revision: Revision) -> None:
        if post.state is not Editorial.DRAFT:
            raise CannotSubmit(f"Only a draft can be submitted; this post is {_words(post.state)}.")
        variants = scope.posts.variants(revision.id)
        if not variants:
            raise CannotSubmit("The post has no channel. Choose at least one, then submit it.")
        for variant in variants:
            content = Content.model_validate(variant.content)
            if not content.text.strip() and not content.assets:
                raise CannotSubmit("The post is empty. Write something or add a picture, then submit it.")

    def _open(
        self, scope: PracticeScope, actor: Actor, post: PostRow, revision: Revision, now: datetime
    ) -> Submission:
        submission = Submission(
            id=new_id(),
            practice_id=scope.id,
            post_id=post.id,
            revision_id=revision.id,
            fingerprint=revision.fingerprint,
            workflow=self.workflow.model_dump(mode="json"),
            submitted_by=actor.member_id,
            submitted_at=now,
        )
        scope.signoffs.add(submission)
        return submission

    def _keep_findings(
        self,
        scope: PracticeScope,
        actor: Actor,
        submission: Submission,
        findings: Sequence[Finding],
        reasons: Mapping[str, str],
        now: datetime,
    ) -> None:
        scope.signoffs.add(
            *(
                FindingRow(
                    id=new_id(),
                    practice_id=scope.id,
                    submission_id=submission.id,
                    rule=finding.rule,
                    severity=finding.severity,
                    body=finding.model_dump(mode="json"),
                    kept_by=actor.member_id if guard.key(finding) in reasons else None,
                    kept_reason=reasons.get(guard.key(finding)),
                    created_at=now,
                )
                for finding in findings
            )
        )

    # ------------------------------------------------------------ deciding

    def decide(
        self,
        actor: Actor,
        submission_id: str,
        kind: DecisionKind,
        fingerprint: str,
        reason: str = "",
        seen: Collection[str] = (),
    ) -> Editorial:
        """Answer a submission; returns what the post is now.

        `fingerprint` is the one the person saw: when it is no longer the post's, nothing is decided. `seen`
        holds the keys of warnings that the person ticked.
        """
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            # the post first, as whoever edits it locks it first too
            post = scope.posts.get(scope.signoffs.submission(submission_id).post_id, lock=True)
            submission = scope.signoffs.submission(submission_id, lock=True)
            stage, role = self._seat(scope, actor, submission, post, kind, fingerprint, reason, seen)
            revision = scope.posts.revision_by_id(submission.revision_id)
            scope.signoffs.add(
                Decision(
                    id=new_id(),
                    practice_id=scope.id,
                    submission_id=submission.id,
                    revision_id=revision.id,
                    author_id=revision.author_id,
                    fingerprint=revision.fingerprint,
                    stage=stage,
                    member_id=actor.member_id,
                    role=role,
                    kind=kind,
                    reason=reason.strip(),
                    statement=STATEMENT if kind is DecisionKind.APPROVE else "",
                    authenticated_by=actor.authenticated_by,
                    decided_at=now,
                )
            )
            scope.audit.record(
                actor.audit_name,
                str(kind),
                f"post:{post.id}",
                now,
                revision=revision.number,
                fingerprint=revision.fingerprint,
                stage=stage,
                reason=reason.strip(),
            )
            outcome = self._outcome(scope, submission)
            if outcome is not None:
                self._close(scope, actor, post, submission, outcome, now)
            work.commit()
        return post.state

    def _seat(
        self,
        scope: PracticeScope,
        actor: Actor,
        submission: Submission,
        post: PostRow,
        kind: DecisionKind,
        fingerprint: str,
        reason: str,
        seen: Collection[str],
    ) -> tuple[int, Role]:
        """The stage and the role in which the actor decides; raises CannotDecide."""
        if submission.closed_at is not None:
            raise CannotDecide("This submission was decided or taken back meanwhile. Look at the post again.")
        if kind is not DecisionKind.APPROVE and not reason.strip():
            raise CannotDecide("Say what should change, so that the author can act on it.")
        facts, workflow = self._facts(scope, submission), Workflow.model_validate(submission.workflow)
        decisions = self._decisions(scope, submission)
        findings = self._check(scope, post, self.clock.now()) if kind is DecisionKind.APPROVE else ()
        answered = {*seen, *self._kept_keys(scope, submission)}
        answer = review.may_decide(
            _member(actor), kind, fingerprint, facts, workflow, decisions, findings, answered
        )
        if isinstance(answer, review.Denied):
            raise CannotDecide(answer.reason)
        stage = review.outcome(workflow, facts, decisions).stage or 0
        role = review.deciding_role(_member(actor), workflow.stages[stage])
        assert role is not None
        return stage, role

    def _facts(self, scope: PracticeScope, submission: Submission) -> review.Submission:
        revision = scope.posts.revision_by_id(submission.revision_id)
        return review.Submission(
            revision=revision.number,
            fingerprint=submission.fingerprint,
            contributors=scope.posts.contributors(submission.post_id),
            submitted_by=submission.submitted_by,
        )

    def _decisions(self, scope: PracticeScope, submission: Submission) -> list[review.Decision]:
        return [
            review.Decision(row.member_id, row.role, row.kind, row.stage, row.fingerprint)
            for row in scope.signoffs.decisions(submission.id)
        ]

    def _kept_keys(self, scope: PracticeScope, submission: Submission) -> set[str]:
        return {
            guard.key(Finding.model_validate(row.body))
            for row in scope.signoffs.findings(submission.id)
            if row.kept_reason
        }

    def _outcome(self, scope: PracticeScope, submission: Submission) -> Editorial | None:
        """What the post becomes now, or None while more decisions are needed."""
        workflow = Workflow.model_validate(submission.workflow)
        result = review.outcome(workflow, self._facts(scope, submission), self._decisions(scope, submission))
        return _ENDINGS.get(result.verdict)

    def _close(
        self,
        scope: PracticeScope,
        actor: Actor,
        post: PostRow,
        submission: Submission,
        outcome: Editorial,
        now: datetime,
    ) -> None:
        submission.closed_at, submission.outcome = now, outcome
        post.state = move_editorial(post.state, outcome)
        post.updated_at = now
        if outcome is Editorial.APPROVED:
            self._grant(scope, actor, post, submission, now)

    def _grant(
        self, scope: PracticeScope, actor: Actor, post: PostRow, submission: Submission, now: datetime
    ) -> None:
        """The approval and, channel by channel, exactly what it is for."""
        practice = scope.practices.get()
        settings = PracticeSettings.model_validate(practice.settings)
        window = _window(settings, post.due_at, now)
        approval = Approval(
            id=new_id(),
            practice_id=scope.id,
            post_id=post.id,
            submission_id=submission.id,
            revision_id=submission.revision_id,
            fingerprint=submission.fingerprint,
            not_before=window.opens,
            not_after=window.closes,
            granted_at=now,
            void_reason="",
        )
        variants = scope.posts.variants(submission.revision_id)
        _refuse_tampered(variants, submission.fingerprint)
        scope.signoffs.add(approval)
        channels = {row.id: row for row in scope.channels.all()}
        scope.signoffs.add(
            *(
                ApprovedVariant(
                    practice_id=scope.id,
                    approval_id=approval.id,
                    channel_id=variant.channel_id,
                    variant_id=variant.id,
                    fingerprint=variant.fingerprint,
                    checked_against=self._digest(practice.profile, channels[variant.channel_id]),
                )
                for variant in variants
            )
        )
        scope.audit.record(
            actor.audit_name,
            "approved",
            f"post:{post.id}",
            now,
            approval=approval.id,
            fingerprint=approval.fingerprint,
            variants={variant.channel_id: variant.fingerprint for variant in variants},
        )

    def _digest(self, profile: object, channel: ChannelRow) -> str:
        return digest_of(self.pack, profile, self.registry[channel.provider], channel)


_ENDINGS = {
    review.Verdict.APPROVED: Editorial.APPROVED,
    review.Verdict.CHANGES_REQUESTED: Editorial.CHANGES_REQUESTED,
    review.Verdict.REJECTED: Editorial.REJECTED,
}


def _member(actor: Actor) -> review.Member:
    return review.Member(actor.member_id, actor.roles)


def _window(settings: PracticeSettings, due: datetime | None, now: datetime) -> review.Window:
    """When what is signed now may go out: around its time, or for a month when it has none yet."""
    if due is None:
        return review.Window(now, now + WITHOUT_TIME)
    lateness = timedelta(minutes=settings.max_lateness_minutes)
    window = review.approval_window(due, lateness)
    match review.late(settings.late_rule, due, now, lateness, None):
        case review.At(instant) if instant > window.closes:
            return review.Window(due, instant + lateness)
        case _:
            return window


def _refuse_blocked(findings: Sequence[Finding]) -> None:
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if blocking:
        first = f"{blocking[0].message} {blocking[0].remedy}"
        more = f" And {len(blocking) - 1} more." if len(blocking) > 1 else ""
        raise CannotSubmit(f"{first}{more}", findings)


def _reasons(findings: Sequence[Finding], kept: Mapping[str, str]) -> dict[str, str]:
    """The reason for each warning; raises CannotSubmit when one has none."""
    warnings = [finding for finding in findings if finding.severity is Severity.WARN]
    missing = [finding for finding in warnings if not kept.get(guard.key(finding), "").strip()]
    if missing:
        raise CannotSubmit(
            f"{missing[0].message} {missing[0].remedy} Or say why it stays as it is.", findings
        )
    return {guard.key(finding): kept[guard.key(finding)].strip() for finding in warnings}


def _refuse_tampered(variants: Sequence[Variant], fingerprint: str) -> None:
    """Fingerprints are computed again from the stored words before a signature is given to them."""
    actual = {
        variant.channel_id: variant_fingerprint(variant.channel_id, Content.model_validate(variant.content))
        for variant in variants
    }
    if revision_fingerprint(actual) != fingerprint:
        raise CannotDecide("The stored words are not those that were submitted. Tell the server's owner.")


def _words(state: Editorial) -> str:
    return str(state).replace("_", " ")
