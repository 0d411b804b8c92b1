"""Pictures: begun, sent in pieces, finished and described, before the post that carries them.

X forgets an upload after a while, so its id is kept with the instant until which it lives.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.base import Journal, MediaFile
from connectors.errors import Rejected
from connectors.providers.x.answers import MediaAnswer, Medium
from connectors.providers.x.client import XClient

PIECE = 2 * 1024 * 1024  # bytes, of the 5 MB that one request may carry
MARGIN = timedelta(minutes=10)  # an upload that dies sooner is made again
LIFETIME = timedelta(hours=12)  # where X does not say how long it keeps an upload
GIF = "image/gif"


@dataclass(frozen=True)
class Upload:
    """One uploaded picture and until when X keeps it."""

    media_id: str
    expires_at: datetime

    def __str__(self) -> str:
        """As the Journal keeps it: id@seconds since 1970."""
        return f"{self.media_id}@{int(self.expires_at.timestamp())}"

    @classmethod
    def parse(cls, kept: str) -> "Upload":
        media_id, _, expires_at = kept.partition("@")
        return cls(media_id, datetime.fromtimestamp(int(expires_at), UTC))


@dataclass(frozen=True)
class Staged:
    """The ids of all pictures in order, and how long X still works on one; None when all are ready."""

    media_ids: tuple[str, ...] = ()
    wait: timedelta | None = None
    unfinished: str = ""


def stage(client: XClient, journal: Journal, media: Sequence[MediaFile], now: datetime) -> Staged:
    """Upload and describe *media*, except what an earlier attempt has done already."""
    media_ids: list[str] = []
    wait: timedelta | None = None
    unfinished = ""
    for number, file in enumerate(media):
        media_id, waits = _staged(client, journal, f"media.{number}", file, now)
        _describe(client, journal, f"alt.{number}", media_id, file.alt_text)
        media_ids.append(media_id)
        if waits is not None:
            wait, unfinished = waits, media_id
    return Staged(tuple(media_ids), wait, unfinished)


def waiting_time(client: XClient, media_id: str) -> timedelta | None:
    """How long X still works on *media_id*, None when it does not; raises Rejected when it could not."""
    asked = {"command": "STATUS", "media_id": media_id}
    try:
        answer = client.request("GET", "/2/media/upload", params=asked)
    except Rejected:
        return None  # X knows nothing of it, so it works on nothing
    return _wait(client.read(MediaAnswer, answer).data)


def _staged(
    client: XClient, journal: Journal, step: str, file: MediaFile, now: datetime
) -> tuple[str, timedelta | None]:
    kept = journal.finished.get(step)
    if kept and (earlier := Upload.parse(kept)).expires_at > now + MARGIN:
        wait = waiting_time(client, earlier.media_id) if file.media_type == GIF else None
        return earlier.media_id, wait
    journal.intend(step)
    medium = _upload(client, file)
    lifetime = timedelta(seconds=medium.expires_after_secs) if medium.expires_after_secs else LIFETIME
    journal.done(step, str(Upload(medium.id, now + lifetime)))
    return medium.id, _wait(medium)


def _upload(client: XClient, file: MediaFile) -> Medium:
    data = file.read()
    begun = {
        "media_type": file.media_type,
        "media_category": "tweet_gif" if file.media_type == GIF else "tweet_image",
        "total_bytes": len(data),
    }
    answer = client.request("POST", "/2/media/upload/initialize", json=begun)
    media_id = client.read(MediaAnswer, answer).data.id
    for index, start in enumerate(range(0, len(data), PIECE)):
        piece = b64encode(data[start : start + PIECE]).decode()
        body = {"media": piece, "segment_index": index}
        client.request("POST", f"/2/media/upload/{media_id}/append", json=body)
    return client.read(MediaAnswer, client.request("POST", f"/2/media/upload/{media_id}/finalize")).data


def _describe(client: XClient, journal: Journal, step: str, media_id: str, alt_text: str) -> None:
    if not alt_text or journal.finished.get(step) == media_id:
        return
    journal.intend(step)
    body = {"id": media_id, "metadata": {"alt_text": {"text": alt_text}}}
    client.request("POST", "/2/media/metadata", json=body)
    journal.done(step, media_id)


def _wait(medium: Medium) -> timedelta | None:
    info = medium.processing_info
    if info is None or info.state == "succeeded":
        return None
    if info.state == "failed":
        raise Rejected(
            "X could not work with one of the pictures. Save it again or use another.", code="media"
        )
    return timedelta(seconds=max(info.check_after_secs, 1))
