"""What stands on the Page, read in bounded steps."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from connectors.providers.facebook.graph import Graph
from connectors.providers.facebook.matching import POST_FIELDS, Recent
from connectors.providers.facebook.shapes import Listing, PageComment, PagePost, Shape

PAGE_SIZE = 100  # entries in one answer
MOST_ANSWERS = 10  # that one question may take

Item = TypeVar("Item", bound=Shape)


def answers(graph: Graph, edge: str, shape: type[Listing[Item]], **fields: Any) -> Iterator[Listing[Item]]:
    """A list answer by answer, at most MOST_ANSWERS of them."""
    after: str | None = None
    for _ in range(MOST_ANSWERS):
        listing = graph.read(edge, shape, limit=PAGE_SIZE, after=after, **fields)
        yield listing
        after = listing.following
        if not after:
            return


def recent_posts(graph: Graph, page: str, since: datetime) -> Recent:
    """The Page's posts since an instant, newest first; the edge itself cannot be asked for a time."""
    posts: list[PagePost] = []
    for listing in answers(graph, f"{page}/published_posts", Listing[PagePost], fields=POST_FIELDS):
        posts += listing.data
        if not listing.following or all(post.created_time < since for post in listing.data):
            return Recent(posts, complete=True)
    return Recent(posts, complete=False)


def oldest_comments(graph: Graph, post_id: str) -> Sequence[PageComment]:
    """A first comment is among them."""
    fields = {"fields": "id,message,from", "filter": "toplevel", "order": "chronological"}
    return graph.read(f"{post_id}/comments", Listing[PageComment], limit=PAGE_SIZE, **fields).data
