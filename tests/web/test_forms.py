"""Forms keep what was typed and say what is wrong in plain words."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints

from domain.actor import NotAllowed
from domain.refusal import Refusal
from domain.words import Role
from people.fields import BadField
from people.secrets import WeakPassword
from store.repository import NotFound
from web.pages.forms import EMPTY, Form, Unfit


class Order(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5)]
    count: Annotated[int, Field(ge=1, le=9)] = 1
    size: Literal["small", "large"] = "small"
    roles: frozenset[Role] = frozenset()


def typed(**values: str | tuple[str, ...]) -> Form:
    return Form({name: value if isinstance(value, tuple) else (value,) for name, value in values.items()})


def test_a_list_gets_every_value_and_a_single_field_the_last() -> None:
    order = typed(name=("no", " yes "), roles=("author", "admin"), count="3", unknown="x").parse(Order)
    assert order == Order(name="yes", count=3, roles=frozenset({Role.AUTHOR, Role.ADMIN}))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "  ", "This is empty. Fill it in."),
        ("name", "too long", "This is too long. Use at most 5 characters."),
        ("count", "0", "This is too small. Use 1 or more."),
        ("count", "10", "This is too large. Use 9 or less."),
        ("count", "many", "Write a number here."),
        ("size", "huge", "This is none of the choices. Choose small or large."),
    ],
)
def test_each_field_says_what_works(field: str, value: str, said: str) -> None:
    with pytest.raises(Unfit) as refused:
        typed(**{"name": "Ada", field: value}).parse(Order)
    assert refused.value.problems == {field: said}


def test_a_missing_field_is_an_empty_one() -> None:
    with pytest.raises(Unfit) as refused:
        typed(count="2").parse(Order)
    assert refused.value.problems == {"name": "This is empty. Fill it in."}


@pytest.mark.parametrize(
    ("refusal", "field"),
    [
        (BadField("email", "Not an address."), "email"),
        (WeakPassword("Too short."), "password"),
        (Refusal("Not today."), ""),
    ],
)
def test_a_service_that_refuses_is_heard_beside_the_field(refusal: Refusal, field: str) -> None:
    form = typed(email="tom").refused(refusal)
    assert form.problem(field) == str(refusal)
    assert form.value("email") == "tom"


@pytest.mark.parametrize("refusal", [NotAllowed("Not yours."), NotFound("post", "7")])
def test_whoever_may_not_do_it_at_all_gets_no_form_back(refusal: Refusal) -> None:
    with pytest.raises(type(refusal)):
        EMPTY.refused(refusal)


def test_what_was_emptied_stays_empty() -> None:
    assert EMPTY.value("name", "as it was") == "as it was"
    assert typed(name="").value("name", "as it was") == ""
    assert typed(other="x").value("name", "as it was") == ""


def test_what_was_typed_shows_in_no_repr() -> None:
    assert "secret" not in repr(typed(password="secret"))
