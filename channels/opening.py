"""From a stored row to the Channel that a connector sees, credentials opened."""

from connectors.base import Channel
from store.models import ChannelRow
from store.sealing import Seal


def open_channel(row: ChannelRow, seal: Seal) -> Channel:
    """Raises store.sealing.WrongKey when the credentials were sealed with another key."""
    return Channel(
        id=row.id,
        provider=row.provider,
        name=row.name,
        handle=row.handle,
        remote_id=row.remote_id,
        base_url=row.base_url,
        options=row.options,
        credentials=seal.open(row.credentials),
    )
