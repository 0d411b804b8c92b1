"""What stands on the fake X, and its rules: one account, its posts, its uploads, its reposts."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tests.connectors.x.fake_keys import USER_ID

EPOCH = 1_288_834_974_657
LIMIT = 280
LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)+(?:com|org|net)(?:/[^\s,]*[^\s,.])?")
LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
PIECE_LIMIT = 5 * 1024 * 1024  # bytes
NumberId = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]


class XFault(Exception):
    """A refusal as X words it."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "detail": detail, "type": kind, "status": status, **more}


class Body(BaseModel):
    """What may be sent: nothing else, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MediaBody(Body):
    media_ids: Annotated[list[NumberId], Field(min_length=1, max_length=4)]


class ReplyBody(Body):
    in_reply_to_tweet_id: NumberId


class CreateBody(Body):
    text: str = ""
    media: MediaBody | None = None
    reply: ReplyBody | None = None
    reply_settings: Literal["following", "mentionedUsers", "subscribers", "verified"] | None = None
    made_with_ai: bool = False
    paid_partnership: bool = False


class InitializeBody(Body):
    media_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif"]
    media_category: Literal["tweet_image", "tweet_gif"]
    total_bytes: Annotated[int, Field(gt=0)]


class AppendBody(Body):
    media: str
    segment_index: Annotated[int, Field(ge=0, le=999)]


class AltText(Body):
    text: Annotated[str, Field(min_length=1, max_length=1000)]


class Metadata(Body):
    alt_text: AltText


class MetadataBody(Body):
    id: NumberId
    metadata: Metadata


class RepostBody(Body):
    tweet_id: NumberId


@dataclass
class FakeUpload:
    id: str
    begun: InitializeBody
    pieces: list[bytes] = field(default_factory=list)
    finished: bool = False
    alt_text: str = ""
    polls_left: int = 0  # status calls until a GIF is ready
    fails: bool = False

    @property
    def state(self) -> str:
        if self.polls_left:
            return "in_progress"
        return "failed" if self.fails else "succeeded"


@dataclass
class FakePost:
    id: str
    body: CreateBody
    parent: str = ""
    root: str = ""
    alt_texts: tuple[str, ...] = ()

    @property
    def posted_at(self) -> datetime:
        return datetime.fromtimestamp(((int(self.id) >> 22) + EPOCH) / 1000, UTC)


@dataclass
class FakeAccount:
    """One account. `gif_polls` is how many times a GIF is found unready, `lifetime` how long uploads live."""

    username: str = "example_dental"
    name: str = "Example Dental"
    posts: dict[str, FakePost] = field(default_factory=dict)
    uploads: dict[str, FakeUpload] = field(default_factory=dict)
    reposts: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(
        default_factory=lambda: {
            "retweet_count": 3,
            "reply_count": 0,
            "like_count": 12,
            "quote_count": 1,
            "impression_count": 480,  # bookmark_count is withheld
        }
    )
    gif_polls: int = 0
    gif_fails: bool = False
    lifetime: int = 1_209_600  # seconds
    refuse_replies: bool = False
    _last_id: int = 0

    def new_id(self, at: datetime | None = None) -> str:
        """An id that carries its instant, larger than every one before unless *at* says otherwise."""
        milliseconds = int((at or datetime.now(UTC)).timestamp() * 1000) - EPOCH
        wanted = milliseconds << 22
        if at is None:
            wanted = max(wanted, self._last_id + 1)
            self._last_id = wanted
        return str(wanted)

    def create(self, body: CreateBody, at: datetime | None = None) -> FakePost:
        """Make a post stand, or raise XFault. *at* dates it back."""
        self._check_text(body)
        parent = self._check_reply(body)
        media = [self._usable(media_id) for media_id in (body.media.media_ids if body.media else ())]
        if len(media) > 1 and any(upload.begun.media_category == "tweet_gif" for upload in media):
            raise XFault(400, "Invalid Request", "A GIF goes alone.")
        post = FakePost(self.new_id(at), body, alt_texts=tuple(upload.alt_text for upload in media))
        post.parent = parent.id if parent else ""
        post.root = parent.root if parent else post.id
        self.posts[post.id] = post
        return post

    def _check_text(self, body: CreateBody) -> None:
        if not body.text.strip() and not body.media:
            raise XFault(400, "Invalid Request", "One or more parameters to your request was invalid.")
        if weight(body.text) > LIMIT:
            raise XFault(403, "Forbidden", "Your post is too long.")
        if len(re.findall(r"(?<!\S)\$[A-Za-z]{1,6}\b", body.text)) > 1:
            raise XFault(403, "Forbidden", "Posts may have one cashtag.")
        if body.text and any(post.body.text == body.text for post in self.posts.values()):
            raise XFault(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")

    def _check_reply(self, body: CreateBody) -> FakePost | None:
        if body.reply is None:
            return None
        parent = self.posts.get(body.reply.in_reply_to_tweet_id)
        if parent is None or self.refuse_replies or body.reply_settings:
            raise XFault(403, "Forbidden", "Reply to this conversation is not allowed.")
        return parent

    def _usable(self, media_id: str) -> FakeUpload:
        upload = self.uploads.get(media_id)
        if upload is None or not upload.finished or upload.state != "succeeded":
            raise XFault(400, "Invalid Request", "Your media IDs are invalid.")
        return upload

    # Uploads

    def initialize(self, body: InitializeBody) -> FakeUpload:
        if (body.media_type == "image/gif") != (body.media_category == "tweet_gif"):
            raise XFault(400, "Invalid Request", "media_category does not fit media_type.")
        if body.total_bytes > (15_000_000 if body.media_type == "image/gif" else 5_000_000):
            raise XFault(400, "Invalid Request", "File size exceeds the limit.")
        upload = FakeUpload(self.new_id(), body)
        self.uploads[upload.id] = upload
        return upload

    def append(self, media_id: str, index: int, piece: bytes) -> None:
        upload = self._open(media_id)
        if index != len(upload.pieces) or not piece or len(piece) > PIECE_LIMIT:
            raise XFault(400, "Invalid Request", "Segments do not add up to the provided total file size.")
        upload.pieces.append(piece)

    def finalize(self, media_id: str) -> FakeUpload:
        upload = self._open(media_id)
        if sum(map(len, upload.pieces)) != upload.begun.total_bytes:
            raise XFault(400, "Invalid Request", "Segments do not add up to the provided total file size.")
        upload.finished = True
        if upload.begun.media_category == "tweet_gif":
            upload.polls_left, upload.fails = self.gif_polls, self.gif_fails
        return upload

    def status(self, media_id: str) -> FakeUpload:
        upload = self._finished(media_id)
        upload.polls_left = max(upload.polls_left - 1, 0)
        return upload

    def describe(self, body: MetadataBody) -> None:
        self._finished(body.id).alt_text = body.metadata.alt_text.text

    def _open(self, media_id: str) -> FakeUpload:
        upload = self.uploads.get(media_id)
        if upload is None or upload.finished:
            raise XFault(400, "Invalid Request", "Could not find that upload under way.")
        return upload

    def _finished(self, media_id: str) -> FakeUpload:
        upload = self.uploads.get(media_id)
        if upload is None or not upload.finished:
            raise XFault(400, "Invalid Request", "Could not find that upload.")
        return upload

    # Reading

    def timeline(self, since: datetime | None) -> list[FakePost]:
        """Newest first."""
        posts = sorted(self.posts.values(), key=lambda post: int(post.id), reverse=True)
        return [post for post in posts if since is None or post.posted_at >= since.replace(microsecond=0)]

    def shown(self, post: FakePost, fields: set[str], *, new_names: bool) -> dict[str, Any]:
        """*post* as X gives it: links shortened, signs escaped, one more link for pictures."""
        text, links = _shortened(post)
        short, long_name = (text, "")
        if len(text) > LIMIT:
            short, long_name = f"{text[: LIMIT - 1]}…", "note_post" if new_names else "note_tweet"
        given: dict[str, Any] = {
            "created_at": f"{post.posted_at:%Y-%m-%dT%H:%M:%S}.000Z",
            "conversation_id": post.root,
            "entities": {"urls": links} if links else None,
            "attachments": {"media_keys": [f"3_{i}" for i in post.body.media.media_ids]}
            if post.body.media
            else None,
            "public_metrics": self._metrics(new_names),
            "referenced_tweets": [{"type": "replied_to", "id": post.parent}] if post.parent else None,
        }
        if long_name:
            given[long_name] = {"text": text, "entities": {"urls": links}}
        chosen = {name: value for name, value in given.items() if name in fields and value is not None}
        return {"id": post.id, "text": short, "edit_history_tweet_ids": [post.id], **chosen}

    def _metrics(self, new_names: bool) -> dict[str, int]:
        names = {"retweet_count": "repost_count"} if new_names else {}
        return {names.get(name, name): value for name, value in self.numbers.items()}

    def me(self) -> dict[str, str]:
        return {"id": USER_ID, "name": self.name, "username": self.username}


def weight(text: str) -> int:
    """The fake's own count; good for text without emoji sequences."""
    rest = LINK.sub("", text)
    return 23 * len(LINK.findall(text)) + sum(_weights(unicodedata.normalize("NFC", rest)))


def _weights(text: str) -> Iterator[int]:
    for letter in text:
        yield 1 if any(low <= ord(letter) <= high for low, high in LIGHT) else 2


def _shortened(post: FakePost) -> tuple[str, list[dict[str, str]]]:
    links: list[dict[str, str]] = []

    def shorten(match: re.Match[str]) -> str:
        link = match[0] if match[0].startswith("http") else f"http://{match[0]}"
        links.append({"url": f"https://t.co/{len(links)}{post.id[-8:]}", "expanded_url": link})
        return links[-1]["url"]

    text = html.escape(LINK.sub(shorten, post.body.text), quote=False)
    for number, media_id in enumerate(post.body.media.media_ids if post.body.media else ()):
        page = f"https://x.com/example_dental/status/{post.id}/photo/{number + 1}"
        url = f"https://t.co/m{post.id[-8:]}"  # the same for all pictures of a post
        links.append({"url": url, "expanded_url": page, "media_key": f"3_{media_id}"})
        text = text if text.endswith(url) else f"{text} {url}".strip()
    return text, links
