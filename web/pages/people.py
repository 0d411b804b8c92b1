"""Who works here and what each may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import HTMLResponse, Response

from domain.refusal import Refusal
from domain.words import Role
from people.fields import BadField
from store.models import Member
from web.frame import Person, Toast
from web.looks import Tone
from web.pages.asking import Ask, asked, back_to
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page, role_words

router = APIRouter(prefix="/settings/people")

PEOPLE = "/settings/people"
ROLES: Mapping[Role, str] = {
    Role.AUTHOR: "Writes posts and hands them in.",
    Role.REVIEWER: "Reads before the approver does, where the practice asks for that.",
    Role.APPROVER: "Signs posts. Nobody signs their own words, whatever their roles.",
    Role.PUBLISHER: "Moves, cancels and resumes posts, and answers what became of them.",
    Role.AUDITOR: "Reads the record of everything that was done.",
    Role.ADMIN: "Looks after people, channels and settings. Signs nothing by this role alone.",
}
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


@dataclass(frozen=True)
class Row:
    """One person of the list."""

    member: Member
    person: Person
    roles: frozenset[Role]


@router.get("")
def people(page: CurrentPage) -> HTMLResponse:
    return _show(page, EMPTY)


def _show(page: Page, form: Form, status: int = 200) -> HTMLResponse:
    page.actor.require(Role.ADMIN, what="look after people")
    rows = _rows(page)
    return page.show(
        "people.html",
        status=status,
        form=form,
        rows=[row for row in rows if row.member.active],
        closed=[row for row in rows if not row.member.active],
        roles=ROLES,
        me=page.actor.member_id,
    )


def _rows(page: Page) -> list[Row]:
    with page.reading() as scope:
        members, roles = scope.people.members(), scope.people.roles_by_member()
    held = {member.id: roles.get(member.id, frozenset()) for member in members}
    return [
        Row(member, Person(member.name, role_words(held[member.id])), held[member.id]) for member in members
    ]


class NewPerson(BaseModel):
    name: Line
    email: Line
    roles: frozenset[Role] = frozenset()
    password: Annotated[str, Field(repr=False)] = ""


@router.post("")
def add(page: CurrentPage, form: SentForm) -> Response:
    try:
        given = form.parse(NewPerson)
        member = page.house.members.add(
            page.actor, name=given.name, email=given.email, roles=given.roles, password=given.password or None
        )
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    words = "Tell them their first password; they change it under their name." if given.password else ""
    return page.go(PEOPLE, Toast(f"{member.name} is added.", words))


# ------------------------------------------------------------ one person


@router.get("/{member_id}")
def person(page: CurrentPage, member_id: str) -> HTMLResponse:
    return _one(page, member_id, EMPTY)


def _one(page: Page, member_id: str, form: Form, status: int = 200) -> HTMLResponse:
    page.actor.require(Role.ADMIN, what="look after people")
    with page.reading() as scope:
        member, held = scope.people.member(member_id), scope.people.roles(member_id)
    return page.show(
        "person.html",
        status=status,
        form=form,
        row=Row(member, Person(member.name, role_words(held)), held),
        roles=ROLES,
        me=page.actor.member_id,
    )


class RolesForm(BaseModel):
    roles: frozenset[Role] = frozenset()


@router.post("/{member_id}/roles")
def set_roles(page: CurrentPage, member_id: str, form: SentForm) -> Response:
    try:
        page.house.members.set_roles(page.actor, member_id, form.parse(RolesForm).roles)
    except Refusal as refusal:
        return _one(page, member_id, form.refused(refusal), status=422)
    return page.go(
        f"{PEOPLE}/{member_id}", Toast("Saved.", "Approvals that rested on a lost role no longer hold.")
    )


class FirstPassword(BaseModel):
    password: Annotated[str, Field(min_length=1, repr=False)]


@router.post("/{member_id}/password")
def set_password(page: CurrentPage, member_id: str, form: SentForm) -> Response:
    try:
        page.house.members.set_password(page.actor, member_id, form.parse(FirstPassword).password)
    except Refusal as refusal:
        return _one(page, member_id, form.refused(refusal), status=422)
    return page.go(
        f"{PEOPLE}/{member_id}", Toast("The password is set.", "Every sign-in of theirs has ended.")
    )


@router.get("/{member_id}/close")
def ask_close(page: CurrentPage, member_id: str) -> HTMLResponse:
    return asked(page, _closing(page, member_id))


@router.post("/{member_id}/close")
def close(page: CurrentPage, member_id: str, form: SentForm) -> Response:
    ask = _closing(page, member_id)
    try:
        page.house.members.set_active(page.actor, member_id, active=False)
    except BadField as refusal:  # the question has no field of its own for it
        return asked(page, ask, form.refused(Refusal(str(refusal))), status=422)
    return page.go(back_to(form), Toast("The account is closed.", "It can be opened again.", Tone.INFO))


def _closing(page: Page, member_id: str) -> Ask:
    with page.reading() as scope:
        name = scope.people.member(member_id).name
    return Ask(
        title=f"Close the account of {name}?",
        text=f"{name} is signed out everywhere. What {name} signed and is not out yet needs another "
        "signature. Everything they did stays in the record.",
        button="Close the account",
        action=f"{PEOPLE}/{member_id}/close",
        back=PEOPLE,
        icon="lock",
        style="red",
    )


@router.post("/{member_id}/open")
def reopen(page: CurrentPage, member_id: str) -> Response:
    page.house.members.set_active(page.actor, member_id, active=True)
    return page.go(f"{PEOPLE}/{member_id}", Toast("The account is open again."))
