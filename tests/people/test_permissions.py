"""Who may do what: every operation of every service, against every role on its own."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from channels.connecting import ChannelInput
from connectors.testing import make_picture
from domain.actor import Actor, NotAllowed
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.refusal import Refusal
from domain.words import HoldScope, Role
from drafting.importing import folder_source
from drafting.posts import PostInput
from people.secrets import WeakPassword
from rounds.wiring import House
from tests.support.practice import Practice


def look(house: House, who: Actor) -> object:
    return house.importing.look(who, ROW, "plan.csv", folder_source(house.settings.data_dir))


Act = Callable[[House, Actor], object]

WRITERS = {Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.ADMIN}
PUBLISHERS = {Role.PUBLISHER, Role.APPROVER, Role.ADMIN}
ADMINS = {Role.ADMIN}
EVERYBODY = set(Role)
WALL = PostInput(wall="2027-04-01T09:00").wall  # type: ignore[arg-type]
ROW = b"date,time,channels,text\n2027-04-01,09:00,scripted 1,Flu shots are in.\n"

# Ids are of nothing that exists: whoever may ask is told that it is not there.
OPERATIONS: dict[str, tuple[Act, set[Role]]] = {
    "write": (lambda house, who: house.drafts.create(who, PostInput(text="Hello.")), WRITERS),
    "edit": (lambda house, who: house.drafts.edit(who, "x", PostInput()), WRITERS),
    "withdraw": (lambda house, who: house.drafts.withdraw(who, "x", ""), WRITERS | {Role.PUBLISHER}),
    "add a picture": (lambda house, who: house.drafts.add_picture(who, make_picture(), "a.png"), WRITERS),
    "look at an import": (look, WRITERS),
    "schedule": (lambda house, who: house.scheduling.schedule(who, "x", WALL), PUBLISHERS),
    "publish now": (lambda house, who: house.scheduling.publish_now(who, "x"), PUBLISHERS),
    "cancel": (lambda house, who: house.scheduling.cancel(who, "x", ""), PUBLISHERS),
    "say it is there": (lambda house, who: house.deciding.it_is_there(who, "x"), PUBLISHERS),
    "say it is not there": (lambda house, who: house.deciding.it_is_not_there(who, "x"), PUBLISHERS),
    "take down": (lambda house, who: house.deciding.retract(who, "x", ""), PUBLISHERS),
    "stop": (lambda house, who: house.stopping.stop(who, HoldScope.PRACTICE, None, "storm"), EVERYBODY),
    "resume": (lambda house, who: house.stopping.resume(who, "x"), PUBLISHERS),
    "connect": (lambda house, who: house.connecting.connect(who, ChannelInput("scripted", "N", {})), ADMINS),
    "save an app": (lambda house, who: house.connecting.save_app(who, "scripted", {"id": "1"}), ADMINS),
    "begin consent": (lambda house, who: house.connecting.begin(who, "scripted", "https://r/"), ADMINS),
    "complete consent": (lambda house, who: house.connecting.complete(who, {"state": "s"}), ADMINS),
    "check a channel": (lambda house, who: house.connecting.verify(who, "x"), ADMINS | {Role.PUBLISHER}),
    "reconnect": (lambda house, who: house.connecting.reconnect(who, "x", {}), ADMINS),
    "configure": (lambda house, who: house.connecting.configure(who, "x", name="N"), ADMINS),
    "disconnect": (lambda house, who: house.connecting.disconnect(who, "x"), ADMINS),
    "approve a promotion": (
        lambda house, who: house.promoting.approve(who, "x"),
        {Role.APPROVER, Role.ADMIN},
    ),
    "decline a promotion": (
        lambda house, who: house.promoting.decline(who, "x"),
        {Role.APPROVER, Role.ADMIN},
    ),
    "add a member": (
        lambda house, who: house.members.add(who, name="", email="", roles=frozenset()),
        ADMINS,
    ),
    "change roles": (lambda house, who: house.members.set_roles(who, "x", frozenset()), ADMINS),
    "set a password": (lambda house, who: house.members.set_password(who, "x", "short"), ADMINS),
    "close an account": (lambda house, who: house.members.set_active(who, "x", active=False), ADMINS),
    "rename": (lambda house, who: house.describing.rename(who, "N", "America/New_York"), ADMINS),
    "set the profile": (lambda house, who: house.describing.set_profile(who, Profile(name="N")), ADMINS),
    "set the settings": (
        lambda house, who: house.describing.set_settings(who, PracticeSettings()),
        ADMINS,
    ),
}


def holders(practice: Practice, act: Act) -> set[Role]:
    """The roles each of which is enough."""
    able = set()
    for role in Role:
        try:
            act(practice.house, replace(practice.author, roles=frozenset({role})))
        except NotAllowed as refused:
            assert "Ask an admin" in str(refused)
            continue
        except (Refusal, WeakPassword):
            pass
        able.add(role)
    return able


def test_every_operation_takes_exactly_its_roles(small_practice: Practice) -> None:
    found = {name: holders(small_practice, act) for name, (act, _) in OPERATIONS.items()}
    assert found == {name: roles for name, (_, roles) in OPERATIONS.items()}


def test_who_has_no_role_may_do_nothing(small_practice: Practice) -> None:
    nobody = replace(small_practice.author, roles=frozenset())
    for act, _ in OPERATIONS.values():
        with pytest.raises(NotAllowed):
            act(small_practice.house, nobody)


def test_an_admin_without_other_roles_cannot_approve_a_post(small_practice: Practice) -> None:
    post_id = small_practice.draft()
    small_practice.submit(post_id)
    admin = replace(small_practice.admin, roles=frozenset({Role.ADMIN}))
    with pytest.raises(Refusal, match="role approver"):
        small_practice.decide(admin, post_id)
