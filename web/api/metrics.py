"""The numbers that came back, post by post."""

from pydantic import Field

from store import models
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.shapes import Instant, Publication, Shape

TOPIC = "Metrics"
DESCRIPTION = "The numbers that came back, post by post."


class Reading(Shape):
    """One look at a publication's numbers."""

    age_hours: int = Field(description="The planned age of the post.", examples=[24])
    read_at: Instant
    counts: dict[str, int] = Field(
        description="What the network told; a number that it did not give is absent, never zero.",
        examples=[{"likes": 12, "reposts": 3}],
    )
    simulated: bool = Field(description="Invented by a network that only plays one.")


class Measured(Shape):
    """A publication with its readings, the youngest age first."""

    publication: Publication
    readings: list[Reading]


class PostMetrics(Shape):
    """The readings of each publication of a post."""

    items: list[Measured]


router = section(TOPIC)


@router.get("/posts/{post_id}/metrics", summary="Show a post's numbers", responses=faults(404))
def show_post_metrics(house: House, asking: Asking, post_id: str) -> PostMetrics:
    """For each publication of the post, at 1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72 … 168 hours."""
    with look(house, asking) as scope:
        rows = scope.publications.of_post(scope.posts.get(post_id).id)
        readings = scope.metrics.of_publications([row.id for row in rows])
        names = Names(scope)
        return PostMetrics(items=[_measured(row, names, readings.get(row.id, [])) for row in rows])


def _measured(row: models.Publication, names: Names, readings: list[models.MetricSnapshot]) -> Measured:
    return Measured(
        publication=Publication.of(row, names.channel(row.channel_id)),
        readings=[Reading.model_validate(reading) for reading in readings],
    )
