"""The parts of a post, one after the other, each in reply to the one before."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Channel, Journal, Published
from connectors.errors import PartlyPublished, Rejected
from connectors.providers.x.answers import Created, posted_at
from connectors.providers.x.client import XClient
from connectors.providers.x.prices import price
from domain.content import Content

SEPARATOR = ","


def send(client: XClient, channel: Channel, made: Sequence[Mapping[str, Any]], journal: Journal) -> list[str]:
    """Create each part that is not finished yet; the ids of all parts.

    Raises PartlyPublished when a part is refused for good while others stand.
    """
    standing: list[str] = []
    for number, body in enumerate(made):
        step = f"part.{number}"
        known = journal.finished.get(step)
        standing.append(known or _create(client, channel, step, body, standing, journal))
    return standing


def published(channel: Channel, ids: Sequence[str], content: Content) -> Published:
    """All parts stand."""
    return Published(
        remote_id=remote_id_of(ids),
        url=address(channel, ids[0]),
        published_at=posted_at(ids[0]),
        cost=price(content),
    )


def remote_id_of(ids: Sequence[str]) -> str:
    """A thread goes by the ids of all its parts, so that all of them can be taken down again."""
    return SEPARATOR.join(ids)


def ids_in(remote_id: str) -> list[str]:
    """The posts behind a remote id, in order."""
    return remote_id.split(SEPARATOR)


def address(channel: Channel, post_id: str) -> str:
    """Where people see it."""
    return f"https://x.com/{channel.handle.lstrip('@') or 'i/web'}/status/{post_id}"


def _create(
    client: XClient,
    channel: Channel,
    step: str,
    body: Mapping[str, Any],
    standing: Sequence[str],
    journal: Journal,
) -> str:
    reply = {"reply": {"in_reply_to_tweet_id": standing[-1]}} if standing else {}
    journal.intend(step)
    try:
        post_id = client.read(Created, client.request("POST", "/2/tweets", json={**body, **reply})).data.id
    except Rejected as error:
        if not standing:
            raise
        raise PartlyPublished(
            f"Part {len(standing) + 1} of the thread was refused; those before it stand. {error.message}",
            remote_id=remote_id_of(standing),
            url=address(channel, standing[0]),
            code=error.code,
        ) from error
    journal.done(step, post_id)
    return post_id
