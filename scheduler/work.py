"""One claimed Publication with everything a connector needs, and what its call came to."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.base import (
    Absent,
    Accepted,
    CannotTell,
    Channel,
    Connector,
    LeaseLost,
    MediaFile,
    Post,
    Published,
    Trace,
)
from connectors.errors import Ambiguous
from domain.content import AssetRef, Content
from store.blobs import Blobs
from store.database import Database
from store.models import Publication
from store.queue import Claim

Answer = Published | Accepted | Absent | CannotTell | Exception


@dataclass(frozen=True)
class Job:
    """A claim, ready to go."""

    claim: Claim
    publication: Publication  # as it was claimed
    content: Content
    channel: Channel
    connector: Connector
    deadline: float  # monotonic seconds: no call begins after this
    lease: timedelta


@dataclass(frozen=True)
class Done:
    """A job's end. `answer` is None when nothing left: the lease had ended before its turn."""

    job: Job
    answer: Answer | None
    steps: Mapping[str, str] = field(default_factory=dict)
    in_doubt: str = ""


class LeaseClock:
    """Seconds that go on while this process is stopped, or the machine asleep."""

    @staticmethod
    def now() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class StoreJournal:
    """The seam's Journal on a Publication's row. The first step is covered by the Attempt itself."""

    def __init__(self, database: Database, job: Job) -> None:
        self._database = database
        self._job = job
        self._finished: dict[str, str] = dict(job.publication.steps)
        self.in_doubt = ""
        self._deadline = job.deadline
        self._begun = False

    @property
    def finished(self) -> Mapping[str, str]:
        return dict(self._finished)

    def intend(self, step: str) -> None:
        if LeaseClock.now() > self._deadline:
            raise LeaseLost(step)
        if self._begun:
            self._write(step)
        self.in_doubt = step
        self._begun = True

    def done(self, step: str, remote_id: str) -> None:
        self._finished[step] = remote_id
        self.in_doubt = ""

    def _write(self, step: str) -> None:
        claim = self._job.claim
        before = LeaseClock.now()
        with self._database.write() as work:
            until = work.now() + self._job.lease
            if not work.server.queue.journal(claim.publication_id, claim.fence, self._finished, step, until):
                raise LeaseLost(step)
            work.commit()
        self._deadline = before + self._job.lease.total_seconds() * 0.75


def send(job: Job, database: Database, blobs: Blobs) -> Done:
    """Publish, at once or not at all."""
    if LeaseClock.now() > job.deadline:
        return Done(job, None)
    journal = StoreJournal(database, job)
    post = Post(
        key=job.publication.id,
        content=job.content,
        media=[media_file(blobs, job.publication.practice_id, ref) for ref in job.content.assets],
        title=job.content.title,
    )
    answer: Answer
    try:
        answer = job.connector.publish(job.channel, post, journal)
    except Exception as error:  # noqa: BLE001 - the outer edge: an unforeseen failure means "outcome unknown"
        answer = error
    return Done(job, answer, journal.finished, journal.in_doubt)


def ask(job: Job) -> Done:
    """Look up what became of it."""
    if LeaseClock.now() > job.deadline:
        return Done(job, None)
    publication = job.publication
    trace = Trace(
        key=publication.id,
        content=job.content,
        sent_at=publication.sent_at or publication.due_at,
        steps=dict(publication.steps),
        in_doubt=publication.in_doubt,
        handle=publication.handle,
        title=job.content.title,
    )
    answer: Answer
    try:
        answer = job.connector.lookup(job.channel, trace)
    except Exception as error:  # noqa: BLE001 - the outer edge: an unforeseen failure means "cannot tell"
        answer = error
    return Done(job, answer, publication.steps, publication.in_doubt)


def unreadable(done: Done) -> Done:
    """The same job with an answer that can be kept, in place of one that cannot: the outcome is unknown."""
    publication = done.job.publication
    answer = Ambiguous("The network's answer cannot be kept, so what became of the post is unknown.")
    return Done(done.job, answer, publication.steps, publication.in_doubt)


def media_file(blobs: Blobs, practice_id: str, ref: AssetRef) -> MediaFile:
    extension = ref.media_type.rpartition("/")[2].replace("jpeg", "jpg")
    return MediaFile(
        digest=ref.digest,
        media_type=ref.media_type,
        alt_text=ref.alt_text,
        filename=f"{ref.digest[:16]}.{extension}",
        read=lambda: blobs.get(practice_id, ref.digest),
    )
