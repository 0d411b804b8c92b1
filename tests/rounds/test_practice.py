"""People, settings and the record, typed."""

import sqlite3
from pathlib import Path

from tests.rounds.conftest import Office


def test_a_person_is_added_given_roles_and_may_leave(office: Office) -> None:
    admin = office.as_("admin")
    admin.ok("members", "add", "--name", "Leo Park", "--email", "leo@office.example", "--role", "author")
    admin.ok("members", "roles", "leo park", "--role", "author", "--role", "reviewer")
    admin.ok("members", "close", "leo@office.example")
    [leo] = [row for row in admin.json("members", "list") if row["name"] == "Leo Park"]
    assert (leo["roles"], leo["active"]) == (["author", "reviewer"], False)
    admin.ok("members", "reopen", leo["id"])
    assert "Nobody here is called “Bo”." in admin.refused("members", "close", "Bo")
    assert "the role admin" in office.as_("author").refused("members", "close", "leo@office.example")


def test_a_password_is_typed_never_named(office: Office) -> None:
    admin = office.as_("admin")
    result = admin.run("members", "password", "author@office.example", stdin="a fresh and long one\n")
    assert result.exit_code == 0
    assert "fresh" not in result.output
    told = admin.ok("login", "--email", "author@office.example", stdin="a fresh and long one\n")
    assert told == "You are signed in as Author of Elm Street.\n"


def test_settings_are_changed_by_name_and_the_rest_stays(office: Office) -> None:
    admin = office.as_("admin")
    admin.ok(
        "settings", "set", "phones=212-555-0140", "phones=212-555-0141", "max_lateness_minutes=30",
        "zone=America/Chicago", 'staff={"name": "Dr. Osei", "title": "Physician"}', "staff=Jonas",
    )  # fmt: skip
    told = admin.json("settings", "show")
    assert told["practice"] == {"practice": "Elm Street Pediatrics", "zone": "America/Chicago"}
    assert told["profile"]["phones"] == ["212-555-0140", "212-555-0141"]
    assert [person["name"] for person in told["profile"]["staff"]] == ["Dr. Osei", "Jonas"]
    assert told["settings"]["max_lateness_minutes"] == 30
    assert "Dr. Osei, Physician; Jonas" in admin.ok("settings", "show")
    admin.ok("settings", "set", "phones=")
    assert admin.json("settings", "show")["profile"]["phones"] == []


def test_a_setting_that_cannot_be_is_named_and_nothing_changes(office: Office) -> None:
    admin = office.as_("admin")
    before = admin.json("settings", "show")
    assert "max_lateness_minutes" in admin.refused("settings", "set", "max_lateness_minutes=0", "phones=1")
    assert "“Mars/Base” is not a time zone" in admin.refused("settings", "set", "zone=Mars/Base", "phones=1")
    assert "There is no setting “colour”." in admin.refused("settings", "set", "colour=red", "phones=1")
    assert admin.json("settings", "show") == before
    assert "the role admin" in office.as_("author").refused("settings", "set", "late_rule=expire")


def test_the_record_is_read_by_those_who_may(office: Office) -> None:
    post_id = office.draft()
    told = office.as_("auditor").json("audit", "list", "--subject", f"post:{post_id}")
    assert [entry["action"] for entry in told] == ["revision_saved"]
    assert "Author of Elm Street" in office.as_("auditor").ok("audit", "list")
    assert "the role admin or auditor" in office.as_("author").refused("audit", "list")


def test_one_changed_word_in_the_record_is_found(office: Office) -> None:
    auditor = office.as_("auditor")
    whole = auditor.json("audit", "verify")
    assert whole["whole"] is True
    assert whole["entries"] > 0
    with sqlite3.connect(Path(office.line.env["ROUNDS_DATA_DIR"]) / "rounds.db") as database:
        database.execute("DROP TRIGGER audit_entries_never_changed")
        database.execute("UPDATE audit_entries SET actor = 'member:somebody' WHERE seq = 2")
    result = auditor.run("audit", "verify")
    assert result.exit_code == 1
    assert "The chain is broken at entry 2" in result.stdout
