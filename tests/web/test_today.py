"""Today, told by role: what needs a person, what goes out, what came back."""

from datetime import timedelta

from connectors.base import LookupStrength
from domain.words import DecisionKind, HoldScope
from drafting.posts import PostInput
from tests.support.desk import Desk
from tests.support.scripted import Plan


def test_an_uncertain_publication_is_the_alarm_and_the_day_is_not_called_well(on_both: Desk) -> None:
    practice = on_both.practice
    on_both.network.lookup_strength = LookupStrength.NONE
    on_both.network.plans = [Plan.LOST_AFTER]
    publication = practice.scheduled("New physio hours. From Monday at half past seven.")
    on_both.clock.set(publication.due_at)
    practice.work(practice.house.daemon())
    on_both.beat()
    page = on_both.visit(practice.author).get("/today").text
    assert "One publication needs a pair of eyes." in page
    assert "We don’t know if scripted 1 took" in page
    assert "From Monday at half past seven" in page
    assert "All is well" not in page
    assert "A publisher, an approver or an admin decides." in page
    assert "1 post needs a look" in page


def test_an_approver_sees_what_to_sign_and_an_author_does_not(on_both: Desk) -> None:
    practice = on_both.practice
    practice.submit(practice.draft("Five early signs."))
    assert "One post waits for your signature." in on_both.visit(practice.approver).get("/today").text
    authors = on_both.visit(practice.author).get("/today").text
    assert "your signature" not in authors
    assert "Waiting for a signature" in authors
    assert "Five early signs." in authors


def test_nobody_is_asked_to_sign_their_own_words(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("Five early signs.")
    practice.house.drafts.edit(practice.admin, post_id, practice_input(practice.channel_ids[0]))
    practice.house.signoff.submit(practice.author, post_id)
    assert "your signature" not in on_sqlite.visit(practice.admin).get("/today").text
    assert "One post waits" in on_sqlite.visit(practice.approver).get("/today").text


def practice_input(channel_id: str) -> PostInput:
    return PostInput(text="Six early signs.", channels=(channel_id,))


def test_what_came_back_stands_with_the_reviewers_words_until_it_is_taken_up(on_both: Desk) -> None:
    practice = on_both.practice
    post_id = practice.draft("Always see a doctor.")
    practice.submit(post_id)
    practice.decide(practice.approver, post_id, DecisionKind.REQUEST_CHANGES)
    visit = on_both.visit(practice.author)
    page = visit.get("/today").text
    assert "One post came back to you." in page
    assert "“Because of the second line.”" in page
    practice.edit(post_id, "See a doctor after two days.")
    assert "came back" not in visit.get("/today").text


def test_a_failed_post_is_an_alarm_until_its_author_edits_it(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    on_sqlite.network.plans = [Plan.REFUSE]
    publication = practice.scheduled("Flu shots are in.")
    on_sqlite.clock.set(publication.due_at)
    practice.work(practice.house.daemon())
    on_sqlite.beat()
    visit = on_sqlite.visit(practice.author)
    assert "One publication failed." in visit.get("/today").text
    practice.edit(publication.post_id, "Flu shots are in. Come by.")
    assert "All is well" in visit.get("/today").text


def test_under_a_stop_everything_is_said_to_be_stopped(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.scheduled()
    practice.house.stopping.stop(practice.author, HoldScope.PRACTICE, None, "Storm")
    page = on_sqlite.visit(practice.approver).get("/today").text
    assert "Everything is stopped. One post is held." in page
    assert "All is well" not in page


def test_a_calm_day_is_called_so(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.scheduled()
    page = on_sqlite.visit(practice.author).get("/today").text
    assert "All is well. One post goes out today." in page
    assert "Nothing waits for you" in page


def test_the_number_of_queries_does_not_grow_with_the_posts(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.admin)

    def fill(times: int) -> int:
        for number in range(times):
            practice.scheduled(f"Walk in on weekday {number} of {times}.")
            practice.submit(practice.draft(f"Five early signs {number} of {times}."))
            practice.draft(f"Only begun {number} of {times}.", wall=practice.wall(timedelta(days=3)))
        visit.get("/today")
        with on_sqlite.counting() as seen:
            assert visit.get("/today").status_code == 200
        return len(seen.statements)

    assert fill(1) == fill(4)
