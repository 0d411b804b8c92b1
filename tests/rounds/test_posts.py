"""From a draft to a signature, typed."""

from pathlib import Path

import pytest
from PIL import Image

from tests.rounds.conftest import Office


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    place = tmp_path / "door.png"
    Image.new("RGB", (64, 48), "#3f6f7a").save(place)
    return place


def test_a_draft_holds_everything_that_was_typed(office: Office, photo: Path) -> None:
    made = office.as_("author").json(
        "post", "new", "--channel", "news", "--text", "New door.\nNew hours.", "--title", "Door",
        "--at", "2127-06-01 09:30", "--link", "https://elmstreet.example/door", "--picture", str(photo),
        "--alt", "A blue door", "--campaign", "Spring", "--label", "house", "--label", "news",
    )  # fmt: skip
    shown = office.as_("approver").json("post", "show", made["id"])
    [channel] = shown["channels"]
    assert shown["title"] == "Door"
    assert shown["due_at"] == "2127-06-01T13:30:00+00:00"
    assert (shown["campaign"], shown["labels"]) == ("Spring", ["house", "news"])
    assert channel["text"] == "New door.\nNew hours."
    assert channel["link"] == "https://elmstreet.example/door"
    assert [asset["alt_text"] for asset in channel["assets"]] == ["A blue door"]


def test_words_come_from_a_file_or_from_standard_input(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("From a file: Grüße.", encoding="utf-8")
    new = ("post", "new", "--channel", "News", "--text-file")
    assert office.as_("author").json(*new, str(file))["channels"][0]["text"] == "From a file: Grüße."
    assert office.as_("author").json(*new, "-", stdin="From a pipe.\n")["title"] == "From a pipe."
    file.write_bytes(b"\xff\xfe\x00")
    assert "Save it as UTF-8 text." in office.as_("author").refused(*new, str(file))


def test_an_edit_keeps_what_it_does_not_name(office: Office) -> None:
    post_id = office.draft("First words.", "--at", "2127-06-01 09:30", "--label", "house")
    office.as_("author").ok("post", "edit", post_id, "--text", "Second words.")
    shown = office.as_("author").json("post", "show", post_id)
    assert shown["channels"][0]["text"] == shown["title"] == "Second words."
    assert (shown["due_at"], shown["labels"], shown["revision"]) == (
        "2127-06-01T13:30:00+00:00",
        ["house"],
        2,
    )


def test_one_channel_may_say_it_in_its_own_words(office: Office) -> None:
    office.as_("admin").ok("channel", "add", "website", "--name", "Archive")
    post_id = office.draft("For all.", "--channel", "Archive", "--text-for", "archive=For the archive.")
    office.as_("author").ok("post", "edit", post_id, "--title", "Twice")
    told = office.as_("author").json("post", "show", post_id)["channels"]
    assert {each["channel"]: each["text"] for each in told} == {
        "News": "For all.",
        "Archive": "For the archive.",
    }


def test_a_copy_begins_anew_without_a_time(office: Office) -> None:
    post_id = office.approved("Say it again.", "--at", "2127-06-01 09:30")
    copied = office.as_("author").json("post", "copy", post_id)
    assert copied["id"] != post_id
    assert (copied["state"], copied["due_at"]) == ("draft", None)
    assert copied["channels"][0]["text"] == "Say it again."


def test_a_time_that_clocks_show_twice_is_asked_about_and_settled_by_its_mark(office: Office) -> None:
    new = ("post", "new", "--channel", "News", "--text", "Night.", "--at")
    assert "Say which: EDT or EST." in office.as_("author").refused(*new, "2027-11-07 01:30")
    made = office.as_("author").json(*new, "2027-11-07 01:30 EST")
    assert made["due_at"] == "2027-11-07T06:30:00+00:00"
    assert office.as_("author").json(*new, "2027-11-07 01:30 -04:00")["due_at"] == "2027-11-07T05:30:00+00:00"
    assert "Clocks skip 02:30" in office.as_("author").refused(*new, "2027-03-14 02:30")


@pytest.mark.parametrize("typed", ["tomorrow", "2027-02-30 09:00", "2127-06-01", "2127-06-01 9:00"])
def test_a_time_that_cannot_be_read_is_a_fault_of_usage(office: Office, typed: str) -> None:
    result = office.as_("author").run(
        "post", "new", "--channel", "News", "--text", "x", "--at", typed, "--json"
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Write it as 2026-12-24 09:00." in " ".join(result.stderr.split())


def test_a_channel_that_is_not_there_names_those_that_are(office: Office) -> None:
    said = office.as_("author").refused("post", "new", "--channel", "Neews", "--text", "x")
    assert said == "There is no channel “Neews” here. There are: “News”."


def test_posts_are_listed_by_day_and_state(office: Office) -> None:
    first = office.draft("Early.", "--at", "2127-06-01 23:30")
    later = office.draft("Late.", "--at", "2127-06-02 00:10")
    author = office.as_("author")
    day = author.json("post", "list", "--since", "2127-06-01", "--until", "2127-06-01")
    assert [row["id"] for row in day] == [first]
    assert [row["id"] for row in author.json("post", "list", "--state", "draft")] == [first, later]
    assert author.json("post", "list", "--state", "approved") == []
    assert "There are no posts here." in author.ok("post", "list", "--state", "rejected")


def test_a_sentence_of_the_guard_stops_a_post_and_is_shown_before(office: Office) -> None:
    post_id = office.draft("Call Mrs. Smith back at 212-555-0187.")
    findings = office.as_("author").json("check", post_id)
    assert {finding["rule"] for finding in findings if finding["severity"] == "block"} >= {"PHI-02"}
    assert "0187" not in office.as_("author").ok("check", post_id)
    office.as_("author").refused("post", "submit", post_id)


def test_a_warning_needs_a_reason_and_keeps_it(office: Office) -> None:
    post_id = office.draft("Read on.", "--link", "http://elmstreet.example/old")
    [warning] = [each for each in office.as_("author").json("check", post_id) if each["severity"] == "warn"]
    assert "Or say why it stays" in office.as_("author").refused("post", "submit", post_id)
    kept = f"{warning['key']}=The page has no other address yet."
    office.as_("author").ok("post", "submit", post_id, "--keep", kept)
    [shown] = [
        each
        for each in office.as_("approver").json("review", "show", post_id)["findings"]
        if each["severity"] == "warn"
    ]
    assert shown["kept_because"] == "The page has no other address yet."
    assert shown["kept_by"] == "Author of Elm Street"


def test_a_withdrawn_post_waits_for_nobody(office: Office) -> None:
    post_id = office.draft()
    office.as_("author").ok("post", "submit", post_id)
    office.as_("author").ok("post", "withdraw", post_id, "--reason", "Not now.")
    assert office.as_("approver").json("review", "list") == []
    assert "waits for no decision" in office.as_("approver").refused("review", "show", post_id)
