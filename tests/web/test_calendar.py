"""The calendar: what goes out when, what is not ready, where is nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.desk import Desk


def section(html: str, day: str) -> str:
    """What the page says of one day."""
    found = re.search(rf'<section [^>]*data-day="{day}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_a_post_stands_on_its_day_with_state_time_title_and_channels(on_both: Desk, view: str) -> None:
    practice = on_both.practice
    practice.draft("Flu shots are in.", title="Flu week", wall="2027-03-04T09:30")
    page = on_both.visit(practice.author).get(f"/calendar?view={view}")
    card = section(page.text, "2027-03-04")
    for words in ("Draft", "09:30", "Flu week", 'aria-label="scripted 1"', "Thursday 4 March"):
        assert words in card, words
    assert "Flu week" not in section(page.text, "2027-03-05")


def test_the_number_of_queries_does_not_grow_with_the_posts(on_sqlite: Desk) -> None:
    practice, visit = on_sqlite.practice, on_sqlite.visit(on_sqlite.practice.approver)
    counts = []
    for more in (1, 8):
        for number in range(more):
            practice.draft(f"Post {number} of {more}.", wall=f"2027-03-0{2 + number % 7}T12:00")
        with on_sqlite.counting() as seen:
            assert visit.get("/calendar").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]


def test_an_hour_that_comes_twice_says_which_one_is_meant(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    for marker in ("EDT", "EST"):
        practice.draft(f"Sleep well, {marker}.", title=marker, wall="2027-11-07T01:30", marker=marker)
    day = section(
        on_sqlite.visit(practice.author).get("/calendar?view=week&at=2027-11-07").text, "2027-11-07"
    )
    assert day.index("01:30 EDT") < day.index("01:30 EST")
    assert "Clocks go back" in day


def test_a_time_in_another_zone_stands_where_the_practices_wall_shows_it(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.draft("Good morning.", title="Far away", wall="2027-03-05T08:00", zone="Asia/Tokyo")
    page = on_sqlite.visit(practice.author).get("/calendar?view=list")
    assert "Far away" in section(page.text, "2027-03-04")
    assert "18:00" in section(page.text, "2027-03-04")


def test_a_busy_day_leads_to_the_rest_of_its_posts(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    for number in range(5):
        practice.draft(f"Post {number}.", wall=f"2027-03-04T1{number}:00")
    visit = on_sqlite.visit(practice.author)
    day = section(visit.get("/calendar").text, "2027-03-04")
    assert "2 more" in day
    link = re.search(r'class="more-of" href="([^"]+)"', day)
    assert link and "Post 4." in visit.get(link[1].replace("&amp;", "&")).text


def test_filters_let_through_what_was_asked_for(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.draft("One.", title="First channel", wall="2027-03-04T09:00")
    second = practice.draft(
        "Two.", title="Second channel", wall="2027-03-04T10:00", channels=tuple(practice.channel_ids[1:])
    )
    practice.submit(second)
    visit = on_sqlite.visit(practice.author)
    by_channel = visit.get(f"/calendar?channel={practice.channel_ids[1]}").text
    assert "Second channel" in by_channel and "First channel" not in by_channel
    by_state = visit.get("/calendar?state=not-ready").text
    assert "First channel" in by_state and "Second channel" not in by_state
    assert "First channel" not in visit.get(f"/calendar?who={practice.admin.member_id}").text


def test_a_post_that_was_sent_now_stands_at_the_minute_it_went_out(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("Snow: we close at noon.", title="Snow", wall=None)
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    assert "Snow" in on_sqlite.visit(practice.author).get("/calendar").text.partition("Unscheduled")[2]
    practice.house.scheduling.publish_now(practice.approver, post_id)
    day = section(on_sqlite.visit(practice.author).get("/calendar?view=list").text, "2027-03-01")
    assert "Snow" in day and "04:00" in day


def test_withdrawn_posts_leave_the_calendar(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("Never mind.", title="Never mind", wall="2027-03-04T09:00")
    practice.house.drafts.withdraw(practice.author, post_id, "Not needed.")
    assert "Never mind" not in on_sqlite.visit(practice.author).get("/calendar").text


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31", "yesterday", "2027-02-30", ""])
def test_a_day_that_cannot_be_shown_becomes_today(on_sqlite: Desk, at: str) -> None:
    page = on_sqlite.visit(on_sqlite.practice.author).get(f"/calendar?at={at}")
    assert page.status_code == 200
    assert "March 2027" in page.text


# ---------------------------------------------------------------- another time


def test_a_draft_moves_and_keeps_its_words(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("Flu shots are in.", campaign="Autumn", labels=("flu",))
    visit = on_sqlite.visit(practice.author)
    dialog = visit.part(f"/posts/{post_id}/move?day=2027-03-08")
    assert 'value="2027-03-08"' in dialog.text
    values = {"day": "2027-03-08", "time": "14:00", "back": "/calendar"}
    assert visit.post(f"/posts/{post_id}/move", values).headers["location"] == "/calendar"
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        post = scope.posts.get(post_id)
        assert post.wall == "2027-03-08T14:00"
        assert scope.posts.labels(post_id) == ("flu",)
        assert scope.posts.campaign_name(post.campaign_id) == "Autumn"


def test_a_signed_post_moves_within_what_was_signed_and_not_beyond_it_unasked(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    publication = practice.scheduled(wall=practice.wall(timedelta(hours=5)))
    path = f"/posts/{publication.post_id}/move"
    visit = on_sqlite.visit(practice.approver)
    within = {"day": "2027-03-01", "time": "10:00", "back": "/calendar"}
    assert visit.post(path, within).status_code == 303
    assert practice.publication(publication.id).due_at == datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
    beyond = {"day": "2027-03-02", "time": "10:00", "back": "/calendar"}
    refused = visit.post(path, beyond)
    assert refused.status_code == 422
    assert "Move, and ask for a new signature" in refused.text
    assert 'value="2027-03-02"' in refused.text
    assert practice.publication(publication.id).state == "scheduled"
    assert visit.post(path, beyond | {"again": "1"}).status_code == 303
    assert practice.publication(publication.id).state == "cancelled"


def test_a_move_to_a_time_that_comes_twice_asks_which_one(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft()
    visit = on_sqlite.visit(practice.author)
    values = {"day": "2027-11-07", "time": "01:30"}
    asked = visit.post(f"/posts/{post_id}/move", values)
    assert asked.status_code == 422
    assert 'value="EDT"' in asked.text and 'value="EST"' in asked.text
    assert visit.post(f"/posts/{post_id}/move", values | {"marker": "EST"}).status_code == 303
    with practice.house.database.read() as work:
        due = work.practice(practice.id).posts.get(post_id).due_at
    assert due == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


def test_moving_what_is_in_review_takes_it_back(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft()
    practice.submit(post_id)
    visit = on_sqlite.visit(practice.author)
    assert "It is in review" in visit.part(f"/posts/{post_id}/move").text
    visit.post(f"/posts/{post_id}/move", {"day": "2027-03-08", "time": "14:00"})
    with practice.house.database.read() as work:
        assert work.practice(practice.id).posts.get(post_id).state == "draft"
