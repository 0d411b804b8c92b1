"""One post and one publication: what happens next, and what became of it."""

import re
from datetime import timedelta

import pytest

from connectors.base import LookupStrength
from domain.states import Delivery
from domain.words import DecisionKind
from store.models import Publication
from tests.support.desk import Desk
from tests.support.scripted import Plan


def uncertain(desk: Desk) -> Publication:
    """A post of which nobody knows whether it went out."""
    desk.network.plans.append(Plan.LOST_BEFORE)
    desk.network.lookup_strength = LookupStrength.NONE
    return desk.practice.published("New physio hours from Monday.", title="New physio hours")


def test_a_post_tells_its_whole_life(on_both: Desk) -> None:
    practice = on_both.practice
    post_id = practice.draft("Old words.", title="Flu week")
    practice.submit(post_id)
    practice.decide(practice.approver, post_id, DecisionKind.REQUEST_CHANGES)
    on_both.clock.advance(timedelta(minutes=1))
    practice.edit(post_id, "New words.")
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    practice.house.scheduling.book_approved()
    on_both.clock.advance(timedelta(hours=1))
    practice.work()
    page = on_both.visit(practice.author).get(f"/posts/{post_id}").text
    story = re.findall(r"<p><b>(.*?)</b>", page[page.index('id="life"') :])
    assert story == [
        "Sent, and it stands",
        "Put it in the calendar",
        "Everybody needed has signed",
        "Approved and signed revision 2",
        "Submitted revision 2 for sign-off",
        "Saved revision 2",
        "Asked for changes",
        "Submitted revision 1 for sign-off",
        "Saved revision 1",
    ]
    assert "It stands on scripted 1 since" in page
    assert "https://scripted.example/" in page


def test_the_number_of_queries_does_not_grow_with_a_posts_life(on_sqlite: Desk) -> None:
    practice, visit = on_sqlite.practice, on_sqlite.visit(on_sqlite.practice.author)
    post_id, counts = practice.draft("Words."), []
    for more in (1, 6):
        for number in range(more):
            practice.edit(post_id, f"Words {number} of {more}.")
        practice.submit(post_id)
        with on_sqlite.counting() as seen:
            assert visit.get(f"/posts/{post_id}").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]


def test_what_happens_next_is_said_with_person_day_and_minute(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.author)
    post_id = practice.draft(wall="2027-03-04T09:30")

    def said() -> str:
        page = visit.get(f"/posts/{post_id}").text
        return page.partition('class="verdict sm">')[2].partition("</p>")[0]

    assert said() == "This is a draft for Thu 4 Mar, 09:30. Submit it, so that it is signed in time."
    practice.submit(post_id)
    assert "It waits for Amara Osei" in said()
    practice.decide(practice.approver, post_id)
    practice.house.scheduling.book_approved()
    assert said() == "Goes out Thu 4 Mar, 09:30 on scripted 1."


def test_only_what_this_person_may_do_is_offered(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.scheduled()
    path = f"/posts/{publication.post_id}"
    author = on_sqlite.visit(practice.author).get(path).text
    assert f"{path}/edit" in author and f"{path}/withdraw" in author
    assert f"/publications/{publication.id}/cancel" not in author
    publisher = on_sqlite.visit(practice.approver).get(path).text
    assert f"/publications/{publication.id}/cancel" in publisher


def test_a_published_post_can_no_longer_be_edited_or_withdrawn(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.published()
    visit = on_sqlite.visit(practice.author)
    page = visit.get(f"/posts/{publication.post_id}").text
    assert "/edit" not in page and "/withdraw" not in page
    refused = visit.post(f"/posts/{publication.post_id}/withdraw", {"reason": "Oh no."})
    assert refused.status_code == 422
    assert "Oh no." in refused.text


def test_a_post_is_withdrawn_with_a_reason(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.scheduled()
    visit = on_sqlite.visit(practice.author)
    assert "It leaves the calendar" in visit.part(f"/posts/{publication.post_id}/withdraw").text
    values = {"reason": "The nurse is away.", "back": f"/posts/{publication.post_id}"}
    answer = visit.post(f"/posts/{publication.post_id}/withdraw", values)
    assert answer.headers["location"] == f"/posts/{publication.post_id}"
    assert practice.publication(publication.id).state is Delivery.CANCELLED
    assert "The nurse is away." in visit.get(f"/posts/{publication.post_id}").text


def test_a_signed_post_without_a_time_goes_out_at_once_when_it_is_told_to(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("Snow: we close at noon.", wall=None)
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    visit = on_sqlite.visit(practice.approver)
    assert "Publish now" in visit.get(f"/posts/{post_id}").text
    assert visit.post(f"/posts/{post_id}/publish", {"back": f"/posts/{post_id}"}).status_code == 303
    practice.work()
    assert [row.state for row in practice.publications(post_id)] == [Delivery.PUBLISHED]
    assert visit.post(f"/posts/{post_id}/publish").status_code == 422


def test_a_post_that_is_not_there_is_said_so(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    for path in ("/posts/nothing", "/publications/nothing", "/posts/nothing/move"):
        assert visit.get(path).status_code == 404


# ---------------------------------------------------------------- publications


def test_an_unknown_outcome_shows_what_was_sent_and_two_equal_answers(on_both: Desk) -> None:
    publication = uncertain(on_both)
    page = on_both.visit(on_both.practice.approver).get(f"/publications/{publication.id}").text
    assert "We don’t know if scripted 1 took “New physio hours”" in page
    assert "New physio hours from Monday." in page
    answers = re.findall(r'class="(btn[^"]*)" href="/publications/\w+/((?:not-)?there)"', page)
    assert answers == [("btn", "there"), ("btn", "not-there")]


def test_a_person_who_found_it_marks_it_published(on_sqlite: Desk) -> None:
    publication = uncertain(on_sqlite)
    path = f"/publications/{publication.id}"
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    answer = visit.post(f"{path}/there", {"url": "https://scripted.example/77", "back": path})
    assert answer.headers["location"] == path
    page = visit.get(path).text
    assert "a person who looked" in page
    assert 'href="https://scripted.example/77"' in page
    assert on_sqlite.network.taken == []


def test_a_person_who_did_not_find_it_has_it_sent_once_more(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = uncertain(on_sqlite)
    visit = on_sqlite.visit(practice.approver)
    asked = visit.part(f"/publications/{publication.id}/not-there").text
    assert "it will stand there twice" in asked
    assert visit.post(f"/publications/{publication.id}/not-there", {"back": "/today"}).status_code == 303
    practice.work()
    assert practice.publication(publication.id).state is Delivery.PUBLISHED
    assert len(on_sqlite.network.taken) == 1


def test_who_may_not_answer_reads_who_may(on_sqlite: Desk) -> None:
    publication = uncertain(on_sqlite)
    visit = on_sqlite.visit(on_sqlite.practice.author)
    page = visit.get(f"/publications/{publication.id}").text
    assert "A publisher, an approver or an admin can answer this." in page
    assert visit.post(f"/publications/{publication.id}/there").status_code == 403


@pytest.mark.parametrize("answer", ["there", "not-there", "retract"])
def test_a_question_that_does_not_stand_is_refused_with_its_state(on_sqlite: Desk, answer: str) -> None:
    publication = on_sqlite.practice.scheduled()
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    refused = visit.post(f"/publications/{publication.id}/{answer}", {"reason": "Because."})
    assert refused.status_code == 422
    assert "This publication is scheduled" in refused.text


def test_one_channel_is_cancelled_and_the_others_keep_their_time(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    first = practice.scheduled(channels=tuple(practice.channel_ids))
    visit = on_sqlite.visit(practice.approver)
    values = {"reason": "Not there.", "back": f"/posts/{first.post_id}"}
    assert visit.post(f"/publications/{first.id}/cancel", values).status_code == 303
    states = {row.id == first.id: row.state for row in practice.publications(first.post_id)}
    assert states == {True: Delivery.CANCELLED, False: Delivery.SCHEDULED}


def test_a_way_back_never_leads_to_another_site(on_sqlite: Desk) -> None:
    publication = on_sqlite.practice.scheduled()
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    values = {"back": "https://elsewhere.example/", "reason": "No."}
    answer = visit.post(f"/publications/{publication.id}/cancel", values)
    assert answer.headers["location"] == "/today"


def test_what_was_refused_is_sent_again_on_a_persons_word(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    on_sqlite.network.plans.append(Plan.REFUSE)
    refused = practice.published("Flu shots are in.")
    assert refused.state is Delivery.FAILED
    visit = on_sqlite.visit(practice.approver)
    page = visit.get(f"/posts/{refused.post_id}").text
    assert "It failed on scripted 1. Scripted refuses this." in page
    assert f"/publications/{refused.id}/again" in page
    assert visit.post(f"/publications/{refused.id}/again", {"back": "/today"}).status_code == 303
    practice.work()
    assert practice.publication(refused.id).state is Delivery.PUBLISHED
    assert "Had it sent once more" in visit.get(f"/posts/{refused.post_id}").text


def test_what_stands_is_copied_to_say_something_new(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.published("Flu shots are in.", labels=("flu",))
    visit = on_sqlite.visit(practice.author)
    assert f"/posts/new?copy={publication.post_id}" in visit.get(f"/posts/{publication.post_id}").text
    copy = visit.get(f"/posts/new?copy={publication.post_id}").text
    assert "Flu shots are in.</textarea>" in copy
    assert 'value="flu"' in copy
    assert re.search(r'type="date" value=""', copy)
    assert 'action="/posts/new"' in copy
