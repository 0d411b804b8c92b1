"""Publications, typed: times, outcomes, Stop and going on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from store.models import Publication
from tests.rounds.conftest import Office


def hours_ago(office: Office, publication_id: str, hours: int) -> None:
    """Make a publication one whose time passed so long ago."""
    with office.house.database.write() as work:
        row = work.session.get(Publication, publication_id)
        assert row is not None
        row.due_at = row.run_at = office.house.clock.now() - timedelta(hours=hours)
        row.expires_at = row.due_at + timedelta(hours=2)
        work.commit()


def test_a_post_without_a_time_is_sent_at_once_when_a_publisher_says_so(
    office: Office, publish: Callable[[], None]
) -> None:
    post_id = office.approved()
    assert office.publications(post_id) == []
    office.as_("publisher").ok("publish-now", post_id)
    publish()
    [row] = office.publications(post_id)
    shown = office.as_("auditor").json("publication", "show", row["id"])
    assert shown["state"] == "published"
    assert shown["receipt"]["evidence"] == "answer"
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["published"]
    assert "by the network's own answer" in office.as_("auditor").ok("publication", "show", row["id"])


def test_a_published_post_is_taken_down_with_a_reason(office: Office, publish: Callable[[], None]) -> None:
    post_id = office.approved()
    office.as_("publisher").ok("publish-now", post_id)
    publish()
    [row] = office.publications(post_id)
    office.as_("publisher").ok("retract", row["id"], "--reason", "The wrong day.")
    steps = office.as_("publisher").json("publication", "show", row["id"])["side_work"]
    assert "retract" in {step["kind"] for step in steps}


def test_a_time_is_given_within_what_was_signed(office: Office) -> None:
    when = office.house.clock.now() + timedelta(days=3)
    post_id = office.approved()
    [row] = office.as_("publisher").json("schedule", post_id, "--at", when.strftime("%Y-%m-%d 09:30"))
    assert (row["state"], row["due"][-5:]) == ("scheduled", "09:30")
    far = (when + timedelta(days=90)).strftime("%Y-%m-%d 09:30")
    assert "outside the time that was signed" in office.as_("publisher").refused(
        "schedule", post_id, "--at", far
    )
    assert "Only somebody with the role" in office.as_("author").refused("publish-now", post_id)


def test_a_cancelled_publication_stays_at_home(office: Office, publish: Callable[[], None]) -> None:
    post_id = office.approved()
    [row] = office.as_("publisher").json("publish-now", post_id)
    office.as_("publisher").ok("cancel", row["id"], "--reason", "Snow.")
    publish()
    assert [row["state"] for row in office.publications(post_id)] == ["cancelled"]
    assert "there is nothing to send again" in office.as_("publisher").refused("try-again", row["id"])


def test_what_expired_is_sent_once_more_while_its_signature_covers_it(office: Office) -> None:
    post_id = office.approved()
    [row] = office.as_("publisher").json("publish-now", post_id)
    hours_ago(office, row["id"], 3)
    office.house.daemon().sweeper.sweep()
    assert [row["state"] for row in office.publications(post_id)] == ["expired"]
    office.as_("publisher").ok("try-again", row["id"])
    assert [row["state"] for row in office.publications(post_id)] == ["scheduled"]


def test_a_stop_holds_what_it_names_and_going_on_sets_it_free(office: Office) -> None:
    when = office.house.clock.now() + timedelta(days=2)
    at = ("--at", when.strftime("%Y-%m-%d 09:30"))
    snow = office.approved("Snow.", "--label", "winter", *at)
    news = office.approved("New hours.", "--campaign", "Spring", *at)
    told = office.as_("author").json("stop", "--label", "winter", "--reason", "A storm.")
    assert (told["scope"], told["held"]) == ("label", 1)
    assert office.publications(snow)[0]["reason"] == "Stopped: A storm."
    assert office.publications(news)[0]["state"] == "scheduled"
    assert office.as_("author").json("stops")[0]["target"] == "winter"
    assert office.as_("publisher").json("resume") == {"id": told["id"], "scheduled": 1, "cancelled": 0}
    assert office.as_("author").ok("stops") == "Nothing is stopped.\n"
    assert office.as_("publisher").refused("resume") == "Nothing is stopped."


def test_a_stop_covers_a_channel_or_a_campaign_by_name(office: Office) -> None:
    office.draft("x", "--campaign", "Spring")
    author = office.as_("author")
    author.ok("stop", "--channel", "news", "--reason", "Moving house.")
    author.ok("stop", "--campaign", "spring", "--reason", "Too early.")
    assert {(row["scope"], row["target"]) for row in author.json("stops")} == {
        ("channel", "News"),
        ("campaign", "Spring"),
    }
    assert "Several Stops stand." in office.as_("publisher").refused("resume")
    assert author.refused("stop", "--campaign", "Fall", "--reason", "x") == (
        "There is no campaign “Fall” here."
    )
    assert author.run("stop", "--channel", "x", "--label", "y", "--reason", "z").exit_code == 2


@pytest.mark.parametrize(("word", "state"), [("all", "scheduled"), ("none", "cancelled")])
def test_what_a_stop_made_late_needs_a_word(office: Office, word: str, state: str) -> None:
    post_id = office.approved()
    [row] = office.as_("publisher").json("publish-now", post_id)
    hold = office.as_("author").json("stop", "--reason", "Storm.")["id"]
    hours_ago(office, row["id"], 1)
    result = office.as_("publisher").run("resume", hold)
    assert (result.exit_code, result.stdout) == (1, "")
    assert row["id"] in result.stderr
    assert "1 post was missed during the Stop." in result.stderr
    office.as_("publisher").ok("resume", hold, "--send-late", word)
    assert [row["state"] for row in office.publications(post_id)] == [state]


def test_a_publication_that_is_not_there_is_said_in_a_sentence(office: Office) -> None:
    assert office.as_("auditor").refused("publication", "show", "nothing") == (
        "There is no publication “nothing” here."
    )
    assert office.as_("auditor").ok("uncertain", "list") == "Nothing is uncertain.\n"
    assert "There is no publication" in office.as_("publisher").refused(
        "uncertain", "resolve", "x", "--there"
    )
