"""CHN: what a channel cannot carry, by its own Spec and in its own count."""

from bisect import bisect_right
from collections.abc import Iterator

from approval.rules.base import Hit, Rule, View
from domain.pack import NoParameters
from domain.words import Span


def find_long_texts(view: View, _: NoParameters) -> Iterator[Hit]:
    """Posts of a thread that are longer than the channel takes; a link it cannot carry apart counts too."""
    limit = view.spec.text_limit
    if limit is None:
        return
    for number, text in enumerate(view.content.parts):
        whole = f"{text}\n{view.content.link}" if number == 0 and _joins_link(view) else text
        excess = view.spec.count_text(whole) - limit
        if excess > 0:
            yield Hit(
                f"This is {excess} over the {limit} characters that {view.channel.name} takes.",
                "Shorten it, or write a shorter text for this channel.",
                Span(field=_part(number), start=_fitting(view, text, whole), end=len(text)),
            )


def find_long_thread(view: View, _: NoParameters) -> Iterator[Hit]:
    """More posts in one thread than the channel takes."""
    most, parts = view.spec.thread_max, view.content.parts
    if len(parts) > most:
        takes = "no threads" if most <= 1 else f"threads of at most {most} posts"
        yield Hit(
            f"{view.channel.name} takes {takes}, and this has {len(parts)}.",
            "Join or drop parts, or leave this channel out.",
            Span(field=_part(most), end=len(parts[most])),
        )


def find_too_many_assets(view: View, _: NoParameters) -> Iterator[Hit]:
    """More pictures and videos than the channel takes."""
    most, count = view.spec.media.max_assets, len(view.content.assets)
    if count > most:
        yield Hit(
            f"{view.channel.name} takes {most or 'no'} pictures or videos, and this has {count}.",
            "Take some out for this channel.",
            Span(field=f"assets.{most}"),
        )


def find_wrong_types(view: View, _: NoParameters) -> Iterator[Hit]:
    """Files of a kind that the channel does not take."""
    if not view.spec.media.max_assets:
        return
    for number, asset in enumerate(view.content.assets):
        if asset.media_type not in view.spec.media.types:
            takes = ", ".join(sorted(view.spec.media.types))
            yield Hit(
                f"{view.channel.name} does not take files of the type {asset.media_type}.",
                f"Use one of these types: {takes}.",
                Span(field=f"assets.{number}"),
            )


def find_large_files(view: View, _: NoParameters) -> Iterator[Hit]:
    """Files with more bytes than the channel takes."""
    most = view.spec.media.max_bytes
    for number, asset in enumerate(view.content.assets):
        if most and asset.size > most:
            yield Hit(
                f"This file has {_megabytes(asset.size)}; {view.channel.name} takes {_megabytes(most)}.",
                "Use a smaller version of it.",
                Span(field=f"assets.{number}"),
            )


def find_long_alt_texts(view: View, _: NoParameters) -> Iterator[Hit]:
    """Descriptions longer than the channel takes."""
    most = view.spec.media.alt_text_max
    for number, asset in enumerate(view.content.assets):
        if most is not None and len(asset.alt_text) > most:
            yield Hit(
                f"This description is {len(asset.alt_text) - most} over the {most} characters"
                f" that {view.channel.name} takes.",
                "Shorten the description.",
                Span(field=f"assets.{number}.alt_text", start=most, end=len(asset.alt_text)),
            )


def find_lost_comment(view: View, _: NoParameters) -> Iterator[Hit]:
    """A first comment that the channel would drop."""
    comment = view.content.first_comment
    if comment and not view.spec.carries_first_comment:
        yield Hit(
            f"{view.channel.name} cannot carry a first comment.",
            "Empty the first comment for this channel, and move what matters into the text.",
            Span(field="first_comment", end=len(comment)),
        )


def find_nothing_to_say(view: View, _: NoParameters) -> Iterator[Hit]:
    """A post without words, files or a link, and parts of a thread without words."""
    content = view.content
    if not (content.text.strip() or content.assets or content.link):
        yield Hit(
            "There is nothing to publish yet.", "Write something, or add a picture.", Span(field="text")
        )
    for number, part in enumerate(content.thread):
        if not part.strip():
            yield Hit(
                "This part of the thread is empty.", "Fill it or remove it.", Span(field=f"thread.{number}")
            )


def find_joined_link(view: View, _: NoParameters) -> Iterator[Hit]:
    """A link that will stand at the end of the text."""
    if _joins_link(view):
        yield Hit(
            f"{view.channel.name} has no place of its own for a link, so it will follow the text.",
            "Nothing to do; it counts towards the length.",
            Span(field="link", end=len(view.content.link or "")),
        )


def find_lost_alt_texts(view: View, _: NoParameters) -> Iterator[Hit]:
    """Descriptions that the channel does not carry."""
    if view.spec.media.alt_text_max is not None or not view.spec.media.max_assets:
        return
    for number, asset in enumerate(view.content.assets):
        if asset.alt_text.strip():
            yield Hit(
                f"{view.channel.name} does not carry descriptions of pictures.",
                "Say in the text what matters in the picture.",
                Span(field=f"assets.{number}.alt_text", end=len(asset.alt_text)),
            )


def _joins_link(view: View) -> bool:
    return bool(view.content.link) and not view.spec.carries_link


def _part(number: int) -> str:
    return f"thread.{number - 1}" if number else "text"


def _fitting(view: View, text: str, whole: str) -> int:
    """How many code points of *text* still fit, with what is appended to it counted first."""
    count = view.spec.count_text
    room = (view.spec.text_limit or 0) - (count(whole) - count(text))
    return max(0, bisect_right(range(len(text) + 1), room, key=lambda end: count(text[:end])) - 1)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


RULES = (
    Rule("CHN-01", "A text longer than the channel takes, in its own count", find_long_texts),
    Rule("CHN-02", "More posts in a thread than the channel takes", find_long_thread),
    Rule("CHN-03", "More pictures or videos than the channel takes", find_too_many_assets),
    Rule("CHN-04", "A file of a type that the channel does not take", find_wrong_types),
    Rule("CHN-05", "A file larger than the channel takes", find_large_files),
    Rule("CHN-06", "A picture description longer than the channel takes", find_long_alt_texts),
    Rule("CHN-07", "A first comment on a channel that carries none", find_lost_comment),
    Rule("CHN-08", "Nothing to publish, or an empty part of a thread", find_nothing_to_say),
    Rule("CHN-09", "A link that will follow the text, for want of a place of its own", find_joined_link),
    Rule("CHN-10", "A picture description that the channel does not carry", find_lost_alt_texts),
)
