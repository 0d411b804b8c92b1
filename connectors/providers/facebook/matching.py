"""Which post on the Page is ours: by its words and photos, since the Graph knows no key of ours."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from connectors.base import Absent, CannotTell, Published, Trace
from connectors.providers.facebook.shapes import Attachment, PageComment, PagePost
from domain.content import Content

CLOCK_SKEW = timedelta(minutes=2)  # how far Facebook's clock may be behind ours
POST_FIELDS = (
    "id,message,created_time,permalink_url,is_published,parent_id,"
    "attachments{media_type,url,unshimmed_url,target,subattachments}"
)


@dataclass(frozen=True)
class Recent:
    """The newest posts of a Page. `complete`: everything since the instant asked for is among them."""

    posts: Sequence[PagePost]
    complete: bool


def earliest(sent_at: datetime) -> datetime:
    """The earliest instant that Facebook may have noted for a post sent at *sent_at*."""
    return sent_at - CLOCK_SKEW


def decide(recent: Recent, trace: Trace) -> Published | Absent | CannotTell:
    """One match is adopted, none is absent, several are for a person."""
    matches = [post for post in recent.posts if is_ours(post, trace.content, earliest(trace.sent_at))]
    matches = _with_our_photos(matches, trace.steps) or matches
    if len(matches) == 1:
        return published(matches[0])
    if matches:
        return CannotTell(
            "Several posts on the Page have these words.",
            tuple((post.permalink_url or post.id, _described(post)) for post in matches),
        )
    if not recent.complete:
        return CannotTell("The Page has too many newer posts to look through.")
    return Absent(steps=trace.steps)


def published(post: PagePost) -> Published:
    url = post.permalink_url or address(post.id)
    return Published(remote_id=post.id, url=url, published_at=post.created_time)


def address(post_id: str) -> str:
    """Where people see a post; Facebook leads on to its present form."""
    return f"https://www.facebook.com/{post_id}"


def is_ours(post: PagePost, content: Content, since: datetime) -> bool:
    """Whether *post* carries *content* and is not older than *since*."""
    return (
        post.is_published
        and post.created_time >= since
        and same_words(post.message, content.text)
        and _as_many_photos(post, len(content.assets))
        and (bool(content.text) or content.link is None or _leads_to(post, content.link))
    )


def same_words(one: str, other: str) -> bool:
    """Equal but for the spelling of characters and the amount of white space."""
    return _plain(one) == _plain(other)


def find_share(posts: Iterable[PagePost], original: PagePost) -> PagePost | None:
    """The newest post that does nothing but show *original* again."""
    return next((post for post in posts if not post.message and _shows(post, original)), None)


def find_own(comments: Iterable[PageComment], page_id: str, text: str) -> PageComment | None:
    """The Page's comment with these words. Facebook may withhold the author; then the words decide."""
    return next(
        (
            comment
            for comment in comments
            if same_words(comment.message, text) and (not comment.author or comment.author.id == page_id)
        ),
        None,
    )


def _with_our_photos(posts: Sequence[PagePost], steps: Mapping[str, str]) -> list[PagePost]:
    ours = set(steps.values())
    return [post for post in posts if ours & {photo.target.id for photo in _leaves(post)}]


def _as_many_photos(post: PagePost, count: int) -> bool:
    """Where Facebook says *album* without listing it, any number above one will do."""
    kinds = [attachment.media_type for attachment in _leaves(post)]
    return count > 1 if "album" in kinds else kinds.count("photo") == count


def _leaves(post: PagePost) -> list[Attachment]:
    """Attachments with albums opened."""
    return [
        leaf
        for attachment in post.attachments.data
        for leaf in (attachment.subattachments.data if attachment.subattachments else (attachment,))
    ]


def _shows(post: PagePost, original: PagePost) -> bool:
    if post.id == original.id:
        return False
    targets = {attachment.target.id for attachment in post.attachments.data}
    story = original.id.rpartition("_")[2]
    return (
        post.parent_id == original.id
        or bool(targets & {original.id, story})
        or _leads_to(post, original.permalink_url)
    )


def _leads_to(post: PagePost, link: str) -> bool:
    wanted = _bare(link)
    return any(_bare(url) == wanted for leaf in post.attachments.data for url in leaf.urls)


def _bare(url: str) -> tuple[str, str, str]:
    """An address without what Facebook may change about it."""
    parts = urlsplit(url)
    return (parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _described(post: PagePost) -> str:
    return f"Posted on {post.created_time:%Y-%m-%d} at {post.created_time:%H:%M} (UTC) with the same words."
