from hypothesis import given
from hypothesis import strategies as st

from web.diff import ChangeKind, word_changes

ADDED, REMOVED, SAME = ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.SAME


def told(before: str, after: str) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.text) for change in word_changes(before, after)]


def test_a_replaced_word_is_removed_and_then_added() -> None:
    assert told("in days", "in weeks") == [(SAME, "in"), (REMOVED, "days"), (ADDED, "weeks")]


def test_an_added_sentence_is_one_run_that_begins_at_its_first_word() -> None:
    assert told("Thirsty? Blurred sight?", "Thirsty? More tired? Blurred sight?") == [
        (SAME, "Thirsty?"),
        (ADDED, "More tired?"),
        (SAME, "Blurred sight?"),
    ]


def test_equal_texts_have_no_change() -> None:
    assert told("The same.", "The same.") == [(SAME, "The same.")]
    assert told("", "") == []


TEXTS = st.text(alphabet="ab ?.\n'é", max_size=40)


@given(TEXTS, TEXTS)
def test_the_runs_give_back_both_texts(before: str, after: str) -> None:
    changes = word_changes(before, after)
    assert "".join(c.lead + c.text for c in changes if c.kind is not REMOVED) == after
    assert "".join(c.lead + c.text for c in changes if c.kind is not ADDED) == before
