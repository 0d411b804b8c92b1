"""The two state tables, exhaustively."""

from itertools import product

import pytest

from domain.states import (
    DELIVERY_MOVES,
    EDITORIAL_MOVES,
    IN_FLIGHT,
    NAMED_OUTCOMES,
    STILL_OURS,
    Delivery,
    Editorial,
    IllegalMove,
    move_delivery,
    move_editorial,
)


@pytest.mark.parametrize(("before", "after"), list(product(Editorial, Editorial)))
def test_every_editorial_move_is_either_in_the_table_or_refused(before: Editorial, after: Editorial) -> None:
    if after in EDITORIAL_MOVES[before]:
        assert move_editorial(before, after) is after
    else:
        with pytest.raises(IllegalMove):
            move_editorial(before, after)


@pytest.mark.parametrize(("before", "after"), list(product(Delivery, Delivery)))
def test_every_delivery_move_is_either_in_the_table_or_refused(before: Delivery, after: Delivery) -> None:
    if after in DELIVERY_MOVES[before]:
        assert move_delivery(before, after) is after
    else:
        with pytest.raises(IllegalMove):
            move_delivery(before, after)


def test_approval_is_reached_from_review_alone() -> None:
    assert [state for state in Editorial if Editorial.APPROVED in EDITORIAL_MOVES[state]] == [
        Editorial.IN_REVIEW
    ]


def test_review_is_reached_from_a_draft_alone() -> None:
    assert [state for state in Editorial if Editorial.IN_REVIEW in EDITORIAL_MOVES[state]] == [
        Editorial.DRAFT
    ]


@pytest.mark.parametrize("state", Editorial)
def test_an_edit_leads_back_to_draft_from_everywhere(state: Editorial) -> None:
    assert Editorial.DRAFT in EDITORIAL_MOVES[state]


def test_a_send_begins_from_scheduled_alone() -> None:
    assert [state for state in Delivery if Delivery.DISPATCHING in DELIVERY_MOVES[state]] == [
        Delivery.SCHEDULED
    ]


def test_nothing_leads_from_published_back_to_a_send() -> None:
    reached: set[Delivery] = set()
    waiting = [Delivery.PUBLISHED]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [after for after in DELIVERY_MOVES[state] if after not in reached]
    assert reached == {Delivery.PUBLISHED, Delivery.RETRACTED}


@pytest.mark.parametrize("state", Delivery)
def test_every_delivery_state_can_end_in_a_named_outcome(state: Delivery) -> None:
    reached: set[Delivery] = set()
    waiting = [state]
    while waiting:
        current = waiting.pop()
        reached.add(current)
        waiting += [after for after in DELIVERY_MOVES[current] if after not in reached]
    assert reached & NAMED_OUTCOMES


def test_in_flight_ours_and_finished_share_nothing_and_leave_nothing_out() -> None:
    groups = (IN_FLIGHT, STILL_OURS, NAMED_OUTCOMES)
    assert sum(len(group) for group in groups) == len(Delivery)
    assert frozenset().union(*groups) == frozenset(Delivery)


@pytest.mark.parametrize("state", sorted(IN_FLIGHT))
def test_what_is_in_flight_is_not_simply_cancelled_while_the_call_is_out(state: Delivery) -> None:
    if state is not Delivery.UNCERTAIN:  # of which a person may say that it is not wanted any more
        assert Delivery.CANCELLED not in DELIVERY_MOVES[state]
