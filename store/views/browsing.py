"""Lists that a person narrows down and turns page by page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select

from domain.states import Delivery, Editorial
from domain.words import PromotionState
from store.models import AuditEntry, PostLabel, PostRow, Promotion, Publication, Revision, Variant
from store.repository import Repository


@dataclass(frozen=True)
class Slice:
    """One page of a list."""

    limit: int
    offset: int = 0


@dataclass(frozen=True)
class PostFilter:
    """Which posts; None means any. `since` is included, `until` is not; both go by the due instant."""

    states: Sequence[Editorial] | None = None
    since: datetime | None = None
    until: datetime | None = None
    author_id: str | None = None
    campaign_id: str | None = None
    channel_id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class PublicationFilter:
    """Which publications; None means any. `since` is included, `until` is not; both go by the due instant."""

    states: Sequence[Delivery] | None = None
    since: datetime | None = None
    until: datetime | None = None
    channel_id: str | None = None


class Browsing(Repository):
    # ------------------------------------------------------------ posts

    def posts(self, wanted: PostFilter, part: Slice) -> Sequence[PostRow]:
        """By due instant; those without one come last."""
        query = select(PostRow).where(PostRow.practice_id == self._practice_id)
        if wanted.states is not None:
            query = query.where(PostRow.state.in_(wanted.states))
        if wanted.since is not None:
            query = query.where(PostRow.due_at >= wanted.since)
        if wanted.until is not None:
            query = query.where(PostRow.due_at < wanted.until)
        if wanted.author_id is not None:
            query = query.where(PostRow.author_id == wanted.author_id)
        if wanted.campaign_id is not None:
            query = query.where(PostRow.campaign_id == wanted.campaign_id)
        if wanted.label is not None:
            labelled = and_(PostLabel.post_id == PostRow.id, PostLabel.label == wanted.label)
            query = query.where(exists().where(labelled))
        if wanted.channel_id is not None:
            query = query.where(exists().where(_goes_to(wanted.channel_id)))
        query = query.order_by(PostRow.due_at.is_(None), PostRow.due_at, PostRow.id)
        return self._session.scalars(query.limit(part.limit).offset(part.offset)).all()

    def posts_by_id(self, post_ids: Iterable[str]) -> dict[str, PostRow]:
        query = select(PostRow).where(PostRow.practice_id == self._practice_id, PostRow.id.in_(set(post_ids)))
        return {post.id: post for post in self._session.scalars(query)}

    def labels(self, post_ids: Iterable[str]) -> dict[str, list[str]]:
        """Labels by post id, each list in order."""
        query = select(PostLabel.post_id, PostLabel.label).where(
            PostLabel.practice_id == self._practice_id, PostLabel.post_id.in_(set(post_ids))
        )
        found: dict[str, list[str]] = {}
        for post_id, label in self._session.execute(query.order_by(PostLabel.label)):
            found.setdefault(post_id, []).append(label)
        return found

    def current_revisions(self, post_ids: Iterable[str]) -> dict[str, Revision]:
        """The current revision by post id."""
        current = and_(Revision.post_id == PostRow.id, Revision.number == PostRow.revision)
        query = (
            select(Revision)
            .join(PostRow, current)
            .where(Revision.practice_id == self._practice_id, PostRow.id.in_(set(post_ids)))
        )
        return {revision.post_id: revision for revision in self._session.scalars(query)}

    def revisions_by_id(self, revision_ids: Iterable[str]) -> dict[str, Revision]:
        query = select(Revision).where(
            Revision.practice_id == self._practice_id, Revision.id.in_(set(revision_ids))
        )
        return {revision.id: revision for revision in self._session.scalars(query)}

    def variants(self, revision_ids: Iterable[str]) -> dict[str, list[Variant]]:
        """Variants by revision id, each list by channel."""
        query = select(Variant).where(
            Variant.practice_id == self._practice_id, Variant.revision_id.in_(set(revision_ids))
        )
        found: dict[str, list[Variant]] = {}
        for variant in self._session.scalars(query.order_by(Variant.channel_id)):
            found.setdefault(variant.revision_id, []).append(variant)
        return found

    # ------------------------------------------------------------ publications

    def publications(self, wanted: PublicationFilter, part: Slice) -> Sequence[Publication]:
        """By due instant."""
        query = select(Publication).where(Publication.practice_id == self._practice_id)
        if wanted.states is not None:
            query = query.where(Publication.state.in_(wanted.states))
        if wanted.since is not None:
            query = query.where(Publication.due_at >= wanted.since)
        if wanted.until is not None:
            query = query.where(Publication.due_at < wanted.until)
        if wanted.channel_id is not None:
            query = query.where(Publication.channel_id == wanted.channel_id)
        query = query.order_by(Publication.due_at, Publication.id)
        return self._session.scalars(query.limit(part.limit).offset(part.offset)).all()

    # ------------------------------------------------------------ promotions and the record

    def promotions(self, states: Sequence[PromotionState] | None, part: Slice) -> Sequence[Promotion]:
        """The latest first."""
        query = select(Promotion).where(Promotion.practice_id == self._practice_id)
        if states is not None:
            query = query.where(Promotion.state.in_(states))
        query = query.order_by(Promotion.proposed_at.desc(), Promotion.id)
        return self._session.scalars(query.limit(part.limit).offset(part.offset)).all()

    def record(self, *, subject: str | None, before: int | None, limit: int) -> Sequence[AuditEntry]:
        """Audit entries, the latest first; `before` is the number of the entry to go on from."""
        query = select(AuditEntry).where(AuditEntry.practice_id == self._practice_id)
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        if before is not None:
            query = query.where(AuditEntry.seq < before)
        return self._session.scalars(query.order_by(AuditEntry.seq.desc()).limit(limit)).all()


def _goes_to(channel_id: str) -> ColumnElement[bool]:
    """The current revision has a variant for this channel."""
    return and_(
        Revision.post_id == PostRow.id,
        Revision.number == PostRow.revision,
        Variant.revision_id == Revision.id,
        Variant.channel_id == channel_id,
    )
