"""What the Graph answers with, validated at the door. Unknown fields are ignored, secrets never quoted."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

POSTING_TASKS = frozenset({"CREATE_CONTENT", "PROFILE_PLUS_CREATE_CONTENT"})


class Shape(BaseModel):
    """A part of an answer. Its validation errors do not repeat the input, which may hold tokens."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


Item = TypeVar("Item")


class Cursors(Shape):
    after: str = ""


class Paging(Shape):
    cursors: Cursors = Cursors()
    next: str = Field(default="", repr=False)  # its query repeats what was asked


class Listing(Shape, Generic[Item]):
    """One page of a list."""

    data: tuple[Item, ...] = ()
    paging: Paging = Paging()

    @property
    def following(self) -> str:
        """The cursor of the next page; empty on the last one."""
        return self.paging.cursors.after if self.paging.next else ""


class Named(Shape):
    id: str
    name: str = ""


class Target(Shape):
    id: str = ""
    url: str = ""


class Attachment(Shape):
    media_type: str = ""  # photo, album, link, video
    target: Target = Target()
    url: str = ""
    unshimmed_url: str = ""
    subattachments: "Listing[Attachment] | None" = None

    @property
    def urls(self) -> frozenset[str]:
        """Every address that this attachment leads to."""
        return frozenset({self.url, self.unshimmed_url, self.target.url} - {""})


class PagePost(Shape):
    id: str
    message: str = ""
    created_time: datetime
    permalink_url: str = ""
    is_published: bool = True
    parent_id: str = ""
    attachments: Listing[Attachment] = Listing()


class PageComment(Shape):
    id: str
    message: str = ""
    author: Annotated[Named | None, Field(alias="from")] = None


class Counted(Shape):
    count: int | None = None


class Total(Shape):
    total_count: int | None = None


class Summary(Shape):
    summary: Total = Total()


class Engagement(Shape):
    """A post's public numbers; one that Facebook leaves out stays None."""

    shares: Counted = Counted()
    comments: Summary = Summary()
    reactions: Summary = Summary()


class InsightValue(Shape):
    value: int | dict[str, int]  # by type where the metric has types

    @property
    def total(self) -> int:
        return sum(self.value.values()) if isinstance(self.value, dict) else self.value


class Insight(Shape):
    name: str
    values: tuple[InsightValue, ...] = ()


class Token(Shape):
    access_token: Annotated[str, Field(min_length=1, repr=False)]
    expires_in: int | None = None  # seconds


class Permission(Shape):
    permission: str
    status: str


class PageAccount(Named):
    """A Page that a person works on, with the Page's own token."""

    username: str = ""
    access_token: Annotated[str, Field(repr=False)] = ""
    tasks: frozenset[str] = frozenset()

    @property
    def may_post(self) -> bool:
        """A Page for which Facebook lists no tasks at all is given the benefit of the doubt."""
        return bool(self.access_token) and (not self.tasks or bool(self.tasks & POSTING_TASKS))


class TokenFacts(Shape):
    """What Facebook says of a token; zero instants mean *never*."""

    is_valid: bool = False
    type: str = ""  # PAGE, USER, SYSTEM_USER, APP
    scopes: frozenset[str] = frozenset()
    expires_at: int = 0  # seconds since 1970


class Debugged(Shape):
    data: TokenFacts


class BatchAnswer(Shape):
    """One answer of a batch; `body` is JSON in a string."""

    code: int
    body: Annotated[str, Field(repr=False)] = ""


class Batch(RootModel[tuple[BatchAnswer, ...]]):
    """The answers of a batch, in the order of its questions."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
