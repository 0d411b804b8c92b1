"""Exactly what one channel will carry, as the pages draw it before it is signed and after it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from connectors.base import Spec
from domain.content import AssetRef, Content, Option
from store.models import ChannelRow
from web.marks import ChannelMark, Numbered, mark_findings


@dataclass(frozen=True)
class Part:
    """One post of a thread, the findings marked at its words."""

    words: Markup
    used: int  # characters, in the network's own count


@dataclass(frozen=True)
class Preview:
    """One channel's content."""

    channel_id: str
    mark: ChannelMark
    handle: str
    parts: tuple[Part, ...]
    limit: int | None  # characters of each part
    assets: tuple[AssetRef, ...]
    alts: tuple[Markup, ...]  # the description of each, the findings marked
    link: str | None
    first_comment: Markup
    options: tuple[tuple[str, Option], ...]
    own: bool  # differs from the other channels
    simulated: bool  # a network for practice: nobody outside sees it

    @property
    def used(self) -> int:
        return self.parts[0].used


def preview(
    row: ChannelRow,
    spec: Spec,
    content: Content,
    *,
    own: bool = False,
    numbered: Sequence[Numbered] = (),
) -> Preview:
    """What *row* will carry. Of *numbered*, what concerns this channel is marked."""
    mine = [each for each in numbered if each.finding.channel_id in (None, row.id)]
    return Preview(
        channel_id=row.id,
        mark=ChannelMark.of(spec, row.name),
        handle=row.handle,
        parts=tuple(_parts(spec, content, mine)),
        limit=spec.text_limit,
        assets=content.assets,
        alts=tuple(
            mark_findings(ref.alt_text, f"assets.{number}.alt_text", mine)
            for number, ref in enumerate(content.assets)
        ),
        link=content.link,
        first_comment=mark_findings(content.first_comment or "", "first_comment", mine),
        options=tuple(content.options.items()),
        own=own,
        simulated=spec.simulated,
    )


def _parts(spec: Spec, content: Content, numbered: Sequence[Numbered]) -> Iterable[Part]:
    for number, text in enumerate(content.parts):
        field = f"thread.{number - 1}" if number else "text"
        yield Part(mark_findings(text, field, numbered), spec.count_text(sent_text(spec, content, number)))


def sent_text(spec: Spec, content: Content, number: int = 0) -> str:
    """The text of one part as the network gets it: a link without a place of its own follows the first."""
    text = content.parts[number]
    joins = number == 0 and content.link and not spec.carries_link
    return f"{text}\n{content.link}" if joins else text
