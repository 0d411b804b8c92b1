"""Posts: list, write, read, change, put forward, take back."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from domain.states import Editorial
from rounds.commands import asking
from rounds.commands.describing import (
    finding_record,
    findings_table,
    names_of_channels,
    names_of_members,
    publication_record,
    publications_table,
    variant_parts,
    variant_record,
)
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, facts, heading, table
from store.models import PostRow, Publication
from store.scope import PracticeScope

posts = typer.Typer(name="post", help="Write posts, and see where they stand.", no_args_is_help=True)

PostId = Annotated[str, typer.Argument(metavar="POST", help="The post's id, as `rounds post list` shows it.")]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="KEY=REASON", help="Why a warning of the guard stays as it is."),
]

COLUMNS = {
    "id": "Post",
    "due": "When",
    "title": "Title",
    "state": "State",
    "outcome": "Became of it",
    "author": "Author",
}


# ---------------------------------------------------------------- looking


@posts.command("list")
def list_posts(
    state: Annotated[
        list[Editorial] | None, typer.Option(metavar="STATE", help="Only posts that stand so.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Due on this day or later: 2026-12-24.")] = None,
    until: Annotated[str | None, typer.Option(help="Due on this day or earlier.")] = None,
    mine: Annotated[bool, typer.Option(help="Only those that are assigned to me.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List posts by their time; those without one come last."""
    with signed_in() as desk, desk.looking() as scope:
        zone = ZoneInfo(scope.practices.get().zone)
        rows = scope.posts.list(
            states=state or None,
            since=asking.day(since).replace(tzinfo=zone) if since else None,
            until=asking.day_after(until).replace(tzinfo=zone) if until else None,
            author_id=desk.actor.member_id if mine else None,
            limit=limit,
        )
        records = _records(desk, scope, rows)
    answer(as_json, records, table(records, COLUMNS, "There are no posts here."))


def _records(desk: Desk, scope: PracticeScope, rows: Sequence[PostRow]) -> list[dict[str, Any]]:
    reader, listed = desk.reader(scope), scope.listings.of([row.id for row in rows])
    return [
        {
            "id": row.id,
            "title": row.title,
            "state": row.state,
            "outcome": _outcome(listed[row.id].publications),
            "author": listed[row.id].author,
            "campaign": listed[row.id].campaign,
            "due_at": row.due_at,
            "due": reader.wall(row.due_at) if row.due_at else "",
            "wall": row.wall,
            "zone": row.zone,
            "revision": row.revision,
        }
        for row in rows
    ]


def _outcome(publications: Sequence[Publication]) -> str:
    """ "published", or "2 published, 1 failed" where channels differ."""
    counts = Counter(str(row.state) for row in publications)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {state}" for state, count in counts.items())


@posts.command("show")
def show_post(post: PostId, as_json: AsJson = False) -> None:
    """Show one post: its words on every channel, where it stands, and what was decided."""
    with signed_in() as desk, desk.looking() as scope:
        record = whole_record(desk, scope, post)
    told = {
        "Post": record["id"],
        "Title": record["title"],
        "State": record["state"],
        "When": record["due"],
        "Author": record["author"],
        "Campaign": record["campaign"],
        "Labels": record["labels"],
        "Revision": record["revision"],
        "Fingerprint": record["fingerprint"],
    }
    words = [part for variant in record["channels"] for part in variant_parts(variant)]
    out = publications_table(record["publications"], "Nothing of it is in the calendar yet.")
    decided = {"by": "Who", "kind": "Decision", "reason": "Reason"}
    decisions = table(record["decisions"], decided, "Nobody has decided yet.")
    answer(
        as_json, record, facts(told), *words, heading("Decisions"), decisions, heading("Publications"), out
    )


def whole_record(desk: Desk, scope: PracticeScope, post_id: str) -> dict[str, Any]:
    """Everything there is to say about one post."""
    row = scope.posts.get(post_id)
    [record] = _records(desk, scope, [row])
    revision = scope.posts.revision(row.id, row.revision)
    channels, people, reader = names_of_channels(scope), names_of_members(scope), desk.reader(scope)
    return {
        **record,
        "labels": scope.posts.labels(row.id),
        "fingerprint": revision.fingerprint,
        "channels": [variant_record(variant, channels) for variant in scope.posts.variants(revision.id)],
        "decisions": [
            {
                "by": people[decision.member_id],
                "kind": decision.kind,
                "reason": decision.reason,
                "fingerprint": decision.fingerprint,
                "at": decision.decided_at,
            }
            for decision in scope.signoffs.decisions_on_post(row.id)
        ],
        "publications": [
            publication_record(publication, channels, reader)
            for publication in scope.publications.of_post(row.id)
        ],
    }


# ---------------------------------------------------------------- moving on


@posts.command("submit")
def submit_post(post: PostId, keep: Keep = None, as_json: AsJson = False) -> None:
    """Put a draft before the reviewers. Warnings of the guard need a reason each (--keep)."""
    with signed_in() as desk:
        submission = desk.house.signoff.submit(desk.actor, post, asking.pairs(keep or [], "--keep"))
    record = {"submission_id": submission.id, "post_id": post, "fingerprint": submission.fingerprint}
    answer(as_json, record, "It is with the reviewers now.", facts({"Fingerprint": submission.fingerprint}))


@posts.command("withdraw")
def withdraw_post(
    post: PostId,
    reason: Annotated[str, typer.Option(help="Why, for the others.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a post out of the calendar before it is published."""
    with signed_in() as desk:
        desk.house.drafts.withdraw(desk.actor, post, reason)
    answer(
        as_json, {"id": post, "state": Editorial.WITHDRAWN}, "The post is withdrawn; nothing of it goes out."
    )


def check(post: PostId, as_json: AsJson = False) -> None:
    """See what the guard says of a post."""
    with signed_in() as desk:
        findings = desk.house.signoff.check(desk.actor, post)
        with desk.looking() as scope:
            channels = names_of_channels(scope)
    records = [finding_record(finding, channels) for finding in findings]
    answer(as_json, records, findings_table(records))


def register(app: typer.Typer) -> None:
    app.add_typer(posts)
    app.command()(check)
