"""The last look before a call leaves: one fact at a time, and every pair of faults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from domain.states import DELIVERY_MOVES, Delivery
from domain.words import ChannelState, Finding, Severity
from scheduler.preflight import PreflightFacts, Stay, preflight

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SOON = NOW + timedelta(minutes=7)
FINE = PreflightFacts(
    now=NOW,
    approved_fingerprint="a" * 64,
    actual_fingerprint="a" * 64,
    approval_void=False,
    not_before=NOW - timedelta(minutes=5),
    not_after=NOW + timedelta(minutes=5),
    standing_lost=False,
    channel_state=ChannelState.CONNECTED,
    channel_reason="",
    channel_resumes_at=None,
    findings=(),
    over_budget="",
)


def finding(severity: Severity) -> Finding:
    return Finding(
        rule="PHI-01", pack="base@1", severity=severity, message="A name stands there.", remedy="Take it out."
    )


FAULTS: dict[str, tuple[dict[str, Any], Delivery]] = {
    "changed": ({"actual_fingerprint": "b" * 64}, Delivery.FAILED),
    "void": ({"approval_void": True}, Delivery.FAILED),
    "ended": ({"not_after": NOW - timedelta(seconds=1)}, Delivery.HELD),
    "early": ({"not_before": SOON}, Delivery.SCHEDULED),
    "standing": ({"standing_lost": True}, Delivery.HELD),
    "broken": (
        {"channel_state": ChannelState.NEEDS_RECONNECT, "channel_reason": "Sign in again."},
        Delivery.HELD,
    ),
    "disconnected": ({"channel_state": ChannelState.DISCONNECTED}, Delivery.HELD),
    "waiting": (
        {
            "channel_state": ChannelState.WAITING,
            "channel_reason": "It is busy.",
            "channel_resumes_at": SOON,
        },
        Delivery.SCHEDULED,
    ),
    "blocked": ({"findings": (finding(Severity.BLOCK),)}, Delivery.HELD),
    "too dear": ({"over_budget": "It would go over its cap."}, Delivery.HELD),
}


def look(*faults: str) -> Stay | None:
    changes: dict[str, Any] = {}
    for fault in faults:
        changes |= FAULTS[fault][0]
    return preflight(replace(FINE, **changes))


def test_what_was_signed_goes() -> None:
    assert preflight(FINE) is None


def test_no_window_means_any_time() -> None:
    assert preflight(replace(FINE, not_before=None, not_after=None)) is None


def test_both_ends_of_the_window_are_within_it() -> None:
    assert preflight(replace(FINE, not_before=NOW, not_after=NOW)) is None


@pytest.mark.parametrize("severity", [Severity.WARN, Severity.NOTE])
def test_a_remark_that_does_not_block_lets_it_go(severity: Severity) -> None:
    assert preflight(replace(FINE, findings=(finding(severity),))) is None


@pytest.mark.parametrize("resumes_at", [None, NOW, NOW - timedelta(hours=1)])
def test_a_channel_whose_wait_is_over_carries_again(resumes_at: datetime | None) -> None:
    facts = replace(FINE, channel_state=ChannelState.WAITING, channel_resumes_at=resumes_at)
    assert preflight(facts) is None


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_enough_and_is_named(fault: str) -> None:
    stay = look(fault)
    assert stay is not None
    assert stay.state is FAULTS[fault][1]
    assert stay.reason.endswith(".")
    assert stay.state in DELIVERY_MOVES[Delivery.DISPATCHING]


@pytest.mark.parametrize(("one", "other"), list(combinations(FAULTS, 2)))
def test_two_faults_never_add_up_to_going(one: str, other: str) -> None:
    assert look(one, other) is not None


@pytest.mark.parametrize("other", [fault for fault in FAULTS if fault != "changed"])
def test_changed_words_fail_whatever_else_is_wrong(other: str) -> None:
    stay = look("changed", other)
    assert stay is not None
    assert stay.state is Delivery.FAILED


@pytest.mark.parametrize("fault", ["early", "waiting"])
def test_what_only_waits_is_looked_at_again_when_the_wait_ends(fault: str) -> None:
    stay = look(fault)
    assert stay is not None
    assert stay.run_at == SOON


def test_a_held_post_says_why_its_channel_is_broken() -> None:
    stay = look("broken")
    assert stay is not None
    assert stay.reason == "Sign in again."
