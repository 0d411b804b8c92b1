"""What the pages ask of a post: something to read, a description for every picture, a link that is one."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from connectors.base import MediaRules, Post
from connectors.errors import Rejected
from connectors.providers.website.record import EXTENSIONS
from domain.content import Content
from domain.words import Finding, Severity, Span

PACK = "website@1"
TEXT_LIMIT = 20_000  # characters
MEDIA = MediaRules(max_assets=10, types=frozenset(EXTENSIONS), max_bytes=100_000_000, alt_text_max=2_000)


def findings(content: Content, channel_id: str | None = None) -> Iterator[Finding]:
    """The findings that stop *content* on these pages."""
    if not content.text.strip() and not content.assets:
        yield _stop("WEB-01", "text", "The post is empty.", "Write something or add a picture.", channel_id)
    for number, asset in enumerate(content.assets):
        if not asset.alt_text.strip():
            where = f"assets.{number}.alt_text"
            said = "A picture on the website has no description."
            yield _stop("WEB-02", where, said, "Say in the alt text what it shows.", channel_id)
    if content.link is not None and not is_web_address(content.link):
        said = "The link is not a web address."
        yield _stop("WEB-03", "link", said, "Let it start with https:// and a host name.", channel_id)


def is_web_address(link: str) -> bool:
    """Whether *link* is safe to offer: no scripts, no files, no spaces."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, link))
    except ValueError:
        return False


def refuse_what_cannot_stand(post: Post) -> None:
    """Raises Rejected with the first reason why *post* can never stand here."""
    if post.content.thread:
        raise Rejected("The website takes one text, not a thread. Join the parts into one.")
    if len(post.content.text) > TEXT_LIMIT:
        raise Rejected(f"The text is too long for the website. It takes at most {TEXT_LIMIT} characters.")
    if len(post.media) > MEDIA.max_assets:
        raise Rejected(f"The website takes at most {MEDIA.max_assets} pictures in one post.")
    for file in post.media:
        if file.media_type not in MEDIA.types:
            raise Rejected(f"The website cannot show {file.filename}. It takes JPEG, PNG, WebP, GIF and MP4.")
    for finding in findings(post.content):
        raise Rejected(f"{finding.message} {finding.remedy}", code=finding.rule)


def _stop(rule: str, field: str, message: str, remedy: str, channel_id: str | None) -> Finding:
    return Finding(
        rule=rule,
        pack=PACK,
        severity=Severity.BLOCK,
        message=message,
        remedy=remedy,
        channel_id=channel_id,
        span=Span(field=field),
    )
