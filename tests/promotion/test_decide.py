"""The choice among posts."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promotion.budget import Allowance
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, decide
from promotion.judge import Cause, Evidence, Ruling, Verdict, judge
from promotion.norm import learn
from promotion.readings import PastPost, Snapshot
from tests.promotion.samples import (
    EVERGREEN,
    NORMAL,
    NOW,
    TIMELY,
    any_facts,
    candidate,
    facts,
    promoted,
    usual_channel,
)


def only(told: PromotionFacts) -> Ruling:
    (proposal,) = decide(told)
    return proposal.ruling


def test_a_clear_winner_is_promoted_and_an_ordinary_post_waits():
    winner, ordinary = candidate("winner", final=200), candidate("ordinary", final=20)
    proposals = decide(facts(winner, ordinary))
    assert promoted(proposals) == ["winner"]
    assert proposals[1].ruling.verdict is Verdict.WAIT


def test_what_was_promised_is_told_in_a_sentence_and_in_figures():
    ruling = only(facts(candidate(final=200)))
    assert ruling.figures is not None
    assert ruling.figures.low <= ruling.figures.expected <= ruling.figures.high
    assert ruling.figures.probability > 0.8 > 0.1 > ruling.figures.below_median
    assert ruling.reason.startswith("It is likely to end at ")
    assert " reactions (" in ruling.reason


def test_a_rate_is_told_as_a_share_of_those_who_saw_it():
    rated = learn([PastPost(final=n, impressions=1000) for n in range(10, 50)])
    shown = Snapshot(age_hours=12, count=160, impressions=2000)
    ruling = only(facts(candidate().model_copy(update={"snapshots": (shown,)}), norm=rated))
    assert ruling.verdict is Verdict.PROMOTE
    assert " % of viewers reacting (" in ruling.reason


def test_the_bar_rises_as_fewer_places_are_left_for_more_posts():
    levels = [
        decide(facts(candidate(), left=left, expected=expected))[0].evidence.level
        for left, expected in ((3, 4), (2, 4), (1, 4), (1, 9), (1, 40))
    ]
    assert levels == sorted(set(levels))


def test_with_nothing_known_of_the_others_the_bar_is_the_budgets_quantile():
    (proposal,) = decide(facts(candidate(), left=2, expected=9))
    assert proposal.evidence.to_judge == 10
    assert proposal.evidence.level == pytest.approx(1 - 0.7 * 2 / 10, abs=0.01)


def test_a_strong_rival_raises_the_bar_and_a_weak_one_lowers_it():
    def level(*rivals: Candidate) -> float:
        return decide(facts(candidate("judged", final=30), *rivals, expected=3))[0].evidence.level

    assert level(candidate("strong", final=300)) > level(candidate("unread", final=None))
    assert level(candidate("weak", final=2)) < level(candidate("unread", final=None))


def test_a_post_that_cannot_be_promoted_is_no_rival():
    old = candidate("old", age_hours=60, final=300)
    alone = decide(facts(candidate("judged"), expected=3))[0].evidence
    beside = decide(facts(candidate("judged"), old, expected=3))[0].evidence
    assert (beside.level, beside.to_judge) == (alone.level, alone.to_judge)


def test_when_every_post_has_a_place_the_bar_falls_to_the_usual_post():
    ruling = only(facts(candidate(final=38), left=1, expected=0))
    assert ruling.verdict is Verdict.PROMOTE
    assert only(facts(candidate(final=8), left=1, expected=0)).cause is Cause.NOT_ABOVE_MEDIAN


def test_the_strongest_post_takes_the_last_place_and_the_next_one_hears_why():
    first = candidate("first", age_hours=60, final=90)
    second = candidate("second", age_hours=60, final=80)
    proposals = decide(facts(second, first, rule=EVERGREEN, left=1, review_due=True))
    assert [p.ruling.cause for p in proposals] == [Cause.OUTRANKED, Cause.CLEARS_BAR]


def test_of_two_equal_posts_one_takes_the_place_at_the_last_look():
    twins = [candidate(name, age_hours=35, final=60) for name in ("a", "b")]
    assert promoted(decide(facts(*twins, left=1, expected=0))) == ["a"]


def test_timely_acts_where_normal_still_waits():
    post = candidate(age_hours=4, final=90)
    assert only(facts(post, rule=TIMELY)).verdict is Verdict.PROMOTE
    assert only(facts(post, rule=NORMAL)).cause is Cause.TOO_YOUNG


def test_the_last_look_asks_for_less_and_then_says_no():
    at_last = candidate(age_hours=35, final=25)
    proposal = decide(facts(at_last))[0]
    assert proposal.evidence.last_look
    assert proposal.evidence.tau == NORMAL.last_tau
    assert only(facts(candidate(age_hours=35, final=5))).verdict is Verdict.NO


def test_evergreen_waits_two_days_and_then_for_the_review():
    assert only(facts(candidate(age_hours=40), rule=EVERGREEN, review_due=True)).cause is Cause.TOO_YOUNG
    assert only(facts(candidate(age_hours=60), rule=EVERGREEN)).cause is Cause.REVIEW_PENDING


def test_an_evergreen_review_takes_the_strongest_finished_posts_above_the_usual_one():
    posts = [candidate(str(final), age_hours=72, final=final) for final in (30, 8, 45, 38, 33)]
    told = facts(*posts, rule=EVERGREEN, left=2, review_due=True)
    assert sorted(promoted(decide(told))) == ["38", "45"]
    weak = [candidate(str(final), age_hours=72, final=final) for final in (3, 8)]
    assert promoted(decide(facts(*weak, rule=EVERGREEN, left=2, review_due=True))) == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"eligible": False}, Cause.NOT_ELIGIBLE),
        ({"resting_until": NOW + timedelta(days=3)}, Cause.RESTING),
        ({"published_at": NOW - timedelta(hours=37)}, Cause.TOO_OLD),
        ({"published_at": NOW - timedelta(hours=5)}, Cause.TOO_YOUNG),
        ({"published_at": NOW + timedelta(hours=1)}, Cause.TOO_YOUNG),
        ({"snapshots": ()}, Cause.NO_READING),
        ({"snapshots": (Snapshot(age_hours=12, count=0),)}, Cause.TOO_FEW_ACTS),
        ({"snapshots": (Snapshot(age_hours=12, count=9, impressions=99),)}, Cause.TOO_FEW_IMPRESSIONS),
    ],
)
def test_each_floor_stops_a_post_that_would_win(change: dict[str, object], cause: Cause):
    ruling = only(facts(candidate(final=500).model_copy(update=change)))
    assert ruling.cause is cause
    assert ruling.verdict is not Verdict.PROMOTE


def test_a_rest_that_is_over_stops_nothing():
    rested = candidate(final=500).model_copy(update={"resting_until": NOW})
    assert only(facts(rested)).verdict is Verdict.PROMOTE


def test_without_a_place_left_even_a_winner_waits_for_the_next_week():
    ruling = only(facts(candidate(final=500), left=0))
    assert (ruling.verdict, ruling.cause) == (Verdict.WAIT, Cause.NO_PLACE_LEFT)


def test_two_channels_share_the_practices_places_on_one_scale():
    small = learn([])
    told = PromotionFacts(
        now=NOW,
        rule=NORMAL,
        allowance=Allowance(practice=1, channels={"c1": 1, "c2": 1}),
        channels=(
            ChannelFacts(channel_id="c1", norm=usual_channel()),
            ChannelFacts(channel_id="c2", norm=small),
        ),
        candidates=(candidate("ordinary", final=25), candidate("star", final=400, channel_id="c2")),
    )
    assert promoted(decide(told)) == ["star"]


def test_a_channel_is_only_ever_compared_with_itself():
    busy = learn([])
    told = facts(candidate(final=60))
    beside = told.model_copy(
        update={"channels": (*told.channels, ChannelFacts(channel_id="c9", norm=busy, expected=0))}
    )
    assert decide(beside)[0].ruling.figures == decide(told)[0].ruling.figures


def test_nothing_to_judge_gives_nothing():
    assert decide(facts()) == ()


def test_an_unknown_channel_is_an_error_and_not_a_guess():
    with pytest.raises(KeyError, match="c7"):
        decide(facts(candidate(channel_id="c7")))


@given(any_facts())
@settings(deadline=None)
def test_no_facts_lead_to_more_promotions_than_there_are_places(told: PromotionFacts):
    chosen = [p.evidence for p in decide(told) if p.ruling.verdict is Verdict.PROMOTE]
    assert len(chosen) <= told.allowance.practice
    for name, places in told.allowance.channels.items():
        assert sum(evidence.channel_id == name for evidence in chosen) <= places


@given(any_facts())
@settings(deadline=None)
def test_a_decision_is_the_same_again_from_what_was_stored(told: PromotionFacts):
    proposals = decide(told)
    assert decide(PromotionFacts.model_validate_json(told.model_dump_json())) == proposals
    for proposal in proposals:
        stored = Evidence.model_validate_json(proposal.evidence.model_dump_json())
        assert judge(stored) == proposal.ruling


@given(any_facts())
@settings(deadline=None)
def test_every_ruling_has_a_plain_sentence(told: PromotionFacts):
    for proposal in decide(told):
        reason = proposal.ruling.reason
        assert reason.endswith(".") and "{" not in reason and "!" not in reason and "nan" not in reason


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from((2.0, 7.0, 20.0, 30.0)))
@settings(deadline=None)
def test_more_engagement_never_lowers_the_chance_of_promotion(count: int, more: int, age: float):
    def chance(acts: int) -> float:
        post = candidate(age_hours=age).model_copy(
            update={"snapshots": (Snapshot(age_hours=age, count=acts),)}
        )
        figures = decide(facts(post, candidate("rival")))[0].ruling.figures
        assert figures is not None
        return figures.probability

    assert chance(count + more) >= chance(count) - 1e-9
