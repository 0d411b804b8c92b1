"""Promotions: what deserves to be seen once more, and a person's answer."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from domain.words import PromotionState
from promotion.service import MAY_PROMOTE
from rounds.commands.describing import names_of_channels, names_of_members
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, facts, table
from store.models import Promotion
from store.scope import PracticeScope

promotions = typer.Typer(name="promotions", help="What deserves to be seen once more.", no_args_is_help=True)

PromotionId = Annotated[str, typer.Argument(metavar="PROMOTION", help="The promotion's id.")]

COLUMNS = {
    "id": "Promotion",
    "title": "Post",
    "channel": "Channel",
    "state": "State",
    "proposed": "Proposed",
    "reason": "Why",
}


@promotions.command("list")
def list_promotions(
    state: Annotated[
        list[PromotionState] | None, typer.Option(metavar="STATE", help="Only those that stand so.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List promotions, the newest first."""
    with signed_in() as desk, desk.looking() as scope:
        tell = _telling(desk, scope)
        records = [
            tell(lift.promotion, lift.publication.post_id, lift.title)
            for lift in scope.results.lifts(state or list(PromotionState), limit)
        ]
    answer(as_json, records, table(records, COLUMNS, "Nothing was proposed yet."))


@promotions.command("show")
def show_promotion(promotion: PromotionId, as_json: AsJson = False) -> None:
    """Show one promotion, with the figures that it rests on."""
    with signed_in() as desk, desk.looking() as scope:
        row = scope.promotions.get(promotion)
        post = scope.posts.get(scope.publications.get(row.publication_id).post_id)
        told = _telling(desk, scope)(row, post.id, post.title)
        record = {**told, "verdict": row.verdict, "message": row.message}
    figures = row.verdict.get("ruling", {}).get("figures") or {}
    shown = {
        "Promotion": record["id"],
        "Post": record["title"],
        "Channel": record["channel"],
        "State": record["state"],
        "Proposed": record["proposed"],
        "Why": record["reason"],
        "Decided by": record["by"],
        "Said": record["message"],
        **{name.replace("_", " ").capitalize(): f"{value:.3g}" for name, value in figures.items()},
    }
    answer(as_json, record, facts(shown))


def _telling(desk: Desk, scope: PracticeScope) -> Callable[[Promotion, str, str], dict[str, Any]]:
    """Tells of a promotion, given its post's id and title; names are looked up once."""
    channels, people, reader = names_of_channels(scope), names_of_members(scope), desk.reader(scope)

    def tell(row: Promotion, post_id: str, title: str) -> dict[str, Any]:
        return {
            "id": row.id,
            "publication_id": row.publication_id,
            "post_id": post_id,
            "title": title,
            "channel": channels[row.channel_id],
            "state": row.state,
            "mode": row.mode,
            "reason": row.reason,
            "proposed_at": row.proposed_at,
            "proposed": reader.wall(row.proposed_at),
            "by": people.get(row.decided_by or "", ""),
            "decided_at": row.decided_at,
            "started_at": row.started_at,
            "ended_at": row.ended_at,
        }

    return tell


@promotions.command("approve")
def approve_promotion(promotion: PromotionId, as_json: AsJson = False) -> None:
    """Let the daemon lift the post once more."""
    with signed_in() as desk:
        desk.house.promoting.approve(desk.actor, promotion)
    record = {"id": promotion, "state": PromotionState.APPROVED}
    answer(as_json, record, "The daemon lifts it once more.")


@promotions.command("decline")
def decline_promotion(
    promotion: PromotionId,
    reason: Annotated[str, typer.Option(help="Why not.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say no to a promotion."""
    with signed_in() as desk:
        desk.house.promoting.decline(desk.actor, promotion, reason)
    answer(as_json, {"id": promotion, "state": PromotionState.DECLINED}, "It is declined.")


@promotions.command("evaluate")
def evaluate(as_json: AsJson = False) -> None:
    """Look at the numbers now; the daemon does so every quarter of an hour."""
    with signed_in() as desk:
        desk.actor.require(*MAY_PROMOTE, what="judge promotions")
        proposed = desk.house.promoting.evaluate(desk.actor.practice_id)
    answer(as_json, {"proposed": proposed}, f"Newly proposed: {proposed}.")


def register(app: typer.Typer) -> None:
    app.add_typer(promotions)
