"""Members: who works here, and in which roles."""

from pydantic import ConfigDict, Field, SecretStr

from domain.actor import Actor
from domain.words import Role
from store import models
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import look
from web.api.shapes import Given, Id, Instant, Shape

TOPIC = "Members"
DESCRIPTION = "Who works here, and in which roles. Changes are for admins."


class Member(Shape):
    """Somebody who works here."""

    id: Id
    name: str = Field(examples=["Maya Lindqvist"])
    email: str | None = Field(
        examples=["maya@harbourlane.example"], description="Shown to admins and oneself."
    )
    roles: list[Role]
    active: bool = Field(description="Whether the account is open.")
    created_at: Instant


class Members(Shape):
    """Everybody, by name."""

    items: list[Member]


class AddMember(Given):
    """A new colleague."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "Jo Park", "email": "jo@harbourlane.example", "roles": ["author"]}
        }
    )

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(max_length=254)
    roles: list[Role] = Field(max_length=20)
    password: SecretStr | None = Field(
        None, max_length=1000, description="Without one they cannot sign in until an admin sets it."
    )


class SetRoles(Given):
    """Exactly these roles."""

    model_config = ConfigDict(json_schema_extra={"example": {"roles": ["author", "reviewer"]}})

    roles: list[Role] = Field(max_length=20)


class SetActive(Given):
    """Whether the account is open."""

    model_config = ConfigDict(json_schema_extra={"example": {"active": False}})

    active: bool = Field(strict=True)


class SetPassword(Given):
    """A new password, at least 12 characters."""

    model_config = ConfigDict(json_schema_extra={"example": {"password": "a long enough password"}})

    password: SecretStr = Field(max_length=1000)


router = section(TOPIC)


@router.get("/members", summary="List members")
def list_members(house: House, asking: Asking) -> Members:
    """Everybody, by name, also those whose account is closed."""
    with look(house, asking) as scope:
        roles = scope.people.roles_by_member()
        return Members(
            items=[_member(asking, row, roles.get(row.id, frozenset())) for row in scope.people.members()]
        )


@router.post("/members", status_code=201, summary="Add a member", responses=faults(409))
def add_member(house: House, asking: Asking, given: AddMember) -> Member:
    """For admins."""
    password = given.password.get_secret_value() if given.password else None
    row = house.members.add(
        asking, name=given.name, email=given.email, roles=frozenset(given.roles), password=password
    )
    return _member(asking, row, frozenset(given.roles))


@router.put("/members/{member_id}/roles", summary="Set a member's roles", responses=faults(404))
def set_roles(house: House, asking: Asking, member_id: str, given: SetRoles) -> Member:
    """Who loses a role takes the approvals that rest on it along. The last admin stays one. For admins."""
    house.members.set_roles(asking, member_id, frozenset(given.roles))
    return _shown(house, asking, member_id)


@router.put("/members/{member_id}/active", summary="Close or reopen an account", responses=faults(404))
def set_active(house: House, asking: Asking, member_id: str, given: SetActive) -> Member:
    """A closed account cannot sign in; its history stays. For admins."""
    house.members.set_active(asking, member_id, active=given.active)
    return _shown(house, asking, member_id)


@router.put("/members/{member_id}/password", summary="Set a member's password", responses=faults(404))
def set_password(house: House, asking: Asking, member_id: str, given: SetPassword) -> Member:
    """Ends the member's sign-ins. Members set their own; admins set anybody's."""
    house.members.set_password(asking, member_id, given.password.get_secret_value())
    return _shown(house, asking, member_id)


def _shown(house: House, asking: Asking, member_id: str) -> Member:
    with look(house, asking) as scope:
        return _member(asking, scope.people.member(member_id), scope.people.roles(member_id))


def _member(asking: Actor, row: models.Member, roles: frozenset[Role]) -> Member:
    shown = asking.may(Role.ADMIN) or asking.member_id == row.id
    return Member(
        id=row.id,
        name=row.name,
        email=row.email if shown else None,
        roles=sorted(roles),
        active=row.active,
        created_at=row.created_at,
    )
