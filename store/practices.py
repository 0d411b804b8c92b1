"""The practice itself."""

from store.models import Practice
from store.repository import NotFound, Repository


class Practices(Repository):
    def get(self) -> Practice:
        found = self._session.get(Practice, self._practice_id)
        if found is None:
            raise NotFound("practice", self._practice_id)
        return found
