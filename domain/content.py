"""What is signed: frozen content and the fingerprint that names it to the byte."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FINGERPRINT_SCHEME = 1

Option = str | int | bool
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Frozen(BaseModel):
    """A value: immutable, compared by content, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AssetRef(Frozen):
    """One picture or video of a Content, named by the SHA-256 of its cleaned bytes."""

    digest: Digest
    media_type: str
    alt_text: str = ""
    width: int = 0  # pixels
    height: int = 0  # pixels
    size: int = 0  # bytes


class Content(Frozen):
    """Exactly what one Channel is to carry."""

    title: str = ""  # the headline, where a channel shows one
    text: str = ""
    thread: tuple[str, ...] = ()  # further parts, in order, each its own post on the network
    assets: tuple[AssetRef, ...] = ()
    link: str | None = None
    first_comment: str | None = None
    options: dict[str, Option] = Field(default_factory=dict)  # per-channel options, named by the connector

    @property
    def parts(self) -> tuple[str, ...]:
        """The text of each post this becomes: one, or one per thread part."""
        return (self.text, *self.thread)


class Override(Frozen):
    """Where the Variant for one Channel differs from the Post. None means *as the Post*."""

    text: str | None = None
    thread: tuple[str, ...] | None = None
    assets: tuple[AssetRef, ...] | None = None
    link: str | None = None
    first_comment: str | None = None
    options: dict[str, Option] = Field(default_factory=dict)

    def apply(self, base: Content) -> Content:
        """*base* with this Variant's own values laid over it."""
        own = {
            name: value
            for name in ("text", "thread", "assets", "link", "first_comment")
            if (value := getattr(self, name)) is not None
        }
        return base.model_copy(update={**own, "options": {**base.options, **self.options}})


def canonical_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the same value always gives the same bytes."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def variant_fingerprint(channel_id: str, content: Content) -> str:
    """SHA-256 (hex) of one Channel's Content, the Channel's id included."""
    body = {"scheme": FINGERPRINT_SCHEME, "channel": channel_id, "content": content.model_dump(mode="json")}
    return hashlib.sha256(canonical_json(body)).hexdigest()


def revision_fingerprint(variants: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the fingerprints of all Variants, keyed by Channel id: what a person signs."""
    body = {"scheme": FINGERPRINT_SCHEME, "variants": dict(variants)}
    return hashlib.sha256(canonical_json(body)).hexdigest()


_WORDS = re.compile(r"\w+")


def text_key(content: Content) -> str:
    """SHA-256 (hex), equal for Contents whose words read the same, whatever case, spaces or punctuation."""
    text = unicodedata.normalize("NFKC", "\n".join(content.parts)).casefold()
    return hashlib.sha256(" ".join(_WORDS.findall(text)).encode()).hexdigest()
