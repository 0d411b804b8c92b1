"""What a rule sees and what it answers. A rule is a pure function over frozen facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Spec
from domain.content import Content, Frozen
from domain.pack import NoParameters
from domain.profile import Profile
from domain.words import Finding, Span


@dataclass(frozen=True)
class RecentPost:
    """A post that stands on a channel already or is due there."""

    post_id: str
    text: str
    at: datetime  # aware


@dataclass(frozen=True)
class ChannelFacts:
    """One channel and what it is to carry."""

    channel_id: str
    name: str
    spec: Spec
    content: Content
    own: tuple[Finding, ...] = ()  # what the connector itself found
    recent: tuple[RecentPost, ...] = ()


@dataclass(frozen=True)
class GuardFacts:
    """Everything the guard looks at. No profile means that the practice has not written one yet."""

    profile: Profile | None
    channels: tuple[ChannelFacts, ...]
    now: datetime  # aware
    post_id: str = ""


@dataclass(frozen=True)
class View:
    """One channel of the facts, as a rule sees it."""

    profile: Profile
    channel: ChannelFacts
    now: datetime
    post_id: str

    @property
    def content(self) -> Content:
        return self.channel.content

    @property
    def spec(self) -> Spec:
        return self.channel.spec


@dataclass(frozen=True)
class Hit:
    """What a rule found. The sentences never repeat the matched words."""

    message: str
    remedy: str
    span: Span | None = None
    suggestion: str | None = None


@dataclass(frozen=True)
class Rule:
    """One check, known by its id. `find` gets the View and an instance of `parameters`."""

    id: str
    title: str  # what it looks for, for the guide and the settings page
    find: Callable[[View, Any], Iterator[Hit]]
    parameters: type[Frozen] = NoParameters
    needs_profile: bool = False  # without one it would call the practice's own facts foreign
