"""People and their roles: an admin adds, changes and closes; somebody always stays admin."""

from dataclasses import replace

import pytest

from domain.actor import Actor, NotAllowed
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.states import Delivery
from domain.words import LateRule, Role
from people.fields import BadField
from store.repository import NotFound
from tests.support.practice import PASSWORD, Practice
from tests.support.together import at_once


def roles_of(practice: Practice, member_id: str) -> frozenset[Role]:
    with practice.house.database.read() as work:
        return work.practice(practice.id).people.roles(member_id)


def second_admin(practice: Practice) -> Actor:
    row = practice.house.members.add(
        practice.admin, name="Nia Abara", email="nia@x.example", roles=frozenset({Role.ADMIN})
    )
    return replace(practice.admin, member_id=row.id, name=row.name, roles=frozenset({Role.ADMIN}))


def test_a_new_member_has_exactly_the_roles_given(practice: Practice) -> None:
    roles = frozenset({Role.AUTHOR, Role.REVIEWER})
    member = practice.house.members.add(
        practice.admin, name=" Nia Abara ", email="Nia@X.Example", roles=roles
    )
    assert (member.name, member.email) == ("Nia Abara", "nia@x.example")
    assert roles_of(practice, member.id) == roles
    assert practice.audited(f"member:{member.id}") == ["member_added"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"email": "nia at home"}, "email"),
        ({"email": "MAYA@harbourlane.example"}, "email"),
    ],
)
def test_a_member_without_a_name_or_an_address_of_their_own_is_refused(
    small_practice: Practice, values: dict[str, str], field: str
) -> None:
    given = {"name": "Nia Abara", "email": "nia@x.example"} | values
    with pytest.raises(BadField) as refused:
        small_practice.house.members.add(small_practice.admin, roles=frozenset({Role.AUTHOR}), **given)
    assert refused.value.field == field


def test_a_change_of_roles_says_what_was_and_what_is(practice: Practice) -> None:
    member_id = practice.author.member_id
    practice.house.members.set_roles(practice.admin, member_id, frozenset({Role.REVIEWER, Role.AUTHOR}))
    assert roles_of(practice, member_id) == {Role.REVIEWER, Role.AUTHOR}
    with practice.house.database.read() as work:
        entry = list(work.practice(practice.id).audit.entries(f"member:{member_id}"))[-1]
    assert entry.detail == {"before": ["author"], "after": ["author", "reviewer"]}


def test_the_last_admin_can_neither_step_down_nor_close_the_account(practice: Practice) -> None:
    members, admin = practice.house.members, practice.admin
    with pytest.raises(BadField, match="last admin"):
        members.set_roles(admin, admin.member_id, frozenset({Role.AUTHOR}))
    with pytest.raises(BadField, match="last admin"):
        members.set_active(admin, admin.member_id, active=False)
    other = second_admin(practice)
    members.set_active(admin, other.member_id, active=False)
    with pytest.raises(BadField, match="last admin"):
        members.set_roles(admin, admin.member_id, frozenset({Role.AUTHOR}))
    members.set_active(admin, other.member_id, active=True)
    members.set_roles(admin, admin.member_id, frozenset({Role.AUTHOR}))


def test_of_two_admins_who_dismiss_each_other_at_once_one_stays(practice: Practice) -> None:
    one, other = practice.admin, second_admin(practice)
    ends = at_once(
        lambda: practice.house.members.set_roles(one, other.member_id, frozenset()),
        lambda: practice.house.members.set_roles(other, one.member_id, frozenset()),
    )
    assert sum(isinstance(end, BadField) for end in ends) == 1
    admins = [person for person in (one, other) if Role.ADMIN in roles_of(practice, person.member_id)]
    assert len(admins) == 1


def test_members_set_their_own_password_and_only_admins_anybodys(
    small_practice: Practice, quick_hashes: None
) -> None:
    members, author, approver = small_practice.house.members, small_practice.author, small_practice.approver
    members.set_password(author, author.member_id, PASSWORD)
    with pytest.raises(NotAllowed):
        members.set_password(author, approver.member_id, PASSWORD)
    members.set_password(small_practice.admin, approver.member_id, PASSWORD)
    assert small_practice.audited(f"member:{approver.member_id}")[-1] == "password_set"


def test_a_member_of_another_practice_is_not_found(small_practice: Practice) -> None:
    members, member_id = small_practice.house.members, small_practice.author.member_id
    stranger = replace(small_practice.admin, practice_id="another")
    with pytest.raises(NotFound):
        members.set_roles(stranger, member_id, frozenset({Role.AUTHOR}))
    with pytest.raises(NotFound):
        members.set_active(stranger, member_id, active=False)


@pytest.mark.parametrize("leaves", [True, False], ids=["left", "lost the role"])
def test_who_leaves_or_loses_the_role_takes_the_approvals_along_that_rest_on_them(
    practice: Practice, leaves: bool
) -> None:
    publication = practice.scheduled()
    members, approver = practice.house.members, practice.approver.member_id
    if leaves:
        members.set_active(practice.admin, approver, active=False)
    else:
        members.set_roles(practice.admin, approver, frozenset({Role.PUBLISHER}))
    practice.clock.set(publication.due_at)
    practice.work()
    held = practice.publication(publication.id)
    assert held.state is Delivery.HELD
    assert "may no longer sign" in held.reason


# ---------------------------------------------------------------- the practice itself


def test_the_practice_gets_another_name_and_zone_and_posts_keep_their_time(practice: Practice) -> None:
    post_id = practice.draft()
    due = practice.post(post_id).due_at
    practice.house.describing.rename(practice.admin, " Harbour Clinic ", "America/Chicago")
    with practice.house.database.read() as work:
        row = work.practice(practice.id).practices.get()
    assert (row.name, row.zone) == ("Harbour Clinic", "America/Chicago")
    assert practice.post(post_id).due_at == due


@pytest.mark.parametrize(
    ("name", "zone", "field"), [(" ", "America/Chicago", "name"), ("Clinic", "Mars/Olympus", "zone")]
)
def test_a_practice_without_a_name_or_a_real_zone_is_refused(
    small_practice: Practice, name: str, zone: str, field: str
) -> None:
    with pytest.raises(BadField) as refused:
        small_practice.house.describing.rename(small_practice.admin, name, zone)
    assert refused.value.field == field


def test_every_change_of_the_practice_is_written_down(small_practice: Practice) -> None:
    describing, admin = small_practice.house.describing, small_practice.admin
    describing.set_profile(admin, Profile(name="Harbour Lane", phones=("555-0100",)))
    describing.set_settings(admin, PracticeSettings(late_rule=LateRule.PUBLISH_NOW))
    describing.rename(admin, "Harbour Lane", "America/New_York")
    assert small_practice.audited(f"practice:{small_practice.id}")[-3:] == [
        "profile_changed",
        "settings_changed",
        "practice_renamed",
    ]
