"""What the rehearsal network takes, to the letter: anything else is refused."""

import io
from typing import Annotated

from PIL import Image, UnidentifiedImageError
from pydantic import AwareDatetime, Field, ValidationError, model_validator

from domain.content import Frozen

TEXT_LIMIT = 500  # characters
ALT_TEXT_LIMIT = 1500  # characters
MOST_PICTURES = 4
MOST_BYTES = 8 * 1024 * 1024
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
MOST_NUMBERS = 100  # posts whose numbers one call asks for
MOST_LISTED = 100  # posts in one list

Text = Annotated[str, Field(max_length=TEXT_LIMIT)]


class NewPost(Frozen):
    """The body of POST /api/posts."""

    text: Text = ""
    link: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = None
    in_reply_to: str | None = None
    media_ids: Annotated[tuple[str, ...], Field(max_length=MOST_PICTURES)] = ()

    @model_validator(mode="after")
    def says_something(self) -> "NewPost":
        if not self.text.strip() and not self.media_ids:
            raise ValueError("A post needs words or a picture.")
        return self


class NewComment(Frozen):
    """The body of POST /api/posts/{id}/comments."""

    text: Annotated[Text, Field(min_length=1)]


class PostsAsked(Frozen):
    """The query of GET /api/posts."""

    key: str | None = None
    since: AwareDatetime | None = None


class NumbersAsked(Frozen):
    """The query of GET /api/numbers: ids with commas between."""

    ids: str

    @property
    def post_ids(self) -> list[str]:
        return [part for part in self.ids.split(",") if part]


def sentence(error: ValidationError) -> str:
    """What is wrong and where, without repeating what was sent."""
    wrongs = error.errors(include_input=False, include_url=False, include_context=False)
    return " ".join(f"{_place(wrong['loc'])}{_what(wrong['msg'])}" for wrong in wrongs)


def _place(parts: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in parts)}: " if parts else ""


def _what(message: str) -> str:
    return message.removeprefix("Value error, ").removesuffix(".") + "."


def picture_type(data: bytes) -> str | None:
    """The media type that the bytes themselves show, or None when they are no picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.get_format_mimetype()
    except (UnidentifiedImageError, OSError):
        return None
