"""The closed lists of words that rooms exchange."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.content import Frozen


class Role(StrEnum):
    """What a Member may do; a person may hold several."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Severity(StrEnum):
    """What a Finding does: BLOCK stops, WARN asks a person, NOTE informs."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class DecisionKind(StrEnum):
    """What a reviewer may answer to a Submission."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class LateRule(StrEnum):
    """What happens to a post that is approved after its slot, or that downtime made late."""

    EXPIRE = "expire"
    NEXT_SLOT = "next_slot"
    PUBLISH_NOW = "publish_now"


class ChannelState(StrEnum):
    """Whether a Channel can carry anything now."""

    CONNECTED = "connected"
    NEEDS_RECONNECT = "needs_reconnect"
    WAITING = "waiting"  # rate limit, credit or cap: resumes at a known instant or by an admin
    DISCONNECTED = "disconnected"


class AttemptKind(StrEnum):
    """Why a network was called for a Publication."""

    PUBLISH = "publish"
    LOOKUP = "lookup"


class AttemptOutcome(StrEnum):
    """What one call to a network came to."""

    PUBLISHED = "published"
    ACCEPTED = "accepted"
    ABSENT = "absent"
    CANNOT_TELL = "cannot_tell"
    REJECTED = "rejected"
    RATE_LIMITED = "rate_limited"
    AUTH_EXPIRED = "auth_expired"
    OUT_OF_CREDIT = "out_of_credit"
    TRANSIENT = "transient"
    AMBIGUOUS = "ambiguous"
    PARTIAL = "partial"
    ABANDONED = "abandoned"  # the daemon died or lost its lease before the outcome was written


class SideWork(StrEnum):
    """Work that follows a receipt and can never re-enter send."""

    FIRST_COMMENT = "first_comment"
    MEASURE = "measure"
    RETRACT = "retract"
    PROMOTE = "promote"
    END_PROMOTION = "end_promotion"


class SideWorkState(StrEnum):
    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class PromotionState(StrEnum):
    """A Promotion is proposed by a rule, approved by a person, carried out by the daemon."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    ACTIVE = "active"
    ENDED = "ended"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    LAPSED = "lapsed"  # nobody decided in time


class PromotionMode(StrEnum):
    """How long a practice waits before it judges: weekly review, P >= 0.8, P >= 0.5."""

    EVERGREEN = "evergreen"
    NORMAL = "normal"
    TIMELY = "timely"


class HoldScope(StrEnum):
    """What one Stop covers."""

    PRACTICE = "practice"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    LABEL = "label"


class Span(Frozen):
    """Where a Finding stands: a half-open range of code points in one field of one Variant."""

    field: str  # text, thread.0, link, first_comment, assets.0.alt_text, assets.0
    start: int = 0
    end: int = 0


class Finding(Frozen):
    """One remark of the guard. The matched words themselves are never part of it."""

    rule: str  # for example PHI-05
    pack: str  # rule pack and version, for example base@1
    severity: Severity
    message: str  # one sentence, what and why
    remedy: str  # one sentence, how to fix it
    channel_id: str | None = None
    span: Span | None = None
    suggestion: str | None = None  # a wording to use instead, where one is certain


class Money(Frozen):
    """An amount in millionths of a currency unit, so that a tenth of a cent is still whole."""

    micros: int
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
