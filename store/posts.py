"""Posts with their Revisions, Variants, labels, campaigns and pictures."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from domain.ids import new_id
from domain.states import Editorial
from store.models import Asset, Campaign, PostLabel, PostRow, Revision, Variant
from store.repository import NotFound, Repository


class Posts(Repository):
    def get(self, post_id: str, *, lock: bool = False) -> PostRow:
        return self._get(PostRow, post_id, "post", lock=lock)

    def list(
        self,
        *,
        states: Iterable[Editorial] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        author_id: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Sequence[PostRow]:
        """Posts by due instant; posts without one come last."""
        query = select(PostRow).where(PostRow.practice_id == self._practice_id)
        if states is not None:
            query = query.where(PostRow.state.in_(list(states)))
        if since is not None:
            query = query.where(PostRow.due_at >= since)
        if until is not None:
            query = query.where(PostRow.due_at < until)
        if author_id is not None:
            query = query.where(PostRow.author_id == author_id)
        query = query.order_by(PostRow.due_at.is_(None), PostRow.due_at, PostRow.id)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def by_id(self, post_ids: Sequence[str]) -> dict[str, PostRow]:
        """Those of these posts that are here, by id."""
        query = select(PostRow).where(PostRow.practice_id == self._practice_id, PostRow.id.in_(post_ids))
        return {row.id: row for row in self._session.scalars(query)}

    def any(self) -> bool:
        """Whether there is a post at all."""
        query = select(PostRow.id).where(PostRow.practice_id == self._practice_id).limit(1)
        return self._session.execute(query).first() is not None

    def count_by_state(self) -> dict[Editorial, int]:
        query = (
            select(PostRow.state, func.count())
            .where(PostRow.practice_id == self._practice_id)
            .group_by(PostRow.state)
        )
        return dict(self._session.execute(query).all())

    def source_keys(self, keys: Sequence[str]) -> dict[str, str]:
        """Post ids by source key, for those keys that were imported before."""
        found: dict[str, str] = {}
        for start in range(0, len(keys), 500):
            query = select(PostRow.source_key, PostRow.id).where(
                PostRow.practice_id == self._practice_id,
                PostRow.source_key.in_(keys[start : start + 500]),
            )
            found.update({key: post_id for key, post_id in self._session.execute(query) if key})
        return found

    # ------------------------------------------------------------ revisions

    def revision(self, post_id: str, number: int) -> Revision:
        query = select(Revision).where(
            Revision.practice_id == self._practice_id,
            Revision.post_id == post_id,
            Revision.number == number,
        )
        found = self._session.scalars(query).one_or_none()
        if found is None:
            raise NotFound("revision", f"{post_id}/{number}")
        return found

    def revision_by_id(self, revision_id: str) -> Revision:
        return self._get(Revision, revision_id, "revision")

    def revisions(self, post_id: str) -> Sequence[Revision]:
        query = select(Revision).where(Revision.practice_id == self._practice_id, Revision.post_id == post_id)
        return self._session.scalars(query.order_by(Revision.number)).all()

    def contributors(self, post_id: str) -> frozenset[str]:
        """Everyone whose words these are: who wrote any revision, and whom the post is assigned to."""
        written = select(Revision.author_id).where(
            Revision.practice_id == self._practice_id, Revision.post_id == post_id
        )
        assigned = select(PostRow.author_id).where(
            PostRow.practice_id == self._practice_id, PostRow.id == post_id
        )
        return frozenset(self._session.scalars(written.union(assigned)))

    def contributors_under_review(self) -> dict[str, frozenset[str]]:
        """The contributors of every post that is under review, by post id."""
        query = (
            select(Revision.post_id, Revision.author_id, PostRow.author_id)
            .join(PostRow, PostRow.id == Revision.post_id)
            .where(Revision.practice_id == self._practice_id, PostRow.state == Editorial.IN_REVIEW)
            .distinct()
        )
        found: dict[str, set[str]] = {}
        for post_id, *authors in self._session.execute(query):
            found.setdefault(post_id, set()).update(authors)
        return {post_id: frozenset(authors) for post_id, authors in found.items()}

    def variants(self, revision_id: str) -> Sequence[Variant]:
        query = select(Variant).where(
            Variant.practice_id == self._practice_id, Variant.revision_id == revision_id
        )
        return self._session.scalars(query.order_by(Variant.channel_id)).all()

    # ------------------------------------------------------------ labels and campaigns

    def labels(self, post_id: str) -> tuple[str, ...]:
        query = select(PostLabel.label).where(
            PostLabel.practice_id == self._practice_id, PostLabel.post_id == post_id
        )
        return tuple(self._session.scalars(query.order_by(PostLabel.label)))

    def set_labels(self, post_id: str, labels: Iterable[str]) -> None:
        self._session.execute(
            delete(PostLabel).where(PostLabel.practice_id == self._practice_id, PostLabel.post_id == post_id)
        )
        wanted = sorted({label.strip() for label in labels if label.strip()})
        self.add(
            *(PostLabel(practice_id=self._practice_id, post_id=post_id, label=label) for label in wanted)
        )

    def campaigns(self) -> Sequence[Campaign]:
        query = select(Campaign).where(Campaign.practice_id == self._practice_id)
        return self._session.scalars(query.order_by(Campaign.name)).all()

    def campaign(self, campaign_id: str) -> Campaign:
        return self._get(Campaign, campaign_id, "campaign")

    def campaign_name(self, campaign_id: str | None) -> str:
        """Its name; empty for none."""
        query = select(Campaign.name).where(
            Campaign.practice_id == self._practice_id, Campaign.id == campaign_id
        )
        return self._session.execute(query).scalar() or ""

    def campaign_named(self, name: str, at: datetime) -> Campaign:
        """The campaign of this name, ignoring case, made when it is new."""
        wanted = name.strip().casefold()  # in Python, since SQLite knows the case of English letters only
        found = next((campaign for campaign in self.campaigns() if campaign.name.casefold() == wanted), None)
        if found is None:
            found = Campaign(id=new_id(), practice_id=self._practice_id, name=name.strip(), created_at=at)
            self.add(found)
        return found

    # ------------------------------------------------------------ pictures

    def asset(self, digest: str) -> Asset:
        found = self.assets([digest]).get(digest)
        if found is None:
            raise NotFound("picture", digest[:12])
        return found

    def assets(self, digests: Sequence[str]) -> dict[str, Asset]:
        query = select(Asset).where(Asset.practice_id == self._practice_id, Asset.digest.in_(digests))
        return {asset.digest: asset for asset in self._session.scalars(query)}

    def asset_from(self, original_digest: str) -> Asset | None:
        """The cleaned picture that was made of these original bytes, when there is one."""
        query = select(Asset).where(
            Asset.practice_id == self._practice_id, Asset.original_digest == original_digest
        )
        return self._session.scalars(query.limit(1)).first()
