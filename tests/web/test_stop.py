"""Stop for everything, a channel, a campaign or a topic; and the fresh look before it goes on."""

from datetime import timedelta

from domain.states import Delivery
from domain.words import HoldScope
from tests.support.desk import Desk


def test_the_stop_page_counts_what_each_scope_would_hold(on_both: Desk) -> None:
    practice = on_both.practice
    practice.scheduled(labels=("flu",), campaign="Autumn")
    page = on_both.visit(practice.author).get("/stop").text
    assert "1 post today, 1 scheduled" in page
    assert "scripted 1 (1 scheduled)" in page
    assert "scripted 2 (0 scheduled)" in page
    assert "Autumn (1 scheduled)" in page
    assert "flu (1 scheduled)" in page


def test_stopping_a_channel_holds_its_posts_and_everybody_sees_it(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.scheduled()
    visit = on_sqlite.visit(practice.author)
    form = {"scope": "channel", "channel": practice.channel_ids[0], "reason": "Wrong hours"}
    answer = visit.post("/stop", form)
    assert answer.status_code == 303
    assert practice.publication(publication.id).state is Delivery.HELD
    seen = on_sqlite.visit(practice.approver).get("/today").text
    assert "The channel scripted 1 is stopped." in seen
    assert "Wrong hours" in seen


def test_a_stop_without_a_reason_asks_for_one_and_keeps_the_choice(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    form = {"scope": "channel", "channel": on_sqlite.practice.channel_ids[1], "reason": " "}
    answer = visit.post("/stop", form, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "<dialog" in answer.text
    assert "Say in a few words why" in answer.text
    assert f'value="{on_sqlite.practice.channel_ids[1]}" selected' in answer.text
    assert on_sqlite.practice.open_holds() == []


def test_a_stop_of_something_unknown_stops_nothing(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/stop", {"scope": "label", "label": "nobody uses this", "reason": "Because"})
    assert answer.status_code == 422
    assert on_sqlite.practice.open_holds() == []


def test_from_a_dialog_stop_leads_back_to_the_page_it_was_on(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    headers = {"HX-Request": "true", "HX-Current-URL": f"{on_sqlite.address}/channels?x=1"}
    answer = visit.post("/stop", {"scope": "practice", "reason": "Storm"}, headers=headers)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/channels?x=1")
    assert "Stopped</b> by Maya Lindqvist" in visit.get("/today").text.replace("\n", " ")


def test_resuming_sends_what_was_ticked_and_cancels_the_rest(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    keep, drop = practice.scheduled("Flu shots are in."), practice.scheduled("Closed on Friday.")
    ahead = practice.scheduled("Open on Monday.", wall=practice.wall(timedelta(days=2)))
    hold, _ = practice.house.stopping.stop(practice.author, HoldScope.PRACTICE, None, "Storm")
    on_sqlite.clock.advance(timedelta(hours=2))
    visit = on_sqlite.visit(practice.approver)
    page = visit.get(f"/resume/{hold.id}").text
    assert page.count('name="keep"') == 2
    answer = visit.post(f"/resume/{hold.id}", {"keep": [keep.id]})
    assert answer.status_code == 303
    states = [practice.publication(each.id).state for each in (keep, drop, ahead)]
    assert states == [Delivery.SCHEDULED, Delivery.CANCELLED, Delivery.SCHEDULED]
    assert "1 missed post was cancelled." in visit.get("/today").text


def test_an_author_sees_what_waits_but_may_not_resume(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    hold, _ = practice.house.stopping.stop(practice.author, HoldScope.PRACTICE, None, "Storm")
    visit = on_sqlite.visit(practice.author)
    assert "may resume" in visit.get(f"/resume/{hold.id}").text
    assert visit.post(f"/resume/{hold.id}").status_code == 403
    assert len(practice.open_holds()) == 1
