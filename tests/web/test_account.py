"""One's own account."""

import re

from tests.support.desk import Desk
from tests.support.practice import PASSWORD
from web.access import COOKIE

NEW = "another long enough password"


def test_an_own_password_is_changed_by_who_knows_the_old_one(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    practice.house.members.set_password(practice.author, practice.author.member_id, PASSWORD)
    visit, elsewhere = on_sqlite.visit(practice.author), on_sqlite.visit(practice.author)
    wrong = visit.post("/account/password", {"current": "something else", "password": NEW})
    assert wrong.status_code == 422
    assert "That is not your password." in wrong.text
    assert NEW not in wrong.text
    weak = visit.post("/account/password", {"current": PASSWORD, "password": "short"})
    assert "Use at least 12." in weak.text
    answer = visit.post("/account/password", {"current": PASSWORD, "password": NEW})
    assert answer.status_code == 303
    assert practice.house.access.who(answer.cookies[COOKIE]) is not None
    assert practice.house.access.who(elsewhere.token) is None


def test_a_token_is_shown_once_works_and_can_be_revoked(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    made = visit.post("/account/tokens", {"token_name": "old laptop"})
    shown = re.search(r'value="([\w-]{40,})" readonly', made.text)
    assert shown is not None
    token = shown[1]
    assert on_sqlite.practice.house.access.by_token(token).member_id == on_sqlite.practice.author.member_id
    listed = visit.get("/account").text
    assert token not in listed
    assert "old laptop" in listed
    [path] = re.findall(r'action="(/account/tokens/\w+/revoke)"', listed)
    assert visit.post(path).status_code == 303
    assert "old laptop" not in visit.get("/account").text


def test_other_sign_ins_are_listed_and_ended(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit, other, stranger = (
        on_sqlite.visit(p) for p in (practice.author, practice.author, practice.approver)
    )
    [session] = re.findall(r'name="session" value="(\w+)"', visit.get("/account").text)
    assert visit.post("/account/sessions/end", {"session": session}).status_code == 303
    assert practice.house.access.who(other.token) is None
    ids = re.findall(r'name="session" value="(\w+)"', stranger.get("/account").text)
    assert ids == []


def test_nobody_ends_the_sign_in_of_somebody_else(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    victim, second = on_sqlite.visit(practice.approver), on_sqlite.visit(practice.approver)
    [session] = re.findall(r'name="session" value="(\w+)"', victim.get("/account").text)
    on_sqlite.visit(practice.author).post("/account/sessions/end", {"session": session})
    assert practice.house.access.who(second.token) is not None


def test_a_theme_is_kept_in_this_browser(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    visit.post("/account/look", {"theme": "dark"})
    page = visit.get("/account").text
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page


def test_a_new_name_is_written_into_the_record(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.author)
    assert visit.post("/account/name", {"name": " "}).status_code == 422
    assert visit.post("/account/name", {"name": "Maya Lind"}).status_code == 303
    assert "Maya Lind" in visit.get("/account").text
    assert practice.broken_audit() is None
    with practice.house.database.read() as work:
        actions = [entry.action for entry in work.practice(practice.id).audit.latest(1)]
    assert actions == ["member_renamed"]
