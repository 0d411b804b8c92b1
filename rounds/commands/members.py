"""People: who works here, with which roles."""

from typing import Annotated

import typer

from domain.refusal import Refusal
from domain.words import Role
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, ask_secret, table
from store.models import Member

members = typer.Typer(name="members", help="Who works here, and what they may do.", no_args_is_help=True)

ROLES = ", ".join(Role)
Person = Annotated[str, typer.Argument(metavar="MEMBER", help="Their e-mail address, name or id.")]
Roles = Annotated[
    list[Role], typer.Option("--role", metavar="ROLE", help=f"{ROLES}; several times for several.")
]

COLUMNS = {"name": "Name", "email": "E-mail", "roles": "Roles", "active": "Active"}


@members.command("list")
def list_members(as_json: AsJson = False) -> None:
    """List everybody, with their roles."""
    with signed_in() as desk, desk.looking() as scope:
        roles = scope.people.roles_by_member()
        records = [
            {
                "id": row.id,
                "name": row.name,
                "email": row.email,
                "roles": sorted(roles.get(row.id, frozenset())),
                "active": row.active,
            }
            for row in scope.people.members()
        ]
    answer(as_json, records, table(records, COLUMNS, "Nobody works here."))


@members.command("add")
def add_member(
    name: Annotated[str, typer.Option(help="Their name, as colleagues know it.")],
    email: Annotated[str, typer.Option(help="Their e-mail address.")],
    role: Roles,
    as_json: AsJson = False,
) -> None:
    """Add a person. Their first password is asked for, or read from standard input; empty: none yet."""
    with signed_in() as desk:
        password = ask_secret("Their first password (may be empty)") or None
        row = desk.house.members.add(
            desk.actor, name=name, email=email, roles=frozenset(role), password=password
        )
    record = {"id": row.id, "name": row.name, "email": row.email, "roles": sorted(role)}
    answer(as_json, record, f"{row.name} works here now ({', '.join(sorted(role))}).")


@members.command("roles")
def set_roles(member: Person, role: Roles, as_json: AsJson = False) -> None:
    """Give a person exactly these roles. Approvals that rest on a role they lose are asked for anew."""
    with signed_in() as desk:
        row = _member(desk, member)
        desk.house.members.set_roles(desk.actor, row.id, frozenset(role))
    record = {"id": row.id, "name": row.name, "roles": sorted(role)}
    answer(as_json, record, f"{row.name} is {', '.join(sorted(role))}.")


@members.command("close")
def close_account(member: Person, as_json: AsJson = False) -> None:
    """Close a person's account; what they did stays on record."""
    _set_active(member, False, as_json)


@members.command("reopen")
def reopen_account(member: Person, as_json: AsJson = False) -> None:
    """Open a closed account again."""
    _set_active(member, True, as_json)


def _set_active(member: str, active: bool, as_json: bool) -> None:
    with signed_in() as desk:
        row = _member(desk, member)
        desk.house.members.set_active(desk.actor, row.id, active=active)
    said = "open again" if active else "closed"
    answer(
        as_json, {"id": row.id, "name": row.name, "active": active}, f"The account of {row.name} is {said}."
    )


@members.command("password")
def set_password(member: Person, as_json: AsJson = False) -> None:
    """Set a new password: your own, or as an admin somebody else's. It ends their sign-ins."""
    with signed_in() as desk:
        row = _member(desk, member)
        desk.house.members.set_password(desk.actor, row.id, ask_secret("New password"))
    answer(as_json, {"id": row.id, "name": row.name}, f"{row.name} has a new password.")


def _member(desk: Desk, given: str) -> Member:
    """The person with this e-mail, name or id, closed accounts included."""
    wanted = given.strip().casefold()
    with desk.looking() as scope:
        found = [
            row
            for row in scope.people.members()
            if wanted in (row.email.casefold(), row.name.casefold(), row.id.casefold())
        ]
    if len(found) != 1:
        told = "Several people are called" if found else "Nobody here is called"
        raise Refusal(f"{told} “{given}”. Use the e-mail address; rounds members list shows them.")
    return found[0]


def register(app: typer.Typer) -> None:
    app.add_typer(members)
