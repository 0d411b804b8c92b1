"""IMG: what people who cannot see a picture are told."""

import re
from collections.abc import Iterator

from approval.rules.base import Hit, Rule, View
from domain.pack import NoParameters
from domain.words import Span

_FILE_NAME = re.compile(r"\s*\S+\.(?:jpe?g|png|gif|webp|heic|avif)\s*", re.IGNORECASE)


def find_missing_alt_text(view: View, _: NoParameters) -> Iterator[Hit]:
    """Pictures without a description, on a channel that carries one."""
    if view.spec.media.alt_text_max is None:
        return
    for number, asset in enumerate(view.content.assets):
        described = asset.alt_text.strip() and not _FILE_NAME.fullmatch(asset.alt_text)
        if asset.media_type.startswith("image/") and not described:
            yield Hit(
                "This picture has no description for people who cannot see it.",
                "Say in one sentence what it shows.",
                Span(field=f"assets.{number}.alt_text", end=len(asset.alt_text)),
            )


RULES = (Rule("IMG-06", "A picture without a description", find_missing_alt_text),)
