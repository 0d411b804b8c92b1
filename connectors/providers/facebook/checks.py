"""What Facebook minds beyond lengths and sizes, which the Spec declares."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from connectors.base import Spec
from connectors.errors import Rejected
from domain.content import Content
from domain.words import Finding, Severity, Span

PACK = "facebook@1"


def findings(content: Content) -> Iterator[Finding]:
    if content.link and content.assets:
        yield _blocked(
            "FB-01",
            "A Facebook post carries either a link with its preview or photos, not both.",
            "Write the link into the text, or take the photos out.",
            Span(field="link"),
        )
    if content.link and not _is_address(content.link):
        yield _blocked(
            "FB-02",
            "Facebook takes a link only as a complete web address.",
            "Begin the link with https:// and the name of the site.",
            Span(field="link"),
        )
    if not (content.text.strip() or content.link or content.assets):
        yield _blocked(
            "FB-03",
            "A Facebook post needs words, a link or a photo.",
            "Write something, or add a link or a photo.",
            Span(field="text"),
        )


def refuse_what_cannot_go(spec: Spec, content: Content) -> None:
    """Raise Rejected, before anything leaves, for what Facebook would refuse or silently drop."""
    if spec.text_limit is not None and spec.count_text(content.text) > spec.text_limit:
        raise Rejected(f"The text is longer than the {spec.text_limit:,} characters that Facebook takes.")
    if len(content.assets) > spec.media.max_assets:
        raise Rejected(f"Facebook takes at most {spec.media.max_assets} photos in one post.")
    for finding in findings(content):
        raise Rejected(f"{finding.message} {finding.remedy}", code=finding.rule)


def _blocked(rule: str, message: str, remedy: str, span: Span) -> Finding:
    return Finding(rule=rule, pack=PACK, severity=Severity.BLOCK, message=message, remedy=remedy, span=span)


def _is_address(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
