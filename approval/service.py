"""Sign-off: check, submit, decide. The shell around `guard` and `review`; one unit of work each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from approval import guard, review
from approval.checking import channel_facts, digest_of
from approval.rules.base import GuardFacts, RecentPost
from connectors.registry import Registry
from domain.actor import Actor, NotAllowed
from domain.clock import Clock
from domain.content import Content, revision_fingerprint, variant_fingerprint
from domain.ids import new_id
from domain.pack import Pack
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.states import Editorial, move_editorial
from domain.words import DecisionKind, Finding, Role, Severity
from domain.workflow import Workflow
from drafting.posts import MAY_WRITE
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
STATEMENT = (
    "I have read every version, the statements are right, and nobody can be recognised who has not agreed. "
    "My name stands for exactly these words and pictures on these channels."
)


class CannotSubmit(ValueError):
    """The post is not ready; the message says what is missing. `findings` are the guard's."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class CannotDecide(ValueError):
    """This decision cannot be taken now; the message says why."""


def finding_key(finding: Finding) -> str:
    """Names one finding of one check, so that a person can say why it is kept."""
    span = finding.span
    place = f"{span.field}:{span.start}:{span.end}" if span else ""
    return f"{finding.rule}|{finding.channel_id or ''}|{place}"


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

    def _check(self, scope: PracticeScope, post: PostRow, now: datetime) -> tuple[Finding, ...]:
        practice = scope.practices.get()
        revision = scope.posts.revision(post.id, post.revision)
        channels = {row.id: row for row in scope.channels.all()}
        facts = GuardFacts(
            profile=Profile.model_validate(practice.profile),
            channels=tuple(
                channel_facts(
                    self.registry[channels[variant.channel_id].provider],
                    channels[variant.channel_id],
                    Content.model_validate(variant.content),
                    self._recent(scope, variant, post, now),
                )
                for variant in scope.posts.variants(revision.id)
            ),
            now=now,
            post_id=post.id,
        )
        return guard.check(facts, self.pack)

    def _recent(
        self, scope: PracticeScope, variant: Variant, post: PostRow, now: datetime
    ) -> list[RecentPost]:
        """Other posts on the channel that read the same; only those matter to the guard."""
        content = Content.model_validate(variant.content)
        same = scope.publications.same_text(variant.channel_id, variant.text_key, now - RECENT, post.id)
        return [RecentPost(post_id=other, text=content.text, at=at) for other, at in same]

    # ------------------------------------------------------------ submitting

    def submit(self, actor: Actor, post_id: str, kept: Mapping[str, str] | None = None) -> Submission:
        """Put the current revision before the reviewers.

        `kept` gives a reason for each warning the author keeps, by `finding_key`.
        """
        actor.require(*MAY_WRITE, what="submit posts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            post = scope.posts.get(post_id, lock=True)
            revision = scope.posts.revision(post.id, post.revision)
            self._check_ready(scope, post, revision)
            findings = self._check(scope, post, now)
            _refuse_blocked(findings)
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
                    kept_by=actor.member_id if finding_key(finding) in reasons else None,
                    kept_reason=reasons.get(finding_key(finding)),
                    created_at=now,
                )
                for finding in findings
            )
        )

    # ------------------------------------------------------------ deciding

    def decide(
        self, actor: Actor, submission_id: str, kind: DecisionKind, fingerprint: str, reason: str = ""
    ) -> Editorial:
        """Answer a submission; returns what the post is now.

        `fingerprint` is the one the person saw: when it is no longer the post's, nothing is decided.
        """
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            submission = scope.signoffs.submission(submission_id, lock=True)
            post = scope.posts.get(submission.post_id, lock=True)
            self._check_current(submission, fingerprint)
            facts = self._review_facts(scope, submission)
            stage, role = self._seat(scope, actor, facts, kind, reason)
            findings = self._check(scope, post, now) if kind is DecisionKind.APPROVE else ()
            if kind is DecisionKind.APPROVE:
                _refuse_blocked(findings)
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

    def _check_current(self, submission: Submission, fingerprint: str) -> None:
        if submission.closed_at is not None:
            raise CannotDecide("This submission was decided or taken back meanwhile. Look at the post again.")
        if submission.fingerprint != fingerprint:
            raise CannotDecide("The words changed after you opened them. Read them again, then decide.")

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
        window = review.approval_window(post.due_at, timedelta(minutes=settings.max_lateness_minutes))
        approval = Approval(
            id=new_id(),
            practice_id=scope.id,
            post_id=post.id,
            submission_id=submission.id,
            revision_id=submission.revision_id,
            fingerprint=submission.fingerprint,
            not_before=window.not_before,
            not_after=window.not_after,
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


def _refuse_blocked(findings: Sequence[Finding]) -> None:
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if blocking:
        first = f"{blocking[0].message} {blocking[0].remedy}"
        more = f" And {len(blocking) - 1} more." if len(blocking) > 1 else ""
        raise CannotSubmit(f"{first}{more}", findings)


def _reasons(findings: Sequence[Finding], kept: Mapping[str, str]) -> dict[str, str]:
    """The reason for each warning; raises CannotSubmit when one has none."""
    warnings = [finding for finding in findings if finding.severity is Severity.WARN]
    missing = [finding for finding in warnings if not kept.get(finding_key(finding), "").strip()]
    if missing:
        raise CannotSubmit(
            f"{missing[0].message} {missing[0].remedy} Or say why it stays as it is.", findings
        )
    return {finding_key(finding): kept[finding_key(finding)].strip() for finding in warnings}


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
