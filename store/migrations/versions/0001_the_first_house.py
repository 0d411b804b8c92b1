"""The first house

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op

from store import guards
from store.types import Instant, Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemons",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.Column("stopped_at", Instant(), nullable=True),
        sa.Column("detail", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daemons")),
    )
    op.create_table(
        "practices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("promotions_reviewed_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    op.create_table(
        "setup_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_setup_links")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_audit_entries_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "seq", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["practice_id", "subject"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_campaigns_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("practice_id", "name", name=op.f("uq_campaigns_practice_id_name")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_members_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("email", name=op.f("uq_members_email")),
    )
    op.create_table(
        "provider_apps",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_provider_apps_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "provider", name=op.f("pk_provider_apps")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_api_tokens_member_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_api_tokens_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_member_id"), "api_tokens", ["member_id"], unique=False)
    op.create_table(
        "assets",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("original_digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_assets_created_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_assets_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("practice_id", "digest", name=op.f("uq_assets_practice_id_digest")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("remote_id", sa.String(length=200), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("resumes_at", Instant(), nullable=True),
        sa.Column("token_expires_at", Instant(), nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.Column("refreshed_at", Instant(), nullable=True),
        sa.Column("refresh_owner", sa.String(length=80), nullable=True),
        sa.Column("refresh_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_channels_created_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_channels_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("practice_id", "name", name=op.f("uq_channels_practice_id_name")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=26), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("released_by", sa.String(length=26), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["placed_by"], ["members.id"], name=op.f("fk_holds_placed_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_holds_practice_id")),
        sa.ForeignKeyConstraint(["released_by"], ["members.id"], name=op.f("fk_holds_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_open",
        "holds",
        ["practice_id"],
        unique=False,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_import_runs_member_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_import_runs_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=True),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("wall", sa.String(length=16), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_posts_campaign_id")),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_posts_created_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_posts_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("practice_id", "source_key", name=op.f("uq_posts_practice_id_source_key")),
    )
    op.create_index("ix_posts_calendar", "posts", ["practice_id", "due_at"], unique=False)
    op.create_index("ix_posts_state", "posts", ["practice_id", "state"], unique=False)
    op.create_table(
        "role_grants",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_role_grants_member_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_role_grants_practice_id")),
        sa.PrimaryKeyConstraint("member_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_sessions_member_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_sessions_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_member_id"), "sessions", ["member_id"], unique=False)
    op.create_table(
        "authorizations",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=True),
        sa.Column("redirect_uri", sa.String(length=500), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("keep", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_authorizations_channel_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_authorizations_member_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_authorizations_practice_id")
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_authorizations")),
    )
    op.create_table(
        "post_labels",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_labels_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_post_labels_practice_id")),
        sa.PrimaryKeyConstraint("post_id", "label", name=op.f("pk_post_labels")),
    )
    op.create_index("ix_post_labels_label", "post_labels", ["practice_id", "label"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("base", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_revisions_author_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_revisions_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("id", "author_id", name=op.f("uq_revisions_id_author_id")),
        sa.UniqueConstraint("id", "fingerprint", name=op.f("uq_revisions_id_fingerprint")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_revisions_post_id_number")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("revision_id", sa.String(length=26), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("workflow", Json, nullable=False),
        sa.Column("submitted_by", sa.String(length=26), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_submissions_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_submissions_practice_id")),
        sa.ForeignKeyConstraint(
            ["revision_id", "fingerprint"],
            ["revisions.id", "revisions.fingerprint"],
            name=op.f("fk_submissions_revision_id_fingerprint"),
        ),
        sa.ForeignKeyConstraint(["submitted_by"], ["members.id"], name=op.f("fk_submissions_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index("ix_submissions_waiting", "submissions", ["practice_id", "closed_at"], unique=False)
    op.create_index(
        "uq_submissions_open",
        "submissions",
        ["post_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("revision_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("override", Json, nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_variants_channel_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_variants_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_variants_practice_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_variants_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint(
            "id", "channel_id", "fingerprint", name=op.f("uq_variants_id_channel_id_fingerprint")
        ),
        sa.UniqueConstraint("revision_id", "channel_id", name=op.f("uq_variants_revision_id_channel_id")),
    )
    op.create_index("ix_variants_text_key", "variants", ["channel_id", "text_key"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("submission_id", sa.String(length=26), nullable=False),
        sa.Column("revision_id", sa.String(length=26), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("not_after", Instant(), nullable=True),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("booked_at", Instant(), nullable=True),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_approvals_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_approvals_practice_id")),
        sa.ForeignKeyConstraint(
            ["revision_id", "fingerprint"],
            ["revisions.id", "revisions.fingerprint"],
            name=op.f("fk_approvals_revision_id_fingerprint"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_approvals_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_approvals_submission_id")),
    )
    op.create_index("ix_approvals_post", "approvals", ["post_id"], unique=False)
    op.create_index(
        "ix_approvals_to_book",
        "approvals",
        ["granted_at"],
        unique=False,
        sqlite_where=sa.text("booked_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("booked_at IS NULL AND voided_at IS NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("submission_id", sa.String(length=26), nullable=False),
        sa.Column("revision_id", sa.String(length=26), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("authenticated_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'approve' OR member_id <> author_id", name=op.f("ck_decisions_nobody_approves_own_words")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_decisions_member_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_decisions_practice_id")),
        sa.ForeignKeyConstraint(
            ["revision_id", "author_id"],
            ["revisions.id", "revisions.author_id"],
            name=op.f("fk_decisions_revision_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id", "fingerprint"],
            ["revisions.id", "revisions.fingerprint"],
            name=op.f("fk_decisions_revision_id_fingerprint"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_decisions_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "submission_id", "stage", "member_id", name=op.f("uq_decisions_submission_id_stage_member_id")
        ),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("submission_id", sa.String(length=26), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("kept_by", sa.String(length=26), nullable=True),
        sa.Column("kept_reason", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["kept_by"], ["members.id"], name=op.f("fk_findings_kept_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_findings_practice_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_findings_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_submission_id"), "findings", ["submission_id"], unique=False)
    op.create_table(
        "approved_variants",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("approval_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("variant_id", sa.String(length=26), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("checked_against", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approved_variants_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_approved_variants_practice_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id", "channel_id", "fingerprint"],
            ["variants.id", "variants.channel_id", "variants.fingerprint"],
            name=op.f("fk_approved_variants_variant_id_channel_id_fingerprint"),
        ),
        sa.PrimaryKeyConstraint("approval_id", "channel_id", name=op.f("pk_approved_variants")),
        sa.UniqueConstraint(
            "approval_id",
            "channel_id",
            "fingerprint",
            name=op.f("uq_approved_variants_approval_id_channel_id_fingerprint"),
        ),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("post_id", sa.String(length=26), nullable=False),
        sa.Column("approval_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("run_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=26), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("in_doubt", sa.String(length=80), nullable=False),
        sa.Column("hold_id", sa.String(length=26), nullable=True),
        sa.Column("handle", sa.String(length=300), nullable=False),
        sa.Column("found", Json, nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("last_sent_at", Instant(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("remote_id", sa.String(length=300), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id", "channel_id", "fingerprint"],
            [
                "approved_variants.approval_id",
                "approved_variants.channel_id",
                "approved_variants.fingerprint",
            ],
            name=op.f("fk_publications_approval_id_channel_id_fingerprint"),
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_publications_channel_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_publications_hold_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_publications_post_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_publications_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(
        "ix_publications_ask",
        "publications",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('processing', 'uncertain')"),
        postgresql_where=sa.text("state IN ('processing', 'uncertain')"),
    )
    op.create_index("ix_publications_calendar", "publications", ["practice_id", "due_at"], unique=False)
    op.create_index("ix_publications_channel", "publications", ["channel_id", "published_at"], unique=False)
    op.create_index(
        "ix_publications_due",
        "publications",
        ["provider", "run_at"],
        unique=False,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        "ix_publications_lease",
        "publications",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'dispatching'"),
        postgresql_where=sa.text("state = 'dispatching'"),
    )
    op.create_index(
        "ix_publications_open",
        "publications",
        ["practice_id", "state"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('published', 'cancelled', 'retracted')"),
        postgresql_where=sa.text("state NOT IN ('published', 'cancelled', 'retracted')"),
    )
    op.create_index("ix_publications_post", "publications", ["post_id"], unique=False)
    op.create_index(
        "uq_publications_live",
        "publications",
        ["approval_id", "channel_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "attempts",
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("publication_id", sa.String(length=26), nullable=False),
        sa.Column("fence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=26), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_attempts_practice_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_attempts_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", "fence", name=op.f("pk_attempts")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("publication_id", sa.String(length=26), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_ledger_entries_channel_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_ledger_entries_practice_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_ledger_entries_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_month", "ledger_entries", ["channel_id", "booked_at"], unique=False)
    op.create_table(
        "metric_snapshots",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("publication_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("age_hours", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_metric_snapshots_channel_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_metric_snapshots_practice_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_metric_snapshots_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_snapshots")),
        sa.UniqueConstraint(
            "publication_id", "age_hours", name=op.f("uq_metric_snapshots_publication_id_age_hours")
        ),
    )
    op.create_index(
        "ix_metric_snapshots_channel", "metric_snapshots", ["channel_id", "read_at"], unique=False
    )
    op.create_table(
        "promotions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("publication_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("repost_id", sa.String(length=300), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_promotions_channel_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_promotions_decided_by")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_promotions_practice_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_promotions_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_index("ix_promotions_practice", "promotions", ["practice_id", "proposed_at"], unique=False)
    op.create_index(
        "uq_promotions_open",
        "promotions",
        ["publication_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
    )
    op.create_table(
        "receipts",
        sa.Column("publication_id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("remote_id", sa.String(length=300), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_receipts_channel_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_receipts_practice_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_receipts_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("channel_id", "remote_id", name=op.f("uq_receipts_channel_id_remote_id")),
    )
    op.create_table(
        "side_work",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("practice_id", sa.String(length=26), nullable=False),
        sa.Column("publication_id", sa.String(length=26), nullable=False),
        sa.Column("channel_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("run_at", Instant(), nullable=False),
        sa.Column("owner", sa.String(length=26), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_side_work_channel_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_side_work_practice_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_side_work_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_work")),
        sa.UniqueConstraint(
            "publication_id", "kind", "sequence", name=op.f("uq_side_work_publication_id_kind_sequence")
        ),
    )
    op.create_index(
        "ix_side_work_due",
        "side_work",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    )
    for statement in guards.create(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.drop(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(
        "ix_side_work_due",
        table_name="side_work",
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    )
    op.drop_table("side_work")
    op.drop_table("receipts")
    op.drop_index(
        "uq_promotions_open",
        table_name="promotions",
        sqlite_where=sa.text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'active', 'uncertain')"),
    )
    op.drop_index("ix_promotions_practice", table_name="promotions")
    op.drop_table("promotions")
    op.drop_index("ix_metric_snapshots_channel", table_name="metric_snapshots")
    op.drop_table("metric_snapshots")
    op.drop_index("ix_ledger_entries_month", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_table("attempts")
    op.drop_index(
        "uq_publications_live",
        table_name="publications",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_publications_post", table_name="publications")
    op.drop_index(
        "ix_publications_open",
        table_name="publications",
        sqlite_where=sa.text("state NOT IN ('published', 'cancelled', 'retracted')"),
        postgresql_where=sa.text("state NOT IN ('published', 'cancelled', 'retracted')"),
    )
    op.drop_index(
        "ix_publications_lease",
        table_name="publications",
        sqlite_where=sa.text("state = 'dispatching'"),
        postgresql_where=sa.text("state = 'dispatching'"),
    )
    op.drop_index(
        "ix_publications_due",
        table_name="publications",
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.drop_index("ix_publications_channel", table_name="publications")
    op.drop_index("ix_publications_calendar", table_name="publications")
    op.drop_index(
        "ix_publications_ask",
        table_name="publications",
        sqlite_where=sa.text("state IN ('processing', 'uncertain')"),
        postgresql_where=sa.text("state IN ('processing', 'uncertain')"),
    )
    op.drop_table("publications")
    op.drop_table("approved_variants")
    op.drop_index(op.f("ix_findings_submission_id"), table_name="findings")
    op.drop_table("findings")
    op.drop_table("decisions")
    op.drop_index(
        "ix_approvals_to_book",
        table_name="approvals",
        sqlite_where=sa.text("booked_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("booked_at IS NULL AND voided_at IS NULL"),
    )
    op.drop_index("ix_approvals_post", table_name="approvals")
    op.drop_table("approvals")
    op.drop_index("ix_variants_text_key", table_name="variants")
    op.drop_table("variants")
    op.drop_index(
        "uq_submissions_open",
        table_name="submissions",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_submissions_waiting", table_name="submissions")
    op.drop_table("submissions")
    op.drop_table("revisions")
    op.drop_index("ix_post_labels_label", table_name="post_labels")
    op.drop_table("post_labels")
    op.drop_table("authorizations")
    op.drop_index(op.f("ix_sessions_member_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("role_grants")
    op.drop_index("ix_posts_state", table_name="posts")
    op.drop_index("ix_posts_calendar", table_name="posts")
    op.drop_table("posts")
    op.drop_table("import_runs")
    op.drop_index(
        "ix_holds_open",
        table_name="holds",
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_table("holds")
    op.drop_table("channels")
    op.drop_table("assets")
    op.drop_index(op.f("ix_api_tokens_member_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_table("provider_apps")
    op.drop_table("members")
    op.drop_table("campaigns")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("sign_in_failures")
    op.drop_table("setup_links")
    op.drop_table("practices")
    op.drop_table("daemons")
