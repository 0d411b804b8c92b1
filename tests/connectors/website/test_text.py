"""Plain text becomes paragraphs, headlines and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.providers.website import text
from tests.connectors.website.practice import Page


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("Flu shots are in. Walk in any weekday.", "Flu shots are in."),
        ("Dr. Lee is back. She sees patients again.", "Dr. Lee is back."),
        ("Open until 5 p.m. on Friday. Then closed.", "Open until 5 p.m. on Friday."),
        ("“Are you open?” Yes.", "“Are you open?”"),
        ("A line without an end\nand another", "A line without an end"),
        ("Only words", "Only words"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_found(written: str, headline: str) -> None:
    assert text.first_sentence(written) == headline


def test_a_first_sentence_too_long_for_a_headline_is_cut_between_words() -> None:
    cut = text.first_sentence("Because of the storm " * 20)
    assert cut.endswith((" storm…", " the…", " of…"))
    assert len(cut) <= text.HEADLINE_MAX


def test_what_follows_the_headline_is_left_over() -> None:
    assert text.after_headline("Flu shots are in. Walk in.", "Flu shots are in.") == "Walk in."


def test_a_headline_that_the_text_does_not_open_with_takes_nothing_away() -> None:
    assert text.after_headline("Flu shots are in.", "News") == "Flu shots are in."
    assert text.after_headline("Newsletter", "News") == "Newsletter"


def test_a_headline_with_an_address_stays_in_the_text_so_that_it_can_be_followed() -> None:
    written = "See https://cdc.gov/flu today. Bye."
    assert text.after_headline(written, "See https://cdc.gov/flu today.") == written


def test_markup_in_a_text_is_shown_and_never_obeyed() -> None:
    [paragraph] = text.paragraphs('<script>alert("x")</script> & <b>bold</b>')
    assert paragraph == "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;"


def test_blank_lines_part_paragraphs_and_line_ends_stay() -> None:
    assert text.paragraphs("one\ntwo\n \n\nthree") == ["one<br>\ntwo", "three"]


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("See https://cdc.gov/flu.", "https://cdc.gov/flu"),
        ("(https://cdc.gov/flu)", "https://cdc.gov/flu"),
        ("https://en.example.org/wiki/Flu_(virus), or", "https://en.example.org/wiki/Flu_(virus)"),
        ("Go to HTTPS://CDC.gov/A?b=1&c=2!", "HTTPS://CDC.gov/A?b=1&amp;c=2"),
    ],
)
def test_an_address_becomes_a_link_without_the_punctuation_around_it(line: str, address: str) -> None:
    assert f'<a href="{address}" rel="noopener">{address}</a>' in text.linkified(line)


@pytest.mark.parametrize(
    "line", ["javascript:alert(1)", "#FluSeason", "ask@elm.example", "file:///etc/passwd"]
)
def test_nothing_but_a_web_address_becomes_a_link(line: str) -> None:
    assert "<a" not in text.linkified(line)


@given(st.text())
def test_any_text_gives_whole_tags_and_loses_no_word(written: str) -> None:
    kept = text.clean(written)
    page = Page("".join(f"<p>{paragraph}</p>" for paragraph in text.paragraphs(kept)))
    shown = "".join(words for _, words in page.texts)
    assert "".join(shown.split()) == "".join(kept.split())
    assert {tag for tag, _ in page.tags} <= {"p", "br", "a"}


def test_characters_that_no_feed_may_carry_are_left_out() -> None:
    assert text.clean("a\x00b\x0bc\ud800d\ufffe\r\ne") == "abcd\ne"


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Flu shots are in!", "flu-shots-are-in"),
        ("Frühjahrsmüdigkeit & Großes", "fruhjahrsmudigkeit-grosses"),
        ("Don’t wait", "dont-wait"),
        ("流感疫苗", "post"),
        ("../../etc/passwd", "etc-passwd"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_a_slug_holds_latin_letters_digits_and_hyphens(words: str, slug: str) -> None:
    assert text.slug(words) == slug
    assert len(slug) <= text.SLUG_MAX
