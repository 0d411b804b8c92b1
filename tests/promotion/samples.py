"""Channels, posts and facts for the tests of promotion, and strategies that draw them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from domain.words import PromotionMode
from promotion.budget import Allowance
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, Proposal
from promotion.judge import RULES, Rule, Verdict
from promotion.norm import Norm, learn
from promotion.readings import PastPost, Snapshot

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
AGES = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72)
GROWN = (0.05, 0.12, 0.17, 0.2, 0.26, 0.32, 0.45, 0.59, 0.71, 0.9, 1.0, 1.0)
NORMAL, TIMELY, EVERGREEN = (
    RULES[mode] for mode in (PromotionMode.NORMAL, PromotionMode.TIMELY, PromotionMode.EVERGREEN)
)


def grown(final: int, age_hours: float) -> tuple[Snapshot, ...]:
    """The readings so far of a post that grows as posts do."""
    return tuple(
        Snapshot(age_hours=age, count=round(final * share))
        for age, share in zip(AGES, GROWN, strict=True)
        if age <= age_hours
    )


def past(finals: list[int]) -> list[PastPost]:
    return [PastPost(final=final, snapshots=grown(final, 72)) for final in finals]


def usual_channel(posts: int = 40) -> Norm:
    """A channel whose posts end between 0 and 39, evenly."""
    return learn(past([n % 40 for n in range(posts)]))


def candidate(
    name: str = "p1", *, age_hours: float = 12, final: int | None = 20, channel_id: str = "c1"
) -> Candidate:
    """A post on its way to *final*; None: no reading yet."""
    return Candidate(
        publication_id=name,
        channel_id=channel_id,
        published_at=NOW - timedelta(hours=age_hours),
        snapshots=() if final is None else grown(final, age_hours),
    )


def facts(
    *candidates: Candidate,
    rule: Rule = NORMAL,
    left: int = 1,
    norm: Norm | None = None,
    expected: float = 4,
    review_due: bool = False,
) -> PromotionFacts:
    """One channel, c1, with *left* places."""
    channel = ChannelFacts(channel_id="c1", norm=norm or usual_channel(), expected=expected)
    return PromotionFacts(
        now=NOW,
        rule=rule,
        allowance=Allowance(practice=left, channels={"c1": left}),
        channels=(channel,),
        candidates=candidates,
        review_due=review_due,
    )


def promoted(proposals: tuple[Proposal, ...]) -> list[str]:
    return [p.evidence.publication_id for p in proposals if p.ruling.verdict is Verdict.PROMOTE]


counts = st.integers(0, 400) | st.integers(0, 10**15)
shown = st.none() | st.integers(0, 5000)
snapshots = st.builds(Snapshot, age_hours=st.floats(0, 200), count=counts, impressions=shown)
readings = st.lists(snapshots, max_size=6).map(tuple)
histories = st.lists(st.builds(PastPost, final=counts, impressions=shown, snapshots=readings), max_size=12)
norms = histories.map(learn)


@st.composite
def any_facts(draw: st.DrawFn) -> PromotionFacts:
    """Facts of a practice with up to three channels, nothing about them tidy."""
    names = ["c1", "c2", "c3"][: draw(st.integers(1, 3))]
    places = st.integers(0, 3)
    candidates = [
        Candidate(
            publication_id=f"p{n}",
            channel_id=draw(st.sampled_from(names)),
            published_at=NOW - timedelta(hours=draw(st.floats(-1, 300))),
            snapshots=draw(readings),
            resting_until=draw(st.none() | st.just(NOW + timedelta(days=1))),
            eligible=draw(st.integers(0, 9)) > 0,
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    return PromotionFacts(
        now=NOW,
        rule=draw(st.sampled_from(list(RULES.values()))),
        allowance=Allowance(practice=draw(places), channels={name: draw(places) for name in names}),
        channels=tuple(
            ChannelFacts(channel_id=name, norm=draw(norms), expected=draw(st.floats(0, 20))) for name in names
        ),
        candidates=tuple(candidates),
        review_due=draw(st.booleans()),
    )
