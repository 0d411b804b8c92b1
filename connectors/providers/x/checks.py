"""What X minds beyond what the Spec declares, what a link costs, and the last look before anything leaves."""

import re
from collections.abc import Iterator, Mapping

from connectors.base import Channel
from connectors.errors import Rejected
from connectors.providers.x.composing import REPLY_SETTINGS, parts_of
from connectors.providers.x.counting import has_invalid_characters, links, weigh
from connectors.providers.x.prices import CREATE, CREATE_WITH_LINK
from connectors.providers.x.uploading import GIF
from domain.content import AssetRef, Content, Option
from domain.words import Finding, Severity, Span

PACK = "x@1"
TEXT_LIMIT = 280
THREAD_MAX = 15  # the ids of a thread's parts travel as one
MAX_PICTURES = 4
TYPES = frozenset({"image/jpeg", "image/png", "image/webp", GIF})
STILL_BYTES = 5_000_000
GIF_BYTES = 15_000_000
GIF_SIZE = (1280, 1080)  # pixels
ALT_TEXT_MAX = 1000
CASHTAG = re.compile(r"(?<![\w$&])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


def findings(channel: Channel, content: Content) -> Iterator[Finding]:
    """What the Spec cannot say. Lengths, counts and types it can."""
    parts = parts_of(content)
    for number, part in enumerate(parts):
        yield from _about_text(part, Span(field=f"thread.{number - 1}" if number else "text"))
    if len(set(parts)) < len(parts):
        yield _blocked(
            "X-03",
            "Two parts of this thread are the same, and X refuses the same words twice.",
            "Change one of them.",
            Span(field="thread"),
        )
    yield from _about_pictures(content.assets)
    yield from _about_replies({**channel.options, **content.options})


def refuse_what_cannot_go(channel: Channel, content: Content) -> None:
    """Raise Rejected, before anything leaves, for what X would refuse: half a thread helps nobody."""
    for sentence in _beyond_the_spec(channel, content):
        raise Rejected(sentence, code="limit")
    for finding in findings(channel, content):
        if finding.severity is Severity.BLOCK:
            raise Rejected(f"{finding.message} {finding.remedy}", code=finding.rule)


def _beyond_the_spec(channel: Channel, content: Content) -> Iterator[str]:
    limit = text_limit(channel)
    for part in parts_of(content):
        if weigh(part) > limit:
            yield f"One of the texts is longer than the {limit:,} characters that X takes, links included."
    if len(content.parts) > THREAD_MAX:
        yield f"X takes threads of at most {THREAD_MAX} parts here."
    if len(content.assets) > MAX_PICTURES:
        yield f"X takes at most {MAX_PICTURES} pictures in one post."
    for asset in content.assets:
        if asset.media_type not in TYPES:
            yield "X takes JPEG, PNG and WebP pictures and GIFs here, and no videos yet."
        if len(asset.alt_text) > ALT_TEXT_MAX:
            yield f"X takes picture descriptions of at most {ALT_TEXT_MAX:,} characters."


def text_limit(channel: Channel) -> int:
    """How long a post may be: 280, or what the channel's option says of a Premium account."""
    limit = str(channel.options.get("text_limit", ""))
    return int(limit) if limit.isdecimal() else TEXT_LIMIT


def _about_text(text: str, span: Span) -> Iterator[Finding]:
    if has_invalid_characters(text):
        yield _blocked(
            "X-01",
            "This holds an invisible character that X refuses.",
            "Paste the text again as plain text.",
            span,
        )
    if len(CASHTAG.findall(text)) > 1:
        yield _blocked("X-02", "X takes one cashtag ($ and letters) in a post.", "Keep one of them.", span)
    if links(text):
        yield Finding(
            rule="X-07",
            pack=PACK,
            severity=Severity.NOTE,
            message=f"A link makes this cost {CREATE_WITH_LINK / 1e6:.2f} instead of {CREATE / 1e6:.3f} USD.",
            remedy="Nothing to do. Without the link it is cheaper.",
            span=span,
        )


def _about_pictures(assets: tuple[AssetRef, ...]) -> Iterator[Finding]:
    if len(assets) > 1 and any(asset.media_type == GIF for asset in assets):
        yield _blocked(
            "X-04", "A GIF goes alone on X.", "Take the GIF or the other pictures out.", Span(field="assets")
        )
    for number, asset in enumerate(assets):
        yield from _about_size(asset, Span(field=f"assets.{number}"))


def _about_size(asset: AssetRef, span: Span) -> Iterator[Finding]:
    is_gif = asset.media_type == GIF
    width, height = GIF_SIZE
    if asset.size > (most := GIF_BYTES if is_gif else STILL_BYTES):
        yield _blocked(
            "X-05",
            f"This file has {asset.size / 1e6:.1f} MB, and X takes {most / 1e6:.0f} MB of its kind.",
            "Save it smaller.",
            span,
        )
    if is_gif and (asset.width > width or asset.height > height):
        yield _blocked(
            "X-05", f"X takes GIFs of at most {width} by {height} pixels.", "Save it smaller.", span
        )


def _about_replies(options: Mapping[str, Option]) -> Iterator[Finding]:
    chosen = options.get("reply_settings")
    if chosen and chosen not in REPLY_SETTINGS:
        yield _blocked(
            "X-06",
            "X does not know this choice of who may reply.",
            f"Choose one of: {', '.join(REPLY_SETTINGS)}.",
            Span(field="options.reply_settings"),
        )


def _blocked(rule: str, message: str, remedy: str, span: Span) -> Finding:
    return Finding(rule=rule, pack=PACK, severity=Severity.BLOCK, message=message, remedy=remedy, span=span)
