"""Bulk loading: the rows that writing, submitting, approving and booking would have written."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from domain.content import Content, revision_fingerprint, text_key, variant_fingerprint
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.states import Delivery, Editorial
from domain.words import ChannelState, DecisionKind, Role
from store.database import Database
from store.models import (
    Approval,
    ApprovedVariant,
    Base,
    ChannelRow,
    Decision,
    Member,
    PostRow,
    Practice,
    Publication,
    Revision,
    RoleGrant,
    Submission,
    Variant,
)

BATCH = 2000
TEXT = "x" * 200
PAST = datetime(2026, 1, 1, tzinfo=UTC)
PRACTICE, AUTHOR, APPROVER = "P", "A", "B"

Rows = dict[type[Base], dict[str, Any]]


def number_id(number: int) -> str:
    """A publication's id: its number, as wide as any id."""
    return f"{number:026d}"


def found(database: Database, providers: dict[str, str]) -> None:
    """One practice with two people and a channel for each provider; `providers` gives sealed credentials."""
    with database.write() as work:
        session = work.session
        session.execute(
            insert(Practice),
            [
                {
                    "id": PRACTICE,
                    "name": "Bench",
                    "zone": "UTC",
                    "profile": Profile(name="Bench").model_dump(mode="json"),
                    "settings": PracticeSettings().model_dump(mode="json"),
                    "demo": True,
                    "created_at": PAST,
                }
            ],
        )
        for member, role in ((AUTHOR, Role.AUTHOR), (APPROVER, Role.APPROVER)):
            session.execute(
                insert(Member),
                [
                    {
                        "id": member,
                        "practice_id": PRACTICE,
                        "email": f"{member}@bench.example".lower(),
                        "name": member,
                        "password_hash": None,
                        "active": True,
                        "created_at": PAST,
                    }
                ],
            )
            session.execute(
                insert(RoleGrant),
                [{"practice_id": PRACTICE, "member_id": member, "role": role, "granted_at": PAST}],
            )
        for provider, sealed in providers.items():
            session.execute(insert(ChannelRow), [_channel(provider, sealed)])
        work.commit()


def _channel(provider: str, sealed: str) -> dict[str, Any]:
    return {
        "id": f"C-{provider}",
        "practice_id": PRACTICE,
        "provider": provider,
        "name": provider,
        "handle": "",
        "remote_id": provider,
        "base_url": "",
        "options": {},
        "credentials": sealed,
        "scopes": [],
        "state": ChannelState.CONNECTED,
        "state_reason": "",
        "created_at": PAST,
    }


def fill(
    database: Database,
    provider: str,
    digest: str,
    first: int,
    count: int,
    due: datetime,
    spacing: timedelta = timedelta(),
) -> None:
    """Add `count` approved publications of one channel; number i is due at due + i × spacing."""
    rows = (_rows(provider, digest, first + i, due + i * spacing) for i in range(count))
    while batch := list(islice(rows, BATCH)):
        with database.write() as work:
            for model in batch[0]:
                work.session.execute(insert(model), [row[model] for row in batch])
            work.commit()


def _rows(provider: str, digest: str, number: int, due: datetime) -> Rows:
    key, channel = number_id(number), f"C-{provider}"
    content = Content(title=str(int(due.timestamp()) * 1_000_000 + due.microsecond), text=TEXT)
    fingerprint = variant_fingerprint(channel, content)
    signed = revision_fingerprint({channel: fingerprint})
    body = content.model_dump(mode="json")
    mine = {"practice_id": PRACTICE, "id": key}
    return {
        PostRow: mine
        | {
            "title": "",
            "author_id": AUTHOR,
            "created_by": AUTHOR,
            "state": Editorial.APPROVED,
            "revision": 1,
            "zone": "UTC",
            "due_at": due,
            "version": 1,
            "created_at": PAST,
            "updated_at": PAST,
        },
        Revision: mine
        | {
            "post_id": key,
            "number": 1,
            "author_id": AUTHOR,
            "base": body,
            "fingerprint": signed,
            "created_at": PAST,
        },
        Variant: mine
        | {
            "post_id": key,
            "revision_id": key,
            "channel_id": channel,
            "override": {},
            "content": body,
            "fingerprint": fingerprint,
            "text_key": text_key(content),
        },
        Submission: mine
        | {
            "post_id": key,
            "revision_id": key,
            "fingerprint": signed,
            "workflow": {},
            "submitted_by": AUTHOR,
            "submitted_at": PAST,
            "closed_at": PAST,
            "outcome": Editorial.APPROVED,
        },
        Decision: mine
        | {
            "submission_id": key,
            "revision_id": key,
            "author_id": AUTHOR,
            "fingerprint": signed,
            "stage": 0,
            "member_id": APPROVER,
            "role": Role.APPROVER,
            "kind": DecisionKind.APPROVE,
            "reason": "",
            "statement": "",
            "authenticated_by": "password",
            "decided_at": PAST,
        },
        Approval: mine
        | {
            "post_id": key,
            "submission_id": key,
            "revision_id": key,
            "fingerprint": signed,
            "granted_at": PAST,
            "booked_at": PAST,
            "void_reason": "",
        },
        ApprovedVariant: {
            "practice_id": PRACTICE,
            "approval_id": key,
            "channel_id": channel,
            "variant_id": key,
            "fingerprint": fingerprint,
            "checked_against": digest,
        },
        Publication: mine
        | {
            "post_id": key,
            "approval_id": key,
            "channel_id": channel,
            "provider": provider,
            "fingerprint": fingerprint,
            "state": Delivery.SCHEDULED,
            "reason": "",
            "due_at": due,
            "expires_at": due + timedelta(days=365),
            "run_at": due,
            "tries": 0,
            "lookups": 0,
            "fence": 0,
            "steps": {},
            "in_doubt": "",
            "handle": "",
            "found": [],
            "remote_id": "",
            "url": "",
            "created_at": PAST,
        },
    }


def name_of(url: str) -> str:
    """A short name for a scratch database."""
    return "rounds_bench_" + hashlib.sha256(url.encode()).hexdigest()[:10]
