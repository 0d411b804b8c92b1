"""Stop: everything, a channel, a campaign or a label; and going on again after a fresh look."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from channels.connecting import channel_of
from domain.refusal import Refusal
from domain.words import HoldScope
from rounds.commands.describing import (
    names_of_channels,
    names_of_members,
    publication_record,
    publications_table,
)
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, heading, show, table
from store.models import Hold, Publication
from store.scope import PracticeScope

COLUMNS = {
    "id": "Stop",
    "scope": "Covers",
    "target": "Which",
    "reason": "Why",
    "by": "By",
    "placed": "Since",
    "held": "Held",
}


class Late(StrEnum):
    """What becomes of posts whose time passed during a Stop."""

    ALL = "all"
    NONE = "none"


class CannotResume(Refusal):
    """It is not clear what to resume, or what to do with what was missed."""


def stop(
    reason: Annotated[str, typer.Option(help="Why everything stops; everybody sees it.")],
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    campaign: Annotated[str, typer.Option(help="Only this campaign.")] = "",
    label: Annotated[str, typer.Option(help="Only posts with this label.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop: nothing goes out. Without a limit it covers the whole practice, until somebody resumes."""
    if sum(bool(limit) for limit in (channel, campaign, label)) > 1:
        raise typer.BadParameter("Name one of --channel, --campaign and --label, or none of them.")
    with signed_in() as desk:
        with desk.looking() as scope:
            covers, target = _target(scope, channel, campaign, label)
        hold, held = desk.house.stopping.stop(desk.actor, covers, target, reason)
    record = {"id": hold.id, "scope": covers, "target": target, "reason": hold.reason, "held": held}
    answer(
        as_json, record, f"Stopped. {_posts(held)} held. When you are ready to go on: rounds resume {hold.id}"
    )


def _target(scope: PracticeScope, channel: str, campaign: str, label: str) -> tuple[HoldScope, str | None]:
    if channel:
        return HoldScope.CHANNEL, channel_of(scope, channel).id
    if campaign:
        known = {row.name.casefold(): row.id for row in scope.posts.campaigns()}
        if campaign.strip().casefold() not in known:
            raise Refusal(f"There is no campaign “{campaign}” here.")
        return HoldScope.CAMPAIGN, known[campaign.strip().casefold()]
    return (HoldScope.LABEL, label.strip()) if label else (HoldScope.PRACTICE, None)


def stops(as_json: AsJson = False) -> None:
    """List the Stops that stand."""
    with signed_in() as desk, desk.looking() as scope:
        records = _records(desk, scope)
    answer(as_json, records, table(records, COLUMNS, "Nothing is stopped."))


def _records(desk: Desk, scope: PracticeScope) -> list[dict[str, Any]]:
    people, reader = names_of_members(scope), desk.reader(scope)
    names = names_of_channels(scope) | {row.id: row.name for row in scope.posts.campaigns()}
    return [
        {
            "id": hold.id,
            "scope": hold.scope,
            "target": names.get(hold.target or "", hold.target),
            "reason": hold.reason,
            "by": people[hold.placed_by],
            "placed_at": hold.placed_at,
            "placed": reader.wall(hold.placed_at),
            "held": len(scope.publications.held_by(hold)),
        }
        for hold in scope.publications.open_holds()
    ]


def resume(
    hold: Annotated[
        str, typer.Argument(metavar="[STOP]", help="The Stop's id; not needed for the only one.")
    ] = "",
    send_late: Annotated[
        Late | None, typer.Option(help="What was missed meanwhile: send all of it now, or cancel it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Go on after a Stop. What is still ahead goes on by itself; what was missed waits for your word."""
    with signed_in() as desk:
        with desk.looking() as scope:
            chosen = _chosen(scope.publications.open_holds(), hold)
        missed = [
            row
            for row in desk.house.stopping.missed(desk.actor, chosen)
            if row.due_at <= desk.house.clock.now()
        ]
        if missed and send_late is None:
            _refuse_without_a_look(desk, missed)
        keep = [row.id for row in missed] if send_late is Late.ALL else []
        scheduled, cancelled = desk.house.stopping.resume(desk.actor, chosen, keep)
    record = {"id": chosen, "scheduled": scheduled, "cancelled": cancelled}
    gone = f", {_posts(cancelled)} cancelled" if cancelled else ""
    answer(as_json, record, f"Going on: {_posts(scheduled)} scheduled again{gone}.")


def _chosen(open_holds: Sequence[Hold], given: str) -> str:
    if given:
        return given
    if len(open_holds) != 1:
        raise CannotResume(
            "Several Stops stand. Say which: rounds stops lists them."
            if open_holds
            else "Nothing is stopped."
        )
    return open_holds[0].id


def _refuse_without_a_look(desk: Desk, missed: Sequence[Publication]) -> None:
    with desk.looking() as scope:
        channels, reader = names_of_channels(scope), desk.reader(scope)
    records = [publication_record(row, channels, reader) for row in missed]
    show(heading("Missed during the Stop"), publications_table(records, ""), to_standard_error=True)
    raise CannotResume(
        f"{_were(len(missed))} missed during the Stop. Add --send-late all to send them now, or "
        "--send-late none to cancel them."
    )


def _posts(count: int) -> str:
    return "1 post is" if count == 1 else f"{count} posts are"


def _were(count: int) -> str:
    return "1 post was" if count == 1 else f"{count} posts were"


def register(app: typer.Typer) -> None:
    app.command()(stop)
    app.command()(stops)
    app.command()(resume)
