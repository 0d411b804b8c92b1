"""From a Post to calls: photos unseen, one step each, then the one call that makes them public."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from connectors.base import Journal, MediaFile
from connectors.errors import ConnectorError
from connectors.providers.facebook.graph import Graph
from domain.content import Content

PHOTO_STEP = "photo."


def stage(graph: Graph, page: str, journal: Journal, media: Sequence[MediaFile]) -> list[str]:
    """The ids of all photos in order: those of an earlier attempt where they still are, else fresh ones."""
    return [_staged(graph, page, journal, f"{PHOTO_STEP}{number}", file) for number, file in enumerate(media)]


def discard(graph: Graph, steps: Mapping[str, str]) -> None:
    """Take the unseen photos away after a refusal. What cannot be taken away stays unseen."""
    for step, photo in steps.items():
        if step.startswith(PHOTO_STEP):
            with suppress(ConnectorError):
                graph.remove(photo)


def feed_fields(content: Content, photos: Sequence[str]) -> dict[str, object]:
    """What the one public call carries. Photos and link exclude each other; that was checked."""
    return {
        "message": content.text or None,
        "link": content.link,
        "attached_media": [{"media_fbid": photo} for photo in photos] or None,
    }


def _staged(graph: Graph, page: str, journal: Journal, step: str, file: MediaFile) -> str:
    earlier = journal.finished.get(step)
    if earlier and graph.exists(earlier):
        return earlier
    journal.intend(step)
    photo = (file.filename, file.read(), file.media_type)
    remote_id = graph.stage_photo(page, photo, alt_text_custom=file.alt_text or None)
    journal.done(step, remote_id)
    return remote_id
