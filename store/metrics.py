"""Readings and promotions of one practice."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.words import PromotionState
from store.models import MetricSnapshot, Promotion, Publication
from store.repository import Repository, locked

OPEN = (PromotionState.PROPOSED, PromotionState.APPROVED, PromotionState.ACTIVE, PromotionState.UNCERTAIN)


class Metrics(Repository):
    def of_publication(self, publication_id: str) -> Sequence[MetricSnapshot]:
        query = select(MetricSnapshot).where(
            MetricSnapshot.practice_id == self._practice_id,
            MetricSnapshot.publication_id == publication_id,
        )
        return self._session.scalars(query.order_by(MetricSnapshot.age_hours)).all()

    def of_publications(self, publication_ids: Sequence[str]) -> dict[str, list[MetricSnapshot]]:
        """Snapshots by publication id, each list by age."""
        found: dict[str, list[MetricSnapshot]] = {}
        for start in range(0, len(publication_ids), 500):
            query = select(MetricSnapshot).where(
                MetricSnapshot.practice_id == self._practice_id,
                MetricSnapshot.publication_id.in_(publication_ids[start : start + 500]),
            )
            for snapshot in self._session.scalars(query.order_by(MetricSnapshot.age_hours)):
                found.setdefault(snapshot.publication_id, []).append(snapshot)
        return found

    def published_since(self, since: datetime) -> Sequence[Publication]:
        """Published posts of the practice since an instant, with their receipts."""
        query = select(Publication).where(
            Publication.practice_id == self._practice_id,
            Publication.state == "published",
            Publication.published_at >= since,
        )
        return self._session.scalars(query.order_by(Publication.published_at)).all()


class Promotions(Repository):
    def get(self, promotion_id: str, *, lock: bool = False) -> Promotion:
        return self._get(Promotion, promotion_id, "promotion", lock=lock)

    def in_states(self, states: Iterable[PromotionState]) -> Sequence[Promotion]:
        query = select(Promotion).where(
            Promotion.practice_id == self._practice_id, Promotion.state.in_(list(states))
        )
        return self._session.scalars(query.order_by(Promotion.proposed_at.desc())).all()

    def open_of(self, publication_id: str) -> Sequence[Promotion]:
        """Those of a publication that are not finished, locked."""
        query = select(Promotion).where(
            Promotion.practice_id == self._practice_id,
            Promotion.publication_id == publication_id,
            Promotion.state.in_(OPEN),
        )
        return self._session.scalars(locked(query)).all()

    def since(self, moment: datetime) -> Sequence[Promotion]:
        query = select(Promotion).where(
            Promotion.practice_id == self._practice_id, Promotion.proposed_at >= moment
        )
        return self._session.scalars(query.order_by(Promotion.proposed_at.desc())).all()

    def count(self, state: PromotionState) -> int:
        query = select(func.count()).where(
            Promotion.practice_id == self._practice_id, Promotion.state == state
        )
        return self._session.execute(query).scalar_one()
