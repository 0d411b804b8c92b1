"""The guard's frame: what it does with rules, packs, channels and faults."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approval.guard import RULES, ChannelFacts, GuardFacts, blocking, check, key, unanswered
from approval.rules.base import Hit, Rule, View
from domain.content import AssetRef, Content
from domain.pack import NoParameters, Pack, PackRule
from domain.profile import Profile
from domain.words import Finding, Severity, Span
from tests.approval.practice import NOW, PROFILE, SPEC

Guarded = Callable[..., tuple[Finding, ...]]
OnChannel = Callable[..., ChannelFacts]

BLOCKED_WORDS = "Record number 771204 is ready."


def one_rule(find: Callable[[View, NoParameters], Iterator[Hit]], severity: Severity) -> dict[str, object]:
    """A pack of one rule, and the registry that knows it."""
    return {
        "pack": Pack("own", 3, {"OWN-01": PackRule(severity)}),
        "rules": {"OWN-01": Rule("OWN-01", "own", find)},
    }


def test_a_clean_post_has_no_findings(guarded: Guarded, channel: OnChannel) -> None:
    assert guarded(channel("Flu shots are here. Call (207) 555-0119.")) == ()


def test_a_finding_names_rule_pack_severity_channel_and_place(guarded: Guarded, channel: OnChannel) -> None:
    [finding] = guarded(channel(BLOCKED_WORDS))
    assert (finding.rule, finding.pack, finding.severity) == ("PHI-05", "base@1", Severity.BLOCK)
    assert finding.channel_id == "c1"
    assert finding.span == Span(field="text", start=0, end=20)


def test_the_pack_decides_how_severe_a_rule_is(guarded: Guarded, channel: OnChannel, base_pack: Pack) -> None:
    milder = replace(base_pack, rules={"PHI-05": PackRule(Severity.NOTE, RULES["PHI-05"].parameters())})
    [finding] = guarded(channel(BLOCKED_WORDS), pack=milder)
    assert finding.severity is Severity.NOTE


def test_a_rule_left_out_of_the_pack_does_not_run(
    guarded: Guarded, channel: OnChannel, base_pack: Pack
) -> None:
    rest = {rule: setting for rule, setting in base_pack.rules.items() if rule != "PHI-05"}
    assert guarded(channel(BLOCKED_WORDS), pack=replace(base_pack, rules=rest)) == ()


def test_a_rule_that_fails_blocks_and_is_named(channel: OnChannel) -> None:
    def find(view: View, _: NoParameters) -> Iterator[Hit]:
        yield from ()
        raise RuntimeError(view.content.text)

    facts = GuardFacts(profile=PROFILE, channels=(channel("secret words"),), now=NOW)
    [finding] = check(facts, **one_rule(find, Severity.NOTE))  # type: ignore[arg-type]
    assert (finding.rule, finding.severity) == ("OWN-01", Severity.BLOCK)
    assert "could not be checked" in finding.message
    assert "secret" not in finding.message


def test_a_rule_that_fails_half_way_blocks_too(channel: OnChannel) -> None:
    def find(view: View, _: NoParameters) -> Iterator[Hit]:
        yield Hit("a", "b")
        raise RuntimeError(view.channel.name)

    facts = GuardFacts(profile=PROFILE, channels=(channel("words"),), now=NOW)
    [finding] = check(facts, **one_rule(find, Severity.NOTE))  # type: ignore[arg-type]
    assert finding.severity is Severity.BLOCK


def test_a_rule_nobody_knows_blocks(guarded: Guarded, channel: OnChannel) -> None:
    pack = Pack("own", 1, {"XXX-99": PackRule(Severity.NOTE)})
    [finding] = guarded(channel("words"), pack=pack)
    assert (finding.rule, finding.severity) == ("XXX-99", Severity.BLOCK)


@pytest.mark.parametrize("profile", [None, Profile(), Profile(name="  ")])
def test_a_practice_without_a_profile_is_told_where_to_fill_it_in(
    guarded: Guarded, channel: OnChannel, profile: Profile | None
) -> None:
    [finding] = guarded(channel("Call (207) 555-0119."), profile=profile)
    assert (finding.rule, finding.severity) == ("GRD-01", Severity.BLOCK)
    assert "Settings" in finding.remedy


def test_a_post_for_no_channel_is_blocked(guarded: Guarded) -> None:
    assert [finding.rule for finding in guarded()] == ["GRD-02"]


def test_what_every_channel_shares_is_said_once(guarded: Guarded, channel: OnChannel) -> None:
    [finding] = guarded(channel(BLOCKED_WORDS, "c1"), channel(BLOCKED_WORDS, "c2"))
    assert finding.channel_id is None


def test_a_difference_elsewhere_does_not_repeat_what_the_text_shares(
    guarded: Guarded, channel: OnChannel
) -> None:
    linked = Content(text=BLOCKED_WORDS, link="https://lakeside.example")
    [finding] = guarded(channel(BLOCKED_WORDS, "c1"), channel(linked, "c2"))
    assert finding.channel_id is None


def test_different_words_are_reported_channel_by_channel(guarded: Guarded, channel: OnChannel) -> None:
    found = guarded(channel(BLOCKED_WORDS, "c1"), channel(f"{BLOCKED_WORDS} Call us.", "c2"))
    assert [finding.channel_id for finding in found] == ["c1", "c2"]


def test_a_finding_of_one_channel_alone_keeps_its_channel(guarded: Guarded, channel: OnChannel) -> None:
    found = guarded(channel("All is well.", "c1"), channel(BLOCKED_WORDS, "c2"))
    assert [finding.channel_id for finding in found] == ["c2"]


def test_a_connectors_own_findings_join_with_their_channel(guarded: Guarded, channel: OnChannel) -> None:
    own = Finding(rule="WALL-01", pack="wall@1", severity=Severity.NOTE, message="a", remedy="b")
    [finding] = guarded(channel("All is well.", own=(own,)))
    assert (finding.rule, finding.channel_id) == ("WALL-01", "c1")


def test_the_gravest_findings_come_first(guarded: Guarded, channel: OnChannel) -> None:
    found = guarded(channel(f"http://a.example {BLOCKED_WORDS}"))
    assert [finding.severity for finding in found] == [Severity.BLOCK, Severity.NOTE]


def test_a_warning_is_answered_by_its_key_and_a_block_never_is(guarded: Guarded, channel: OnChannel) -> None:
    picture = AssetRef(digest="0" * 64, media_type="image/png")
    found = guarded(channel(Content(text=BLOCKED_WORDS, assets=(picture,))))
    [warning] = unanswered(found, answered=())
    assert warning.rule == "IMG-06"
    assert unanswered(found, answered={key(finding) for finding in found}) == ()
    assert [finding.rule for finding in blocking(found)] == ["PHI-05"]


def test_two_findings_of_one_rule_have_different_keys(guarded: Guarded, channel: OnChannel) -> None:
    found = guarded(channel("Chart no. 44821 and chart no. 44822"))
    assert len({key(finding) for finding in found}) == 2


@given(st.text(max_size=200))
def test_any_text_is_checked_without_a_fault_and_every_span_lies_inside_it(text: str) -> None:
    view = View(PROFILE, ChannelFacts("c1", "Wall", SPEC, Content(text=text)), NOW, "p1")
    for rule in RULES.values():
        for hit in rule.find(view, rule.parameters()):
            assert hit.span is not None
            assert 0 <= hit.span.start <= hit.span.end <= len(text)


@given(st.integers(min_value=100_000, max_value=10**9))
def test_no_sentence_repeats_the_matched_words(number: int) -> None:
    text = f"MRN {number}, SSN 123-45-{number % 10_000:04}, j{number}@mail.example, born 3/4/2015"
    view = View(PROFILE, ChannelFacts("c1", "Wall", SPEC, Content(text=text)), NOW, "p1")
    found = [hit for rule in RULES.values() for hit in rule.find(view, rule.parameters())]
    assert len(found) >= 4
    assert not any(str(number) in f"{hit.message}{hit.remedy}{hit.suggestion}" for hit in found)
