"""Keeping readings: one snapshot for each planned age, never a zero for a number that was not given."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.base import Reading
from domain.ids import new_id
from engagement.readings import age_at
from store.database import UnitOfWork
from store.models import MetricSnapshot, Publication


def keep_readings(
    work: UnitOfWork,
    publications: Sequence[Publication],
    readings: Mapping[str, Reading],
    *,
    simulated: bool,
    now: datetime,
) -> int:
    """Add snapshots for the publications that were read; returns how many are new. Does not commit."""
    kept = 0
    for publication in publications:
        reading = readings.get(publication.remote_id)
        if reading is None or publication.published_at is None:
            continue
        scope = work.practice(publication.practice_id)
        age = age_at(publication.published_at, now)
        known = {snapshot.age_hours for snapshot in scope.metrics.of_publication(publication.id)}
        if age in known:
            continue
        scope.metrics.add(
            MetricSnapshot(
                id=new_id(),
                practice_id=publication.practice_id,
                publication_id=publication.id,
                channel_id=publication.channel_id,
                age_hours=age,
                read_at=reading.read_at,
                counts=dict(reading.counts),
                simulated=simulated,
            )
        )
        kept += 1
    return kept
