"""A post's life in words: every entry of its record, each with the call or the decision behind it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.words import AttemptKind, AttemptOutcome
from store.models import Attempt, AuditEntry
from store.views.lives import Life
from web.looks import Tone

Detail = Mapping[str, Any]


@dataclass(frozen=True)
class Moment:
    """One thing that happened."""

    at: datetime
    actor: str  # as the record names it: member:<id> or daemon:<id>
    what: str
    icon: str
    tone: Tone = Tone.QUIET
    why: str = ""  # in the words of whoever acted, or of the network
    channel_id: str = ""  # where it concerns one channel
    fingerprint: str = ""
    due: datetime | None = None  # the time it was given
    times: int = 1  # how often in a row


@dataclass(frozen=True)
class Saying:
    """How one kind of entry is told; `what` may hold parts of its detail."""

    what: str
    icon: str
    tone: Tone = Tone.QUIET


SAYINGS: Mapping[str, Saying] = {
    "revision_saved": Saying("Saved revision {number}", "document"),
    "submitted": Saying("Submitted revision {revision} for sign-off", "half", Tone.INFO),
    "approve": Saying("Approved and signed revision {revision}", "sign", Tone.ACCENT),
    "request_changes": Saying("Asked for changes", "return", Tone.WARN),
    "reject": Saying("Rejected it", "rejected", Tone.DANGER),
    "approved": Saying("Everybody needed has signed", "approved", Tone.ACCENT),
    "approval_voided": Saying("The signature ended", "undo"),
    "post_withdrawn": Saying("Withdrew the post", "undo"),
    "scheduled": Saying("Put it in the calendar", "clock", Tone.ACCENT),
    "moved": Saying("Gave it another time", "clock"),
    "cancelled": Saying("Cancelled", "cancelled"),
    "not_sent": Saying("Not sent", "held", Tone.WARN),
    "interrupted": Saying("The publisher was interrupted while sending", "uncertain", Tone.WARN),
    "expired": Saying("Its time passed", "hourglass"),
    "resolved_there": Saying("Looked, and found it there", "check", Tone.OK),
    "resolved_not_there": Saying("Looked, and it was not there: it is sent once more", "send"),
    "tried_again": Saying("Had it sent once more", "send"),
    "retraction_asked": Saying("Asked to take it down", "undo"),
    "retract_done": Saying("Taken down", "undo"),
    "retract_failed": Saying("Taking it down was refused", "warning", Tone.DANGER),
    "retract_uncertain": Saying("We don’t know if it was taken down", "uncertain", Tone.WARN),
    "first_comment_done": Saying("The first comment stands", "comment", Tone.OK),
    "first_comment_failed": Saying("The first comment was refused", "warning", Tone.DANGER),
    "first_comment_uncertain": Saying("We don’t know if the first comment stands", "uncertain", Tone.WARN),
    "promotion_proposed": Saying("Proposed to promote it", "repost", Tone.INFO),
    "promotion_approved": Saying("Approved promoting it", "repost", Tone.ACCENT),
    "promotion_declined": Saying("Declined promoting it", "repost"),
    "promote_failed": Saying("The promotion was refused", "warning", Tone.DANGER),
    "promote_uncertain": Saying("We don’t know if it was promoted", "uncertain", Tone.WARN),
    "promote_done": Saying("Promoted", "repost", Tone.OK),
    "end_promotion_done": Saying("The promotion ended", "repost"),
}
SENDS: Mapping[AttemptOutcome, Saying] = {
    AttemptOutcome.PUBLISHED: Saying("Sent, and it stands", "done", Tone.OK),
    AttemptOutcome.ACCEPTED: Saying("Sent; the network is still working on it", "processing", Tone.INFO),
    AttemptOutcome.REJECTED: Saying("Sent, and refused", "warning", Tone.DANGER),
    AttemptOutcome.PARTIAL: Saying("Sent; only some parts stand", "partial", Tone.WARN),
    AttemptOutcome.AMBIGUOUS: Saying("Sent, and no answer came", "uncertain", Tone.WARN),
    AttemptOutcome.TRANSIENT: Saying("Could not be reached; nothing was sent", "repeat"),
    AttemptOutcome.RATE_LIMITED: Saying("The network asked us to wait", "hourglass"),
    AttemptOutcome.AUTH_EXPIRED: Saying("The channel has to be connected again", "plug", Tone.WARN),
    AttemptOutcome.OUT_OF_CREDIT: Saying("The network asks for money first", "hourglass", Tone.WARN),
}
LOOKS: Mapping[AttemptOutcome, Saying] = {
    AttemptOutcome.PUBLISHED: Saying("Looked, and found it standing", "done", Tone.OK),
    AttemptOutcome.ACCEPTED: Saying("Looked; the network is still working on it", "processing", Tone.INFO),
    AttemptOutcome.ABSENT: Saying("Looked, and it is certainly not there", "eye"),
    AttemptOutcome.CANNOT_TELL: Saying("Looked, and could not tell", "uncertain", Tone.WARN),
}
ABANDONED = Saying("The publisher stopped before the outcome was known", "uncertain", Tone.WARN)
UNTOLD = ("measure_done", "signed_in")  # too many, and shown elsewhere


def moments(life: Life) -> list[Moment]:
    """Everything that happened, the latest first; what repeats itself in a row is told once."""
    attempts = {(row.publication_id, row.fence): row for row in life.attempts}
    channels = {row.id: row.channel_id for row in life.publications}
    told = (_moment(entry, attempts, channels) for entry in life.entries if entry.action not in UNTOLD)
    return list(reversed(list(_folded(told))))


def _moment(
    entry: AuditEntry, attempts: Mapping[tuple[str, int], Attempt], channels: Mapping[str, str]
) -> Moment:
    kind, _, key = entry.subject.partition(":")
    saying, why = _said(entry), str(entry.detail.get("reason", ""))
    if entry.action == "attempted":
        attempt = attempts.get((key, int(entry.detail.get("attempt", -1))))
        why = attempt.message if attempt else why
    return Moment(
        at=entry.at,
        actor=entry.actor,
        what=saying.what.format_map(_Known(entry.detail)),
        icon=saying.icon,
        tone=saying.tone,
        why=why or str(entry.detail.get("message", "")),
        channel_id=channels.get(key, "") if kind == "publication" else "",
        fingerprint=_signed(entry),
        due=_due(entry.detail),
    )


class _Known(dict[str, Any]):
    """Details for a sentence; what an entry does not hold is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _said(entry: AuditEntry) -> Saying:
    if entry.action != "attempted":
        return SAYINGS.get(entry.action, Saying(entry.action.replace("_", " ").capitalize(), "info"))
    table = LOOKS if entry.detail.get("kind") == AttemptKind.LOOKUP else SENDS
    outcome = str(entry.detail.get("outcome", ""))
    known = outcome in list(AttemptOutcome)
    return table.get(AttemptOutcome(outcome), ABANDONED) if known else ABANDONED


def _signed(entry: AuditEntry) -> str:
    return str(entry.detail.get("fingerprint", "")) if entry.action in ("approve", "submitted") else ""


def _due(detail: Detail) -> datetime | None:
    told = detail.get("due")
    return datetime.fromisoformat(told) if isinstance(told, str) else None


def _folded(told: Iterable[Moment]) -> Iterable[Moment]:
    """Runs of the same moment, save for their time, as one that is counted."""
    last: Moment | None = None
    for moment in told:
        if last is not None and _alike(last, moment):
            last = replace(moment, times=last.times + 1)
            continue
        if last is not None:
            yield last
        last = moment
    if last is not None:
        yield last


def _alike(first: Moment, second: Moment) -> bool:
    return replace(first, at=second.at, times=second.times) == second
