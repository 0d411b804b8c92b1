"""The tables. Every public table carries its practice id.

Two laws live here as constraints, not as code: a Publication cannot exist without an approved Variant of
the very same fingerprint on the very same Channel, and nobody's approval of their own Revision can be
written down. Revisions, Variants, Decisions, Receipts and audit entries are never changed or deleted:
triggers refuse it (`store/guards.py`), except inside a practice that was born as a demonstration.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from domain.states import Delivery, Editorial
from domain.words import (
    AttemptKind,
    AttemptOutcome,
    ChannelState,
    DecisionKind,
    HoldScope,
    PromotionMode,
    PromotionState,
    Role,
    Severity,
    SideWork,
    SideWorkState,
)
from store.types import Id, Instant, Json, Word

JsonObject = dict[str, Any]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _id() -> Mapped[str]:
    return mapped_column(Id, primary_key=True)


def _practice() -> Mapped[str]:
    return mapped_column(Id, ForeignKey("practices.id"))


# ---------------------------------------------------------------- the practice and its people


class Practice(Base):
    __tablename__ = "practices"

    id: Mapped[str] = _id()
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    profile: Mapped[JsonObject] = mapped_column(Json)
    settings: Mapped[JsonObject] = mapped_column(Json)
    demo: Mapped[bool] = mapped_column(default=False)
    promotions_reviewed_at: Mapped[datetime | None] = mapped_column(Instant)  # the last weekly look
    created_at: Mapped[datetime] = mapped_column(Instant)


class Member(Base):
    __tablename__ = "members"
    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class RoleGrant(Base):
    __tablename__ = "role_grants"

    practice_id: Mapped[str] = _practice()
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(Word(Role), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(Instant)


class Session(Base):
    """A sign-in. Its id is the SHA-256 of the cookie, so that a stolen database opens nothing."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    practice_id: Mapped[str] = _practice()
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiToken(Base):
    """Acts as one Member from the command line or the API; only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInFailure(Base):
    """Counts failed sign-ins by what was typed, so that guessing becomes slow."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the typed e-mail
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant)


class SetupLink(Base):
    """The one-time link that makes the first account of a server."""

    __tablename__ = "setup_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


# ---------------------------------------------------------------- channels


class ChannelRow(Base):
    """One connected account; `credentials` is sealed."""

    __tablename__ = "channels"

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    provider: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    handle: Mapped[str] = mapped_column(String(200), default="")
    remote_id: Mapped[str] = mapped_column(String(200), default="")
    base_url: Mapped[str] = mapped_column(String(500), default="")
    options: Mapped[JsonObject] = mapped_column(Json)
    credentials: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[ChannelState] = mapped_column(Word(ChannelState))
    state_reason: Mapped[str] = mapped_column(Text, default="")
    resumes_at: Mapped[datetime | None] = mapped_column(Instant)
    token_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    refresh_owner: Mapped[str | None] = mapped_column(String(80))
    refresh_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("members.id"))

    __table_args__ = (UniqueConstraint("practice_id", "name"),)


class ProviderApp(Base):
    """The practice's own app at a network (client id and secret), sealed."""

    __tablename__ = "provider_apps"

    practice_id: Mapped[str] = mapped_column(Id, ForeignKey("practices.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    credentials: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class Authorization(Base):
    """One consent journey to a network under way; `keep` is sealed."""

    __tablename__ = "authorizations"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    practice_id: Mapped[str] = _practice()
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    provider: Mapped[str] = mapped_column(String(40))
    channel_id: Mapped[str | None] = mapped_column(Id, ForeignKey("channels.id"))  # a reconnection
    redirect_uri: Mapped[str] = mapped_column(String(500))
    base_url: Mapped[str] = mapped_column(String(500), default="")
    keep: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


# ---------------------------------------------------------------- posts


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("practice_id", "name"),)

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Asset(Base):
    """One picture, named by the SHA-256 of its cleaned bytes."""

    __tablename__ = "assets"
    __table_args__ = (UniqueConstraint("practice_id", "digest"),)

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    digest: Mapped[str] = mapped_column(String(64))
    original_digest: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(60))
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    created_by: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class PostRow(Base):
    """The idea: what the calendar shows. Its words live in Revisions."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("practice_id", "source_key"),
        Index("ix_posts_calendar", "practice_id", "due_at"),
        Index("ix_posts_state", "practice_id", "state"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    title: Mapped[str] = mapped_column(String(200))
    campaign_id: Mapped[str | None] = mapped_column(Id, ForeignKey("campaigns.id"))
    author_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))  # whom the post is assigned to
    created_by: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    state: Mapped[Editorial] = mapped_column(Word(Editorial))
    revision: Mapped[int]
    source_key: Mapped[str | None] = mapped_column(String(200))
    wall: Mapped[str | None] = mapped_column(String(16))  # 2026-11-24T09:30, as the person meant it
    zone: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()  # guards against two people saving over each other
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the mapper's own protocol


class PostLabel(Base):
    __tablename__ = "post_labels"
    __table_args__ = (Index("ix_post_labels_label", "practice_id", "label"),)

    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(60), primary_key=True)


class Revision(Base):
    """Numbered words and pictures of a Post, never changed once written."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        UniqueConstraint("id", "author_id"),
        UniqueConstraint("id", "fingerprint"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"))
    number: Mapped[int]
    author_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    base: Mapped[JsonObject] = mapped_column(Json)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Variant(Base):
    """A Revision as one Channel will carry it."""

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("revision_id", "channel_id"),
        UniqueConstraint("id", "channel_id", "fingerprint"),
        Index("ix_variants_text_key", "channel_id", "text_key"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"))
    revision_id: Mapped[str] = mapped_column(Id, ForeignKey("revisions.id"))
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    override: Mapped[JsonObject] = mapped_column(Json)
    content: Mapped[JsonObject] = mapped_column(Json)
    fingerprint: Mapped[str] = mapped_column(String(64))
    text_key: Mapped[str] = mapped_column(String(64))  # equal for texts that read the same


# ---------------------------------------------------------------- sign-off


class Submission(Base):
    """A Revision put before the reviewers, with the workflow as it stood then."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(
            "uq_submissions_open",
            "post_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_submissions_waiting", "practice_id", "closed_at"),
        ForeignKeyConstraint(["revision_id", "fingerprint"], ["revisions.id", "revisions.fingerprint"]),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"))
    revision_id: Mapped[str] = mapped_column(Id)
    fingerprint: Mapped[str] = mapped_column(String(64))
    workflow: Mapped[JsonObject] = mapped_column(Json)
    submitted_by: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[Editorial | None] = mapped_column(Word(Editorial))


class FindingRow(Base):
    """What the guard said of a Submission, and why somebody kept it."""

    __tablename__ = "findings"

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    submission_id: Mapped[str] = mapped_column(Id, ForeignKey("submissions.id"), index=True)
    rule: Mapped[str] = mapped_column(String(32))
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    body: Mapped[JsonObject] = mapped_column(Json)
    kept_by: Mapped[str | None] = mapped_column(Id, ForeignKey("members.id"))
    kept_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Decision(Base):
    """One person's answer to one Submission, over one fingerprint."""

    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(["revision_id", "author_id"], ["revisions.id", "revisions.author_id"]),
        ForeignKeyConstraint(["revision_id", "fingerprint"], ["revisions.id", "revisions.fingerprint"]),
        CheckConstraint("kind <> 'approve' OR member_id <> author_id", name="nobody_approves_own_words"),
        UniqueConstraint("submission_id", "stage", "member_id"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    submission_id: Mapped[str] = mapped_column(Id, ForeignKey("submissions.id"))
    revision_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    fingerprint: Mapped[str] = mapped_column(String(64))
    stage: Mapped[int]
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    role: Mapped[Role] = mapped_column(Word(Role))
    kind: Mapped[DecisionKind] = mapped_column(Word(DecisionKind))
    reason: Mapped[str] = mapped_column(Text, default="")
    statement: Mapped[str] = mapped_column(Text, default="")  # the words the person agreed to
    authenticated_by: Mapped[str] = mapped_column(String(32), default="")
    decided_at: Mapped[datetime] = mapped_column(Instant)


class Approval(Base):
    """The right to publish one fingerprint on its Channels within a window. Voided, never deleted."""

    __tablename__ = "approvals"
    __table_args__ = (
        ForeignKeyConstraint(["revision_id", "fingerprint"], ["revisions.id", "revisions.fingerprint"]),
        Index("ix_approvals_post", "post_id"),
        Index(
            "ix_approvals_to_book",
            "granted_at",
            sqlite_where=text("booked_at IS NULL AND voided_at IS NULL"),
            postgresql_where=text("booked_at IS NULL AND voided_at IS NULL"),
        ),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"))
    submission_id: Mapped[str] = mapped_column(Id, ForeignKey("submissions.id"), unique=True)
    revision_id: Mapped[str] = mapped_column(Id)
    fingerprint: Mapped[str] = mapped_column(String(64))
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    not_after: Mapped[datetime | None] = mapped_column(Instant)
    granted_at: Mapped[datetime] = mapped_column(Instant)
    booked_at: Mapped[datetime | None] = mapped_column(Instant)  # its publications stand in the calendar
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[str] = mapped_column(Text, default="")


class ApprovedVariant(Base):
    """One Channel's exact fingerprint under an Approval: the only thing a Publication can hang on."""

    __tablename__ = "approved_variants"
    __table_args__ = (
        UniqueConstraint("approval_id", "channel_id", "fingerprint"),
        ForeignKeyConstraint(
            ["variant_id", "channel_id", "fingerprint"],
            ["variants.id", "variants.channel_id", "variants.fingerprint"],
        ),
    )

    practice_id: Mapped[str] = _practice()
    approval_id: Mapped[str] = mapped_column(Id, ForeignKey("approvals.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(Id, primary_key=True)
    variant_id: Mapped[str] = mapped_column(Id)
    fingerprint: Mapped[str] = mapped_column(String(64))
    checked_against: Mapped[str] = mapped_column(String(64))  # guard inputs at sign-off, as a digest


# ---------------------------------------------------------------- delivery


class Publication(Base):
    """One Variant due at one instant."""

    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["approval_id", "channel_id", "fingerprint"],
            [
                "approved_variants.approval_id",
                "approved_variants.channel_id",
                "approved_variants.fingerprint",
            ],
        ),
        Index(
            "uq_publications_live",
            "approval_id",
            "channel_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index(
            "ix_publications_due",
            "provider",
            "run_at",
            sqlite_where=text("state = 'scheduled'"),
            postgresql_where=text("state = 'scheduled'"),
        ),
        Index(
            "ix_publications_ask",
            "run_at",
            sqlite_where=text("state IN ('processing', 'uncertain')"),
            postgresql_where=text("state IN ('processing', 'uncertain')"),
        ),
        Index(
            "ix_publications_lease",
            "lease_until",
            sqlite_where=text("state = 'dispatching'"),
            postgresql_where=text("state = 'dispatching'"),
        ),
        Index("ix_publications_post", "post_id"),
        Index("ix_publications_calendar", "practice_id", "due_at"),
        Index("ix_publications_channel", "channel_id", "published_at"),
        Index(
            "ix_publications_open",
            "practice_id",
            "state",
            sqlite_where=text("state NOT IN ('published', 'cancelled', 'retracted')"),
            postgresql_where=text("state NOT IN ('published', 'cancelled', 'retracted')"),
        ),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    post_id: Mapped[str] = mapped_column(Id, ForeignKey("posts.id"))
    approval_id: Mapped[str] = mapped_column(Id)
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    provider: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[Delivery] = mapped_column(Word(Delivery))
    reason: Mapped[str] = mapped_column(Text, default="")  # one sentence for people
    due_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)  # later than this it is never sent
    run_at: Mapped[datetime] = mapped_column(Instant)  # when the engine next looks at it
    tries: Mapped[int] = mapped_column(default=0)  # sends that burned an attempt
    lookups: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(Id)  # the daemon that holds it
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)  # grows with every claim
    steps: Mapped[JsonObject] = mapped_column(Json)  # the journal: finished steps
    in_doubt: Mapped[str] = mapped_column(String(80), default="")  # the journal: the step under way
    hold_id: Mapped[str | None] = mapped_column(Id, ForeignKey("holds.id"))  # the Stop that holds it
    handle: Mapped[str] = mapped_column(String(300), default="")  # of an accepted, unfinished post
    found: Mapped[list[Any]] = mapped_column(Json)  # what look-ups saw, for the person who decides
    sent_at: Mapped[datetime | None] = mapped_column(Instant)  # the first call's start
    last_sent_at: Mapped[datetime | None] = mapped_column(Instant)  # the latest call's start
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    remote_id: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class Attempt(Base):
    """One call to a network: written before it leaves, finished after it came back."""

    __tablename__ = "attempts"

    practice_id: Mapped[str] = _practice()
    publication_id: Mapped[str] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    fence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[AttemptKind] = mapped_column(Word(AttemptKind))
    owner: Mapped[str] = mapped_column(Id)
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[AttemptOutcome | None] = mapped_column(Word(AttemptOutcome))
    code: Mapped[str] = mapped_column(String(60), default="")
    message: Mapped[str] = mapped_column(Text, default="")


class Receipt(Base):
    """Proof that a Publication stands. One remote post can be the receipt of one Publication only."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("channel_id", "remote_id"),)

    publication_id: Mapped[str] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    practice_id: Mapped[str] = _practice()
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    remote_id: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[str] = mapped_column(String(20))  # answer, lookup or person
    published_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)


class SideWorkRow(Base):
    """Work that follows a receipt: it has a queue of its own and no way back into send."""

    __tablename__ = "side_work"
    __table_args__ = (
        UniqueConstraint("publication_id", "kind", "sequence"),
        Index(
            "ix_side_work_due",
            "run_at",
            sqlite_where=text("state IN ('due', 'running')"),
            postgresql_where=text("state IN ('due', 'running')"),
        ),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    publication_id: Mapped[str] = mapped_column(Id, ForeignKey("publications.id"))
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    kind: Mapped[SideWork] = mapped_column(Word(SideWork))
    sequence: Mapped[int] = mapped_column(default=0)  # a measurement's planned age in hours, else a counter
    state: Mapped[SideWorkState] = mapped_column(Word(SideWorkState))
    run_at: Mapped[datetime] = mapped_column(Instant)  # also the lease's end while running
    owner: Mapped[str | None] = mapped_column(Id)
    tries: Mapped[int] = mapped_column(default=0)
    detail: Mapped[JsonObject] = mapped_column(Json)
    message: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Hold(Base):
    """One Stop, until it is released."""

    __tablename__ = "holds"
    __table_args__ = (
        Index(
            "ix_holds_open",
            "practice_id",
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    scope: Mapped[HoldScope] = mapped_column(Word(HoldScope))
    target: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    released_by: Mapped[str | None] = mapped_column(Id, ForeignKey("members.id"))
    released_at: Mapped[datetime | None] = mapped_column(Instant)


class LedgerEntry(Base):
    """Money that a network charged, or will charge, in millionths."""

    __tablename__ = "ledger_entries"
    __table_args__ = (Index("ix_ledger_entries_month", "channel_id", "booked_at"),)

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    publication_id: Mapped[str | None] = mapped_column(Id, ForeignKey("publications.id"))
    what: Mapped[str] = mapped_column(String(40))
    micros: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    booked_at: Mapped[datetime] = mapped_column(Instant)


# ---------------------------------------------------------------- what comes back


class MetricSnapshot(Base):
    """One reading of one post's numbers. A number that was not given is not in `counts`."""

    __tablename__ = "metric_snapshots"
    __table_args__ = (
        UniqueConstraint("publication_id", "age_hours"),
        Index("ix_metric_snapshots_channel", "channel_id", "read_at"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    publication_id: Mapped[str] = mapped_column(Id, ForeignKey("publications.id"))
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    age_hours: Mapped[int]  # the planned age: 1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72 … 168
    read_at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    simulated: Mapped[bool]


class Promotion(Base):
    """A proposal to lift one Publication once more, and what became of it."""

    __tablename__ = "promotions"
    __table_args__ = (
        Index(
            "uq_promotions_open",
            "publication_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
            postgresql_where=text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
        ),
        Index("ix_promotions_practice", "practice_id", "proposed_at"),
    )

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    publication_id: Mapped[str] = mapped_column(Id, ForeignKey("publications.id"))
    channel_id: Mapped[str] = mapped_column(Id, ForeignKey("channels.id"))
    state: Mapped[PromotionState] = mapped_column(Word(PromotionState))
    mode: Mapped[PromotionMode] = mapped_column(Word(PromotionMode))
    reason: Mapped[str] = mapped_column(Text)
    verdict: Mapped[JsonObject] = mapped_column(Json)  # all inputs, so that it can be replayed
    fingerprint: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(Id, ForeignKey("members.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    repost_id: Mapped[str] = mapped_column(String(300), default="")
    message: Mapped[str] = mapped_column(Text, default="")


# ---------------------------------------------------------------- the house itself


class AuditEntry(Base):
    """One thing that happened, chained to the one before it by hash."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "practice_id", "subject"),)

    practice_id: Mapped[str] = mapped_column(Id, ForeignKey("practices.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))  # member:<id> or daemon:<id>
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))  # post:<id>, publication:<id>, …
    detail: Mapped[JsonObject] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Daemon(Base):
    """A running engine and its heartbeat."""

    __tablename__ = "daemons"

    id: Mapped[str] = _id()
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Instant)
    beat_at: Mapped[datetime] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    detail: Mapped[JsonObject] = mapped_column(Json)


class ImportRun(Base):
    """One file that was imported, and what came of it."""

    __tablename__ = "import_runs"

    id: Mapped[str] = _id()
    practice_id: Mapped[str] = _practice()
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("members.id"))
    filename: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
