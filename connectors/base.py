"""The seam. A connector is a Spec and three verbs; every further verb is a small protocol.

A connector never sleeps, never retries, never follows a redirect on a write, never logs a body, never reads
settings and never sees the database. It raises the errors of `connectors.errors` and nothing else on purpose;
whatever else escapes a write is treated as Ambiguous by the engine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeGuard, TypeVar, runtime_checkable

from domain.clock import Clock, SystemClock
from domain.content import Content
from domain.words import Finding, Money

ASGIApp = Callable[..., Any]


class AuthKind(StrEnum):
    """How a Channel proves who it is."""

    NONE = "none"
    TOKEN = "token"  # pasted credentials  # noqa: S105
    OAUTH1 = "oauth1"
    OAUTH2 = "oauth2"


class LookupStrength(StrEnum):
    """How surely a network can tell whether a post is there."""

    BY_KEY = "by_key"  # by our own key: absence is certain
    BY_CONTENT = "by_content"  # by words and time: absence is certain after `lookup_settles`
    NONE = "none"


class Grade(StrEnum):
    """How a connector was tested, weakest first."""

    FAKE = "fake"
    CONTRACT = "contract"
    REAL_SERVER = "real_server"
    LIVE = "live"


@dataclass(frozen=True)
class MediaRules:
    """What a network takes. Sizes in bytes, lengths in characters."""

    max_assets: int = 0
    types: frozenset[str] = frozenset()
    max_bytes: int = 0
    alt_text_max: int | None = None  # None: the network carries no alt text


@dataclass(frozen=True)
class Quota:
    """At most `calls` in each `window`, as the network documents it."""

    calls: int
    window: timedelta


@dataclass(frozen=True)
class CredentialField:
    """One field of the form that connects a Channel by hand."""

    name: str
    label: str
    secret: bool = True
    required: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Spec:
    """What a connector declares about its network; the feature matrix is generated from it."""

    key: str
    label: str
    auth: AuthKind
    text_limit: int | None  # in the network's own count; None: no practical limit
    count_text: Callable[[str], int] = len
    thread_max: int = 1  # posts in one thread; 1: no threads
    carries_link: bool = True  # a link field of its own; otherwise the link is appended to the text
    carries_first_comment: bool = False
    media: MediaRules = field(default_factory=MediaRules)
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # per verb or facet
    credentials: tuple[CredentialField, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)  # per-channel option → what it does
    default_base_url: str = ""
    quota: Quota | None = None
    charges: bool = False  # the network bills per call
    idempotent: bool = False  # the same key twice gives the same post
    lookup: LookupStrength = LookupStrength.NONE
    lookup_settles: timedelta = timedelta(minutes=2)  # BY_CONTENT: absence is believed only after this
    call_timeout: timedelta = timedelta(seconds=30)
    slots: int = 8  # calls under way at once, over all channels of this network
    simulated: bool = False  # its numbers are invented and are marked so wherever they appear
    grade: Grade = Grade.FAKE
    glyph: str = ""  # SVG path data on a box of 16, drawn with one stroke; empty: the label's first letter


@dataclass(frozen=True)
class Channel:
    """One connected account as a connector sees it. Secrets never show in its repr."""

    id: str
    provider: str
    name: str
    handle: str = ""
    remote_id: str = ""  # the account's id at the network
    base_url: str = ""  # where the network answers; empty: the Spec's default
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class MediaFile:
    """The bytes of one asset, opened on demand so that nothing large waits in memory."""

    digest: str
    media_type: str
    alt_text: str
    filename: str
    read: Callable[[], bytes] = field(repr=False)


class Journal(Protocol):
    """The write-ahead log of one Publication's steps: `intend` before a write, `done` after it.

    A step is named by the connector ("media.0", "part.1"). `finished` holds the steps of this and of earlier
    attempts, so that a publish that is called again resumes where it stopped. When `intend` returns, it and
    every step finished before it are durable; it raises LeaseLost when this attempt no longer owns the
    Publication. A crash right after a `done` therefore reads as *that step in doubt*, never as *not begun*.
    """

    @property
    def finished(self) -> Mapping[str, str]:
        """Finished steps and the network's id for each."""
        ...

    def intend(self, step: str) -> None: ...

    def done(self, step: str, remote_id: str) -> None: ...


class LeaseLost(Exception):
    """This attempt was overtaken: stop, write nothing, send nothing."""


@dataclass(frozen=True)
class Post:
    """One publication as a connector sees it: what to carry, under which key."""

    key: str  # stable over all attempts: the Publication's id
    content: Content
    media: Sequence[MediaFile] = ()
    title: str = ""


@dataclass(frozen=True)
class Trace:
    """What a look-up may go by."""

    key: str
    content: Content
    sent_at: datetime  # the first attempt's start
    steps: Mapping[str, str] = field(default_factory=dict)  # finished steps
    in_doubt: str = ""  # the step that was under way
    handle: str = ""  # of an Accepted
    title: str = ""


@dataclass(frozen=True)
class Published:
    """It stands."""

    remote_id: str
    url: str | None = None
    published_at: datetime | None = None  # by the network's clock
    cost: Money | None = None


@dataclass(frozen=True)
class Accepted:
    """The network took it and is still working; ask again after `poll_after`."""

    handle: str
    poll_after: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Absent:
    """It is certainly not there. `steps` are the finished steps that a resumed publish may build on."""

    steps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CannotTell:
    """The network did not say. `found` are candidates a person may judge (url or id, one sentence)."""

    reason: str
    found: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Health:
    """What `verify` found: is the token alive, which scopes are granted, what is missing."""

    ok: bool
    detail: str  # one sentence for the person who connects
    remote_id: str = ""
    handle: str = ""
    name: str = ""
    granted: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Surroundings:
    """What a connector is given at construction, and nothing more."""

    data_dir: Path  # a folder of the connector's own lies below it
    public_url: str  # where people reach this Rounds, without a trailing slash
    clock: Clock = field(default_factory=SystemClock)
    inner_url: str = ""  # where this process itself reaches it; empty: at its public address


class Connector(Protocol):
    """The three verbs that every network has."""

    @property
    def spec(self) -> Spec: ...

    def verify(self, channel: Channel) -> Health: ...

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted: ...

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell: ...


@dataclass(frozen=True)
class Grant:
    """Credentials as the network gave them. `keep` says which stay when the network omits them."""

    credentials: Mapping[str, str] = field(repr=False)
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """One account that a grant opens; the person picks which becomes a Channel."""

    remote_id: str
    name: str
    handle: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None


@dataclass(frozen=True)
class AuthorizationRequest:
    """Where to send the person, and what to keep (sealed) until they come back."""

    url: str
    state: str
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)


@runtime_checkable
class Authorizes(Protocol):
    """Connects through the network's own consent pages. `app` holds the practice's app credentials."""

    def begin(
        self, app: Mapping[str, str], redirect_uri: str, base_url: str = ""
    ) -> AuthorizationRequest: ...

    def complete(
        self,
        app: Mapping[str, str],
        redirect_uri: str,
        keep: Mapping[str, str],
        answer: Mapping[str, str],
        base_url: str = "",
    ) -> Sequence[Account]: ...

    def refresh(self, channel: Channel) -> Grant | None:
        """Fresh credentials, or None when this channel's never expire."""
        ...


@dataclass(frozen=True)
class Reading:
    """One look at a post's numbers. A number that the network did not give is absent, never zero."""

    counts: Mapping[str, int]  # likes, reposts, replies, quotes, bookmarks, clicks, views, impressions, reach
    read_at: datetime  # by the network's clock where it has one
    cost: Money | None = None


@runtime_checkable
class Measures(Protocol):
    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        """Readings by remote id; a post that is gone is left out."""
        ...

    @property
    def measure_batch(self) -> int:
        """How many ids one call takes."""
        ...


@runtime_checkable
class Comments(Protocol):
    """Puts the first comment under our own post."""

    def comment(self, channel: Channel, remote_id: str, text: str) -> str:
        """The comment's remote id."""
        ...

    def find_comment(self, channel: Channel, remote_id: str, text: str) -> str | None:
        """The remote id of our own comment with these words, or None when it is not there."""
        ...


@runtime_checkable
class Retracts(Protocol):
    def retract(self, channel: Channel, remote_id: str) -> None:
        """Take the post down. A post that is already gone counts as taken down."""
        ...


@runtime_checkable
class Reposts(Protocol):
    """The organic promotion of an own post: lift it once more before the same audience."""

    @property
    def repost_label(self) -> str:
        """What it is called here, for example "Repost" or "Pin to the top"."""
        ...

    def repost(self, channel: Channel, remote_id: str) -> str:
        """Lift it; repeating changes nothing. Returns the id that `undo_repost` takes."""
        ...

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None: ...


@runtime_checkable
class Estimates(Protocol):
    """Knows what a publication will cost before it is made."""

    def estimate(self, channel: Channel, content: Content) -> Money: ...


@runtime_checkable
class Checks(Protocol):
    """Adds the network's own findings to what its Spec already says."""

    def check(self, channel: Channel, content: Content) -> Sequence[Finding]: ...


@runtime_checkable
class Forgets(Protocol):
    """Keeps something of its own on this server for each channel, and can let go of it."""

    def forget(self, channel: Channel) -> None:
        """Remove everything that is kept here for the channel. Nothing kept counts as forgotten."""
        ...


@runtime_checkable
class Serves(Protocol):
    """Has public pages of its own; the web room mounts them below /public/<key>."""

    def pages(self) -> ASGIApp: ...


F = TypeVar("F")
_declared: dict[tuple[type, type], bool] = {}


def declares(connector: object, facet: type[F]) -> TypeGuard[F]:
    """Whether a connector implements a facet. Remembered by class: asking a protocol itself takes 40 µs."""
    key = (type(connector), facet)
    known = _declared.get(key)
    if known is None:
        known = _declared[key] = isinstance(connector, facet)
    return known


def granted_but_missing(spec: Spec, granted: frozenset[str]) -> frozenset[str]:
    """The scopes that publishing needs and the grant lacks."""
    return frozenset(spec.scopes.get("publish", frozenset())) - granted
