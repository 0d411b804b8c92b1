"""What changed between two revisions of a post, field by field, and what did not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.content import AssetRef, Content, Override


@dataclass(frozen=True)
class Told:
    """One revision as it is compared: its words, and each channel's own by the channel's name."""

    number: int
    base: Content
    overrides: Mapping[str, Override]


@dataclass(frozen=True)
class Changed:
    """One field with other words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """From one revision to another."""

    before: int
    after: int
    words: tuple[Changed, ...]
    pictures: tuple[tuple[AssetRef, ...], tuple[AssetRef, ...]] | None  # before and after, when they differ
    channels_added: tuple[str, ...]
    channels_removed: tuple[str, ...]
    unchanged: tuple[str, ...]  # labels

    @property
    def nothing(self) -> bool:
        return not (self.words or self.pictures or self.channels_added or self.channels_removed)


def compare(before: Told, after: Told) -> Comparison:
    """What somebody who knows *before* has to read of *after*."""
    pairs = [*_shared(before.base, after.base), *_own(before, after)]
    words = tuple(Changed(label, old, new) for label, old, new in pairs if old != new)
    old_pictures, new_pictures = before.base.assets, after.base.assets
    same_pictures = [ref.digest for ref in old_pictures] == [ref.digest for ref in new_pictures]
    old_channels, new_channels = set(before.overrides), set(after.overrides)
    same = [label for label, old, new in pairs if old == new and (old or label == "Text")]
    if same_pictures and new_pictures:
        same.append("Pictures")
    if old_channels == new_channels:
        same.append("Channels")
    return Comparison(
        before=before.number,
        after=after.number,
        words=words,
        pictures=None if same_pictures else (old_pictures, new_pictures),
        channels_added=tuple(sorted(new_channels - old_channels)),
        channels_removed=tuple(sorted(old_channels - new_channels)),
        unchanged=tuple(same),
    )


def _shared(before: Content, after: Content) -> list[tuple[str, str, str]]:
    return [
        ("Title", before.title, after.title),
        ("Text", before.text, after.text),
        ("Further parts", "\n\n".join(before.thread), "\n\n".join(after.thread)),
        ("Link", before.link or "", after.link or ""),
        ("First comment", before.first_comment or "", after.first_comment or ""),
        ("Alt text", _alt_texts(before), _alt_texts(after)),
    ]


def _alt_texts(content: Content) -> str:
    return "\n".join(ref.alt_text for ref in content.assets)


def _own(before: Told, after: Told) -> list[tuple[str, str, str]]:
    """Each channel's own words, beside those that it carried before."""
    pairs = []
    for name in sorted(set(before.overrides) & set(after.overrides)):
        old, new = before.overrides[name], after.overrides[name]
        if old.text is None and new.text is None:
            continue
        pairs.append((f"On {name}", _words(old, before.base), _words(new, after.base)))
    return pairs


def _words(own: Override, base: Content) -> str:
    return "\n\n".join(own.apply(base).parts)
