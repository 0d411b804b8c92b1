"""The practice's pictures, with their descriptions and the posts that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, func, or_, select

from store.models import Asset, PostRow, Revision
from store.repository import Repository


@dataclass(frozen=True)
class Shown:
    """One post that shows a picture now, and how it describes it."""

    post: PostRow
    alt_text: str


@dataclass(frozen=True)
class Kept:
    """One picture; `shown` begins with the post that was changed last."""

    asset: Asset
    shown: tuple[Shown, ...]


class Library(Repository):
    def page(self, limit: int, offset: int) -> list[Kept]:
        """Pictures, the latest first."""
        query = select(Asset).where(Asset.practice_id == self._practice_id)
        query = query.order_by(Asset.created_at.desc(), Asset.id.desc()).limit(limit).offset(offset)
        assets = self._session.scalars(query).all()
        shown = self._shown([asset.digest for asset in assets])
        return [Kept(asset, tuple(shown.get(asset.digest, ()))) for asset in assets]

    def count(self) -> int:
        query = select(func.count()).where(Asset.practice_id == self._practice_id)
        return self._session.execute(query).scalar_one()

    def _shown(self, digests: Sequence[str]) -> dict[str, list[Shown]]:
        """By digest, the posts whose current words stand beside the picture."""
        if not digests:
            return {}
        words = cast(Revision.base, Text)
        query = (
            select(PostRow, Revision.base)
            .join(Revision, and_(Revision.post_id == PostRow.id, Revision.number == PostRow.revision))
            .where(
                PostRow.practice_id == self._practice_id,
                or_(*(words.contains(digest, autoescape=True) for digest in digests)),
            )
            .order_by(PostRow.updated_at.desc())
        )
        found: dict[str, list[Shown]] = {}
        for post, base in self._session.execute(query):
            for picture in _pictures(base):
                found.setdefault(picture["digest"], []).append(Shown(post, picture.get("alt_text", "")))
        return found


def _pictures(base: dict[str, Any]) -> list[dict[str, Any]]:
    pictures: list[dict[str, Any]] = base.get("assets", [])
    return pictures
