"""The command line: `rounds …`. It acts as a named member and obeys the same laws as the pages."""

import sys

import typer

from domain.refusal import Refusal
from rounds import commands
from rounds.screen import fail
from store.database import StoreUnavailable

app = typer.Typer(
    name="rounds",
    help="A content calendar and publishing engine for medical practices.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
commands.register(app)


def main() -> None:
    """The entry point: a refusal is one sentence on stderr, and exit code 1."""
    try:
        app()
    except (Refusal, StoreUnavailable) as error:
        sys.exit(fail(str(error)))


if __name__ == "__main__":
    main()
