"""The last look before a call leaves: is this still exactly what was signed, and may it go now? Pure."""

from dataclasses import dataclass
from datetime import datetime

from domain.states import Delivery
from domain.words import ChannelState, Finding, Severity


@dataclass(frozen=True)
class PreflightFacts:
    """What is known of one claimed Publication."""

    now: datetime
    approved_fingerprint: str
    actual_fingerprint: str  # computed from the content that would be sent
    approval_void: bool
    not_before: datetime | None
    not_after: datetime | None
    standing_lost: bool  # somebody whose signature it rests on has left or lost the role
    channel_state: ChannelState
    channel_reason: str
    channel_resumes_at: datetime | None
    findings: tuple[Finding, ...]  # of the guard, where its inputs changed since sign-off
    over_budget: str  # one sentence, empty when within


@dataclass(frozen=True)
class Stay:
    """It does not go: the state it takes instead, why, and when to look again."""

    state: Delivery
    reason: str
    run_at: datetime | None = None


def preflight(facts: PreflightFacts) -> Stay | None:
    """None when it may go."""
    if facts.actual_fingerprint != facts.approved_fingerprint:
        return Stay(
            Delivery.FAILED,
            "What would be sent is not what was signed. Nothing was sent. Save the post again and submit it.",
        )
    if facts.approval_void:
        return Stay(Delivery.FAILED, "Its approval was taken back. Nothing was sent.")
    if facts.not_after is not None and facts.now > facts.not_after:
        return Stay(Delivery.HELD, "Its signature has ended. Submit it again.")
    if facts.not_before is not None and facts.now < facts.not_before:
        return Stay(Delivery.SCHEDULED, "It waits for the time that was signed.", facts.not_before)
    if facts.standing_lost:
        return Stay(Delivery.HELD, "Somebody who signed this may no longer sign. Have it approved once more.")
    return _channel(facts) or _guard(facts.findings) or _budget(facts.over_budget)


def _channel(facts: PreflightFacts) -> Stay | None:
    match facts.channel_state:
        case ChannelState.CONNECTED:
            return None
        case ChannelState.WAITING if facts.channel_resumes_at and facts.channel_resumes_at > facts.now:
            return Stay(Delivery.SCHEDULED, facts.channel_reason, facts.channel_resumes_at)
        case ChannelState.WAITING:
            return None
        case _:
            return Stay(Delivery.HELD, facts.channel_reason or "This channel needs to be reconnected.")


def _guard(findings: tuple[Finding, ...]) -> Stay | None:
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if not blocking:
        return None
    return Stay(Delivery.HELD, f"A check found something: {blocking[0].message} {blocking[0].remedy}")


def _budget(sentence: str) -> Stay | None:
    return Stay(Delivery.HELD, sentence) if sentence else None
