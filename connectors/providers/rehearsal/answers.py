"""What the connector reads out of the network's answers. Fields that it does not need may come and go."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class AccountTold(Answer):
    id: str
    handle: str
    name: str
    path: str  # of its timeline, below the network's address


class IdTold(Answer):
    id: str


class PostState(StrEnum):
    STANDING = "standing"
    PROCESSING = "processing"
    REMOVED = "removed"


class PostTold(Answer):
    id: str
    state: PostState
    text: str
    in_reply_to: str | None
    alt_texts: tuple[str, ...]
    path: str
    published_at: AwareDatetime


class PostsTold(Answer):
    posts: tuple[PostTold, ...]


class CommentTold(Answer):
    id: str
    text: str


class CommentsTold(Answer):
    comments: tuple[CommentTold, ...]


class NumbersTold(Answer):
    read_at: AwareDatetime
    posts: dict[str, dict[str, int]]


class ProblemTold(Answer):
    detail: str = Field(default="", max_length=500)
