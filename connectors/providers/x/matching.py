"""Finding our own words among what stands: X shortens links, escapes signs and adds a link per picture."""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.base import Absent, CannotTell, Trace
from connectors.providers.x.answers import XPost
from connectors.providers.x.composing import parts_of
from connectors.providers.x.counting import link_spans

MARGIN = timedelta(minutes=5)  # our clock and X's may differ by so much
LOOKS_BACK = timedelta(hours=24)  # X refuses the same words again for about half a day


@dataclass(frozen=True)
class Part:
    """One part of what was sent, as it would stand."""

    text: str
    pictures: int
    root: str = ""  # of the thread; empty: this part is the root
    parent: str = ""


def earliest(sent_at: datetime) -> datetime:
    """From when on to read: far enough back to see the older twin of a refused duplicate."""
    return sent_at - LOOKS_BACK


def ids_of(trace_steps: Mapping[str, str]) -> list[str]:
    """The parts that are known to stand, in order."""
    found: list[str] = []
    while (step := f"part.{len(found)}") in trace_steps:
        found.append(trace_steps[step])
    return found


def reconcile(trace: Trace, posts: Sequence[XPost], complete: bool) -> list[str] | Absent | CannotTell:
    """The ids of all parts when all stand; what is missing or unclear otherwise.

    *posts* are the account's own since `earliest`; *complete* says whether they are all of those.
    """
    texts = parts_of(trace.content)
    standing = ids_of(trace.steps)
    while len(standing) < len(texts):
        part = _part(trace, standing, texts[len(standing)])
        twins = [post for post in posts if is_twin(post, part)]
        ours = [post for post in twins if _is_of_its_time(post, trace) and pictures_of(post) == part.pictures]
        if len(ours) == 1:
            standing.append(ours[0].id)
        elif twins:
            return _unclear(ours, twins)
        else:
            return _missing(trace, standing, complete)
    return standing


def is_twin(post: XPost, part: Part) -> bool:
    """Whether *post* has the words of *part* and replies to the same post."""
    return _hangs_right(post, part) and normal(words_of(post)) == normal(part.text)


def pictures_of(post: XPost) -> int:
    """How many pictures it carries."""
    return len(post.attachments.media_keys or ())


def words_of(post: XPost) -> str:
    """The text as it was written: links restored, the added ones for pictures taken out."""
    source = post.long_text or post
    text = source.text
    for link in source.entities.urls or ():
        if link.url:
            text = text.replace(link.url, "" if link.media_key else link.expanded_url)
    return html.unescape(text)


def normal(text: str) -> str:
    """*text* in a form in which two spellings of the same post are equal."""
    composed = unicodedata.normalize("NFC", text)
    pieces, end = [], 0
    for start, stop in link_spans(composed):
        pieces += [composed[end:start], _normal_link(composed[start:stop])]
        end = stop
    return " ".join("".join([*pieces, composed[end:]]).split())


def _normal_link(link: str) -> str:
    host, slash, path = re.sub(r"^https?://", "", link, flags=re.IGNORECASE).partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def _part(trace: Trace, standing: Sequence[str], text: str) -> Part:
    if not standing:
        return Part(text, pictures=len(trace.content.assets))
    return Part(text, pictures=0, root=standing[0], parent=standing[-1])


def _is_of_its_time(post: XPost, trace: Trace) -> bool:
    return post.posted_at >= trace.sent_at - MARGIN


def _hangs_right(post: XPost, part: Part) -> bool:
    if post.references is not None:
        parents = [reference.id for reference in post.references]
        return parents == ([part.parent] if part.parent else [])
    return post.conversation_id in ("", part.root or post.id)


def _unclear(ours: Sequence[XPost], twins: Sequence[XPost]) -> CannotTell:
    found = tuple((f"https://x.com/i/web/status/{post.id}", _told(post)) for post in ours or twins)
    if ours:
        return CannotTell("Several posts with these words stand. Look which one is meant.", found)
    return CannotTell(
        "Only a post from before, or with other pictures, has these words. X refuses them for a while.",
        found,
    )


def _told(post: XPost) -> str:
    return f"Posted at {post.posted_at:%H:%M} UTC on {post.posted_at:%d %B %Y}."


def _missing(trace: Trace, standing: Sequence[str], complete: bool) -> Absent | CannotTell:
    if not complete:
        return CannotTell("More was posted since than one look shows. Look for it on X.")
    return Absent({**trace.steps, **{f"part.{number}": part for number, part in enumerate(standing)}})
