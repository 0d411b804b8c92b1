"""Review: what waits, and the page on which a person signs exactly what they see."""

import re
from datetime import timedelta

import pytest

from approval.service import STATEMENT
from domain.actor import Actor
from domain.states import Delivery
from domain.words import DecisionKind, Role
from drafting.posts import PostInput
from tests.support.desk import Desk
from web.pages.review import statements


def submitted(desk: Desk, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> str:
    """The id of a submission that waits."""
    return desk.practice.submit(desk.practice.draft(text, **more))


def answer(desk: Desk, submission_id: str) -> dict[str, str]:
    """What the signature's form carries."""
    with desk.practice.house.database.read() as work:
        scope = work.practice(desk.practice.id)
        found = scope.signoffs.submission(submission_id)
        due = scope.posts.get(found.post_id).due_at
    return {"fingerprint": found.fingerprint, "due": due.isoformat() if due else ""}


def state(desk: Desk, post_id: str) -> str:
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).posts.get(post_id).state


def test_the_queue_tells_each_what_waits_for_them(on_both: Desk) -> None:
    submitted(on_both, title="Flu week")
    signer = on_both.visit(on_both.practice.approver).get("/review").text
    assert "One post waits for your signature." in signer
    assert "Read and sign" in signer and "Flu week" in signer
    author = on_both.visit(on_both.practice.author).get("/review").text
    assert "Nothing waits for you." in author
    assert "Flu week" in author and "Read and sign" not in author


def test_what_goes_out_first_stands_first_and_alone_has_the_primary_button(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    submitted(on_sqlite, "Later.", title="Later", wall=practice.wall(timedelta(days=3)))
    submitted(on_sqlite, "Sooner.", title="Sooner", wall=practice.wall(timedelta(days=1)))
    submitted(on_sqlite, "Some day.", title="Some day", wall=None)
    page = on_sqlite.visit(practice.approver).get("/review").text
    assert page.index("<b>Sooner</b>") < page.index("<b>Later</b>") < page.index("<b>Some day</b>")
    assert len(re.findall(r'class="btn pri" href="/review/', page)) == 1


def test_the_number_of_queries_of_the_queue_does_not_grow(on_sqlite: Desk) -> None:
    visit, counts = on_sqlite.visit(on_sqlite.practice.approver), []
    for more in (1, 6):
        for number in range(more):
            submitted(on_sqlite, f"Post {number} of {more}.")
        with on_sqlite.counting() as seen:
            assert visit.get("/review").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]


def test_everything_that_is_signed_is_shown(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    first, second = practice.channel_ids
    own = {second: {"text": "Its own words."}}
    waiting = submitted(
        on_sqlite,
        channels=(first, second),
        overrides=own,
        link="https://harbourlane.example/flu",
        title="Flu week",
    )
    page = on_sqlite.visit(practice.approver).get(f"/review/{waiting}").text
    for words in (
        "Flu shots are in. Walk in any weekday.",
        "Its own words.",
        "https://harbourlane.example/flu",
        "Flu week",
        "Own wording",
        STATEMENT,
        answer(on_sqlite, waiting)["fingerprint"][:4],
    ):
        assert words in page, words


def submission_of(desk: Desk, submission_id: str) -> str:
    """The id of its post."""
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).signoffs.submission(submission_id).post_id


def test_a_signature_books_the_post_and_leads_to_the_next_one(on_both: Desk) -> None:
    practice = on_both.practice
    first = submitted(on_both, "First.", wall=practice.wall(timedelta(days=1)))
    second = submitted(on_both, "Second.", wall=practice.wall(timedelta(days=2)))
    visit = on_both.visit(practice.approver)
    signed = visit.post(f"/review/{first}/approve", answer(on_both, first))
    assert (signed.status_code, signed.headers["location"]) == (303, f"/review/{second}")
    (publication,) = practice.publications(submission_of(on_both, first))
    assert publication.state is Delivery.SCHEDULED
    assert "goes out" in visit.get(f"/review/{second}").text
    last = visit.post(f"/review/{second}/approve", answer(on_both, second))
    assert last.headers["location"] == "/review"


@pytest.mark.parametrize("change", [{"fingerprint": "0" * 64}, {"due": "2027-03-01T00:00:00+00:00"}])
def test_nothing_is_signed_that_was_not_shown(on_sqlite: Desk, change: dict[str, str]) -> None:
    waiting = submitted(on_sqlite)
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    refused = visit.post(f"/review/{waiting}/approve", answer(on_sqlite, waiting) | change)
    assert refused.status_code == 422
    assert state(on_sqlite, submission_of(on_sqlite, waiting)) == "in_review"


def test_nobody_signs_their_own_words(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.house.drafts.create(
        practice.approver, PostInput(text="My own words.", channels=tuple(practice.channel_ids[:1]))
    )
    waiting = practice.house.signoff.submit(practice.approver, post_id).id
    visit = on_sqlite.visit(practice.approver)
    page = visit.get(f"/review/{waiting}").text
    assert "You worked on this post, so somebody else must decide." in page
    assert "Approve and sign" not in page
    refused = visit.post(f"/review/{waiting}/approve", answer(on_sqlite, waiting))
    assert refused.status_code == 422
    assert state(on_sqlite, post_id) == "in_review"


def test_a_reason_is_asked_for_and_typed_words_stay(on_sqlite: Desk) -> None:
    waiting = submitted(on_sqlite)
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    fingerprint = answer(on_sqlite, waiting)["fingerprint"]
    empty = visit.post(f"/review/{waiting}/changes", {"fingerprint": fingerprint, "reason": " "})
    assert empty.status_code == 422
    assert "Say what should change" in empty.text
    stale = {"fingerprint": "0" * 64, "reason": "Please name the nurse line."}
    refused = visit.post(f"/review/{waiting}/reject", stale)
    assert refused.status_code == 422
    assert "Please name the nurse line." in refused.text


@pytest.mark.parametrize(("path", "becomes"), [("changes", "changes_requested"), ("reject", "rejected")])
def test_a_post_goes_back_with_the_reason(on_sqlite: Desk, path: str, becomes: str) -> None:
    practice = on_sqlite.practice
    waiting = submitted(on_sqlite)
    values = {"fingerprint": answer(on_sqlite, waiting)["fingerprint"], "reason": "Name the nurse line."}
    assert on_sqlite.visit(practice.approver).post(f"/review/{waiting}/{path}", values).status_code == 303
    post_id = submission_of(on_sqlite, waiting)
    assert state(on_sqlite, post_id) == becomes
    assert "Name the nurse line." in on_sqlite.visit(practice.author).get(f"/posts/{post_id}").text


def test_what_changed_since_one_looked_stands_first(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("A simple blood test gives an answer within days.")
    practice.submit(post_id)
    practice.decide(practice.approver, post_id, DecisionKind.REQUEST_CHANGES)
    practice.edit(post_id, "A simple blood test gives a clear answer.")
    waiting = practice.submit(post_id)
    page = on_sqlite.visit(practice.approver).get(f"/review/{waiting}").text
    assert "Changed since you looked" in page
    assert "Because of the second line." in page
    assert "within days</del>" in page
    assert "a clear</ins>" in page
    assert "Revision 1 to 2" in page


def test_one_walks_the_queue_by_keys(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    ids = [submitted(on_sqlite, f"Post {n}.", wall=practice.wall(timedelta(days=n))) for n in (1, 2, 3)]
    page = on_sqlite.visit(practice.approver).get(f"/review/{ids[1]}").text
    assert "2 of 3" in page
    assert re.search(rf'href="/review/{ids[0]}"[^>]*aria-keyshortcuts="K"', page)
    assert re.search(rf'href="/review/{ids[2]}"[^>]*aria-keyshortcuts="J"', page)


def test_what_was_decided_meanwhile_leads_to_the_post(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    waiting = submitted(on_sqlite)
    post_id = submission_of(on_sqlite, waiting)
    form = answer(on_sqlite, waiting)
    practice.decide(practice.approver, post_id)
    visit = on_sqlite.visit(practice.approver)
    assert visit.get(f"/review/{waiting}").headers["location"] == f"/posts/{post_id}"
    assert visit.post(f"/review/{waiting}/approve", form).headers["location"] == f"/posts/{post_id}"


def test_an_answer_that_is_none_is_not_there(on_sqlite: Desk) -> None:
    waiting = submitted(on_sqlite)
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    assert visit.get(f"/review/{waiting}/shrug").status_code == 404
    assert visit.post(f"/review/{waiting}/shrug", answer(on_sqlite, waiting)).status_code == 404
    assert visit.get("/review/01M82RN8ABCDEFGHJKMNPQRSTV").status_code == 404


def test_who_may_not_sign_reads_why(on_sqlite: Desk) -> None:
    house, admin = on_sqlite.practice.house, on_sqlite.practice.admin
    row = house.members.add(
        admin, name="Pia Publisher", email="pia@harbourlane.example", roles=frozenset({Role.PUBLISHER})
    )
    publisher = Actor(row.id, admin.practice_id, row.name, frozenset({Role.PUBLISHER}), "password")
    page = on_sqlite.visit(publisher).get(f"/review/{submitted(on_sqlite)}").text
    assert "Only somebody with the role approver may decide" in page
    assert "Approve and sign" not in page


def test_the_lines_of_the_signature_are_its_own_words() -> None:
    letters = re.sub(r"\W|and", "", STATEMENT).casefold()
    assert re.sub(r"\W|and", "", "".join(statements())).casefold() == letters
