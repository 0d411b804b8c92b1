"""The first sentences of Today are made of facts, and never calmer than the facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.verdict import Facts, verdict

count = st.integers(0, 30)
facts_of_a_day = st.builds(
    Facts,
    silent=st.booleans(),
    late=count,
    uncertain=count,
    failed=count,
    expired=count,
    held=count,
    stopped=st.booleans(),
    to_sign=count,
    came_back=count,
    reconnect=st.lists(st.sampled_from(["Facebook", "X"]), unique=True, max_size=2).map(tuple),
    promotions=count,
    going_out=count,
    connected=st.booleans(),
    posts=st.booleans(),
)


@given(facts_of_a_day)
def test_it_is_never_calm_while_something_is_wrong(facts: Facts) -> None:
    said = verdict(facts)
    calm = "All is well" in said or "ready" in said or "first channel" in said
    assert not (calm and facts.troubled)


@given(facts_of_a_day)
def test_it_names_something_wrong_first_when_there_is_any(facts: Facts) -> None:
    words = ("no sign", "is stopped", "pair of eyes", "failed", "late", "held", "missed the time")
    first = verdict(facts).split(". ")[0]
    assert any(word in first for word in words) == facts.troubled


@given(facts_of_a_day)
def test_it_stays_a_headline(facts: Facts) -> None:
    assert 1 <= verdict(facts).count(".") <= 3


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            Facts(uncertain=1, to_sign=3),
            "One publication needs a pair of eyes. Three posts wait for your signature.",
        ),
        (Facts(stopped=True, held=14), "Everything is stopped. 14 posts are held."),
        (Facts(reconnect=("Facebook",)), "Facebook needs you again."),
        (
            Facts(reconnect=("Facebook", "X"), came_back=1),
            "Two channels need you again. One post came back to you.",
        ),
        (Facts(going_out=4), "All is well. Four posts go out today."),
        (Facts(), "All is well. Nothing more goes out today."),
        (Facts(posts=False), "Everything is ready for a first post."),
        (Facts(connected=False, posts=False), "Connect a first channel, and you can plan a first post."),
    ],
)
def test_it_says(facts: Facts, said: str) -> None:
    assert verdict(facts) == said
