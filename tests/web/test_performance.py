"""Performance: what worked, how sure we are, and what to lift once more."""

from datetime import timedelta

from domain.ids import new_id
from domain.words import PromotionMode, PromotionState
from store.models import MetricSnapshot, Promotion, Publication
from tests.support.desk import Desk


def read(
    desk: Desk, publication: Publication, counts: dict[str, int], *, age: int = 48, simulated: bool = False
) -> None:
    """The network told these numbers so many hours after publishing."""
    assert publication.published_at is not None
    with desk.practice.house.database.write() as work:
        work.practice(desk.practice.id).metrics.add(
            MetricSnapshot(
                id=new_id(),
                practice_id=desk.practice.id,
                publication_id=publication.id,
                channel_id=publication.channel_id,
                age_hours=age,
                read_at=publication.published_at + timedelta(hours=age),
                counts=counts,
                simulated=simulated,
            )
        )
        work.commit()


def proposed(desk: Desk, publication: Publication) -> str:
    row = Promotion(
        id=new_id(),
        practice_id=desk.practice.id,
        publication_id=publication.id,
        channel_id=publication.channel_id,
        state=PromotionState.PROPOSED,
        mode=PromotionMode.NORMAL,
        reason="It is likely to end at 293 reactions.",
        verdict={},
        fingerprint=publication.fingerprint,
        proposed_at=desk.clock.now(),
    )
    with desk.practice.house.database.write() as work:
        work.practice(desk.practice.id).promotions.add(row)
        work.commit()
    return row.id


def state(desk: Desk, promotion_id: str) -> PromotionState:
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).promotions.get(promotion_id).state


def published(desk: Desk, text: str, counts: dict[str, int], *, simulated: bool = False) -> Publication:
    publication = desk.practice.published(text, title=text)
    read(desk, publication, counts, simulated=simulated)
    return publication


def test_what_stands_out_is_said_first(on_both: Desk) -> None:
    for number in range(5):
        published(on_both, f"Post {number}", {"likes": 8 + number})
    published(on_both, "Flu clinic", {"likes": 240})
    on_both.clock.advance(timedelta(days=3))
    page = on_both.visit(on_both.practice.approver).get("/performance").text
    assert "“Flu clinic” came to" in page
    assert "times the usual post on scripted 1." in page
    assert page.index("Flu clinic</b>") < page.index("Post 4</b>")
    assert "Show as table" in page
    assert "Simulated" not in page


def test_a_number_that_was_not_given_is_no_zero(on_sqlite: Desk) -> None:
    on_sqlite.practice.published("No numbers yet.")
    on_sqlite.clock.advance(timedelta(hours=2))
    page = on_sqlite.visit(on_sqlite.practice.approver).get("/performance").text
    assert "No network has given numbers yet" in page


def test_invented_numbers_are_marked_where_they_stand(on_sqlite: Desk) -> None:
    published(on_sqlite, "Rehearsed", {"likes": 12}, simulated=True)
    on_sqlite.clock.advance(timedelta(days=3))
    page = on_sqlite.visit(on_sqlite.practice.approver).get("/performance").text
    assert "are invented by the rehearsal network" in page
    assert '<span class="tag invented">Simulated</span>' in page


def test_a_period_without_posts_says_so(on_sqlite: Desk) -> None:
    published(on_sqlite, "Old", {"likes": 12})
    on_sqlite.clock.advance(timedelta(days=12))
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    assert "Nothing was published in the last 7 days." in visit.get("/performance?days=7").text
    assert "Old</b>" in visit.get("/performance?days=28").text
    assert visit.get("/performance?days=1000&channel=nothing").status_code == 200


def test_a_proposal_is_approved_by_one_press(on_sqlite: Desk) -> None:
    promotion = proposed(on_sqlite, published(on_sqlite, "Flu clinic", {"likes": 40}))
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    assert "It is likely to end at 293 reactions." in visit.get("/performance").text
    assert visit.post(f"/promotions/{promotion}/approve").headers["location"] == "/performance"
    assert state(on_sqlite, promotion) is PromotionState.APPROVED
    again = visit.post(f"/promotions/{promotion}/approve")
    assert again.status_code == 422
    assert "This promotion is approved already." in again.text


def test_a_proposal_is_declined_with_or_without_a_reason(on_sqlite: Desk) -> None:
    promotion = proposed(on_sqlite, published(on_sqlite, "Flu clinic", {"likes": 40}))
    visit = on_sqlite.visit(on_sqlite.practice.approver)
    assert "Not this one?" in visit.part(f"/promotions/{promotion}/decline").text
    values = {"reason": "It is over.", "back": "/performance"}
    assert visit.post(f"/promotions/{promotion}/decline", values).status_code == 303
    assert state(on_sqlite, promotion) is PromotionState.DECLINED
    assert "It is over." in visit.get("/performance").text


def test_who_may_not_decide_sees_who_does(on_sqlite: Desk) -> None:
    promotion = proposed(on_sqlite, published(on_sqlite, "Flu clinic", {"likes": 40}))
    visit = on_sqlite.visit(on_sqlite.practice.author)
    page = visit.get("/performance").text
    assert "An approver or an admin decides." in page
    assert "/approve" not in page
    assert visit.post(f"/promotions/{promotion}/approve").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_posts(on_sqlite: Desk) -> None:
    visit, counts = on_sqlite.visit(on_sqlite.practice.approver), []
    for more in (1, 5):
        for number in range(more):
            published(on_sqlite, f"Post {number} of {more}", {"likes": 5 + number})
        with on_sqlite.counting() as seen:
            assert visit.get("/performance").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]
