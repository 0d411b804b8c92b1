"""The same words again, and links that tell too much or travel open."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from approval.rules.base import Hit, RecentPost
from domain.content import Content
from domain.words import Span
from tests.approval.practice import NOW

Hits = Callable[..., list[Hit]]
Marked = Callable[..., list[str]]

SAID = "Flu shots are here: walk in any weekday!"


def recent(text: str, days: int = 3, post_id: str = "p0") -> tuple[RecentPost, ...]:
    return (RecentPost(post_id=post_id, text=text, at=NOW - timedelta(days=days)),)


@pytest.mark.parametrize(
    "before",
    [
        SAID,
        SAID.upper(),
        "Flu shots are here – walk in any weekday",
        "Flu shots are here: walk in any weekday! https://a.example/1",
        "Ｆｌｕ shots are here: walk in any weekday!",
    ],
)
def test_the_same_words_are_recognised_whatever_their_dress(hits: Hits, before: str) -> None:
    [hit] = hits("RPT-01", SAID, recent=recent(before))
    assert "21 November 2026" in hit.message


def test_other_words_are_no_repeat(hits: Hits) -> None:
    assert hits("RPT-01", SAID, recent=recent("Flu shots are gone: walk in any weekday!")) == []


def test_the_window_comes_from_the_pack(hits: Hits) -> None:
    assert hits("RPT-01", SAID, recent=recent(SAID, days=31), window_days=30) == []
    assert len(hits("RPT-01", SAID, recent=recent(SAID, days=30), window_days=30)) == 1


def test_what_is_due_later_counts_as_said(hits: Hits) -> None:
    assert len(hits("RPT-01", SAID, recent=recent(SAID, days=-5))) == 1


def test_a_post_does_not_repeat_itself(hits: Hits) -> None:
    assert hits("RPT-01", SAID, recent=recent(SAID, post_id="p1")) == []


def test_pictures_without_words_are_no_repeat(hits: Hits) -> None:
    assert hits("RPT-01", "", recent=recent("")) == []


@pytest.mark.parametrize(
    "link",
    [
        "http://a.example",
        "ftp://a.example",
        "a.example/page",
        "https://",
        "javascript:alert(1)",
        "//a.example",
    ],
)
def test_a_link_that_is_not_https_is_pointed_out(hits: Hits, link: str) -> None:
    [hit] = hits("LNK-02", Content(text="a", link=link))
    assert hit.span == Span(field="link", end=len(link))


def test_an_https_link_passes(hits: Hits) -> None:
    assert hits("LNK-02", Content(text="a", link="https://a.example/page?x=1")) == []


def test_an_open_link_inside_the_text_is_marked_without_the_full_stop(marked: Marked) -> None:
    text = "Read http://a.example/page. And https://b.example, a.example/x."
    assert marked("LNK-04", text) == ["http://a.example/page"]


@pytest.mark.parametrize(
    "link",
    [
        "https://forms.example/intake?dob=2019-04-02&lang=en",
        "https://forms.example/intake?First_Name=Isla",
        "https://forms.example/#patient-id=88213",
        "https://forms.example/?to=isla@mail.example",
        "https://portal.example/?token=abc",
        "https://user:pass@portal.example/",
    ],
)
def test_a_link_that_carries_a_person_or_a_key_is_found_in_field_and_text(hits: Hits, link: str) -> None:
    assert len(hits("LNK-01", Content(text="a", link=link))) == 1
    assert len(hits("LNK-01", f"Your form: {link}")) == 1


@pytest.mark.parametrize(
    "link",
    ["https://a.example/?utm_source=x&utm_campaign=flu", "https://a.example/?page=2#hours", "https://[bad"],
)
def test_a_plain_query_passes_and_a_broken_link_does_not(hits: Hits, link: str) -> None:
    assert len(hits("LNK-01", Content(text="a", link=link))) == (1 if "[" in link else 0)
