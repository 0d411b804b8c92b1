"""A post's numbers: public counts first, then insights, one metric a call.

One metric that a Graph version has retired fails the whole call it is part of, so each is asked alone.
"""

from collections.abc import Mapping

from connectors.errors import Rejected
from connectors.providers.facebook.errors import NotPermitted
from connectors.providers.facebook.graph import Graph
from connectors.providers.facebook.shapes import Engagement, Insight, Listing

ENGAGEMENT_FIELDS = "shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"

INSIGHTS: Mapping[str, str] = {  # metric → the seam's name
    "post_media_view": "views",
    "post_total_media_view_unique": "reach",
    "post_clicks": "clicks",
    "post_reactions_by_type_total": "likes",  # asked only where the public count is withheld
}


def counts(graph: Graph, post_id: str) -> dict[str, int]:
    """Every number that Facebook gives for a post. Raises Gone when the post is gone."""
    found = _public(graph.read(post_id, Engagement, fields=ENGAGEMENT_FIELDS))
    for metric, name in INSIGHTS.items():
        value = None if name in found else _insight(graph, post_id, metric)
        if value is not None:
            found[name] = value
    return found


def _public(engagement: Engagement) -> dict[str, int]:
    given = {
        "likes": engagement.reactions.summary.total_count,
        "replies": engagement.comments.summary.total_count,
        "reposts": engagement.shares.count,
    }
    return {name: count for name, count in given.items() if count is not None}


def _insight(graph: Graph, post_id: str, metric: str) -> int | None:
    """The metric's newest value, or None: retired, not granted, or not counted yet."""
    try:
        answer = graph.read(f"{post_id}/insights", Listing[Insight], metric=metric, period="lifetime")
    except (Rejected, NotPermitted):
        return None
    values = [value for insight in answer.data if insight.name == metric for value in insight.values]
    return values[-1].total if values else None
