"""What the pages need of the house. The composition root satisfies it; the pages know no more."""

from typing import Protocol

from approval.service import SignOff
from channels.connecting import Connecting
from connectors.registry import Registry
from domain.clock import Clock
from drafting.importing import Importing
from drafting.posts import Drafts
from people.access import Access
from people.describing import Describing
from people.members import Members
from promotion.service import Promoting
from scheduler.booking import Scheduling
from scheduler.deciding import Deciding
from scheduler.stopping import Stopping
from store.blobs import Blobs
from store.database import Database
from store.uploads import Uploads


class Services(Protocol):
    """Every service a page may call."""

    @property
    def address(self) -> str:
        """Where people reach the pages, without a trailing slash."""
        ...

    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def access(self) -> Access: ...
    @property
    def members(self) -> Members: ...
    @property
    def describing(self) -> Describing: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def importing(self) -> Importing: ...
    @property
    def signoff(self) -> SignOff: ...
    @property
    def scheduling(self) -> Scheduling: ...
    @property
    def deciding(self) -> Deciding: ...
    @property
    def stopping(self) -> Stopping: ...
    @property
    def connecting(self) -> Connecting: ...
    @property
    def promoting(self) -> Promoting: ...
