"""How published posts do: the posts with their readings, and what is proposed or promoted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.states import Delivery
from domain.words import PromotionState
from store.models import MetricSnapshot, PostRow, Promotion, Publication
from store.repository import Repository


@dataclass(frozen=True)
class Result:
    """One published post on one channel; readings by age."""

    publication: Publication
    title: str
    readings: tuple[MetricSnapshot, ...]


@dataclass(frozen=True)
class Lift:
    """A promotion with the post it lifts."""

    promotion: Promotion
    publication: Publication
    title: str


class Results(Repository):
    def since(self, moment: datetime) -> list[Result]:
        """Published posts since an instant, oldest first; two queries."""
        query = (
            select(Publication, PostRow.title)
            .join(PostRow, PostRow.id == Publication.post_id)
            .where(
                Publication.practice_id == self._practice_id,
                Publication.state == Delivery.PUBLISHED,
                Publication.published_at >= moment,
            )
            .order_by(Publication.published_at, Publication.id)
        )
        rows = self._session.execute(query).all()
        readings = self._readings(moment)
        return [Result(row, title, tuple(readings.get(row.id, ()))) for row, title in rows]

    def _readings(self, moment: datetime) -> dict[str, list[MetricSnapshot]]:
        query = (
            select(MetricSnapshot)
            .join(Publication, Publication.id == MetricSnapshot.publication_id)
            .where(
                MetricSnapshot.practice_id == self._practice_id,
                Publication.state == Delivery.PUBLISHED,
                Publication.published_at >= moment,
            )
            .order_by(MetricSnapshot.age_hours)
        )
        found: dict[str, list[MetricSnapshot]] = {}
        for snapshot in self._session.scalars(query):
            found.setdefault(snapshot.publication_id, []).append(snapshot)
        return found

    def lifts(self, states: Iterable[PromotionState], limit: int = 50) -> list[Lift]:
        """Promotions in these states, the latest first."""
        query = (
            select(Promotion, Publication, PostRow.title)
            .join(Publication, Publication.id == Promotion.publication_id)
            .join(PostRow, PostRow.id == Publication.post_id)
            .where(Promotion.practice_id == self._practice_id, Promotion.state.in_(list(states)))
            .order_by(Promotion.proposed_at.desc())
            .limit(limit)
        )
        return [Lift(*row) for row in self._session.execute(query)]
