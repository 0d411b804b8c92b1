"""How posts did beside what is usual on their channel, and how their growth is drawn."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from domain.states import Delivery
from store.models import MetricSnapshot, Publication
from store.views.results import Result
from web.charts import BOTTOM, LEFT, TOP, Chart, growth, interval_x
from web.ranking import Ranked, norms, ranked

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def result(
    number: int,
    final: int,
    *,
    age: timedelta = timedelta(days=10),
    seen: int | None = None,
    simulated: bool = False,
    only_views: bool = False,
) -> Result:
    """A post on channel c, read as often as its age allows, that grows evenly to *final* at 48 hours."""
    published = NOW - age
    publication = Publication(
        id=f"p{number:02}", channel_id="c", state=Delivery.PUBLISHED, published_at=published
    )
    hours = [hour for hour in (1, 6, 24, 48, 72) if timedelta(hours=hour) <= age]
    readings = []
    for hour in hours:
        share = min(hour / 48, 1)
        counts = {"views" if only_views else "likes": int(final * share)}
        if seen is not None:
            counts["impressions"] = int(seen * share) + 1
        readings.append(
            MetricSnapshot(
                publication_id=publication.id,
                age_hours=hour,
                read_at=published + timedelta(hours=hour),
                counts=counts,
                simulated=simulated,
            )
        )
    return Result(publication, f"Post {number}", tuple(readings))


def usual_posts(count: int = 12, final: int = 20) -> list[Result]:
    return [result(number, final + number % 3) for number in range(count)]


def rank(results: list[Result]) -> list[Ranked]:
    return ranked(results, norms(results, ["c"], NOW))


def test_a_post_of_twice_the_usual_stands_near_two() -> None:
    first = rank([*usual_posts(), result(50, 42)])[0]
    assert first.result.title == "Post 50"
    assert 1.5 < first.estimate < 2.6
    assert first.beats_usual > 0.9
    assert first.finished


def test_what_is_not_known_yet_makes_the_interval_wider() -> None:
    young = result(50, 40, age=timedelta(hours=7))
    found = {each.result.title: each for each in rank([*usual_posts(), young])}
    low, low_half, high_half, high = found["Post 50"].interval
    assert low <= low_half <= found["Post 50"].estimate <= high_half <= high
    old = found["Post 1"].interval
    assert high / low > old[3] / old[0]
    assert not found["Post 50"].finished


def test_where_a_network_tells_who_saw_it_the_rate_is_compared() -> None:
    seen = [result(number, 20, seen=1000) for number in range(12)]
    first = rank([*seen, result(50, 20, seen=300)])[0]
    assert first.result.title == "Post 50"
    assert first.rate is not None and 0.05 < first.rate < 0.08


def test_views_are_no_reactions() -> None:
    first = rank([result(1, 40, only_views=True)])[0]
    assert first.views_only
    assert first.rate is None


def test_a_post_without_numbers_is_left_out_and_never_zero() -> None:
    silent = Result(
        Publication(id="x", channel_id="c", state=Delivery.PUBLISHED, published_at=NOW), "Silent", ()
    )
    assert [each.result.title for each in rank([silent])] == []


def test_invented_numbers_stay_marked() -> None:
    assert rank([result(1, 20, simulated=True)])[0].simulated


# ---------------------------------------------------------------- drawn


def chart(results: list[Result]) -> Chart:
    usual = norms(results, ["c"], NOW)
    posts = ranked(results, usual)
    drawn = growth(posts, usual["c"], [post.readings for post in posts if post.finished])
    assert drawn is not None
    return drawn


def test_a_chart_begins_at_publishing_with_nothing() -> None:
    drawn = chart([*usual_posts(), result(50, 60)])
    assert all(line.path.startswith(f"{LEFT:.1f},{BOTTOM:.1f} ") for line in drawn.lines)
    assert [line.style for line in drawn.lines] == ["first", "second", "third"]
    assert drawn.lines[0].label == "Post 50"


def test_every_point_lies_within_the_plot() -> None:
    drawn = chart([*usual_posts(), result(50, 900, age=timedelta(hours=7))])
    shapes = " ".join([drawn.usual, *(f"{line.path} {line.fan}" for line in drawn.lines)])
    heights = [float(point.split(",")[1]) for point in shapes.split()]
    assert min(heights) >= TOP
    assert max(heights) <= BOTTOM


def test_a_young_post_fans_out_and_a_finished_one_does_not() -> None:
    drawn = chart([*usual_posts(), result(50, 90, age=timedelta(hours=7))])
    fans = {line.label: bool(line.fan) for line in drawn.lines}
    assert fans.pop("Post 50")
    assert not any(fans.values())


def test_labels_at_the_ends_do_not_stand_on_one_another() -> None:
    heights = sorted(line.label_y for line in chart(usual_posts(final=50)).lines)
    assert all(below - above >= 14 for above, below in pairwise(heights))


def test_too_few_finished_posts_have_no_usual_range() -> None:
    assert chart(usual_posts(count=3)).usual == ""
    assert chart(usual_posts(count=6)).usual != ""


def test_an_interval_stays_on_its_axis() -> None:
    assert interval_x(1.0) - interval_x(0.25) == pytest.approx(2 * (interval_x(2.0) - interval_x(1.0)))
    assert (interval_x(0.0001), interval_x(99)) == (interval_x(0.25), interval_x(16))
