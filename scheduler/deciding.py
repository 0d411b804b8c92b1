"""What a person decides about publications: an unknown outcome, a partial thread, taking down."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from connectors.base import Comments, Measures, Retracts
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.content import Content
from domain.refusal import Refusal
from domain.states import Delivery, move_delivery
from domain.words import Role, SideWork, SideWorkState
from engagement.readings import next_reading
from scheduler.recording import side_work_row
from store.database import Database, UnitOfWork
from store.models import Publication, Receipt
from store.scope import PracticeScope

BY_PERSON = "person:"
LONGEST_ID = 300  # characters
MAY_DECIDE = (Role.PUBLISHER, Role.APPROVER, Role.ADMIN)


class NothingToDecide(Refusal):
    """The publication is not in a state where this question stands."""


@dataclass(frozen=True)
class Deciding:
    """Answers that only a person can give, each written to the audit chain."""

    database: Database
    clock: Clock
    registry: Registry

    def it_is_there(self, actor: Actor, publication_id: str, remote_id: str = "", url: str = "") -> None:
        """An uncertain or partial publication stands: mark it published, with what the person found."""
        actor.require(*MAY_DECIDE, what="resolve uncertain posts")
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(actor.practice_id)
            publication = scope.publications.get(publication_id, lock=True)
            _must_be(publication, Delivery.UNCERTAIN, Delivery.PARTIAL)
            publication.state = move_delivery(publication.state, Delivery.PUBLISHED)
            publication.reason = f"{actor.name} found it on the network."
            publication.remote_id = _checked_id(work, publication, remote_id)
            publication.url = _checked_address(url) or publication.url
            publication.published_at = publication.published_at or publication.last_sent_at or now
            publication.fence += 1
            self._receive(work, scope, publication, now)
            scope.audit.record(
                actor.audit_name,
                "resolved_there",
                f"publication:{publication.id}",
                now,
                remote_id=publication.remote_id,
            )
            work.commit()

    def it_is_not_there(self, actor: Actor, publication_id: str) -> None:
        """A person looked and it is absent: send once more, or finish a partial thread."""
        actor.require(*MAY_DECIDE, what="resolve uncertain posts")
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(actor.practice_id)
            publication = scope.publications.get(publication_id, lock=True)
            _must_be(publication, Delivery.UNCERTAIN, Delivery.PARTIAL)
            publication.state = move_delivery(publication.state, Delivery.SCHEDULED)
            publication.reason = f"{actor.name} looked: it is not there. It is sent once more."
            publication.run_at, publication.tries, publication.in_doubt = now, 0, ""
            publication.expires_at = max(
                publication.expires_at, now + (publication.expires_at - publication.due_at)
            )
            publication.fence += 1
            scope.audit.record(actor.audit_name, "resolved_not_there", f"publication:{publication.id}", now)
            work.commit()

    def retract(self, actor: Actor, publication_id: str, reason: str) -> None:
        """Ask for a published post to be taken down; the daemon does it."""
        actor.require(*MAY_DECIDE, what="take posts down")
        with self.database.write() as work:
            now = work.now()
            scope = work.practice(actor.practice_id)
            publication = scope.publications.get(publication_id, lock=True)
            _must_be(publication, Delivery.PUBLISHED, Delivery.PARTIAL)
            connector = self.registry[publication.provider]
            if not isinstance(connector, Retracts):
                label = connector.spec.label
                raise NothingToDecide(f"{label} lets us take nothing down. Do it there by hand.")
            if publication.remote_id.startswith(BY_PERSON):
                label = connector.spec.label
                raise NothingToDecide(
                    f"The post's id at {label} is not known here. Take it down there by hand."
                )
            known = [
                row for row in scope.publications.side_work(publication.id) if row.kind is SideWork.RETRACT
            ]
            if any(row.state in (SideWorkState.DUE, SideWorkState.RUNNING) for row in known):
                raise NothingToDecide("This post is being taken down already.")
            row = side_work_row(publication, SideWork.RETRACT, now, sequence=len(known))
            row["detail"] = {"reason": reason.strip() or f"Taken down by {actor.name}."}
            work.server.queue.add_side_work([row])
            scope.audit.record(
                actor.audit_name, "retraction_asked", f"publication:{publication.id}", now, reason=reason
            )
            work.commit()

    def _receive(
        self, work: UnitOfWork, scope: PracticeScope, publication: Publication, now: datetime
    ) -> None:
        scope.publications.add(
            Receipt(
                publication_id=publication.id,
                practice_id=scope.id,
                channel_id=publication.channel_id,
                remote_id=publication.remote_id,
                url=publication.url,
                fingerprint=publication.fingerprint,
                evidence="person",
                published_at=publication.published_at or now,
                received_at=now,
            )
        )
        connector = self.registry[publication.provider]
        if publication.remote_id.startswith(BY_PERSON):
            return  # what has no id at its network cannot be read or commented there
        rows = []
        if isinstance(connector, Comments) and self._first_comment(work, publication):
            rows.append(side_work_row(publication, SideWork.FIRST_COMMENT, now))
        following = next_reading(publication.published_at or now, now)
        if isinstance(connector, Measures) and following is not None:
            rows.append(side_work_row(publication, SideWork.MEASURE, following))
        work.server.queue.add_side_work(rows)

    def _first_comment(self, work: UnitOfWork, publication: Publication) -> str | None:
        row = work.server.queue.load([publication.id])[publication.id]
        return Content.model_validate(row.content).first_comment


def _checked_id(work: UnitOfWork, publication: Publication, typed: str) -> str:
    """The network's id of the post, or one of our own where the person found none."""
    remote_id = typed.strip() or publication.remote_id or f"{BY_PERSON}{publication.id}"
    if len(remote_id) > LONGEST_ID:
        raise NothingToDecide(f"The post's id has more than {LONGEST_ID} characters. Copy it once more.")
    if work.server.queue.receipted([(publication.channel_id, remote_id)]):
        raise NothingToDecide("That post already proves another publication of this channel. Look once more.")
    return remote_id


def _checked_address(typed: str) -> str:
    """A web address, or nothing."""
    address = typed.strip()
    if address and not (urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname):
        raise NothingToDecide("That is no web address. Copy the post's address, beginning with https://.")
    return address


def _must_be(publication: Publication, *states: Delivery) -> None:
    if publication.state not in states:
        raise NothingToDecide(f"This publication is {publication.state}; there is nothing to decide here.")
