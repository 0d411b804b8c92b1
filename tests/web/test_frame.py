from datetime import UTC, datetime, timedelta

import pytest

from web.frame import MENU, Frame, Heartbeat, Person, Pulse, menu

NOW = datetime(2026, 11, 10, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "arc"), [(18, 0.7), (0, 1.0), (-5, 1.0), (60, 0.0), (600, 0.0)])
def test_the_arc_fills_in_the_last_hour_before_a_publication(minutes: int, arc: float) -> None:
    beat = Heartbeat(Pulse.ON_TIME, next_at=NOW + timedelta(minutes=minutes))
    assert beat.arc(NOW) == pytest.approx(arc)


def test_the_arc_is_empty_when_nothing_is_planned() -> None:
    assert Heartbeat(Pulse.ON_TIME).arc(NOW) == 0


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Dr. Amara Osei", "AO"), ("Maya Lindqvist", "ML"), ("Cher", "C"), ("J. van der Berg", "JB"), ("", "?")],
)
def test_initials_are_of_the_first_and_last_name(name: str, initials: str) -> None:
    assert Person(name).initials == initials


def test_one_name_always_has_the_same_tint() -> None:
    assert Person("Maya Lindqvist").tint == Person("Maya Lindqvist").tint
    assert {Person(name).tint for name in "abcdefgh"} == set("abcd")


def test_the_menu_holds_only_what_is_allowed() -> None:
    groups = menu({"today", "review"})
    assert [item.key for group in groups for item in group.items] == ["today", "review"]


def test_no_two_pages_share_a_key_an_address_or_a_letter() -> None:
    items = [item for group in MENU for item in group.items]
    for facts in ([i.key for i in items], [i.href for i in items], [i.go for i in items if i.go]):
        assert len(facts) == len(set(facts))


def test_the_tab_bar_follows_its_own_order_and_counts_what_it_hides() -> None:
    frame = Frame("P", Person("A B"), Heartbeat(Pulse.ON_TIME), waiting={"review": 3, "briefs": 2})
    assert [item.key for item in frame.tabs] == ["today", "calendar", "review", "inbox"]
    assert frame.waiting_beyond_tabs == 2
