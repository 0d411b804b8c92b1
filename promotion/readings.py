"""What a network tells about a post, in the one measure that promotion compares. Pure."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, NonNegativeFloat

from domain.content import Frozen

WEIGHTS: Mapping[str, int] = {
    "likes": 1,
    "reposts": 1,
    "replies": 1,
    "quotes": 1,
    "bookmarks": 1,
    "clicks": 1,
}
"""What one act of a reader counts for. All alike: nothing measured says that a reply foretells more than a
like, and only an unweighted sum is a true share of the impressions. Views, reach and impressions are
exposure, not acts, and stay out."""

Count = Annotated[int, Field(ge=0, le=10**15)]


def engagement(counts: Mapping[str, int]) -> int | None:
    """The acts of readers in one reading, or None when the network told none of them (which is not zero)."""
    known = [weight * counts[name] for name, weight in WEIGHTS.items() if name in counts]
    return sum(known) if known else None


class Snapshot(Frozen):
    """One reading of one post. A reading that was missed is left out, never written as zero."""

    age_hours: NonNegativeFloat  # from publishing to the network's reading
    count: Count  # engagement so far
    impressions: Count | None = None  # None where the network does not tell


class PastPost(Frozen):
    """A finished post of a channel."""

    final: Count  # engagement at 48 hours or later
    impressions: Count | None = None  # at the same reading
    snapshots: tuple[Snapshot, ...] = ()
