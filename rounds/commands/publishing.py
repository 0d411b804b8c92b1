"""Publications: when they go out, what became of them, and what a person decides about them."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from domain.states import Delivery
from rounds.commands import asking
from rounds.commands.describing import names_of_channels, publication_record, publications_table
from rounds.commands.posts import PostId
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, facts, heading, table
from store.models import Attempt, Publication, Receipt, SideWorkRow
from store.scope import PracticeScope
from web.reader import Reader

publications = typer.Typer(
    name="publication", help="See what went out, and what did not.", no_args_is_help=True
)
uncertain = typer.Typer(
    name="uncertain", help="Posts that were sent and whose outcome nobody knows.", no_args_is_help=True
)

PublicationId = Annotated[str, typer.Argument(metavar="PUBLICATION", help="The publication's id.")]

ATTEMPT_COLUMNS = {
    "fence": "No.",
    "kind": "Kind",
    "started": "Began",
    "outcome": "Outcome",
    "code": "Code",
    "message": "What was said",
}
SIDE_WORK_COLUMNS = {"kind": "Step", "state": "State", "run": "When", "message": "What was said"}


# ---------------------------------------------------------------- timing


def schedule(
    post: PostId,
    at: Annotated[str, typer.Option(metavar="TIME", help=asking.TIME_HELP)],
    zone: Annotated[str, typer.Option(help="The time's zone. Left out: the post's own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give an approved post its time. One that has a time is moved, within what was signed."""
    wall, marker = asking.wall_time(at)
    with signed_in() as desk:
        rows = desk.house.scheduling.schedule(desk.actor, post, wall, zone, marker)
        _tell(desk, rows, as_json)


def publish_now(post: PostId, as_json: AsJson = False) -> None:
    """Send an approved post at once. The daemon does it within a second."""
    with signed_in() as desk:
        _tell(desk, desk.house.scheduling.publish_now(desk.actor, post), as_json)


def cancel(
    publication: PublicationId,
    reason: Annotated[str, typer.Option(help="Why, for the others.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take one publication out before it leaves."""
    with signed_in() as desk:
        desk.house.scheduling.cancel(desk.actor, publication, reason)
    answer(as_json, {"id": publication, "state": Delivery.CANCELLED}, "It is cancelled and will not go out.")


def try_again(publication: PublicationId, as_json: AsJson = False) -> None:
    """Send a failed or expired publication once more, while its signature covers it."""
    with signed_in() as desk:
        desk.house.scheduling.try_again(desk.actor, publication)
    answer(as_json, {"id": publication, "state": Delivery.SCHEDULED}, "The daemon sends it once more.")


def retract(
    publication: PublicationId,
    reason: Annotated[str, typer.Option(help="Why it comes down.")],
    as_json: AsJson = False,
) -> None:
    """Take a published post down again. The daemon asks the network to."""
    with signed_in() as desk:
        desk.house.deciding.retract(desk.actor, publication, reason)
    answer(as_json, {"id": publication, "asked": "retract"}, "The daemon takes it down.")


def _tell(desk: Desk, rows: list[Publication], as_json: bool) -> None:
    with desk.looking() as scope:
        records = _records(desk, scope, rows)
    answer(as_json, records, publications_table(records, "Nothing goes out."))


def _records(desk: Desk, scope: PracticeScope, rows: Sequence[Publication]) -> list[dict[str, Any]]:
    channels, reader = names_of_channels(scope), desk.reader(scope)
    return [publication_record(row, channels, reader) for row in rows]


# ---------------------------------------------------------------- looking


@publications.command("list")
def list_publications(
    state: Annotated[
        list[Delivery] | None, typer.Option(metavar="STATE", help="Only those that stand so.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List publications by the time they are due."""
    with signed_in() as desk, desk.looking() as scope:
        rows = scope.publications.in_states(state or list(Delivery), limit)
        records = _records(desk, scope, rows)
    answer(as_json, records, publications_table(records, "There are no publications here."))


@publications.command("show")
def show_publication(publication: PublicationId, as_json: AsJson = False) -> None:
    """Show one publication with every call that was made for it and what proves that it stands."""
    with signed_in() as desk, desk.looking() as scope:
        record = whole_record(desk, scope, scope.publications.get(publication))
    told = {
        "Publication": record["id"],
        "Post": record["post_id"],
        "Channel": record["channel"],
        "State": record["state"],
        "Due": record["due"],
        "Why": record["reason"],
        "Address": record["url"],
        "Fingerprint": record["fingerprint"],
        "Proof": _proof(record["receipt"]),
    }
    attempts = table(record["attempts"], ATTEMPT_COLUMNS, "No call was made yet.")
    found = {"found": "What the network showed", "note": ""}
    answer(
        as_json,
        record,
        facts(told),
        heading("Calls"),
        attempts,
        *([table(record["found"], found, "")] if record["found"] else []),
        heading("Further steps"),
        table(record["side_work"], SIDE_WORK_COLUMNS, "None."),
    )


def whole_record(desk: Desk, scope: PracticeScope, row: Publication) -> dict[str, Any]:
    """Everything there is to say about one publication."""
    [record] = _records(desk, scope, [row])
    reader = desk.reader(scope)
    return {
        **record,
        "fingerprint": row.fingerprint,
        "finished_steps": dict(row.steps),
        "step_in_doubt": row.in_doubt,
        "found": [{"found": found, "note": note} for found, note in row.found],
        "receipt": _receipt(scope.publications.receipt(row.id)),
        "attempts": [_attempt(attempt, reader) for attempt in scope.publications.attempts(row.id)],
        "side_work": [_step(step, reader) for step in scope.publications.side_work(row.id)],
    }


def _receipt(receipt: Receipt | None) -> dict[str, Any] | None:
    if receipt is None:
        return None
    return {
        "remote_id": receipt.remote_id,
        "url": receipt.url,
        "evidence": receipt.evidence,
        "published_at": receipt.published_at,
        "received_at": receipt.received_at,
    }


def _attempt(attempt: Attempt, reader: Reader) -> dict[str, Any]:
    return {
        "fence": attempt.fence,
        "kind": attempt.kind,
        "started_at": attempt.started_at,
        "started": reader.wall(attempt.started_at),
        "finished_at": attempt.finished_at,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "message": attempt.message,
    }


def _step(step: SideWorkRow, reader: Reader) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "state": step.state,
        "run_at": step.run_at,
        "run": reader.wall(step.run_at),
        "message": step.message,
    }


def _proof(receipt: dict[str, Any] | None) -> str:
    if receipt is None:
        return ""
    by = {"answer": "the network's own answer", "lookup": "a look-up", "person": "a person who looked"}
    return f"{receipt['remote_id']}, by {by.get(receipt['evidence'], receipt['evidence'])}"


# ---------------------------------------------------------------- unknown outcomes


@uncertain.command("list")
def list_uncertain(as_json: AsJson = False) -> None:
    """List what was sent with an unknown outcome. It is never sent again blindly."""
    with signed_in() as desk, desk.looking() as scope:
        rows = scope.publications.in_states([Delivery.UNCERTAIN, Delivery.PARTIAL])
        records = _records(desk, scope, rows)
    answer(as_json, records, publications_table(records, "Nothing is uncertain."))


@uncertain.command("resolve")
def resolve(
    publication: PublicationId,
    there: Annotated[
        bool, typer.Option("--there/--not-there", help="I looked on the network: it stands, or it does not.")
    ],
    url: Annotated[str, typer.Option(help="Where it stands, if you have the address.")] = "",
    remote_id: Annotated[str, typer.Option(help="Its id at the network, if you have it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what you saw on the network. Not there: it is sent once more."""
    with signed_in() as desk:
        if there:
            desk.house.deciding.it_is_there(desk.actor, publication, remote_id, url)
        else:
            desk.house.deciding.it_is_not_there(desk.actor, publication)
        with desk.looking() as scope:
            row = scope.publications.get(publication)
            [record] = _records(desk, scope, [row])
    answer(as_json, record, "It counts as published." if there else "It is sent once more.")


def register(app: typer.Typer) -> None:
    app.command()(schedule)
    app.command("publish-now")(publish_now)
    app.command()(cancel)
    app.command("try-again")(try_again)
    app.command()(retract)
    app.add_typer(publications)
    app.add_typer(uncertain)
