"""Approved publications in bulk: the rows that writing, submitting, signing and booking would have left."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from approval.checking import digest_of
from approval.service import STATEMENT
from domain.actor import Actor
from domain.content import Content, Override, revision_fingerprint, text_key, variant_fingerprint
from domain.ids import new_id
from domain.states import Delivery, Editorial
from domain.words import DecisionKind, Role
from rounds.wiring import House
from store.models import (
    Approval,
    ApprovedVariant,
    Base,
    ChannelRow,
    Decision,
    PostRow,
    Publication,
    Revision,
    Submission,
    Variant,
)

ORDER = (PostRow, Revision, Variant, Submission, Decision, Approval, ApprovedVariant, Publication)
PATIENCE = timedelta(days=1)  # how late a post may still go out

Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True)
class Planned:
    """One approved publication as it was filled in."""

    publication_id: str
    post_id: str
    channel_id: str
    account_id: str  # the channel's account at the network
    content: Content
    due_at: datetime
    approver_id: str


@dataclass
class Filler:
    """Writes approved publications of one practice, spread over its channels."""

    house: House
    author: Actor
    approvers: Sequence[Actor]
    channels: Sequence[ChannelRow]
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        with self.house.database.read() as work:
            profile = work.practice(self.author.practice_id).practices.get().profile
        self._checked = {
            row.id: digest_of(self.house.signoff.pack, profile, self.house.registry[row.provider], row)
            for row in self.channels
        }
        self._workflow = self.house.signoff.workflow.model_dump(mode="json")

    def fill(
        self, dues: Sequence[datetime], thread: int = 0, first_comment: str | None = None
    ) -> list[Planned]:
        """One publication for each instant, committed at once. `thread` is the number of further parts."""
        rows: Rows = defaultdict(list)
        planned = [self._add(rows, due, thread, first_comment) for due in dues]
        with self.house.database.write() as work:
            for model in ORDER:
                if rows[model]:
                    work.session.execute(insert(model), rows[model])
            work.commit()
        return planned

    def _add(self, rows: Rows, due: datetime, thread: int, first_comment: str | None) -> Planned:
        number = next(self._numbers)
        channel = self.channels[number % len(self.channels)]
        approver = self.approvers[number % len(self.approvers)]
        text = f"Flu shots are in, number {number}. Walk in any weekday."
        content = Content(
            text=text,
            thread=tuple(f"{text} Part {part}." for part in range(2, thread + 2)),
            first_comment=first_comment and f"{first_comment} ({number})",
        )
        planned = Planned(new_id(), new_id(), channel.id, channel.remote_id, content, due, approver.member_id)
        self._write_post(rows, planned)
        self._sign(rows, planned, approver)
        return planned

    def _write_post(self, rows: Rows, planned: Planned) -> None:
        made = planned.due_at - timedelta(hours=1)
        mine = {"practice_id": self.author.practice_id, "id": planned.post_id}
        rows[PostRow].append(
            mine
            | {
                "title": planned.content.text[:60],
                "author_id": self.author.member_id,
                "created_by": self.author.member_id,
                "state": Editorial.APPROVED,
                "revision": 1,
                "wall": None,
                "zone": "UTC",
                "due_at": planned.due_at,
                "version": 1,
                "created_at": made,
                "updated_at": made,
            }
        )

    def _sign(self, rows: Rows, planned: Planned, approver: Actor) -> None:
        made, signed = planned.due_at - timedelta(hours=1), planned.due_at - timedelta(minutes=30)
        fingerprint = variant_fingerprint(planned.channel_id, planned.content)
        signed_print = revision_fingerprint({planned.channel_id: fingerprint})
        revision_id, variant_id, submission_id, approval_id = (new_id() for _ in range(4))
        of_post = {"practice_id": self.author.practice_id, "post_id": planned.post_id}
        content = planned.content.model_dump(mode="json")
        rows[Revision].append(
            of_post
            | {
                "id": revision_id,
                "number": 1,
                "author_id": self.author.member_id,
                "base": content,
                "fingerprint": signed_print,
                "created_at": made,
            }
        )
        rows[Variant].append(
            of_post
            | {
                "id": variant_id,
                "revision_id": revision_id,
                "channel_id": planned.channel_id,
                "override": Override().model_dump(mode="json"),
                "content": content,
                "fingerprint": fingerprint,
                "text_key": text_key(planned.content),
            }
        )
        rows[Submission].append(
            of_post
            | {
                "id": submission_id,
                "revision_id": revision_id,
                "fingerprint": signed_print,
                "workflow": self._workflow,
                "submitted_by": self.author.member_id,
                "submitted_at": made,
                "closed_at": signed,
                "outcome": Editorial.APPROVED,
            }
        )
        rows[Decision].append(
            {
                "id": new_id(),
                "practice_id": self.author.practice_id,
                "submission_id": submission_id,
                "revision_id": revision_id,
                "author_id": self.author.member_id,
                "fingerprint": signed_print,
                "stage": 0,
                "member_id": approver.member_id,
                "role": Role.APPROVER,
                "kind": DecisionKind.APPROVE,
                "reason": "",
                "statement": STATEMENT,
                "authenticated_by": "password",
                "decided_at": signed,
            }
        )
        rows[Approval].append(
            of_post
            | {
                "id": approval_id,
                "submission_id": submission_id,
                "revision_id": revision_id,
                "fingerprint": signed_print,
                "not_before": planned.due_at,
                "not_after": planned.due_at + PATIENCE,
                "granted_at": signed,
                "booked_at": signed,
                "void_reason": "",
            }
        )
        rows[ApprovedVariant].append(
            {
                "practice_id": self.author.practice_id,
                "approval_id": approval_id,
                "channel_id": planned.channel_id,
                "variant_id": variant_id,
                "fingerprint": fingerprint,
                "checked_against": self._checked[planned.channel_id],
            }
        )
        rows[Publication].append(
            of_post
            | {
                "id": planned.publication_id,
                "approval_id": approval_id,
                "channel_id": planned.channel_id,
                "provider": next(row.provider for row in self.channels if row.id == planned.channel_id),
                "fingerprint": fingerprint,
                "state": Delivery.SCHEDULED,
                "due_at": planned.due_at,
                "run_at": planned.due_at,
                "expires_at": planned.due_at + PATIENCE,
                "steps": {},
                "found": [],
                "created_at": signed,
            }
        )
