"""The door: set-up once, sign-in slowed for guessers, sessions, tokens."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor, NotAllowed
from domain.words import Role
from people.access import (
    FREE_FAILURES,
    LONGEST_TOKEN_NAME,
    LONGEST_WAIT,
    SETUP_LASTS,
    TOKEN_LASTS,
    Access,
    SetupRefused,
    SignInRefused,
    TooManyTries,
)
from people.fields import BadField
from people.secrets import WeakPassword, hash_password, password_fits
from store.database import Database
from store.repository import NotFound
from tests.support.clocks import SetClock
from tests.support.practice import PASSWORD, Practice
from tests.support.together import at_once

MAYA = "maya@harbourlane.example"
FOUNDING = {
    "practice": "Harbour Lane",
    "zone": "America/New_York",
    "name": "Tom Becker",
    "email": "tom@harbourlane.example",
    "password": PASSWORD,
}


@pytest.fixture
def access(database: Database, clock: SetClock, quick_hashes: None) -> Access:
    """The door of a server that nobody has set up."""
    return Access(database, clock)


@pytest.fixture
def door(practice: Practice, quick_hashes: None) -> Iterator[Access]:
    """The door of a practice whose author Maya has a password."""
    practice.house.members.set_password(practice.admin, practice.author.member_id, PASSWORD)
    return practice.house.access


def link(access: Access) -> str:
    token = access.new_setup_link()
    assert token is not None
    return token


def fail(door: Access, times: int, email: str = MAYA) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            door.sign_in(email, "not the password")


# ---------------------------------------------------------------- setting up


def test_the_first_person_is_admin_author_approver_and_publisher(access: Access) -> None:
    actor = access.set_up(link(access), **FOUNDING)
    assert actor.roles == {Role.ADMIN, Role.AUTHOR, Role.APPROVER, Role.PUBLISHER}
    assert access.is_set_up()
    assert access.new_setup_link() is None
    with access.database.read() as work:
        assert [entry.action for entry in work.practice(actor.practice_id).audit.entries()] == [
            "practice_founded"
        ]


def test_a_set_up_link_opens_once(access: Access) -> None:
    token = link(access)
    access.set_up(token, **FOUNDING)
    with pytest.raises(SetupRefused, match="set up already"):
        access.set_up(token, **FOUNDING | {"email": "other@x.example"})


def test_only_the_newest_link_opens_and_only_for_a_day(access: Access, clock: SetClock) -> None:
    older, newest = link(access), link(access)
    for wrong in (older, "nonsense"):
        with pytest.raises(SetupRefused, match="not the newest"):
            access.check_setup_link(wrong)
    clock.advance(SETUP_LASTS)
    access.check_setup_link(newest)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(SetupRefused, match="older than a day"):
        access.check_setup_link(newest)


@pytest.mark.parametrize(
    ("field", "value"),
    [("practice", " "), ("zone", "Mars/Olympus"), ("name", ""), ("email", "tom"), ("email", "tom@")],
)
def test_a_bad_field_keeps_nothing_and_the_link_open(access: Access, field: str, value: str) -> None:
    token = link(access)
    with pytest.raises(BadField) as refused:
        access.set_up(token, **FOUNDING | {field: value})
    assert refused.value.field == field
    assert not access.is_set_up()
    access.set_up(token, **FOUNDING)


def test_two_people_with_the_same_link_at_once_make_one_practice(access: Access) -> None:
    token = link(access)
    ends = at_once(
        lambda: access.set_up(token, **FOUNDING),
        lambda: access.set_up(token, **FOUNDING | {"email": "other@x.example"}),
    )
    assert sorted(type(end).__name__ for end in ends) == ["Actor", "SetupRefused"]
    with access.database.read() as work:
        assert len(work.server.practices()) == 1


# ---------------------------------------------------------------- passwords


def test_a_password_is_kept_as_argon2id_and_fits_itself_alone() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert password_fits(PASSWORD, kept)
    assert not password_fits(PASSWORD + "!", kept)
    assert not password_fits(PASSWORD, None)
    assert not password_fits(PASSWORD, "no hash at all")


@pytest.mark.parametrize(("password", "said"), [("x" * 11, "at least 12"), ("x" * 201, "longer than 200")])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str, said: str) -> None:
    with pytest.raises(WeakPassword, match=said):
        hash_password(password)


# ---------------------------------------------------------------- signing in


def test_signing_in_opens_a_session_and_is_written_down(door: Access, practice: Practice) -> None:
    actor, token = door.sign_in(f"  {MAYA.upper()} ", PASSWORD)
    assert actor.member_id == practice.author.member_id
    assert actor.roles == {Role.AUTHOR}
    assert door.who(token) == actor
    assert practice.audited(f"member:{actor.member_id}")[-1] == "signed_in"


def test_a_wrong_password_an_unknown_e_mail_and_a_closed_account_read_the_same(
    door: Access, practice: Practice
) -> None:
    practice.house.members.set_password(practice.admin, practice.approver.member_id, PASSWORD)
    practice.house.members.set_active(practice.admin, practice.approver.member_id, active=False)
    said = set()
    for email, password in (
        (MAYA, "not the password"),
        ("nobody@x.example", PASSWORD),
        ("amara@harbourlane.example", PASSWORD),
    ):
        with pytest.raises(SignInRefused) as refused:
            door.sign_in(email, password)
        said.add(str(refused.value))
    assert len(said) == 1


def test_who_has_no_password_cannot_sign_in_with_any(door: Access) -> None:
    for password in ("", "nobody has this password"):
        with pytest.raises(SignInRefused):
            door.sign_in("amara@harbourlane.example", password)


def test_guessing_is_slowed_more_and_more_and_even_the_right_password_waits(
    door: Access, clock: SetClock
) -> None:
    fail(door, FREE_FAILURES)
    with pytest.raises(TooManyTries):
        door.sign_in(MAYA, PASSWORD)
    waits = []
    for _ in range(12):
        with pytest.raises(TooManyTries) as refused:
            door.sign_in(MAYA, "not the password")
        waits.append(refused.value.seconds)
        clock.advance(timedelta(seconds=refused.value.seconds))
        fail(door, 1)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT.total_seconds() + 1


def test_somebody_who_is_guessed_at_for_weeks_still_gets_in_after_the_longest_wait(
    door: Access, clock: SetClock
) -> None:
    for _ in range(70):
        fail(door, 1)
        clock.advance(LONGEST_WAIT)
    assert door.sign_in(MAYA, PASSWORD)


def test_a_sign_in_that_works_forgets_the_failures(door: Access) -> None:
    fail(door, FREE_FAILURES - 1)
    door.sign_in(MAYA, PASSWORD)
    fail(door, FREE_FAILURES)


def test_guesses_at_once_are_slowed_like_guesses_in_a_row(door: Access) -> None:
    ends = at_once(*[lambda: door.sign_in(MAYA, "not the password")] * (FREE_FAILURES + 3))
    assert {type(end) for end in ends} == {SignInRefused, TooManyTries}
    assert sum(type(end) is SignInRefused for end in ends) == FREE_FAILURES


def test_guessing_at_one_account_leaves_the_others_alone(door: Access) -> None:
    fail(door, FREE_FAILURES, email="amara@harbourlane.example")
    assert door.sign_in(MAYA, PASSWORD)


# ---------------------------------------------------------------- sessions


def test_a_session_ends_without_use_and_lives_on_with_it(door: Access, clock: SetClock) -> None:
    _, used = door.sign_in(MAYA, PASSWORD)
    _, left = door.sign_in(MAYA, PASSWORD)
    for _ in range(3):
        clock.advance(timedelta(hours=11))
        assert door.who(used) is not None
    assert door.who(left) is None


def test_looking_without_extending_does_not_keep_a_session_alive(door: Access, clock: SetClock) -> None:
    _, token = door.sign_in(MAYA, PASSWORD)
    clock.advance(timedelta(hours=11))
    assert door.who(token, extend=False) is not None
    clock.advance(timedelta(hours=1))
    assert door.who(token) is None


def test_signing_out_ends_this_session_alone(door: Access) -> None:
    _, here = door.sign_in(MAYA, PASSWORD)
    _, there = door.sign_in(MAYA, PASSWORD)
    door.sign_out(here)
    door.sign_out("nonsense")
    assert door.who(here) is None
    assert door.who(there) is not None


def test_a_new_password_or_a_closed_account_ends_every_session(door: Access, practice: Practice) -> None:
    members, author = practice.house.members, practice.author
    _, token = door.sign_in(MAYA, PASSWORD)
    members.set_password(author, author.member_id, PASSWORD + "!")
    assert door.who(token) is None
    _, token = door.sign_in(MAYA, PASSWORD + "!")
    members.set_active(practice.admin, author.member_id, active=False)
    assert door.who(token) is None
    members.set_active(practice.admin, author.member_id, active=True)
    assert door.who(token) is None


def test_a_session_has_the_roles_of_this_moment(door: Access, practice: Practice) -> None:
    _, token = door.sign_in(MAYA, PASSWORD)
    practice.house.members.set_roles(practice.admin, practice.author.member_id, frozenset({Role.AUDITOR}))
    actor = door.who(token)
    assert actor is not None
    assert actor.roles == {Role.AUDITOR}


def test_a_stolen_database_holds_no_token_that_opens_anything(door: Access) -> None:
    actor, session = door.sign_in(MAYA, PASSWORD)
    _, token = door.make_token(actor, "Reports")
    with door.database.read() as work:
        tables = ("sessions", "api_tokens", "audit_entries")
        kept = str(
            [work.session.connection().exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]
        )
    assert session not in kept
    assert token not in kept


# ---------------------------------------------------------------- tokens


def test_a_token_acts_as_its_member_until_it_ends(practice: Practice, clock: SetClock) -> None:
    access = practice.house.access
    _, token = access.make_token(practice.author, "Reports")
    assert access.by_token(token) == replace(practice.author, authenticated_by="token")
    clock.advance(TOKEN_LASTS - timedelta(seconds=1))
    assert access.by_token(token)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="has ended"):
        access.by_token(token)


def test_a_revoked_or_unknown_token_opens_nothing(practice: Practice) -> None:
    access = practice.house.access
    token_id, token = access.make_token(practice.author, "Reports")
    access.revoke_token(practice.author, token_id)
    access.revoke_token(practice.author, token_id)
    for wrong in (token, "nonsense", ""):
        with pytest.raises(NotAllowed, match="not known here"):
            access.by_token(wrong)
    assert practice.audited(f"token:{token_id}") == ["token_made", "token_revoked"]


def test_a_token_ends_with_its_members_account(practice: Practice) -> None:
    access = practice.house.access
    _, token = access.make_token(practice.author, "Reports")
    practice.house.members.set_active(practice.admin, practice.author.member_id, active=False)
    with pytest.raises(NotAllowed, match="closed"):
        access.by_token(token)


def test_members_revoke_their_own_tokens_and_admins_everybodys(small_practice: Practice) -> None:
    access = small_practice.house.access
    token_id, _ = access.make_token(small_practice.author, "Reports")
    with pytest.raises(NotAllowed):
        access.revoke_token(small_practice.approver, token_id)
    stranger: Actor = replace(small_practice.admin, practice_id="another")
    with pytest.raises(NotFound):
        access.revoke_token(stranger, token_id)
    access.revoke_token(small_practice.admin, token_id)


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_TOKEN_NAME + 1)])
def test_a_token_without_a_name_that_can_be_kept_is_refused(small_practice: Practice, name: str) -> None:
    with pytest.raises(BadField) as refused:
        small_practice.house.access.make_token(small_practice.author, name)
    assert refused.value.field == "name"


def test_using_a_token_is_noted_once_a_minute(small_practice: Practice, clock: SetClock) -> None:
    access = small_practice.house.access
    token_id, token = access.make_token(small_practice.author, "Reports")

    def used_at() -> Any:
        with small_practice.house.database.read() as work:
            return work.practice(small_practice.id).people.token(token_id).used_at

    access.by_token(token)
    first = used_at()
    clock.advance(timedelta(seconds=30))
    access.by_token(token)
    assert used_at() == first
    clock.advance(timedelta(seconds=31))
    access.by_token(token)
    assert used_at() == clock.now()
