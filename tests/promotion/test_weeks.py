"""Weeks on end: the decision and the ledger together never exceed a cap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.words import PromotionState
from promotion.budget import Caps, Use, allowance, resting_until, week_of
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, decide
from promotion.judge import RULES, Rule, Verdict
from promotion.norm import learn
from tests.promotion.samples import grown, past

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 9, tzinfo=UTC)  # the clocks change within these weeks
CHANNELS = ("c1", "c2")
NORMS = {"c1": learn(past([n % 20 for n in range(30)])), "c2": learn([])}
OUTCOMES = (PromotionState.ACTIVE, PromotionState.PROPOSED, PromotionState.DECLINED, PromotionState.UNCERTAIN)

posts = st.tuples(st.integers(0, 24 * 42), st.sampled_from(CHANNELS), st.integers(0, 300))


def look(
    now: datetime, calendar: list[tuple[int, str, int]], uses: list[Use], caps: Caps, rule: Rule
) -> list[Use]:
    """One decision of the daemon; the new lines of the ledger."""
    week, rests = week_of(now, ZONE), resting_until(caps, uses, now)
    out = [
        (f"p{n}", channel, START + timedelta(hours=hour), final)
        for n, (hour, channel, final) in enumerate(calendar)
        if START + timedelta(hours=hour) <= now
    ]
    told = PromotionFacts(
        now=now,
        rule=rule,
        allowance=allowance(caps, uses, week, CHANNELS),
        channels=tuple(ChannelFacts(channel_id=name, norm=NORMS[name], expected=1) for name in CHANNELS),
        candidates=tuple(
            Candidate(
                publication_id=name,
                channel_id=channel,
                published_at=at,
                snapshots=grown(final, (now - at) / timedelta(hours=1)),
                resting_until=rests.get(name),
            )
            for name, channel, at, final in out
        ),
        review_due=True,
    )
    return [
        Use(
            publication_id=proposal.evidence.publication_id,
            channel_id=proposal.evidence.channel_id,
            at=now,
            state=OUTCOMES[(len(uses) + n) % len(OUTCOMES)],
        )
        for n, proposal in enumerate(decide(told))
        if proposal.ruling.verdict is Verdict.PROMOTE
    ]


@given(
    calendar=st.lists(posts, min_size=1, max_size=25),
    caps=st.builds(
        Caps, per_week=st.integers(0, 3), per_channel=st.integers(0, 2), rest_days=st.integers(0, 40)
    ),
    rule=st.sampled_from(list(RULES.values())),
)
@settings(deadline=None, max_examples=25)
def test_no_sequence_of_weeks_exceeds_a_cap_or_wakes_a_resting_post(
    calendar: list[tuple[int, str, int]], caps: Caps, rule: Rule
):
    uses: list[Use] = []
    for hour in range(0, 24 * 42, 12):
        uses += look(START + timedelta(hours=hour), calendar, uses, caps, rule)
    held = [use for use in uses if use.holds]
    for start in {week_of(use.at, ZONE).start for use in held}:
        within = [use.channel_id for use in held if week_of(use.at, ZONE).start == start]
        assert len(within) <= caps.per_week
        assert all(within.count(channel) <= caps.per_channel for channel in CHANNELS)
    for name in {use.publication_id for use in held}:
        times = sorted(use.at for use in held if use.publication_id == name)
        rest = timedelta(days=caps.rest_days)
        assert all(later - earlier >= rest for earlier, later in pairwise(times))


def test_a_practice_with_places_does_use_them_over_the_weeks():
    calendar = [(hour, CHANNELS[hour % 2], 40 + hour % 90) for hour in range(5, 24 * 42, 17)]
    for rule in RULES.values():
        uses: list[Use] = []
        for hour in range(0, 24 * 42, 12):
            uses += look(START + timedelta(hours=hour), calendar, uses, Caps(), rule)
        assert len({week_of(use.at, ZONE).start for use in uses}) >= 5
