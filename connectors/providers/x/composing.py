"""From a Content to the bodies that X is sent: one a part, pictures and link with the first."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.content import Content, Option

REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")


def parts_of(content: Content) -> tuple[str, ...]:
    """The text of each post. X has no link field: the link ends the first text that does not carry it yet."""
    first, *further = content.parts
    if content.link and content.link not in first:
        first = f"{first}\n{content.link}".strip()
    return (first, *further)


def bodies(
    content: Content, options: Mapping[str, Option], media_ids: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The body of each part but for the post it replies to. *options* are the Channel's own defaults."""
    chosen = {**options, **content.options}
    made: list[dict[str, Any]] = [{"text": part} for part in parts_of(content)]
    if media_ids:
        made[0]["media"] = {"media_ids": list(media_ids)}
    if chosen.get("reply_settings"):
        made[0]["reply_settings"] = str(chosen["reply_settings"])
    if chosen.get("made_with_ai"):
        made[0]["made_with_ai"] = True
    if chosen.get("paid_partnership"):
        for body in made:
            body["paid_partnership"] = True
    return made
