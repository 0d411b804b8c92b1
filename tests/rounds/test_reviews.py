"""Signing, typed: exact words, one fingerprint, never one's own."""

from datetime import timedelta

from domain.words import Role
from tests.rounds.conftest import Office


def submitted(office: Office, text: str = "Flu shots are in. Walk in any weekday.", *more: str) -> str:
    post_id = office.draft(text, *more)
    office.as_("author").ok("post", "submit", post_id)
    return post_id


def test_who_approves_reads_the_exact_words_and_the_fingerprint_first(office: Office) -> None:
    post_id = submitted(office, "Walk in on Monday.\u202e Sign here.")
    told = office.as_("approver").ok("review", "show", post_id)
    shown = office.as_("approver").json("review", "show", post_id)
    assert "Walk in on Monday.‹U+202E› Sign here." in told
    assert shown["fingerprint"] in told
    assert shown["channels"][0]["text"] == "Walk in on Monday.\u202e Sign here."


def test_without_a_yes_nothing_is_signed(office: Office) -> None:
    post_id = submitted(office)
    result = office.as_("approver").run("review", "approve", post_id)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Flu shots are in." in result.stderr
    assert result.stderr.endswith("Nothing is signed. Say yes at the question, or add --yes.\n")
    assert office.as_("approver").json("post", "show", post_id)["state"] == "in_review"


def test_an_approved_post_stands_in_the_calendar_at_once(office: Office) -> None:
    post_id = submitted(office, "On the day.", "--at", "2127-06-01 09:30")
    told = office.as_("approver").json("review", "approve", post_id, "--yes")
    assert told["state"] == "approved"
    assert [row["state"] for row in office.publications(post_id)] == ["scheduled"]


def test_a_fingerprint_that_was_insisted_on_must_be_the_posts(office: Office) -> None:
    post_id = submitted(office)
    seen = office.as_("approver").json("review", "show", post_id)["fingerprint"]
    office.as_("author").ok("post", "edit", post_id, "--text", "Other words.")
    office.as_("author").ok("post", "submit", post_id)
    said = office.as_("approver").refused("review", "approve", post_id, "--yes", "--fingerprint", seen)
    assert said == "The post changed since you opened it; read it again before you decide."


def test_nobody_signs_their_own_words(office: Office) -> None:
    office.house.members.set_roles(
        office.actors["admin"], office.actors["author"].member_id, frozenset({Role.AUTHOR, Role.APPROVER})
    )
    post_id = submitted(office)
    said = office.as_("author").refused("review", "approve", post_id, "--yes")
    assert said == "You worked on this post, so somebody else must decide."


def test_who_may_not_sign_is_told_who_may(office: Office) -> None:
    post_id = submitted(office)
    assert "the role approver" in office.as_("publisher").refused("review", "approve", post_id, "--yes")


def test_a_warning_that_came_later_is_ticked_one_by_one(office: Office) -> None:
    post_id = submitted(office, "Walk in any weekday.")
    soon = office.house.clock.now() + timedelta(days=2)
    office.approved("Walk in, any weekday", "--at", soon.strftime("%Y-%m-%d 09:30"))
    approver = office.as_("approver")
    assert "no reason beside it yet" in approver.refused("review", "approve", post_id, "--yes")
    [warning] = [each for each in approver.json("check", post_id) if each["severity"] == "warn"]
    approver.ok("review", "approve", post_id, "--yes", "--seen", warning["key"])


def test_a_post_goes_back_with_a_reason_or_is_turned_down(office: Office) -> None:
    approver = office.as_("approver")
    back, down = submitted(office, "First."), submitted(office, "Second.")
    assert approver.json("review", "request-changes", back, "--reason", "Name the day.")["state"] == (
        "changes_requested"
    )
    assert approver.json("review", "reject", down, "--reason", "Not ours to say.")["state"] == "rejected"
    decided = office.as_("author").json("post", "show", back)["decisions"]
    assert [(each["kind"], each["reason"]) for each in decided] == [("request_changes", "Name the day.")]
