"""What only a person can say: it is there, it is not there, take it down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import LookupStrength
from domain.states import Delivery
from domain.words import SideWork, SideWorkState
from scheduler.deciding import LONGEST_ID, NothingToDecide
from store.models import Publication, Receipt, SideWorkRow
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan
from tests.support.together import at_once

ADDRESS = "https://scripted.example/1"


@pytest.fixture
def network(network: LivelyNetwork) -> LivelyNetwork:
    """One that cannot be asked, so that every doubt is a person's."""
    network.lookup_strength = LookupStrength.NONE
    return network


def uncertain(
    practice: Practice, network: LivelyNetwork, text: str = "Flu shots are in.", **values: object
) -> Publication:
    network.plans = [Plan.LOST_AFTER]
    publication = practice.published(text, **values)
    assert publication.state is Delivery.UNCERTAIN
    return publication


def partial(practice: Practice, network: LivelyNetwork) -> Publication:
    network.plans = [Plan.TAKE, Plan.REFUSE]
    publication = practice.published("First part.", thread=("Second part.",))
    assert publication.state is Delivery.PARTIAL
    return publication


def side_work(practice: Practice, publication: Publication) -> list[SideWorkRow]:
    with practice.house.database.read() as work:
        return list(work.practice(practice.id).publications.side_work(publication.id))


def receipt(practice: Practice, publication: Publication) -> Receipt | None:
    with practice.house.database.read() as work:
        return work.practice(practice.id).publications.receipt(publication.id)


# ---------------------------------------------------------------- it is there


def test_what_a_person_found_is_published_with_their_word_as_its_proof(
    practice: Practice, network: LivelyNetwork
) -> None:
    doubt = uncertain(practice, network)
    practice.house.deciding.it_is_there(practice.approver, doubt.id, " 42 ", f" {ADDRESS} ")
    after, proof = practice.publication(doubt.id), receipt(practice, doubt)
    assert (after.state, after.remote_id, after.url) == (Delivery.PUBLISHED, "42", ADDRESS)
    assert after.published_at == doubt.last_sent_at
    assert proof is not None
    assert (proof.evidence, proof.remote_id) == ("person", "42")
    assert practice.audited(f"publication:{doubt.id}")[-1] == "resolved_there"
    assert [row.kind for row in side_work(practice, doubt)] == [SideWork.MEASURE]


def test_its_first_comment_follows_where_it_has_one(practice: Practice, network: LivelyNetwork) -> None:
    doubt = uncertain(practice, network, first_comment="Bring your card.")
    practice.house.deciding.it_is_there(practice.approver, doubt.id, "42")
    practice.routine("side work")
    assert network.comments == [("42", "Bring your card.")]


def test_without_its_id_there_is_nothing_to_read_or_take_down(
    practice: Practice, network: LivelyNetwork
) -> None:
    doubt = uncertain(practice, network, first_comment="Bring your card.")
    practice.house.deciding.it_is_there(practice.approver, doubt.id)
    assert practice.publication(doubt.id).state is Delivery.PUBLISHED
    assert side_work(practice, doubt) == []
    with pytest.raises(NothingToDecide, match="by hand"):
        practice.house.deciding.retract(practice.approver, doubt.id, "")


def test_a_post_that_proves_another_publication_proves_no_second_one(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = []
    other = practice.published("Other words.")
    doubt = uncertain(practice, network)
    with pytest.raises(NothingToDecide, match="already proves another"):
        practice.house.deciding.it_is_there(practice.approver, doubt.id, other.remote_id)
    assert practice.publication(doubt.id).state is Delivery.UNCERTAIN


@pytest.mark.parametrize(
    ("remote_id", "url"), [("x" * (LONGEST_ID + 1), ""), ("42", "javascript:alert(1)"), ("42", "https://")]
)
def test_an_id_or_address_that_is_none_is_refused(
    practice: Practice, network: LivelyNetwork, remote_id: str, url: str
) -> None:
    doubt = uncertain(practice, network)
    with pytest.raises(NothingToDecide):
        practice.house.deciding.it_is_there(practice.approver, doubt.id, remote_id, url)
    assert practice.publication(doubt.id).state is Delivery.UNCERTAIN


def test_a_look_up_that_was_under_way_says_nothing_about_what_a_person_decided(
    practice: Practice, network: LivelyNetwork
) -> None:
    doubt = uncertain(practice, network)
    database = practice.house.database
    with database.write() as work:
        work.practice(practice.id).publications.get(doubt.id).run_at = practice.clock.now()
        work.commit()
    with database.write() as work:
        queue = work.server.queue
        (claim,) = queue.claim_asks(["scripted"], 9, "d", work.now(), timedelta(minutes=1))
        work.commit()
    practice.house.deciding.it_is_there(practice.approver, doubt.id, "42")
    assert practice.publication(doubt.id).fence > claim.fence


# ---------------------------------------------------------------- it is not there


def test_what_is_not_there_is_sent_once_more(practice: Practice, network: LivelyNetwork) -> None:
    network.plans = [Plan.LOST_BEFORE]
    doubt = practice.published("Flu shots are in.")
    practice.house.deciding.it_is_not_there(practice.approver, doubt.id)
    assert practice.audited(f"publication:{doubt.id}")[-1] == "resolved_not_there"
    practice.work()
    assert practice.publication(doubt.id).state is Delivery.PUBLISHED
    assert len(network.taken) == 1


def test_what_is_not_there_after_its_signature_ended_is_not_sent(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.LOST_BEFORE]
    doubt = practice.published("Flu shots are in.")
    practice.clock.advance(timedelta(days=2))
    practice.house.deciding.it_is_not_there(practice.approver, doubt.id)
    practice.daemon.sweeper.sweep()
    practice.work()
    assert network.taken == []
    assert "signature has ended" in practice.publication(doubt.id).reason


def test_a_partial_thread_is_finished_from_where_it_stopped(
    practice: Practice, network: LivelyNetwork
) -> None:
    half = partial(practice, network)
    practice.house.deciding.it_is_not_there(practice.approver, half.id)
    practice.work()
    assert practice.publication(half.id).state is Delivery.PUBLISHED
    assert len(network.taken) == 1  # the first part was not sent again


def test_a_partial_thread_may_stay_as_it_is(practice: Practice, network: LivelyNetwork) -> None:
    half = partial(practice, network)
    practice.house.deciding.it_is_there(practice.approver, half.id)
    after = practice.publication(half.id)
    assert (after.state, after.remote_id) == (Delivery.PUBLISHED, f"remote-{half.id}")


@pytest.mark.parametrize("answers", ["there twice", "there and not there"])
def test_two_people_who_answer_at_once_are_not_both_heard(
    practice: Practice, network: LivelyNetwork, answers: str
) -> None:
    doubt = uncertain(practice, network)
    deciding, who = practice.house.deciding, practice.approver
    second = deciding.it_is_there if answers == "there twice" else deciding.it_is_not_there
    ends = at_once(lambda: deciding.it_is_there(who, doubt.id), lambda: second(who, doubt.id))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "NothingToDecide"]


@pytest.mark.parametrize("state", ["scheduled", "published"])
def test_there_is_nothing_to_decide_about_what_is_clear(small_practice: Practice, state: str) -> None:
    publication = small_practice.scheduled() if state == "scheduled" else small_practice.published()
    deciding, who = small_practice.house.deciding, small_practice.approver
    with pytest.raises(NothingToDecide, match=f"is {state}"):
        deciding.it_is_there(who, publication.id)
    with pytest.raises(NothingToDecide, match=f"is {state}"):
        deciding.it_is_not_there(who, publication.id)


def test_a_publication_of_another_practice_is_not_found(
    small_practice: Practice, network: LivelyNetwork
) -> None:
    doubt = uncertain(small_practice, network)
    stranger = replace(small_practice.approver, practice_id="another")
    deciding = small_practice.house.deciding
    for act in (deciding.it_is_there, deciding.it_is_not_there):
        with pytest.raises(NotFound):
            act(stranger, doubt.id)
    with pytest.raises(NotFound):
        deciding.retract(stranger, doubt.id, "")


# ---------------------------------------------------------------- taking down


def test_a_post_is_taken_down_once_and_nothing_more_follows_it(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = practice.published()
    practice.house.deciding.retract(practice.approver, publication.id, " A name stood there. ")
    with pytest.raises(NothingToDecide, match="being taken down already"):
        practice.house.deciding.retract(practice.approver, publication.id, "again")
    practice.routine("side work")
    after = practice.publication(publication.id)
    assert (after.state, after.reason) == (Delivery.RETRACTED, "A name stood there.")
    assert network.retracted == [publication.remote_id]
    states = {row.kind: row.state for row in side_work(practice, publication)}
    assert states == {SideWork.RETRACT: SideWorkState.DONE, SideWork.MEASURE: SideWorkState.CANCELLED}
    assert practice.audited(f"publication:{publication.id}")[-2:] == ["retraction_asked", "retract_done"]
    with pytest.raises(NothingToDecide, match="is retracted"):
        practice.house.deciding.retract(practice.approver, publication.id, "")


def test_a_partial_thread_is_taken_down(practice: Practice, network: LivelyNetwork) -> None:
    half = partial(practice, network)
    practice.house.deciding.retract(practice.approver, half.id, "")
    practice.routine("side work")
    assert practice.publication(half.id).state is Delivery.RETRACTED
    assert network.retracted == [half.remote_id]


def test_a_thread_that_is_being_finished_is_not_taken_down_meanwhile(
    practice: Practice, network: LivelyNetwork
) -> None:
    half = partial(practice, network)
    practice.house.deciding.retract(practice.approver, half.id, "")
    practice.house.deciding.it_is_not_there(practice.approver, half.id)
    practice.routine("side work")
    assert network.retracted == []
    assert practice.publication(half.id).state is Delivery.SCHEDULED


def test_what_a_network_cannot_take_down_is_said_at_once(small_practice: Practice) -> None:
    channel = small_practice.connect("priced")
    publication = small_practice.published(channels=(channel,))
    with pytest.raises(NothingToDecide, match="lets us take nothing down"):
        small_practice.house.deciding.retract(small_practice.approver, publication.id, "")
