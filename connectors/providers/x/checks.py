"""What X minds beyond what the Spec declares, and what a link costs."""

import re
from collections.abc import Iterator

from connectors.base import Channel
from connectors.errors import Rejected
from connectors.providers.x.composing import REPLY_SETTINGS, parts_of
from connectors.providers.x.counting import has_invalid_characters, links, weigh
from connectors.providers.x.prices import CREATE, CREATE_WITH_LINK
from connectors.providers.x.uploading import GIF
from domain.content import AssetRef, Content
from domain.words import Finding, Severity, Span

PACK = "x@1"
TEXT_LIMIT = 280
THREAD_MAX = 15  # the ids of a thread's parts travel as one
MAX_PICTURES = 4
STILL_BYTES = 5_000_000
GIF_BYTES = 15_000_000
GIF_SIZE = (1280, 1080)  # pixels
ALT_TEXT_MAX = 1000
CASHTAG = re.compile(r"(?<![\w$&])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


def text_limit(channel: Channel) -> int:
    """How long a post may be: 280, or what the channel's option says of a Premium account."""
    limit = channel.options.get("text_limit", TEXT_LIMIT)
    return int(limit) if str(limit).isdecimal() else TEXT_LIMIT


def findings(channel: Channel, content: Content) -> Iterator[Finding]:
    parts = parts_of(content)
    for number, part in enumerate(parts):
        span = Span(field=f"thread.{number - 1}" if number else "text")
        yield from _about_text(part, span, text_limit(channel), bool(content.assets) and not number)
    if len(set(parts)) < len(parts):
        yield _blocked(
            "X-05",
            "Two parts of this thread are the same, and X refuses the same words twice.",
            "Change one of them.",
            Span(field="thread"),
        )
    yield from _about_pictures(content)
    yield from _about_options(content)


def refuse_what_cannot_go(channel: Channel, content: Content) -> None:
    """Raise Rejected, before anything leaves, for what X would refuse, part of a thread or not."""
    if len(content.parts) > THREAD_MAX:
        raise Rejected(f"A thread may have {THREAD_MAX} parts. Make it shorter.", code="thread")
    if len(content.assets) > MAX_PICTURES:
        raise Rejected(f"X takes at most {MAX_PICTURES} pictures in one post.", code="pictures")
    for finding in findings(channel, content):
        if finding.severity is Severity.BLOCK:
            raise Rejected(f"{finding.message} {finding.remedy}", code=finding.rule)


def _about_text(text: str, span: Span, limit: int, has_pictures: bool) -> Iterator[Finding]:
    length = weigh(text)
    if not text.strip() and not has_pictures:
        yield _blocked("X-01", "A post on X needs words or a picture.", "Write something.", span)
    if length > limit:
        yield _blocked(
            "X-02",
            f"This is {length:,} long as X counts, links included, and {limit:,} fit.",
            "Shorten it, or carry on in a thread.",
            span,
        )
    if has_invalid_characters(text):
        yield _blocked(
            "X-03",
            "This holds an invisible character that X refuses.",
            "Paste the text again as plain text.",
            span,
        )
    if len(CASHTAG.findall(text)) > 1:
        yield _blocked(
            "X-04", "X takes one cashtag ($ and letters) in a post, no more.", "Keep one of them.", span
        )
    if links(text):
        yield Finding(
            rule="X-10",
            pack=PACK,
            severity=Severity.NOTE,
            message=f"A link makes this post cost {_usd(CREATE_WITH_LINK)} instead of {_usd(CREATE)} USD.",
            remedy="Nothing has to change. Without the link it is cheaper.",
            span=span,
        )


def _about_pictures(content: Content) -> Iterator[Finding]:
    gifs = [asset for asset in content.assets if asset.media_type == GIF]
    if gifs and len(content.assets) > 1:
        yield _blocked(
            "X-06",
            "A GIF goes alone on X.",
            "Take the GIF or the other pictures out.",
            Span(field="assets"),
        )
    for number, asset in enumerate(content.assets):
        yield from _about_picture(asset, f"assets.{number}")


def _about_picture(asset: AssetRef, field: str) -> Iterator[Finding]:
    moves = asset.media_type == GIF
    most = GIF_BYTES if moves else STILL_BYTES
    if asset.media_type.startswith("video/"):
        yield _blocked("X-07", "Videos cannot be sent to X yet.", "Use pictures or a GIF.", Span(field=field))
    elif asset.size > most:
        yield _blocked(
            "X-08",
            f"This file has {asset.size / 1e6:.1f} MB, and X takes {most // 1_000_000} MB of this kind.",
            "Save it smaller.",
            Span(field=field),
        )
    if moves and (asset.width > GIF_SIZE[0] or asset.height > GIF_SIZE[1]):
        yield _blocked(
            "X-08",
            f"This GIF is larger than the {GIF_SIZE[0]} by {GIF_SIZE[1]} pixels that X takes.",
            "Save it smaller.",
            Span(field=field),
        )
    if len(asset.alt_text) > ALT_TEXT_MAX:
        yield _blocked(
            "X-11",
            f"This description has {len(asset.alt_text):,} characters, and X takes {ALT_TEXT_MAX:,}.",
            "Shorten it.",
            Span(field=f"{field}.alt_text"),
        )


def _about_options(content: Content) -> Iterator[Finding]:
    chosen = content.options.get("reply_settings", "")
    if chosen and chosen not in REPLY_SETTINGS:
        yield _blocked(
            "X-09",
            "X does not know this choice of who may reply.",
            f"Choose one of: {', '.join(REPLY_SETTINGS)}.",
            Span(field="options.reply_settings"),
        )


def _usd(micros: int) -> str:
    return f"{micros / 1e6:.3f}".rstrip("0").ljust(4, "0")


def _blocked(rule: str, message: str, remedy: str, span: Span) -> Finding:
    return Finding(rule=rule, pack=PACK, severity=Severity.BLOCK, message=message, remedy=remedy, span=span)
