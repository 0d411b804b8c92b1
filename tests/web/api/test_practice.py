"""Members, the practice itself, and the record of what happened."""

import pytest
from sqlalchemy import text

from domain.actor import Actor
from domain.words import Role
from tests.web.api.world import Caller, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_an_admin_adds_a_colleague_and_sets_their_roles(admin: Caller, author: Caller) -> None:
    jo = admin.post("/members", name="Jo Park", email="Jo@HarbourLane.example", roles=["author"])
    assert (jo["email"], jo["roles"], jo["active"]) == ("jo@harbourlane.example", ["author"], True)
    assert admin.put(f"/members/{jo['id']}/roles", roles=["reviewer"])["roles"] == ["reviewer"]
    seen = {member["name"]: member["email"] for member in author.get("/members")["items"]}
    assert (seen["Jo Park"], seen["Maya Lindqvist"]) == (None, "maya@harbourlane.example")
    author.refused(403, "POST", "/members", json={"name": "X", "email": "x@y.example", "roles": []})


def test_a_field_that_cannot_be_used_is_named(api: World, admin: Caller) -> None:
    bad = {"name": "Jo", "email": "nobody", "roles": ["author"]}
    assert admin.refused(422, "POST", "/members", json=bad)["field"] == "email"
    twice = {"name": "Jo", "email": "maya@harbourlane.example", "roles": []}
    assert "already" in admin.refused(422, "POST", "/members", json=twice)["error"]
    short = admin.refused(
        422, "PUT", f"/members/{api.practice.author.member_id}/password", json={"password": "ab"}
    )
    assert "at least 12" in short["error"]
    last = admin.refused(422, "PUT", f"/members/{api.practice.admin.member_id}/roles", json={"roles": []})
    assert "last admin" in last["error"]


def test_an_admin_describes_the_practice_and_it_is_recorded(admin: Caller, author: Caller) -> None:
    renamed = admin.put("/practice", name="Harbour Lane", zone="America/Chicago")
    assert (renamed["name"], renamed["zone"]) == ("Harbour Lane", "America/Chicago")
    profile = admin.put("/practice/profile", name="Harbour Lane", phones=["(617) 555-0142"])["profile"]
    assert profile["phones"] == ["(617) 555-0142"]
    assert admin.put("/practice/settings", late_rule="publish_now")["settings"]["late_rule"] == "publish_now"
    assert author.get("/practice")["settings"]["late_rule"] == "publish_now"
    truth = admin.refused(422, "PUT", "/practice/settings", json={"promotions_per_week": True})
    assert truth["error"] == "“promotions_per_week” is not a whole number. Write one."
    author.refused(403, "PUT", "/practice", json={"name": "Mine", "zone": "UTC"})
    bad = {"name": "Harbour Lane", "zone": "Mars/Olympus"}
    assert admin.refused(422, "PUT", "/practice", json=bad)["field"] == "zone"
    actions = [entry["action"] for entry in admin.get("/audit", limit=3)["items"]]
    assert actions == ["settings_changed", "profile_changed", "practice_renamed"]


def test_the_record_is_read_backwards_by_auditors_and_admins(
    api: World, admin: Caller, author: Caller
) -> None:
    post_id = api.practice.draft()
    author.refused(403, "GET", "/audit")
    ann = api.practice.house.members.add(
        api.practice.admin, name="Ann", email="ann@harbourlane.example", roles=frozenset({Role.AUDITOR})
    )
    auditor = api.as_(Actor(ann.id, api.practice.id, "Ann", frozenset({Role.AUDITOR})))
    seen, before = [], None
    while True:
        part = auditor.get("/audit", limit=3, **({"before": before} if before else {}))
        seen += [entry["seq"] for entry in part["items"]]
        before = part["next"]
        if before is None:
            break
    assert seen == list(range(len(seen), 0, -1))
    [saved] = auditor.get("/audit", subject=f"post:{post_id}")["items"]
    assert saved["action"] == "revision_saved"
    assert auditor.get("/audit/verification") == {"holds": True, "broken_at": None, "why": ""}


def test_a_record_that_was_tampered_with_is_told_at_the_first_broken_entry(api: World, admin: Caller) -> None:
    with api.practice.house.database.write() as work:
        names = work.session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'")
        ).all()
        for name in names:
            work.session.execute(text(f'DROP TRIGGER "{name}"'))
        work.session.execute(text("UPDATE audit_entries SET actor = 'member:nobody' WHERE seq = 2"))
        work.commit()
    told = admin.get("/audit/verification")
    assert (told["holds"], told["broken_at"]) == (False, 2)
