"""Setting a server up, signing in and out, and tokens."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.refusal import Refusal
from people.access import SetupRefused
from people.secrets import token_hash
from rounds.desk import check_ready, kept_token, opened, signed_in, token_file
from rounds.screen import AsJson, answer, ask, ask_secret, facts, table
from rounds.wiring import House, prepare
from store.database import StoreUnavailable

tokens = typer.Typer(name="token", help="Tokens act as you, for scripts and the API.", no_args_is_help=True)

Email = Annotated[str, typer.Option(help="Your e-mail address. Left out: asked for.")]
COLUMNS = {
    "id": "Token",
    "name": "Name",
    "made": "Made",
    "used": "Last used",
    "expires": "Ends",
    "state": "State",
}


class NotSetUp(Refusal):
    """Nobody has set this server up."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody works here yet. Open the set-up link that Rounds prints when it starts, or set it up "
            "here: rounds setup"
        )


# ---------------------------------------------------------------- set-up


def setup(
    practice: Annotated[str, typer.Option(help="The practice's name, as patients know it.")],
    zone: Annotated[str, typer.Option(help="Its time zone, for example America/New_York.")],
    name: Annotated[str, typer.Option(help="The name of the first person, who becomes its admin.")],
    email: Annotated[str, typer.Option(help="Their e-mail address.")],
    as_json: AsJson = False,
) -> None:
    """Set a new server up from here. The password is asked for, or read from standard input."""
    with opened() as house:
        prepare(house)
        link = house.access.new_setup_link()
        if link is None:
            raise SetupRefused("This server is set up already. Sign in instead: rounds login")
        password = ask_secret("Password")
        actor = house.access.set_up(
            link, practice=practice, zone=zone, name=name, email=email, password=password
        )
    record = {"practice_id": actor.practice_id, "member_id": actor.member_id, "roles": actor.roles}
    answer(as_json, record, f"{practice} is set up, and {actor.name} is its admin. Sign in: rounds login")


# ---------------------------------------------------------------- in and out


def login(email: Email = "", as_json: AsJson = False) -> None:
    """Sign in here. The password is asked for, or read from standard input; it is not kept."""
    with opened() as house:
        check_ready(house)
        if not _anybody(house):
            raise NotSetUp
        address = email or ask("E-mail")
        actor, session = house.access.sign_in(address, ask_secret("Password"))
        house.access.sign_out(session)
        _, token = house.access.make_token(actor, f"Command line on {socket.gethostname()}"[:100])
        place = token_file(house)
        _keep(place, token)
    record = {"member_id": actor.member_id, "name": actor.name, "token_file": place}
    answer(as_json, record, f"You are signed in as {actor.name}.")


def _anybody(house: House) -> bool:
    with house.database.read() as work:
        return bool(work.server.practices())


def _keep(place: Path, token: str) -> None:
    """Write the token where only this user can read it, from the first byte on."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = place.with_name(f".{place.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{token}\n")
        fresh.replace(place)
    except OSError as error:
        raise StoreUnavailable(
            f"The token cannot be kept in {place} ({error.strerror}). Name another file in ROUNDS_TOKEN_FILE."
        ) from None


def logout(as_json: AsJson = False) -> None:
    """Sign out here. The kept token is revoked and forgotten."""
    with opened() as house:
        token = kept_token(house)
        if not token:
            raise Refusal("Nobody is signed in here.")
        check_ready(house)
        try:
            _revoke(house, token)
        finally:
            token_file(house).unlink(missing_ok=True)
    answer(as_json, {"signed_out": True}, "You are signed out.")


def _revoke(house: House, token: str) -> None:
    actor = house.access.by_token(token)
    with house.database.read() as work:
        row = work.server.token(token_hash(token))
    if row is not None:
        house.access.revoke_token(actor, row.id)


def whoami(as_json: AsJson = False) -> None:
    """Tell who acts here, and with which roles."""
    with signed_in() as desk, desk.looking() as scope:
        practice, member = scope.practices.get(), scope.people.member(desk.actor.member_id)
        record = {
            "member_id": member.id,
            "name": member.name,
            "email": member.email,
            "practice_id": practice.id,
            "practice": practice.name,
            "roles": sorted(desk.actor.roles),
        }
    told = {
        "Name": record["name"],
        "E-mail": record["email"],
        "Practice": record["practice"],
        "Roles": record["roles"],
    }
    answer(as_json, record, facts(told))


# ---------------------------------------------------------------- tokens


@tokens.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List your tokens; what they are is never shown again."""
    with signed_in() as desk, desk.looking() as scope:
        reader = desk.reader(scope)
        records = [
            {
                "id": row.id,
                "name": row.name,
                "created_at": row.created_at,
                "made": reader.wall(row.created_at),
                "used_at": row.used_at,
                "used": reader.wall(row.used_at) if row.used_at else "never",
                "expires_at": row.expires_at,
                "expires": reader.wall(row.expires_at),
                "state": "revoked"
                if row.revoked_at
                else "ended"
                if row.expires_at <= reader.now
                else "works",
            }
            for row in scope.people.tokens(desk.actor.member_id)
        ]
    answer(as_json, records, table(records, COLUMNS, "You have no tokens."))


@tokens.command("make")
def make_token(
    name: Annotated[str, typer.Argument(help="Where it will be used.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it works.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a token that acts as you. It is shown once."""
    with signed_in() as desk:
        token_id, token = desk.house.access.make_token(desk.actor, name[:100], timedelta(days=days))
    record: dict[str, Any] = {"id": token_id, "token": token}
    answer(as_json, record, "Keep it now; it is not shown again:", token)


@tokens.command("revoke")
def revoke_token(
    token: Annotated[
        str, typer.Argument(metavar="TOKEN", help="The token's id, as `rounds token list` shows it.")
    ],
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    with signed_in() as desk:
        desk.house.access.revoke_token(desk.actor, token)
    answer(as_json, {"id": token, "state": "revoked"}, "The token works no longer.")


def register(app: typer.Typer) -> None:
    app.command()(setup)
    app.command()(login)
    app.command()(logout)
    app.command()(whoami)
    app.add_typer(tokens)
