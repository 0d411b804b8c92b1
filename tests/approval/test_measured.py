"""The detectors against labelled data that never travels with the project. Run with -s to see the figures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from approval.guard import ChannelFacts, blocking
from approval.rules.base import Hit
from domain.profile import Profile
from domain.words import Finding, Severity

Hits = Callable[..., list[Hit]]
Guarded = Callable[..., tuple[Finding, ...]]
OnChannel = Callable[..., ChannelFacts]

IDENTIFIERS = {
    "MEDICAL_RECORD_NUMBER", "HEALTH_PLAN_BENEFICIARY_NUMBER", "ACCOUNT_NUMBER", "SOCIAL_SECURITY_NUMBER",
    "UNIQUE_IDENTIFIER", "US_SSN", "US_DRIVER_LICENSE", "CREDIT_CARD", "IBAN_CODE",
}  # fmt: skip
CONTACTS = {"PHONE_NUMBER", "FAX_NUMBER", "EMAIL_ADDRESS"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def documents(shared_data: Path) -> list[dict[str, Any]]:
    """Texts with labelled spans."""
    return lines(shared_data / "guard" / "phi_dev.jsonl")


@pytest.fixture(scope="module")
def posts(shared_data: Path) -> list[str]:
    """Real posts of health accounts, about nobody's patients."""
    return (shared_data / "guard" / "health_posts_dev.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def practice(shared_data: Path) -> Profile:
    stored = json.loads((shared_data / "guard" / "guard_profile_dev.json").read_text(encoding="utf-8"))
    known = {name: value for name, value in stored.items() if name in Profile.model_fields}
    return Profile.model_validate({**known, "name": stored["practice"]})


def overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def measure(hits: Hits, rule: str, kinds: set[str], documents: list[dict[str, Any]]) -> tuple[float, float]:
    """Recall by labelled span, at least half covered; precision by marked span, touching a label."""
    labelled = found = marked = right = 0
    for document in documents:
        spans = [(hit.span.start, hit.span.end) for hit in hits(rule, document["text"]) if hit.span]
        gold = [(span["start"], span["end"]) for span in document["spans"] if span["type"] in kinds]
        labelled += len(gold)
        found += sum(any(2 * overlap(g, s) >= g[1] - g[0] for s in spans) for g in gold)
        marked += len(spans)
        right += sum(any(overlap(g, s) for g in gold) for s in spans)
    print(f"\n{rule}: recall {found}/{labelled}, precision {right}/{marked}")
    return found / labelled, right / marked


def test_identifiers_are_found_and_little_else_is(hits: Hits, documents: list[dict[str, Any]]) -> None:
    recall, precision = measure(hits, "PHI-05", IDENTIFIERS, documents)
    assert recall >= 0.95
    assert precision >= 0.97


def test_contacts_are_found_and_little_else_is(hits: Hits, documents: list[dict[str, Any]]) -> None:
    recall, precision = measure(hits, "PHI-02", CONTACTS, documents)
    assert recall >= 0.92
    assert precision >= 0.95


def test_streets_are_rarely_seen_where_there_are_none(hits: Hits, documents: list[dict[str, Any]]) -> None:
    kinds = {"STREET_ADDRESS", "ZIP_CODE", "GEOGRAPHIC_LOCATION"}
    _, precision = measure(hits, "PHI-03", kinds, documents)
    assert precision >= 0.9


@pytest.mark.parametrize(("rule", "most"), [("PHI-02", 6), ("PHI-03", 6), ("PHI-04", 6), ("PHI-05", 0)])
def test_real_health_posts_pass(hits: Hits, posts: list[str], rule: str, most: int) -> None:
    flagged = sum(bool(hits(rule, post)) for post in posts)
    print(f"\n{rule}: {flagged} of {len(posts)} posts flagged")
    assert flagged <= most


def test_the_whole_pack_blocks_few_real_health_posts(
    guarded: Guarded, channel: OnChannel, posts: list[str], practice: Profile
) -> None:
    found = [guarded(channel(post), profile=practice) for post in posts]
    blocked = sum(bool(blocking(findings)) for findings in found)
    warned = sum(any(finding.severity is Severity.WARN for finding in findings) for findings in found)
    print(f"\nbase pack: {blocked} blocked, {warned} warned of {len(posts)} posts")
    assert blocked <= len(posts) * 0.01
    assert warned <= len(posts) * 0.01


def test_harmless_practice_posts_pass(
    guarded: Guarded, channel: OnChannel, shared_data: Path, practice: Profile
) -> None:
    cases = lines(shared_data / "guard" / "guard_cases_dev.jsonl")
    harmless = [case for case in cases if case["expect"] == "allow"]
    flagged = [case["id"] for case in harmless if guarded(channel(case["text"]), profile=practice)]
    assert len(harmless) >= 30
    assert flagged == []


@pytest.mark.parametrize("rule", ["PHI-02", "PHI-03", "PHI-05", "LNK-01"])
def test_violations_of_a_rule_are_blocked_by_that_rule(
    guarded: Guarded, channel: OnChannel, shared_data: Path, practice: Profile, rule: str
) -> None:
    cases = lines(shared_data / "guard" / "guard_cases_dev.jsonl")
    violating = [case["text"] for case in cases if rule in case["rules"]]
    assert violating
    for text in violating:
        assert rule in {finding.rule for finding in blocking(guarded(channel(text), profile=practice))}
