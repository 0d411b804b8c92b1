"""All repositories of one practice, by name."""

from functools import cached_property

from sqlalchemy.orm import Session

from store.audit import AuditChain
from store.channels import Channels
from store.metrics import Metrics, Promotions
from store.people import People
from store.posts import Posts
from store.practices import Practices
from store.publications import Publications
from store.signoff import SignOffs
from store.views.accounts import Accounts
from store.views.browsing import Browsing
from store.views.library import Library
from store.views.listings import Listings
from store.views.lives import Lives
from store.views.results import Results
from store.views.search import Search
from store.views.stops import Stops
from store.views.troubles import Troubles


class PracticeScope:
    """What a unit of work may touch on behalf of one practice."""

    def __init__(self, session: Session, practice_id: str) -> None:
        self._session = session
        self.id = practice_id

    @cached_property
    def practices(self) -> Practices:
        return Practices(self._session, self.id)

    @cached_property
    def people(self) -> People:
        return People(self._session, self.id)

    @cached_property
    def channels(self) -> Channels:
        return Channels(self._session, self.id)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self._session, self.id)

    @cached_property
    def signoffs(self) -> SignOffs:
        return SignOffs(self._session, self.id)

    @cached_property
    def publications(self) -> Publications:
        return Publications(self._session, self.id)

    @cached_property
    def metrics(self) -> Metrics:
        return Metrics(self._session, self.id)

    @cached_property
    def promotions(self) -> Promotions:
        return Promotions(self._session, self.id)

    @cached_property
    def audit(self) -> AuditChain:
        return AuditChain(self._session, self.id)

    # ------------------------------------------------------------ what pages show

    @cached_property
    def browsing(self) -> Browsing:
        return Browsing(self._session, self.id)

    @cached_property
    def listings(self) -> Listings:
        return Listings(self._session, self.id)

    @cached_property
    def lives(self) -> Lives:
        return Lives(self._session, self.id)

    @cached_property
    def library(self) -> Library:
        return Library(self._session, self.id)

    @cached_property
    def results(self) -> Results:
        return Results(self._session, self.id)

    @cached_property
    def stops(self) -> Stops:
        return Stops(self._session, self.id)

    @cached_property
    def troubles(self) -> Troubles:
        return Troubles(self._session, self.id)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self._session, self.id)

    @cached_property
    def search(self) -> Search:
        return Search(self._session, self.id)
