"""What the API takes and gives, as far as several topics share it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from approval import guard
from domain import content, words
from domain.states import Delivery
from domain.words import Severity
from store import models

EXAMPLE_ID = "01KPC3VZ9S8RW5M2T0D7H4EXAM"
EXAMPLE_DIGEST = "5f2c8e0d3b7a49168c1fd0e2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6"
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _written(value: object) -> object:
    """A bare number passes for a time too easily, so a time has to look like one."""
    if isinstance(value, str) and "-" in value:
        return value
    raise PydanticCustomError("datetime_type", "not a time that is written out")


Written = BeforeValidator(_written)
Id = Annotated[str, Field(examples=[EXAMPLE_ID])]
Instant = Annotated[AwareDatetime, Field(examples=["2027-03-01T14:30:00Z"])]
GivenInstant = Annotated[
    AwareDatetime, Written, Field(ge=EARLIEST, le=LATEST, examples=["2027-03-01T14:30:00Z"])
]
GivenId = Annotated[str, Field(min_length=1, max_length=64, examples=[EXAMPLE_ID])]
Fingerprint = Annotated[str, Field(examples=[EXAMPLE_DIGEST], description="SHA-256 in hexadecimal.")]
Zone = Annotated[str, Field(examples=["America/New_York"], description="An IANA time zone.")]
Reason = Annotated[str, Field(max_length=2000, examples=["Because of the second line."])]
Item = TypeVar("Item")


class Shape(BaseModel):
    """What the API gives; made from rows by their attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Given(BaseModel):
    """What the API takes: unknown fields are refused, and so are characters that no database keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _has_no_nul(cls, data: Any) -> Any:
        if any("\x00" in text for text in _texts(data)):
            raise ValueError("A text holds a NUL character (\\u0000). Leave it out.")
        return data


def _texts(data: object) -> Iterator[str]:
    """Every string in a JSON value, keys included."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend((*value.keys(), *value.values()))
        elif isinstance(value, list):
            waiting.extend(value)


class Page(Shape, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: int | None = Field(None, description="The next page's `offset`; null on the last page.")


class Paging(Given):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to leave out before.")


def page(rows: list[Item], limit: int, offset: int) -> Page[Item]:
    """The page of *rows*, of which one more than *limit* was asked for."""
    more = len(rows) > limit
    return Page(items=rows[:limit], next=offset + limit if more else None)


# ---------------------------------------------------------------- names


class Person(Shape):
    """A member by name."""

    id: Id
    name: str = Field(examples=["Maya Lindqvist"])


class ChannelName(Shape):
    """A channel by name."""

    id: Id
    name: str = Field(examples=["Our page"])
    provider: str = Field(description="The connector's key.", examples=["example"])


class CampaignName(Shape):
    """A campaign by name."""

    id: Id
    name: str = Field(examples=["Flu season"])


# ---------------------------------------------------------------- contents


class Content(content.Content):
    """Exactly what one channel is to carry."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Content":
        return cls.model_validate(stored)


class Variant(Shape):
    """A revision as one channel carries it."""

    channel: ChannelName
    fingerprint: Fingerprint
    override: content.Override = Field(description="Where it differs from the post's own content.")
    content: Content


class Finding(words.Finding):
    """One remark of the guard. The matched words themselves are never part of it."""

    key: str = Field(
        description="Names the finding when a warning is kept with a reason, or ticked as seen.",
        examples=["PHI-02:*:text:24-38"],
    )
    severity: Severity = Field(description="block stops, warn asks a person, note informs.")

    @classmethod
    def of(cls, finding: words.Finding) -> "Finding":
        return cls(key=guard.key(finding), **finding.model_dump())


# ---------------------------------------------------------------- publications


class Publication(Shape):
    """One variant due at one instant, and what became of it."""

    id: Id
    post_id: Id
    channel: ChannelName
    state: Delivery
    reason: str = Field(description="One sentence for people; empty when there is nothing to say.")
    fingerprint: Fingerprint
    due_at: Instant
    expires_at: Instant = Field(description="Later than this it is never sent.")
    published_at: Instant | None
    remote_id: str = Field(description="The network's id of the post; empty until it stands.")
    url: str = Field(description="Where it stands; empty until it does, or where there is no address.")

    @classmethod
    def of(cls, row: models.Publication, channel: ChannelName) -> "Publication":
        return cls(
            id=row.id,
            post_id=row.post_id,
            channel=channel,
            state=row.state,
            reason=row.reason,
            fingerprint=row.fingerprint,
            due_at=row.due_at,
            expires_at=row.expires_at,
            published_at=row.published_at,
            remote_id=row.remote_id,
            url=row.url,
        )
