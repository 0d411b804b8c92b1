"""RPT: the same words again where they stood a short while ago."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from approval.rules.base import Hit, Rule, View
from approval.rules.fields import URL
from domain.content import Frozen
from domain.words import Span


class RepeatParameters(Frozen):
    """How far back, and ahead, the same words count as said already."""

    window_days: Annotated[int, Field(ge=1, le=3660)] = 90


def find_repeat(view: View, parameters: RepeatParameters) -> Iterator[Hit]:
    """Another post of this channel within the window that says the same, letters and figures compared."""
    words = _essence(view.content.text)
    window = timedelta(days=parameters.window_days)
    for recent in view.channel.recent:
        near = abs(view.now - recent.at) <= window
        if words and near and recent.post_id != view.post_id and _essence(recent.text) == words:
            when = f"{recent.at.day} {recent.at:%B %Y}"
            yield Hit(
                f"Another post says the same on {view.channel.name} ({when}).",
                "Reword it, or leave this channel out.",
                Span(field="text", end=len(view.content.text)),
            )
            return


def _essence(text: str) -> str:
    """*text* without links, marks, spacing and case: what a reader would call the same."""
    plain = unicodedata.normalize("NFKC", URL.sub(" ", text)).casefold()
    return re.sub(r"[\W_]+", "", plain)


RULES = (Rule("RPT-01", "The same words again on the same channel", find_repeat, RepeatParameters),)
