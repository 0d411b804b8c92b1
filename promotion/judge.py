"""The verdict on one post: evidence in, ruling out, so that a stored decision can be replayed. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, NonNegativeFloat, NonNegativeInt

from domain.content import Frozen
from domain.words import PromotionMode
from promotion.forecast import Outlook
from promotion.norm import Norm
from promotion.prior import FINISHED_HOURS

Share = Annotated[float, Field(ge=0, le=1)]

MEDIAN = 0.5
LIKELY = (0.1, 0.9)  # the quantiles between which a post ends in four cases of five


class Verdict(StrEnum):
    PROMOTE = "promote"
    WAIT = "wait"  # worth another look
    NO = "no"


class Cause(StrEnum):
    """Why, as a word that code and tests can rely on."""

    CLEARS_BAR = "clears_bar"
    NOT_ELIGIBLE = "not_eligible"
    RESTING = "resting"
    TOO_OLD = "too_old"
    TOO_YOUNG = "too_young"
    NO_READING = "no_reading"
    REVIEW_PENDING = "review_pending"
    NO_PLACE_LEFT = "no_place_left"
    TOO_FEW_ACTS = "too_few_acts"
    TOO_FEW_IMPRESSIONS = "too_few_impressions"
    NOT_ABOVE_MEDIAN = "not_above_median"
    BELOW_BAR = "below_bar"
    OUTRANKED = "outranked"


class Rule(Frozen):
    """How a practice judges its posts."""

    mode: PromotionMode
    tau: Share  # act at this probability
    last_tau: Share  # at the last look: waiting tells no more, and an unused place is worth nothing
    youngest_hours: NonNegativeFloat  # not judged before this age
    oldest_hours: NonNegativeFloat | None  # no news after this age; None: never too old
    fewest_acts: NonNegativeInt = 1
    fewest_impressions: NonNegativeInt = 100  # where the network tells them
    most_below_median: Share = 0.1  # largest accepted chance of ending below the channel's own median


RULES: Mapping[PromotionMode, Rule] = {
    rule.mode: rule
    for rule in (
        Rule(
            mode=PromotionMode.EVERGREEN,
            tau=0.9,
            last_tau=0.9,
            youngest_hours=FINISHED_HOURS,
            oldest_hours=None,
        ),
        Rule(mode=PromotionMode.NORMAL, tau=0.8, last_tau=0.3, youngest_hours=6, oldest_hours=36),
        Rule(mode=PromotionMode.TIMELY, tau=0.5, last_tau=0.5, youngest_hours=1, oldest_hours=36),
    )
}


class Evidence(Frozen):
    """What one verdict rests on."""

    publication_id: str
    channel_id: str
    rule: Rule
    norm: Norm
    outlook: Outlook | None  # None: no reading yet
    age_hours: float  # of the post at the decision
    last_look: bool  # by the next decision it will be too old
    review_due: bool  # evergreen only: this is the weekly review
    eligible: bool
    resting_until: AwareDatetime | None  # promoted lately
    left: NonNegativeInt  # places left this week for its channel
    to_judge: NonNegativeFloat  # posts that compete for the places of its channel, itself included
    level: Share = MEDIAN  # the bar, as a quantile of the channel's own posts
    outranked: bool = False  # stronger posts take the places that are left

    @property
    def tau(self) -> float:
        """The probability that is asked of it now."""
        return self.rule.last_tau if self.last_look else self.rule.tau


class Figures(Frozen):
    """What is said about one post in numbers. Bar and forecast are final counts, or acts per impression."""

    probability: Share  # P(final >= bar)
    below_median: Share  # P(final < own median): the chance that promoting it is a mistake
    bar: NonNegativeFloat
    low: NonNegativeFloat  # ends between low and high in four cases of five
    expected: NonNegativeFloat
    high: NonNegativeFloat


class Ruling(Frozen):
    """The verdict on one post, in a word, a sentence and numbers."""

    verdict: Verdict
    cause: Cause
    reason: str
    figures: Figures | None  # None: no reading yet


def judge(case: Evidence) -> Ruling:
    """The ruling on one post. The same evidence gives the same ruling, to the last digit."""
    figures = _figures(case)
    cause = _standing(case) or _weight(case, figures)
    return Ruling(
        verdict=_verdict(case, cause), cause=cause, reason=_sentence(case, cause, figures), figures=figures
    )


def _figures(case: Evidence) -> Figures | None:
    outlook, norm = case.outlook, case.norm
    if outlook is None:
        return None
    chance, above_median = outlook.chances(norm, (case.level, MEDIAN)).tolist()
    low, high = (outlook.quantile(share) for share in LIKELY)
    return Figures(
        probability=chance,
        below_median=1 - above_median,
        bar=outlook.value(norm, case.level),
        low=low,
        expected=outlook.expected,
        high=high,
    )


def _standing(case: Evidence) -> Cause | None:
    """What speaks against judging the post now, whatever its numbers."""
    rule = case.rule
    reasons = (
        (not case.eligible, Cause.NOT_ELIGIBLE),
        (case.resting_until is not None, Cause.RESTING),
        (rule.oldest_hours is not None and case.age_hours > rule.oldest_hours, Cause.TOO_OLD),
        (case.age_hours < rule.youngest_hours, Cause.TOO_YOUNG),
        (rule.mode is PromotionMode.EVERGREEN and not case.review_due, Cause.REVIEW_PENDING),
        (case.left < 1, Cause.NO_PLACE_LEFT),
    )
    return next((cause for applies, cause in reasons if applies), None)


def _weight(case: Evidence, figures: Figures | None) -> Cause:
    """What the numbers say."""
    rule, outlook = case.rule, case.outlook
    if figures is None or outlook is None:
        return Cause.NO_READING
    reasons = (
        (outlook.count < rule.fewest_acts, Cause.TOO_FEW_ACTS),
        (
            outlook.impressions is not None and outlook.impressions < rule.fewest_impressions,
            Cause.TOO_FEW_IMPRESSIONS,
        ),
        (figures.below_median > rule.most_below_median, Cause.NOT_ABOVE_MEDIAN),
        (figures.probability < case.tau, Cause.BELOW_BAR),
        (case.outranked, Cause.OUTRANKED),
    )
    return next((cause for applies, cause in reasons if applies), Cause.CLEARS_BAR)


_FINAL = frozenset({Cause.NOT_ELIGIBLE, Cause.RESTING, Cause.TOO_OLD})
_OPEN = frozenset({Cause.TOO_YOUNG, Cause.REVIEW_PENDING})


def _verdict(case: Evidence, cause: Cause) -> Verdict:
    if cause is Cause.CLEARS_BAR:
        return Verdict.PROMOTE
    if cause in _FINAL or (case.last_look and cause not in _OPEN):
        return Verdict.NO
    return Verdict.WAIT


_SENTENCES: Mapping[Cause, str] = {
    Cause.CLEARS_BAR: "{forecast}; the bar this week is {bar}, its chance to pass {chance}.",
    Cause.NOT_ELIGIBLE: "This post cannot be promoted as it stands.",
    Cause.RESTING: "It was promoted before and rests until {resting}.",
    Cause.TOO_OLD: "It is {age} old; after {oldest} a post is no longer news.",
    Cause.TOO_YOUNG: "It is {age} old; posts are judged from {youngest} on.",
    Cause.NO_READING: "The network has not given any numbers yet.",
    Cause.REVIEW_PENDING: "It is finished and waits for the weekly review.",
    Cause.NO_PLACE_LEFT: "All promotions of this week are used.",
    Cause.TOO_FEW_ACTS: "It has {count} so far; the least to judge by is {fewest_acts}.",
    Cause.TOO_FEW_IMPRESSIONS: "It was shown {impressions} times; the least to judge by is {fewest_shown}.",
    Cause.NOT_ABOVE_MEDIAN: "{forecast}; the chance of ending below the usual post is {below}.",
    Cause.BELOW_BAR: "{forecast}; the bar this week is {bar}, its chance to pass {chance}, {tau} is asked.",
    Cause.OUTRANKED: "{forecast}, but stronger posts take the places that are left this week.",
}


def _sentence(case: Evidence, cause: Cause, figures: Figures | None) -> str:
    return _SENTENCES[cause].format_map(_words(case) | _numbers(case, figures))


def _words(case: Evidence) -> dict[str, str]:
    rule = case.rule
    return {
        "age": _hours(case.age_hours),
        "oldest": _hours(rule.oldest_hours or 0),
        "youngest": _hours(rule.youngest_hours),
        "resting": _day(case.resting_until),
        "fewest_acts": str(rule.fewest_acts),
        "fewest_shown": str(rule.fewest_impressions),
        "tau": _percent(case.tau),
    }


def _numbers(case: Evidence, figures: Figures | None) -> dict[str, str]:
    outlook = case.outlook
    if outlook is None or figures is None:
        return {}
    low, expected, high, bar = map(outlook.words, (figures.low, figures.expected, figures.high, figures.bar))
    return {
        "forecast": f"It is likely to end at {expected} {outlook.unit} ({low} to {high})",
        "bar": bar,
        "chance": _percent(figures.probability),
        "below": _percent(figures.below_median),
        "count": _count(outlook.count),
        "impressions": f"{outlook.impressions or 0:,}",
    }


def _hours(hours: float) -> str:
    whole = round(hours)
    if whole > 72:
        return f"{round(hours / 24)} days"
    return "1 hour" if whole == 1 else f"{whole} hours"


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else ""


def _percent(share: float) -> str:
    if 0.99 < share < 1:
        return "over 99 %"
    return "under 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")


def _count(count: int) -> str:
    return "1 reaction" if count == 1 else f"{count:,} reactions"
