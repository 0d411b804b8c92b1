"""The shapes of X's answers, as far as we read them. X is renaming fields: both names are taken."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

SNOWFLAKE_EPOCH = 1_288_834_974_657  # milliseconds; X's ids carry the instant they were given
TIME_SHIFT = 22  # bits below the instant

Id = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Reason(Shape):
    """One error of an answer, in X's old form (code, message) or as a problem (type, title, detail)."""

    code: int | str | None = None
    message: str = ""
    type: str = ""
    title: str = ""
    detail: str = ""
    resource_id: str = ""
    value: str = ""


class Problem(Reason):
    """The body of a refusal."""

    errors: tuple[Reason, ...] = ()


class Identified(Shape):
    id: Id


class Created(Shape):
    data: Identified


class Me(Identified):
    name: str = ""
    username: str = ""


class MyAccount(Shape):
    data: Me


class Deletion(Shape):
    deleted: bool


class Deleted(Shape):
    data: Deletion | None = None
    errors: tuple[Reason, ...] = ()


class Processing(Shape):
    state: str = ""  # pending, in_progress, failed, succeeded
    check_after_secs: int = 5


class Medium(Identified):
    expires_after_secs: int | None = None
    processing_info: Processing | None = None


class MediaAnswer(Shape):
    data: Medium


class Link(Shape):
    url: str = ""  # as the text carries it, shortened
    expanded_url: str = ""
    media_key: str | None = None


class Entities(Shape):
    urls: tuple[Link, ...] | None = None


class LongText(Shape):
    """The whole of a text beyond 280, of which `text` has only the beginning."""

    text: str
    entities: Entities = Entities()


class Attachments(Shape):
    media_keys: tuple[str, ...] | None = None


class Reference(Shape):
    type: str  # retweeted, quoted, replied_to
    id: Id


class XPost(Identified):
    """One post as X gives it."""

    text: str = ""
    conversation_id: str = ""
    entities: Entities = Entities()
    attachments: Attachments = Attachments()
    long_text: LongText | None = Field(None, validation_alias=AliasChoices("note_tweet", "note_post"))
    references: tuple[Reference, ...] | None = Field(
        None, validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )
    public_metrics: dict[str, int | None] = {}

    @property
    def posted_at(self) -> datetime:
        return posted_at(self.id)


class Meta(Shape):
    next_token: str | None = None


class Posts(Shape):
    """A list of posts; `errors` says which of those asked for are not there."""

    data: tuple[XPost, ...] = ()
    errors: tuple[Reason, ...] = ()
    meta: Meta = Meta()


def posted_at(post_id: str) -> datetime:
    """The instant, by X's clock, at which X gave out *post_id*."""
    milliseconds = (int(post_id) >> TIME_SHIFT) + SNOWFLAKE_EPOCH
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
