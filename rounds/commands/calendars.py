"""Bringing a content calendar in: look first, then all or nothing."""

from pathlib import Path
from typing import Annotated, Any

import typer

from drafting.importing import Imported, Plan, folder_source
from rounds.desk import signed_in
from rounds.screen import AsJson, answer, progress, table

COLUMNS = {
    "row": "Row",
    "column": "Column",
    "severity": "Weight",
    "message": "What is wrong",
    "fix": "How to mend it",
}


def import_calendar(
    file: Annotated[Path, typer.Argument(help="An .xlsx, .csv or .ics file.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Create the drafts; without it nothing changes.")
    ] = False,
    valid_rows: Annotated[
        bool, typer.Option("--valid-rows", help="With --apply: take the sound rows, leave the others out.")
    ] = False,
    media_dir: Annotated[
        Path | None, typer.Option(help="Where its pictures lie. Left out: beside the file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a content calendar in as drafts. The same file twice changes nothing."""
    with signed_in() as desk:
        media = folder_source(media_dir or file.parent)
        with progress() as tell:
            plan = desk.house.importing.look(desk.actor, file, file.name, media, tell)
            if apply and (valid_rows or not plan.errors):
                done = desk.house.importing.apply(desk.actor, plan, valid_rows=valid_rows, progress=tell)
                record = {"created": done.created, "unchanged": done.unchanged, "refused": done.refused}
                applied = _what_was_done(done)
            else:
                record, applied = {}, ""
    problems = _problems(plan)
    seen = {"file": plan.filename, "posts": len(plan.rows), "new": len(plan.new_rows), "problems": problems}
    shown = [table(problems, COLUMNS, "No problems.")]
    answer(as_json, {**seen, "applied": bool(applied), **record}, *shown, applied or _what_next(plan, apply))
    if plan.errors and not applied:
        raise typer.Exit(1)


def _problems(plan: Plan) -> list[dict[str, Any]]:
    return [problem.model_dump(mode="json") for problem in plan.problems]


def _what_was_done(done: Imported) -> str:
    left_out = f", {done.refused} rows left out" if done.refused else ""
    return f"{done.created} new drafts, {done.unchanged} known already{left_out}."


def _what_next(plan: Plan, apply: bool) -> str:
    refused = f", {len(plan.errors)} problems" if plan.errors else ""
    found = f"{len(plan.rows)} sound posts, {len(plan.new_rows)} of them new{refused}."
    if apply:
        return f"{found} Nothing was imported. Mend the file, or add --valid-rows."
    return f"{found} Nothing was changed. To create the drafts, add --apply."


def register(app: typer.Typer) -> None:
    app.command("import")(import_calendar)
