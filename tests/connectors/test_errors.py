"""The errors of the seam: one root, a message for a person, the network's code beside it."""

from datetime import UTC, datetime
from inspect import getmembers, isclass

import pytest

from connectors import errors
from connectors.errors import Ambiguous, ConnectorError, PartlyPublished, RateLimited, Rejected

KINDS = [kind for _, kind in getmembers(errors, isclass) if issubclass(kind, ConnectorError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_error_is_drawn_in_the_tree_at_the_top(kind: type[ConnectorError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind is not ConnectorError], ids=lambda kind: kind.__name__
)
def test_no_error_is_a_special_case_of_another(kind: type[ConnectorError]) -> None:
    assert kind.__bases__ == (ConnectorError,), "the engine tells them apart by type, in any order"


def test_the_message_is_what_a_person_reads() -> None:
    error = Rejected("The text is too long.", code="187")
    assert (str(error), error.message, error.code) == (
        "The text is too long.",
        "The text is too long.",
        "187",
    )


def test_a_rate_limit_knows_its_end() -> None:
    until = datetime(2027, 3, 1, tzinfo=UTC)
    assert RateLimited("Wait.", until=until).until == until


def test_an_ambiguous_outcome_brings_what_a_look_up_needs() -> None:
    assert Ambiguous("Who knows.").trace == {}
    assert Ambiguous("Who knows.", trace={"part.0": "17"}).trace == {"part.0": "17"}


def test_a_thread_that_stands_in_part_names_its_first_post() -> None:
    error = PartlyPublished("Half of it.", remote_id="17", url=None, code="403")
    assert (error.remote_id, error.url, error.code) == ("17", None, "403")
