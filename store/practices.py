"""The practice itself."""

from sqlalchemy import select

from store.models import Practice
from store.repository import NotFound, Repository


class Practices(Repository):
    def get(self) -> Practice:
        found = self._session.get(Practice, self._practice_id)
        if found is None:
            raise NotFound("practice", self._practice_id)
        return found

    def lock(self) -> None:
        """Let other writers of this practice wait until this transaction ends."""
        query = select(Practice.id).where(Practice.id == self._practice_id)
        self._session.execute(query.with_for_update(key_share=True))
