"""The practice's settings, people and record."""

import re

import pytest

from domain.practice import PracticeSettings
from domain.profile import Profile, StaffMember
from domain.words import LateRule, Role
from store.models import Practice
from tests.support.desk import Desk
from web import profiles

TYPED = {
    "region": "us",
    "phones": "(617) 555-0142\n\n617 555 0143",
    "emails": "Desk@HarbourLane.example",
    "domains": "https://www.harbourlane.example/news\nharbourlane.example",
    "staff": "Amara Osei, MD; certified: pediatrics, asthma\nLeo Brandt",
    "public_hotlines": "911\n988",
}


def practice_of(desk: Desk) -> Practice:
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).practices.get()


def test_a_profile_is_read_line_by_line_and_written_back_the_same() -> None:
    profile, problems = profiles.read("Harbour Lane", TYPED)
    assert problems == {}
    assert profile is not None
    assert profile.phones == ("(617) 555-0142", "617 555 0143")
    assert profile.domains == ("www.harbourlane.example", "harbourlane.example")
    assert profile.staff == (
        StaffMember(name="Amara Osei", title="MD", certified=("pediatrics", "asthma")),
        StaffMember(name="Leo Brandt"),
    )
    again, _ = profiles.read("Harbour Lane", profiles.written(profile))
    assert again == profile


@pytest.mark.parametrize(
    ("field", "line", "said"),
    [
        ("region", "Canada", "is not a country"),
        ("phones", "call us", "is not a phone number"),
        ("phones", "12345678901234", "is not a phone number"),
        ("emails", "desk", "is not an e-mail address"),
        ("domains", "our site", "is not the address of a site"),
        ("handles", "harbour lane", "has a space in it"),
        ("staff", ", MD", "begins with no name"),
        ("staff", "Amara Osei, MD; pediatrics", "write “certified:”"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(field: str, line: str, said: str) -> None:
    profile, problems = profiles.read("Harbour Lane", {"region": "US", field: line})
    assert profile is None
    assert list(problems) == [field]
    assert said in problems[field]


def test_every_list_of_the_profile_can_be_typed() -> None:
    lists = {name for name, info in Profile.model_fields.items() if "tuple" in str(info.annotation)}
    assert {lines.name for lines in profiles.FIELDS} == lists


def test_an_admin_describes_the_practice_and_a_bad_line_keeps_everything_typed(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    assert visit.post("/settings/profile", TYPED).status_code == 303
    assert practice_of(on_sqlite).profile["emails"] == ["desk@harbourlane.example"]
    refused = visit.post("/settings/profile", TYPED | {"phones": "call us", "awards": "Best in town"})
    assert refused.status_code == 422
    assert "“call us” is not a phone number" in refused.text
    assert "Best in town" in refused.text
    assert "one field needs another look" in refused.text


def test_choices_are_checked_against_their_limits(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    form = {
        "late_rule": "publish_now",
        "max_lateness_minutes": "0",
        "promotion_mode": "timely",
        "promotions_per_week": "many",
        "promotions_per_channel_week": "1",
    }
    refused = visit.post("/settings/choices", form)
    assert refused.status_code == 422
    assert "Use 1 or more." in refused.text
    assert "Write a number here." in refused.text
    assert 'value="many"' in refused.text
    fine = form | {"max_lateness_minutes": "30", "promotions_per_week": "0"}
    assert visit.post("/settings/choices", fine).status_code == 303
    chosen = PracticeSettings.model_validate(practice_of(on_sqlite).settings)
    assert (chosen.late_rule, chosen.max_lateness_minutes) == (LateRule.PUBLISH_NOW, 30)


def test_a_new_zone_moves_the_clock_on_every_page(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    assert "04:00 there now" in visit.get("/settings").text
    refused = visit.post("/settings/practice", {"practice": "Harbour Lane", "zone": "Atlantis"})
    assert "is not a time zone" in refused.text
    visit.post("/settings/practice", {"practice": "Harbour Lane", "zone": "Europe/Berlin"})
    assert "10:00 there now" in visit.get("/settings").text


@pytest.mark.parametrize("path", ["/settings", "/settings/people", "/record"])
def test_an_author_opens_none_of_it_and_the_menu_does_not_name_it(on_sqlite: Desk, path: str) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    assert visit.get(path).status_code == 403
    assert f'href="{path}"' not in visit.get("/today").text


# ---------------------------------------------------------------- people


def test_a_person_is_added_with_roles_and_can_be_changed(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.admin)
    form = {"name": "Nora", "email": "nora", "roles": ["author", "reviewer"]}
    refused = visit.post("/settings/people", form)
    assert refused.status_code == 422
    assert "is not an e-mail address" in refused.text
    assert re.search(r'value="reviewer" checked', refused.text)
    assert visit.post("/settings/people", form | {"email": "nora@harbourlane.example"}).status_code == 303
    listed = visit.get("/settings/people").text
    assert "Author, reviewer" in listed
    assert "Cannot sign in yet" in listed
    with practice.house.database.read() as work:
        [nora] = work.practice(practice.id).people.named("Nora")
    visit.post(f"/settings/people/{nora.id}/roles", {"roles": ["auditor"]})
    with practice.house.database.read() as work:
        assert work.practice(practice.id).people.roles(nora.id) == {Role.AUDITOR}


def test_the_last_admin_stays_one(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.admin)
    path = f"/settings/people/{practice.admin.member_id}"
    refused = visit.post(f"{path}/roles", {"roles": ["author"]})
    assert refused.status_code == 422
    assert "This is the last admin." in refused.text
    assert "This is the last admin." in visit.post(f"{path}/close").text


def test_a_closed_account_is_signed_out_and_can_be_opened_again(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit, maya = on_sqlite.visit(practice.admin), on_sqlite.visit(practice.author)
    path = f"/settings/people/{practice.author.member_id}"
    assert "Close the account of Maya Lindqvist?" in visit.part(f"{path}/close").text
    assert visit.post(f"{path}/close", {"back": "/settings/people"}).status_code == 303
    assert maya.get("/today").status_code == 303
    assert "Open it again" in visit.get(path).text
    visit.post(f"{path}/open")
    assert "Close the account" in visit.get(path).text


# ---------------------------------------------------------------- the record


def test_the_record_names_who_did_what_and_leads_on_page_by_page(on_both: Desk) -> None:
    practice = on_both.practice
    for number in range(60):
        practice.house.members.rename(practice.author, f"Maya {number}")
    practice.submit(practice.draft("Five early signs."))
    visit = on_both.visit(practice.admin)
    first = visit.get("/record").text
    assert "Maya 59</strong> submitted: <a" in first.replace("\n", " ")
    assert "Five early signs." in first
    [older] = re.findall(r'href="(/record\?before=\d+)"', first)
    second = visit.get(older).text
    assert "Five early signs." not in second
    assert "practice founded" in second


def test_the_whole_record_can_be_checked_and_a_forged_entry_shows(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.admin)
    assert "entries follow from one another" in visit.post("/record/verify").text
    with practice.house.database.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_entries SET action = 'forged' WHERE seq = 2")
    checked = visit.post("/record/verify").text
    assert "The record does not hold." in checked
    assert "Entry 2:" in checked


@pytest.mark.parametrize("path", ["/settings/people", "/record"])
def test_the_number_of_queries_does_not_grow(on_sqlite: Desk, path: str) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.admin)

    def asked() -> int:
        visit.get(path)
        with on_sqlite.counting() as seen:
            assert visit.get(path).status_code == 200
        return len(seen.statements)

    practice.draft("The first post of all.")
    before = asked()
    for number in range(5):
        practice.house.members.add(
            practice.admin, name=f"N {number}", email=f"n{number}@x.example", roles=frozenset({Role.AUTHOR})
        )
        practice.draft(f"Post number {number}.")
    assert asked() == before
