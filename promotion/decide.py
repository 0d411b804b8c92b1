"""Which posts are worth promoting. Pure: frozen facts in, proposals out, the same every time.

The rule: promote a post when it ends above the bar of its channel with probability tau or more. The bar is a
quantile of the channel's own finished posts, set by the budget: with 2 promotions left and 10 posts still to
judge, about the best fifth is wanted. A post still to come counts as a draw from the channel's history; one
that is out already counts by its own forecast. In evergreen mode nothing is in a hurry: posts are judged when
they are finished, once a week, the strongest first, and the bar is the channel's own median.
"""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from pydantic import AwareDatetime, NonNegativeFloat

from domain.content import Frozen
from domain.words import PromotionMode
from promotion.budget import Allowance
from promotion.forecast import foresee
from promotion.growth import Vector
from promotion.judge import Cause, Evidence, Rule, Ruling, Verdict, judge
from promotion.norm import Norm
from promotion.prior import LEVELS
from promotion.readings import Snapshot

CHOOSINESS = 0.7
"""How many other posts may be expected to pass the bar, per place left. Below one because value is top-heavy:
one post in ten brings most of it, and a place is kept for it. Measured best at 0.65 to 0.75."""

_NEW = 1 - np.array(LEVELS)  # the chance of a post still to come to pass each level


class ChannelFacts(Frozen):
    """One channel: what is usual there, and how many posts are still to be published this week."""

    channel_id: str
    norm: Norm  # learn(the finished posts of this channel alone)
    expected: NonNegativeFloat = 0.0  # posts that will still be published and judged within the week


class Candidate(Frozen):
    """A published post that may be promoted."""

    publication_id: str
    channel_id: str
    published_at: AwareDatetime
    snapshots: tuple[Snapshot, ...] = ()
    resting_until: AwareDatetime | None = None  # promoted lately, see budget.resting_until
    eligible: bool = True  # False: taken down, held, or its approval no longer stands


class PromotionFacts(Frozen):
    """Everything a decision rests on."""

    now: AwareDatetime
    rule: Rule
    allowance: Allowance  # places left this week
    channels: tuple[ChannelFacts, ...]
    candidates: tuple[Candidate, ...]
    next_look_hours: NonNegativeFloat = 2.0  # until the next decision
    review_due: bool = False  # evergreen only: this is the weekly review


class Proposal(Frozen):
    """One judged post: the ruling, and the evidence from which judge() repeats it."""

    ruling: Ruling
    evidence: Evidence


def decide(facts: PromotionFacts) -> tuple[Proposal, ...]:
    """Judge every candidate, in the order given; never more PROMOTE than the allowance has places.

    Raises KeyError for a candidate on a channel that the facts do not describe.
    """
    norms = {channel.channel_id: channel.norm for channel in facts.channels}
    cases = [_case(facts, candidate, norms[candidate.channel_id]) for candidate in facts.candidates]
    cases = _seated(_with_bars(facts, cases), facts.allowance)
    return tuple(Proposal(ruling=judge(case), evidence=case) for case in cases)


def _case(facts: PromotionFacts, candidate: Candidate, norm: Norm) -> Evidence:
    """What is known of one candidate, the bar aside."""
    age_hours = (facts.now - candidate.published_at) / timedelta(hours=1)
    oldest, rest = facts.rule.oldest_hours, candidate.resting_until
    return Evidence(
        publication_id=candidate.publication_id,
        channel_id=candidate.channel_id,
        rule=facts.rule,
        norm=norm,
        outlook=foresee(candidate.snapshots, norm),
        age_hours=age_hours,
        last_look=oldest is not None and age_hours + facts.next_look_hours > oldest,
        review_due=facts.review_due,
        eligible=candidate.eligible,
        resting_until=rest if rest and rest > facts.now else None,
        left=facts.allowance.left(candidate.channel_id),
        to_judge=1,
    )


def _with_bars(facts: PromotionFacts, cases: Sequence[Evidence]) -> list[Evidence]:
    """Every case with the level it has to reach: the higher one of its channel's and the practice's."""
    if facts.rule.mode is PromotionMode.EVERGREEN:
        return list(cases)
    chances = np.array([_chances(case) for case in cases]).reshape(-1, len(LEVELS))
    coming = sum(channel.expected for channel in facts.channels)
    levels, to_judge = _levels(chances, coming, facts.allowance.practice), np.zeros(len(cases))
    for channel in facts.channels:
        here = np.array([case.channel_id == channel.channel_id for case in cases], dtype=bool)
        own = _levels(chances[here], channel.expected, facts.allowance.left(channel.channel_id))
        levels[here] = np.maximum(levels[here], own)
        to_judge[here] = _field(chances[here], channel.expected)
    return [
        case.model_copy(update={"level": float(level), "to_judge": float(posts)})
        for case, level, posts in zip(cases, levels, to_judge, strict=True)
    ]


def _chances(case: Evidence) -> Vector:
    """The chance of a case to pass each of LEVELS; nan when it competes for no place."""
    if judge(case).cause in {Cause.NOT_ELIGIBLE, Cause.RESTING, Cause.TOO_OLD}:
        return np.full(len(LEVELS), np.nan)
    return case.outlook.chances(case.norm) if case.outlook else _NEW


def _field(chances: Vector, coming: float) -> float:
    """How many posts compete: those that are out and those still to come."""
    return float((~np.isnan(chances[:, 0])).sum() + coming)


def _levels(chances: Vector, coming: float, left: int) -> Vector:
    """The level that each post has to reach, given what the others may do.

    Without forecasts of the others it is 1 - CHOOSINESS * left / posts to judge.
    """
    posts = _field(chances, coming)
    if posts <= left:
        return np.zeros(len(chances))
    own = np.nan_to_num(chances)
    others = own.sum(axis=0) + coming * _NEW - own
    wanted = CHOOSINESS * left * (posts - 1) / posts
    return np.array([np.interp(-wanted, -passing, LEVELS) for passing in others])


def _seated(cases: Sequence[Evidence], allowance: Allowance) -> list[Evidence]:
    """The cases, with those marked that clear the bar after the places are gone."""
    clear = [n for n, case in enumerate(cases) if judge(case).verdict is Verdict.PROMOTE]
    outranked = set()
    for n in sorted(clear, key=lambda n: _rank(cases[n])):
        if allowance.left(cases[n].channel_id):
            allowance = allowance.take(cases[n].channel_id)
        else:
            outranked.add(n)
    return [case.model_copy(update={"outranked": n in outranked}) for n, case in enumerate(cases)]


def _rank(case: Evidence) -> tuple[float, float, str]:
    """Sorts the surest first; in a review, where all is known, the strongest."""
    figures, outlook = judge(case).figures, case.outlook
    chance = figures.probability if figures and not case.review_due else 1.0
    strength = outlook.strength(case.norm) if outlook else 0.0
    return -chance, -strength, case.publication_id
