"""Lengths and links as X counts them."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.providers.x.counting import has_invalid_characters, links, weigh
from connectors.providers.x.prices import price
from domain.content import AssetRef, Content

SAMPLES = [
    "Flu",
    "example.com",
    "https://example.com/a?b=c&d=e#f",
    "(see",
    "https://example.org/x_(y)).",
    "a.b@example.com",
    "日本語example.com日本",
    "👨‍👩‍👧‍👦",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿!",
    "cafe\u0301",
    "$ABC",
    "#flu…",
    "\u200d",
]


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("a" * 280, 280),
        ("ü" * 280, 280),
        ("日" * 140, 280),
        ("日" * 141, 282),
        ("“quoted” — and so on…", 22),
        ("€5", 3),
        ("line\nline", 9),
        ("line\r\nline", 9),
        ("e\u0301", 1),
        ("😷", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("https://example.com/" + "a" * 200, 23),
        ("Book at example.com today", 8 + 23 + 6),
        ("new.ai", 23),
        ("http://localhost/x", 18),
        ("office@example.com", 18),
        ("ends.Without a space", 20),
    ],
)
def test_a_text_weighs_what_x_says(text: str, weight: int) -> None:
    assert weigh(text) == weight


@given(st.lists(st.sampled_from([*SAMPLES, " ", "\n", "\u3000", "\r\n"]), max_size=12).map(" ".join))
def test_word_by_word_gives_what_the_whole_text_gives(text: str) -> None:
    whole = sys.modules["twitter_text"].parse_tweet(text)
    assert weigh(text) == whole.weightedLength


HOSTILE = ["a." * 5_000, "a-" * 20_000, "http://" * 2_000, "(" * 30_000, "a.b/" * 5_000]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:7])
def test_a_hostile_text_is_still_counted(text: str) -> None:
    assert weigh(text) >= 23


def test_links_are_found_where_x_makes_them() -> None:
    text = "See example.com, https://example.org/a?b=c. Not office@example.com or localhost."
    assert links(text) == ["example.com", "https://example.org/a?b=c"]


@pytest.mark.parametrize("character", ["\ufffe", "\ufeff", "\uffff"])
def test_a_character_that_x_refuses_is_seen(character: str) -> None:
    assert has_invalid_characters(f"Flu{character}shot")
    assert not has_invalid_characters("Flu shot")


def test_the_stand_in_for_a_retired_module_does_not_stay() -> None:
    module = sys.modules.get("pkg_resources")
    assert module is None or hasattr(module, "working_set")  # gone, or the real one


def picture(alt_text: str = "") -> AssetRef:
    return AssetRef(digest="0" * 64, media_type="image/png", alt_text=alt_text)


@pytest.mark.parametrize(
    ("content", "micros"),
    [
        (Content(text="Flu shots are here"), 15_000),
        (Content(text="Book at example.com"), 200_000),
        (Content(text="Book now", link="https://example.com/book"), 200_000),
        (Content(text="Write to office@example.com"), 15_000),
        (Content(text="One", thread=("two", "three at example.org")), 15_000 + 15_000 + 200_000),
        (Content(text="Look", assets=(picture("A nurse"), picture())), 15_000 + 5_000),
    ],
)
def test_a_post_costs_what_the_price_list_says(content: Content, micros: int) -> None:
    assert (price(content).micros, price(content).currency) == (micros, "USD")
