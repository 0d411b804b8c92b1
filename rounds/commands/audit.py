"""The audit chain: what happened, and the proof that nothing was changed since."""

from typing import Annotated

import typer

from domain.words import Role
from rounds.commands.describing import names_of_members
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, table

audit = typer.Typer(name="audit", help="What happened, entry by entry.", no_args_is_help=True)

COLUMNS = {"seq": "No.", "when": "When", "who": "Who", "action": "What", "subject": "About"}


@audit.command("list")
def list_entries(
    subject: Annotated[str, typer.Option(help="Only about this: post:ID, publication:ID, member:ID …")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The latest so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the latest entries, oldest first."""
    with signed_in() as desk, desk.looking() as scope:
        _check_may_read(desk)
        reader = desk.reader(scope)
        people = {f"member:{key}": name for key, name in names_of_members(scope).items()}
        records = [
            {
                "seq": entry.seq,
                "at": entry.at,
                "when": reader.wall(entry.at),
                "actor": entry.actor,
                "who": people.get(entry.actor, entry.actor.partition(":")[0]),
                "action": entry.action,
                "subject": entry.subject,
                "detail": entry.detail,
                "hash": entry.hash,
            }
            for entry in scope.audit.latest(limit, subject or None)
        ]
    answer(as_json, records, table(records, COLUMNS, "Nothing happened yet."))


@audit.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Check every entry against the one before it."""
    with signed_in() as desk, desk.looking() as scope:
        _check_may_read(desk)
        broken = scope.audit.verify()
        last = next(iter(scope.audit.latest(1)), None)
    record = {
        "whole": broken is None,
        "entries": last.seq if last else 0,
        "last_hash": last.hash if last else "",
        "broken_at": broken.seq if broken else None,
        "why": broken.why if broken else "",
    }
    if broken is not None:
        answer(
            as_json,
            record,
            f"The chain is broken at entry {broken.seq}: {broken.why}. Keep a copy of the database.",
        )
        raise typer.Exit(1)
    answer(as_json, record, f"The chain is whole: {record['entries']} entries.")


def _check_may_read(desk: Desk) -> None:
    desk.actor.require(Role.AUDITOR, Role.ADMIN, what="read the audit chain")


def register(app: typer.Typer) -> None:
    app.add_typer(audit)
