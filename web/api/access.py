"""Who I am, and the tokens that act as me."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import ConfigDict, Field, SecretStr

from domain.words import Role
from web.access import House
from web.api.door import Asking, OpenDoor, section
from web.api.faults import faults
from web.api.looking import look
from web.api.shapes import Given, Id, Instant, Shape, Zone

TOPIC = "Access"
DESCRIPTION = "Who is asking, and the tokens that act as them."


class SignIn(Given):
    """What a member signs in with, and what the token is for."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "email": "maya@harbourlane.example",
                "password": "a long enough password",
                "name": "Calendar script on the office computer",
                "days": 90,
            }
        }
    )

    email: str = Field(max_length=254)
    password: SecretStr = Field(max_length=1000)
    name: str = Field(
        min_length=1, max_length=100, pattern=r"\S", description="Where the token will be used."
    )
    days: int = Field(90, strict=True, ge=1, le=365, description="After how many days it ends.")


class NewToken(Shape):
    """A token, shown this once."""

    id: Id
    token: str = Field(examples=["q0m…"], description="Keep it like a password; it is never shown again.")


class Token(Shape):
    """A token without its secret."""

    id: Id
    name: str = Field(examples=["Calendar script on the office computer"])
    created_at: Instant
    expires_at: Instant
    used_at: datetime | None = Field(description="To the minute; null when it was never used.")
    revoked_at: datetime | None


class Tokens(Shape):
    """All tokens of one member, the oldest first."""

    items: list[Token]


class OwnPractice(Shape):
    """The practice that a token opens."""

    id: Id
    name: str = Field(examples=["Harbour Lane Family Practice"])
    zone: Zone


class Me(Shape):
    """Whom the token acts as."""

    id: Id
    name: str = Field(examples=["Maya Lindqvist"])
    roles: list[Role]
    practice: OwnPractice


at_the_door = section(TOPIC, OpenDoor)
inside = section(TOPIC)


@at_the_door.post("/tokens", status_code=201, summary="Make a token", responses=faults(401, 429))
def make_token(house: House, given: SignIn) -> NewToken:
    """Signs in with e-mail and password, and makes a token that acts as this member.

    After five wrong passwords each further try has to wait, up to 15 minutes.
    """
    actor, session = house.access.sign_in(given.email, given.password.get_secret_value())
    house.access.sign_out(session)  # a token was asked for, not a signed-in browser
    token_id, token = house.access.make_token(actor, given.name, timedelta(days=given.days))
    return NewToken(id=token_id, token=token)


@inside.get("/tokens", summary="List my tokens")
def list_tokens(house: House, asking: Asking) -> Tokens:
    """Every token of this member, also those that ended. No secrets."""
    with look(house, asking) as scope:
        rows = scope.people.tokens(asking.member_id)
        return Tokens(items=[Token.model_validate(row) for row in rows])


@inside.delete("/tokens/{token_id}", status_code=204, summary="Revoke a token", responses=faults(404))
def revoke_token(house: House, asking: Asking, token_id: str) -> None:
    """The token stops working at once. Members revoke their own tokens, admins everybody's."""
    house.access.revoke_token(asking, token_id)


@inside.get("/me", summary="Show who I am")
def show_me(house: House, asking: Asking) -> Me:
    """The member whom the token acts as, their roles and their practice."""
    with look(house, asking) as scope:
        practice = OwnPractice.model_validate(scope.practices.get())
    return Me(id=asking.member_id, name=asking.name, roles=sorted(asking.roles), practice=practice)


router = APIRouter()
router.include_router(at_the_door)
router.include_router(inside)
