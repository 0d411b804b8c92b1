"""The first reviewer: runs a pack's rules over a post, and blocks whatever it cannot check.

Pure: the shell gathers the facts and stores the findings. The guard is a second pair of eyes, no approver.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from approval.rules import PARAMETERS, RULES
from approval.rules.base import ChannelFacts, GuardFacts, Hit, RecentPost, Rule, View
from approval.rules.fields import raw_fields
from domain.content import Content
from domain.pack import Pack, PackRule
from domain.profile import Profile
from domain.words import Finding, Severity, Span

__all__ = [
    "PARAMETERS",
    "RULES",
    "ChannelFacts",
    "GuardFacts",
    "RecentPost",
    "blocking",
    "check",
    "key",
    "unanswered",
]

# The guard's own findings, which no pack can switch off.
NO_PROFILE = "GRD-01"
NO_CHANNEL = "GRD-02"

_GRAVEST_FIRST = (Severity.BLOCK, Severity.WARN, Severity.NOTE)


def check(facts: GuardFacts, pack: Pack, rules: Mapping[str, Rule] = RULES) -> tuple[Finding, ...]:
    """Everything the pack's rules and the connectors have to say, gravest first.

    What every channel shares is said once, with no channel. A rule that fails or is not known blocks.
    """
    found = [*_missing(facts, pack)]
    for channel in facts.channels:
        found += (finding.model_copy(update={"channel_id": channel.channel_id}) for finding in channel.own)
        view = View(facts.profile or Profile(), channel, facts.now, facts.post_id)
        for rule_id, setting in pack.rules.items():
            rule = rules.get(rule_id)
            if rule is None or not rule.needs_profile or _has_profile(facts):
                found += _run(rule_id, rule, setting, view, pack.ref)
    return tuple(sorted(_once(found, facts.channels), key=_rank))


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that stop submission, approval and dispatch."""
    return tuple(finding for finding in findings if finding.severity is Severity.BLOCK)


def unanswered(findings: Iterable[Finding], answered: Collection[str]) -> tuple[Finding, ...]:
    """Warnings that nobody has kept with a reason or seen; *answered* holds their keys."""
    return tuple(
        finding for finding in findings if finding.severity is Severity.WARN and key(finding) not in answered
    )


def key(finding: Finding) -> str:
    """A name for one finding within one revision: rule, channel and place."""
    span = finding.span or Span(field="")
    return f"{finding.rule}:{finding.channel_id or '*'}:{span.field}:{span.start}-{span.end}"


def _has_profile(facts: GuardFacts) -> bool:
    return facts.profile is not None and bool(facts.profile.name.strip())


def _missing(facts: GuardFacts, pack: Pack) -> Iterator[Finding]:
    """Without these the rules would prove nothing."""
    if not _has_profile(facts):
        yield Finding(
            rule=NO_PROFILE,
            pack=pack.ref,
            severity=Severity.BLOCK,
            message="The practice has no profile yet, so its own contacts cannot be told from a patient's.",
            remedy="Ask an admin to fill in the profile under Settings.",
        )
    if not facts.channels:
        yield Finding(
            rule=NO_CHANNEL,
            pack=pack.ref,
            severity=Severity.BLOCK,
            message="No channel is chosen, so there is nothing to check or to publish.",
            remedy="Choose at least one channel.",
        )


def _run(rule_id: str, rule: Rule | None, setting: PackRule, view: View, pack: str) -> Iterator[Finding]:
    """One rule on one channel, as findings of the pack's severity."""
    if rule is None:
        return iter((_unchecked(rule_id, view, pack),))
    try:
        hits = tuple(rule.find(view, setting.parameters))
    except Exception:  # noqa: BLE001 - the edge of a rule: whatever went wrong, it was not checked
        return iter((_unchecked(rule_id, view, pack),))
    return (_finding(rule_id, setting.severity, hit, view, pack) for hit in hits)


def _unchecked(rule_id: str, view: View, pack: str) -> Finding:
    return Finding(
        rule=rule_id,
        pack=pack,
        severity=Severity.BLOCK,
        message=f"Rule {rule_id} could not be checked, so this post is held back.",
        remedy="Ask an admin to look at the rule pack; if the rule is right, report the fault.",
        channel_id=view.channel.channel_id,
    )


def _finding(rule_id: str, severity: Severity, hit: Hit, view: View, pack: str) -> Finding:
    return Finding(
        rule=rule_id,
        pack=pack,
        severity=severity,
        message=hit.message,
        remedy=hit.remedy,
        channel_id=view.channel.channel_id,
        span=hit.span,
        suggestion=hit.suggestion,
    )


def _once(found: Iterable[Finding], channels: Collection[ChannelFacts]) -> Iterator[Finding]:
    """The findings, with those that every channel shares said once."""
    alike: dict[Finding, dict[Finding, None]] = {}
    for finding in found:
        alike.setdefault(finding.model_copy(update={"channel_id": None}), {})[finding] = None
    everywhere = {channel.channel_id for channel in channels}
    for shared, each in alike.items():
        on_all = len(everywhere) > 1 and {finding.channel_id for finding in each} == everywhere
        if on_all and _say_the_same(shared.span, channels):
            yield shared
        else:
            yield from each


def _say_the_same(span: Span | None, channels: Collection[ChannelFacts]) -> bool:
    """Whether the field that *span* stands in has the same words on every channel."""
    first, *others = (_words(channel.content, span) for channel in channels)
    return all(other == first for other in others)


def _words(content: Content, span: Span | None) -> object:
    named: dict[str, object] = {"link": content.link, **dict(raw_fields(content))}
    return named.get(span.field, content) if span else content


def _rank(finding: Finding) -> tuple[int, str, str, int]:
    span = finding.span or Span(field="")
    return _GRAVEST_FIRST.index(finding.severity), finding.rule, span.field, span.start
