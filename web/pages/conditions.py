"""How a channel is, in one word for lists: what a person should see before the network's own word."""

from dataclasses import dataclass
from datetime import timedelta

from domain.words import ChannelState
from store.models import ChannelRow
from web.looks import Tone, look
from web.reader import Reader

WARN_AHEAD = timedelta(days=7)
SHORT_LIVED = timedelta(days=1)  # such a token is renewed by the publisher itself


@dataclass(frozen=True)
class Condition:
    icon: str
    word: str
    tone: Tone
    healthy: bool = False
    reconnect: bool = False  # only a new sign-in mends it


def condition(row: ChannelRow, troubles: int, reader: Reader) -> Condition:
    """*troubles*: publications on this channel that need a person."""
    shown = look(row.state)
    if row.state is ChannelState.WAITING and row.resumes_at is not None:
        return Condition(shown.icon, f"Waits until {reader.wall(row.resumes_at)}", shown.tone)
    if row.state is not ChannelState.CONNECTED:
        reconnect = row.state is ChannelState.NEEDS_RECONNECT
        return Condition(shown.icon, shown.word, shown.tone, reconnect=reconnect)
    if row.token_expires_at is not None and _ends(row, reader):
        ended = row.token_expires_at <= reader.now
        word = "Access has ended" if ended else f"Access ends {reader.day(row.token_expires_at)}"
        return Condition("held", word, Tone.WARN, reconnect=True)
    if troubles:
        word = f"{troubles} {'post needs' if troubles == 1 else 'posts need'} a look"
        return Condition("uncertain", word, Tone.WARN)
    return Condition(shown.icon, shown.word, shown.tone, healthy=True)


def _ends(row: ChannelRow, reader: Reader) -> bool:
    """Whether the token ends so soon that a person should know, and nothing renews it by itself."""
    assert row.token_expires_at is not None
    short = row.token_expires_at - (row.refreshed_at or row.created_at) <= SHORT_LIVED
    return row.token_expires_at - reader.now < (timedelta() if short else WARN_AHEAD)
