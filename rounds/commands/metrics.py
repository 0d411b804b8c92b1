"""Numbers: how a post does, reading by reading."""

from collections.abc import Sequence
from typing import Any

import typer
from rich.console import RenderableType

from promotion.readings import engagement
from rounds.commands.describing import names_of_channels
from rounds.commands.posts import PostId
from rounds.desk import signed_in
from rounds.screen import AsJson, answer, facts, heading, sparkline, table
from store.models import MetricSnapshot

MEASURES = {
    "impressions": "Impressions",
    "reach": "Reach",
    "views": "Views",
    "likes": "Likes",
    "replies": "Replies",
    "reposts": "Reposts",
    "quotes": "Quotes",
    "bookmarks": "Bookmarks",
    "clicks": "Clicks",
    "engagement": "Engagement",
}


def metrics(post: PostId, as_json: AsJson = False) -> None:
    """Show the numbers of a post. What no network told is left out, not zero."""
    with signed_in() as desk, desk.looking() as scope:
        channels = names_of_channels(scope)
        rows = scope.publications.of_post(scope.posts.get(post).id)
        snapshots = scope.metrics.of_publications([row.id for row in rows])
    records = [
        {
            "publication_id": row.id,
            "channel": channels[row.channel_id],
            "state": row.state,
            "simulated": any(snapshot.simulated for snapshot in snapshots.get(row.id, [])),
            "readings": [_reading(snapshot) for snapshot in snapshots.get(row.id, [])],
        }
        for row in rows
    ]
    parts = [part for record in records for part in _parts(record)]
    answer(as_json, records, *(parts or ["This post was not published yet, so it has no numbers."]))


def _reading(snapshot: MetricSnapshot) -> dict[str, Any]:
    acts = engagement(snapshot.counts)
    told = {} if acts is None else {"engagement": acts}
    return {
        "age_hours": snapshot.age_hours,
        "read_at": snapshot.read_at,
        "simulated": snapshot.simulated,
        **snapshot.counts,
        **told,
    }


def _parts(record: dict[str, Any]) -> list[RenderableType]:
    readings: Sequence[dict[str, Any]] = record["readings"]
    mark = " (simulated)" if record["simulated"] else ""
    given = {key: words for key, words in MEASURES.items() if any(key in reading for reading in readings)}
    lines = {
        words: sparkline([reading[key] for reading in readings if key in reading])
        for key, words in given.items()
    }
    columns = {"age_hours": "Hours after", **given}
    return [
        heading(f"{record['channel']}{mark}"),
        table(readings, columns, "No readings yet."),
        *([facts(lines)] if lines else []),
    ]


def register(app: typer.Typer) -> None:
    app.command()(metrics)
