import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from domain.words import Finding, Severity, Span
from web.marks import mark_findings, number_findings

TEXT = "Mrs. Keane was <cured> in four days"


def found(severity: Severity, words: str, field: str = "text") -> Finding:
    start = TEXT.index(words)
    span = Span(field=field, start=start, end=start + len(words))
    return Finding(rule="X-1", pack="base@1", severity=severity, message="Why.", remedy="How.", span=span)


def test_what_blocks_is_numbered_first_and_notes_have_no_number() -> None:
    given = [found(Severity.NOTE, "four"), found(Severity.WARN, "cured"), found(Severity.BLOCK, "Keane")]
    numbered = number_findings(given)
    assert [(item.finding.severity, item.number) for item in numbered] == [
        (Severity.BLOCK, 1),
        (Severity.WARN, 2),
        (Severity.NOTE, None),
    ]
    assert len({item.card for item in numbered}) == 3


def test_a_mark_stands_at_the_very_words_and_names_its_card() -> None:
    marked = mark_findings(TEXT, "text", number_findings([found(Severity.BLOCK, "Keane")]))
    assert '<mark class="f block" aria-describedby="f1">Keane</mark><span class="no block">1</span>' in marked


def test_the_words_are_escaped_inside_and_outside_of_marks() -> None:
    marked = mark_findings(TEXT, "text", number_findings([found(Severity.WARN, "<cured>")]))
    assert ">&lt;cured&gt;</mark>" in marked
    assert "<cured>" not in marked


def test_only_findings_of_this_field_are_marked() -> None:
    numbered = number_findings([found(Severity.WARN, "cured", field="first_comment")])
    assert "<mark" not in mark_findings(TEXT, "text", numbered)


def test_an_overlap_gives_way_to_the_earlier_mark() -> None:
    numbered = number_findings([found(Severity.WARN, "Mrs. Keane was"), found(Severity.WARN, "Keane was <c")])
    marked = mark_findings(TEXT, "text", numbered)
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", marked) == ["Mrs. Keane was", " &lt;c"]


SPANS = st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT) + 5)), max_size=6)


@given(SPANS)
def test_marking_never_changes_the_words(spans: list[tuple[int, int]]) -> None:
    findings = [
        Finding(
            rule="X-1",
            pack="base@1",
            severity=Severity.WARN,
            message="Why.",
            remedy="How.",
            span=Span(field="text", start=start, end=end),
        )
        for start, end in spans
    ]
    marked = mark_findings(TEXT, "text", number_findings(findings))
    plain = re.sub(r'<span class="no warn">\d+</span>', "", marked)
    assert Markup(plain).striptags() == TEXT
