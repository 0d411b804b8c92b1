"""Reviews: what waits for a signature, the exact words, and the three answers."""

from typing import Annotated, Any

import typer

from approval.service import STATEMENT, CannotDecide
from domain.states import Editorial
from domain.words import DecisionKind, Finding
from rounds.commands.describing import (
    finding_record,
    findings_table,
    names_of_channels,
    names_of_members,
    variant_parts,
    variant_record,
)
from rounds.commands.posts import PostId
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, agreed, answer, aside, facts, heading, show, table
from store.models import Submission
from store.scope import PracticeScope

reviews = typer.Typer(name="review", help="Read what waits, and decide.", no_args_is_help=True)

Seen = Annotated[
    list[str] | None, typer.Option("--seen", metavar="KEY", help="I looked at this warning and it may stay.")
]
Reason = Annotated[str, typer.Option("--reason", help="What should change, for the author.")]

COLUMNS = {"post_id": "Post", "submitted": "Submitted", "due": "Due", "title": "Title", "by": "By"}


class NothingToReview(CannotDecide):
    """The post waits for nobody."""

    def __init__(self, post_id: str) -> None:
        super().__init__(f"The post {post_id} waits for no decision. See what does: rounds review list")


@reviews.command("list")
def list_reviews(as_json: AsJson = False) -> None:
    """List what waits for a decision, the longest first."""
    with signed_in() as desk, desk.looking() as scope:
        reader, people = desk.reader(scope), names_of_members(scope)
        waiting = scope.signoffs.waiting()
        posts = scope.browsing.posts_by_id(submission.post_id for submission in waiting)
        records = [
            {
                "submission_id": submission.id,
                "post_id": submission.post_id,
                "title": posts[submission.post_id].title,
                "by": people[submission.submitted_by],
                "submitted_at": submission.submitted_at,
                "submitted": reader.wall(submission.submitted_at),
                "due_at": posts[submission.post_id].due_at,
                "due": reader.wall(due) if (due := posts[submission.post_id].due_at) else "",
                "fingerprint": submission.fingerprint,
            }
            for submission in waiting
        ]
    answer(as_json, records, table(records, COLUMNS, "Nothing waits for a decision."))


@reviews.command("show")
def show_review(post: PostId, as_json: AsJson = False) -> None:
    """Show exactly what is to be signed: the words for every channel, findings, fingerprint."""
    with signed_in() as desk, desk.looking() as scope:
        record = review_record(desk, scope, open_submission(scope, post))
    answer(as_json, record, *review_parts(record))


@reviews.command("approve")
def approve(
    post: PostId,
    seen: Seen = None,
    fingerprint: Annotated[
        str, typer.Option(help="Approve only if this is still the post's fingerprint.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="I have read it already: do not show it and ask.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign a post: read its exact words, then say yes. Nobody signs their own words."""
    with signed_in() as desk:
        with desk.looking() as scope:
            submission = open_submission(scope, post)
            record = review_record(desk, scope, submission)
        if not yes:
            _ask_for_signature(record)
        state = desk.house.signoff.decide(
            desk.actor,
            submission.id,
            DecisionKind.APPROVE,
            fingerprint or submission.fingerprint,
            seen=seen or (),
        )
        if state is Editorial.APPROVED:
            desk.house.scheduling.book_approved()
    _tell_decided(as_json, record, state)


def _ask_for_signature(record: dict[str, Any]) -> None:
    """Raises CannotDecide unless the person reads the words and agrees."""
    show(*review_parts(record), to_standard_error=True)
    aside(f"\n{STATEMENT}")
    if not agreed("Do you sign this?"):
        raise CannotDecide("Nothing is signed. Say yes at the question, or add --yes.")


@reviews.command("request-changes")
def request_changes(post: PostId, reason: Reason, as_json: AsJson = False) -> None:
    """Send a post back to its author with a reason."""
    _decide(post, DecisionKind.REQUEST_CHANGES, reason, as_json)


@reviews.command("reject")
def reject(post: PostId, reason: Reason, as_json: AsJson = False) -> None:
    """Turn a post down with a reason."""
    _decide(post, DecisionKind.REJECT, reason, as_json)


def _decide(post_id: str, kind: DecisionKind, reason: str, as_json: bool) -> None:
    with signed_in() as desk:
        with desk.looking() as scope:
            submission = open_submission(scope, post_id)
            record = review_record(desk, scope, submission)
        state = desk.house.signoff.decide(desk.actor, submission.id, kind, submission.fingerprint, reason)
    _tell_decided(as_json, record, state)


def _tell_decided(as_json: bool, record: dict[str, Any], state: Editorial) -> None:
    words = str(state).replace("_", " ")
    waits = " More people have to agree." if state is Editorial.IN_REVIEW else ""
    told = {"post_id": record["post_id"], "state": state, "fingerprint": record["fingerprint"]}
    answer(as_json, told, f"“{record['title']}” is {words}.{waits}")


# ---------------------------------------------------------------- reading


def open_submission(scope: PracticeScope, post_id: str) -> Submission:
    """The submission of a post that waits; raises NothingToReview."""
    submission = scope.signoffs.open_submission(scope.posts.get(post_id).id)
    if submission is None:
        raise NothingToReview(post_id)
    return submission


def review_record(desk: Desk, scope: PracticeScope, submission: Submission) -> dict[str, Any]:
    post = scope.posts.get(submission.post_id)
    channels, people, reader = names_of_channels(scope), names_of_members(scope), desk.reader(scope)
    return {
        "post_id": post.id,
        "submission_id": submission.id,
        "title": post.title,
        "by": people[submission.submitted_by],
        "due_at": post.due_at,
        "due": reader.wall(post.due_at) if post.due_at else "",
        "fingerprint": submission.fingerprint,
        "channels": [
            variant_record(variant, channels) for variant in scope.posts.variants(submission.revision_id)
        ],
        "findings": [
            {
                **finding_record(Finding.model_validate(row.body), channels),
                "kept_because": row.kept_reason or "",
                "kept_by": people.get(row.kept_by or "", ""),
            }
            for row in scope.signoffs.findings(submission.id)
        ],
    }


def review_parts(record: dict[str, Any]) -> list[Any]:
    """What a person reads before deciding."""
    told = {"Post": record["post_id"], "Title": record["title"], "By": record["by"], "Due": record["due"]}
    words = [part for variant in record["channels"] for part in variant_parts(variant)]
    signs = facts({"You sign the fingerprint": record["fingerprint"]})
    return [facts(told), *words, heading("The guard"), findings_table(record["findings"]), signs]


def register(app: typer.Typer) -> None:
    app.add_typer(reviews)
