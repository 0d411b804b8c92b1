"""Rows as the command line tells them: plain records, the same for tables and for JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from approval.guard import key
from domain.content import Content
from domain.words import Finding
from rounds.screen import facts, heading, table
from store.models import Publication, Variant
from store.scope import PracticeScope
from web.reader import Reader

FINDING_COLUMNS = {
    "severity": "Weight",
    "rule": "Rule",
    "channel": "Channel",
    "field": "Where",
    "message": "What",
    "remedy": "How to mend it",
    "key": "Key",
}


def names_of_channels(scope: PracticeScope) -> dict[str, str]:
    return {row.id: row.name for row in scope.channels.all()}


def names_of_members(scope: PracticeScope) -> dict[str, str]:
    return {row.id: row.name for row in scope.people.members()}


def variant_record(variant: Variant, channels: Mapping[str, str]) -> dict[str, Any]:
    """Exactly what one channel is to carry."""
    content = Content.model_validate(variant.content)
    return {
        "channel": channels[variant.channel_id],
        "channel_id": variant.channel_id,
        "fingerprint": variant.fingerprint,
        **content.model_dump(mode="json"),
    }


def variant_parts(record: Mapping[str, Any]) -> list[RenderableType]:
    """The words of one channel, to be read before anybody signs them."""
    more = {
        "Link": record["link"],
        "First comment": record["first_comment"],
        "Options": [f"{name}={value}" for name, value in record["options"].items()],
        "Fingerprint": record["fingerprint"],
    }
    pictures = [
        facts({"Picture": asset["digest"][:12], "Described as": asset["alt_text"] or "(not described)"})
        for asset in record["assets"]
    ]
    texts = [record["text"], *record["thread"]]
    return [heading(record["channel"]), *texts, *pictures, facts(more)]


def finding_record(finding: Finding, channels: Mapping[str, str]) -> dict[str, Any]:
    return {
        **finding.model_dump(mode="json"),
        "channel": channels.get(finding.channel_id or "", "all"),
        "field": finding.span.field if finding.span else "",
        "key": key(finding),
    }


def findings_table(records: Sequence[Mapping[str, Any]]) -> RenderableType:
    kept = {"kept_because": "Kept because"} if any(record.get("kept_because") for record in records) else {}
    return table(records, FINDING_COLUMNS | kept, "The guard finds nothing. A person still reads every word.")


def publication_record(row: Publication, channels: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    return {
        "id": row.id,
        "post_id": row.post_id,
        "channel": channels[row.channel_id],
        "state": row.state,
        "due_at": row.due_at,
        "due": reader.wall(row.due_at),
        "published_at": row.published_at,
        "reason": row.reason,
        "url": row.url,
        "remote_id": row.remote_id,
    }


PUBLICATION_COLUMNS = {
    "id": "Publication",
    "due": "Due",
    "channel": "Channel",
    "state": "State",
    "reason": "Why",
    "url": "Address",
}


def publications_table(records: Sequence[Mapping[str, Any]], empty: str) -> RenderableType:
    return table(records, PUBLICATION_COLUMNS, empty)
