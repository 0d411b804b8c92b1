"""Reading for one request: a practice's repositories, and the names of its people and channels."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from domain.actor import Actor
from store.scope import PracticeScope
from web.api.shapes import CampaignName, ChannelName, Person
from web.services import Services


@contextmanager
def look(house: Services, actor: Actor) -> Iterator[PracticeScope]:
    """The actor's own practice, to read from."""
    with house.database.read() as work:
        yield work.practice(actor.practice_id)


class Names:
    """Names by id. Each kind is read once, however long a list is."""

    def __init__(self, scope: PracticeScope) -> None:
        self._scope = scope

    def person(self, member_id: str) -> Person:
        return self._people[member_id]

    def person_or_none(self, member_id: str | None) -> Person | None:
        return self._people[member_id] if member_id else None

    def channel(self, channel_id: str) -> ChannelName:
        return self._channels[channel_id]

    def campaign_or_none(self, campaign_id: str | None) -> CampaignName | None:
        return self._campaigns[campaign_id] if campaign_id else None

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {row.id: Person.model_validate(row) for row in self._scope.people.members()}

    @cached_property
    def _channels(self) -> dict[str, ChannelName]:
        return {row.id: ChannelName.model_validate(row) for row in self._scope.channels.all()}

    @cached_property
    def _campaigns(self) -> dict[str, CampaignName]:
        return {row.id: CampaignName.model_validate(row) for row in self._scope.posts.campaigns()}
