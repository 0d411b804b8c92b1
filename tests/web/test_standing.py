"""How a post stands, in one state."""

from itertools import permutations

import pytest

from domain.states import Delivery, Editorial
from web.standing import Weight, standing, weight


@pytest.mark.parametrize("state", [state for state in Editorial if state is not Editorial.APPROVED])
def test_until_it_is_signed_what_people_think_is_shown(state: Editorial) -> None:
    assert standing(state, [Delivery.PUBLISHED, Delivery.FAILED]) is state


def test_a_signed_post_without_publications_is_approved() -> None:
    assert standing(Editorial.APPROVED, []) is Editorial.APPROVED


def test_of_several_publications_the_one_that_needs_a_person_is_shown() -> None:
    states = [Delivery.PUBLISHED, Delivery.SCHEDULED, Delivery.UNCERTAIN]
    assert {standing(Editorial.APPROVED, order) for order in permutations(states)} == {Delivery.UNCERTAIN}


@pytest.mark.parametrize("state", Delivery)
def test_every_state_of_delivery_can_be_shown(state: Delivery) -> None:
    assert standing(Editorial.APPROVED, [state, state]) is state


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Editorial.DRAFT, Weight.DRAFT),
        (Delivery.SCHEDULED, Weight.PLANNED),
        (Delivery.PUBLISHED, Weight.OVER),
        (Delivery.UNCERTAIN, Weight.NEEDS),
        (Editorial.CHANGES_REQUESTED, Weight.NEEDS),
    ],
)
def test_done_recedes_and_what_needs_a_person_is_filled(
    state: Editorial | Delivery, expected: Weight
) -> None:
    assert weight(state) is expected
