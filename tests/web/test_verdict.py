"""The first sentences of Today are made of facts, and never calmer than the facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.verdict import Standing, verdict

count = st.integers(0, 30)
standings = st.builds(
    Standing,
    silent=st.booleans(),
    late=count,
    uncertain=count,
    failed=count,
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


@given(standings)
def test_it_is_never_calm_while_something_is_wrong(standing: Standing) -> None:
    said = verdict(standing)
    calm = "All is well" in said or "ready" in said or "first channel" in said
    assert not (calm and standing.troubled)


@given(standings)
def test_it_names_something_wrong_first_when_there_is_any(standing: Standing) -> None:
    words = ("no sign", "is stopped", "pair of eyes", "failed", "late", "held")
    first = verdict(standing).split(". ")[0]
    assert any(word in first for word in words) == standing.troubled


@given(standings)
def test_it_stays_a_headline(standing: Standing) -> None:
    assert 1 <= verdict(standing).count(".") <= 3


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (
            Standing(uncertain=1, to_sign=3),
            "One publication needs a pair of eyes. Three posts wait for your signature.",
        ),
        (Standing(stopped=True, held=14), "Everything is stopped. 14 posts are held."),
        (Standing(reconnect=("Facebook",)), "Facebook needs you again."),
        (
            Standing(reconnect=("Facebook", "X"), came_back=1),
            "Two channels need you again. One post came back to you.",
        ),
        (Standing(going_out=4), "All is well. Four posts go out today."),
        (Standing(), "All is well. Nothing more goes out today."),
        (Standing(posts=False), "Everything is ready for a first post."),
        (Standing(connected=False, posts=False), "Connect a first channel, and you can plan a first post."),
    ],
)
def test_it_says(standing: Standing, said: str) -> None:
    assert verdict(standing) == said
