"""The command line: `rounds …`. It acts as a named member and obeys the same laws as the pages."""

from typing import Any

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError
from typer.core import TyperGroup

from config.policies import PolicyError
from connectors.registry import UnknownConnector
from domain.refusal import Refusal
from drafting.media import UnsoundMedia
from drafting.wallclock import UnknownZone
from rounds import commands
from rounds.screen import fail
from store.database import StoreUnavailable, explain

EXPECTED = (
    Refusal,
    StoreUnavailable,
    PolicyError,
    UnknownConnector,
    UnknownZone,
    UnsoundMedia,
    ValidationError,
    ArgumentError,
    DBAPIError,
    OSError,
)


class Commands(TyperGroup):
    """All commands. What goes wrong is one sentence on standard error, and exit code 1."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except EXPECTED as error:
            raise typer.Exit(fail(sentence(error))) from None


def sentence(error: Exception) -> str:
    """What a person reads of an error that was foreseen."""
    match error:
        case ValidationError():
            return _fields(error)
        case DBAPIError():
            return explain(error, "of this server")
        case ArgumentError():
            return "ROUNDS_DATABASE_URL is not the address of a database. Write it as postgresql://…"
        case UnknownZone():
            hint = f" Did you mean {error.nearest}?" if error.nearest else " Write it as America/New_York."
            return f"{error}{hint}"
        case OSError():
            return f"{error.filename or 'The file'} cannot be used: {error.strerror or error}."
        case LookupError():
            return str(error.args[0])
        case _:
            return str(error)


def _fields(error: ValidationError) -> str:
    """Which fields are wrong and why; never what was typed, which may be a secret."""
    prefix = "ROUNDS_" if error.title == "Settings" else ""
    faults = (
        f"{prefix}{_name(fault['loc'], bool(prefix))}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )
    return "; ".join(faults).removesuffix(".") + "."


def _name(place: tuple[int | str, ...], shout: bool) -> str:
    name = ".".join(map(str, place)) or "input"
    return name.upper() if shout else name


app = typer.Typer(
    name="rounds",
    cls=Commands,
    help="A content calendar and publishing engine for medical practices.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
commands.register(app)


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
