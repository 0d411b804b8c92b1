"""Finding posts, channels and people by a few letters."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from store.models import ChannelRow, Member, PostRow, Revision
from store.repository import Repository


class Search(Repository):
    """Every word must occur, in any case, anywhere; an empty list of words finds nothing."""

    def posts(self, words: Sequence[str], limit: int) -> Sequence[PostRow]:
        """By title or current text, the ones worked on last first."""
        if not words:
            return []
        current = and_(Revision.post_id == PostRow.id, Revision.number == PostRow.revision)
        text = Revision.base["text"].as_string()
        query = (
            select(PostRow)
            .join(Revision, current)
            .where(
                PostRow.practice_id == self._practice_id,
                *(or_(_has(PostRow.title, word), text.icontains(word, autoescape=True)) for word in words),
            )
            .order_by(PostRow.updated_at.desc(), PostRow.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def channels(self, words: Sequence[str], limit: int) -> Sequence[ChannelRow]:
        """By name or handle."""
        if not words:
            return []
        query = select(ChannelRow).where(
            ChannelRow.practice_id == self._practice_id,
            *(or_(_has(ChannelRow.name, word), _has(ChannelRow.handle, word)) for word in words),
        )
        return self._session.scalars(query.order_by(ChannelRow.name).limit(limit)).all()

    def people(self, words: Sequence[str], limit: int) -> Sequence[Member]:
        """By name or e-mail; closed accounts included."""
        if not words:
            return []
        query = select(Member).where(
            Member.practice_id == self._practice_id,
            *(or_(_has(Member.name, word), _has(Member.email, word)) for word in words),
        )
        return self._session.scalars(query.order_by(Member.name).limit(limit)).all()


def _has(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)
