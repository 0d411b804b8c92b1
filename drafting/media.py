"""The door for pictures: what may come in, and the clean copy of it that is kept.

A picture is decoded and built anew from its pixels; nothing else of the file survives. The same bytes in give
the same bytes out, so that a picture is named by its digest.
"""

import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from drafting.pixels import GIF, HEIC, JPEG, PNG, WEBP, Picture, UnsoundMedia, rebuild

__all__ = ["MAX_BYTES", "CleanedMedia", "UnsoundMedia", "clean", "sniff"]

MAX_BYTES = 30 * 1024 * 1024

_ENDINGS: Mapping[str, tuple[str, ...]] = {
    JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PNG: (".png",),
    GIF: (".gif",),
    WEBP: (".webp",),
    HEIC: (".heic", ".heif"),
}
_VIDEO = "is a video, and videos come later. Add a picture for now."
_REFUSED: Mapping[str, str] = {
    "video/mp4": _VIDEO,
    "video/quicktime": _VIDEO,
    "video/webm": _VIDEO,
    "image/svg+xml": "is an SVG drawing, which can hold programs. Save it as PNG.",
    "image/tiff": "is a TIFF picture, which networks do not take. Save it as JPEG or PNG.",
    "image/bmp": "is a BMP picture, which networks do not take. Save it as JPEG or PNG.",
    "image/avif": "is an AVIF picture, which networks do not take. Save it as JPEG or PNG.",
    "application/pdf": "is a PDF. Save the page you want as JPEG or PNG.",
}
_PREFIXES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"%PDF", "application/pdf"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_BRANDS: Mapping[bytes, str] = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"qt  ": "video/quicktime",
}
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*<svg\b", re.IGNORECASE)


@dataclass(frozen=True)
class CleanedMedia:
    """A picture rebuilt. Sizes in pixels; digests are SHA-256 (hex) of the bytes after and before."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    digest: str
    original_digest: str
    notes: tuple[str, ...] = ()  # what was done to it, a sentence each, for the person who added it


def sniff(data: bytes) -> str:
    """The media type that the first bytes tell, else application/octet-stream."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    if found := next((kind for prefix, kind in _PREFIXES if data.startswith(prefix)), None):
        return found
    return "image/svg+xml" if _SVG.match(data[:4096]) else "application/octet-stream"


def clean(data: bytes, declared_name: str) -> CleanedMedia:
    """The picture in *data* and nothing else; raises UnsoundMedia when it isn't a sound one.

    *declared_name* is its file name, whose ending must fit the content. HEIC becomes JPEG, the others keep
    their format; animations keep their frames.
    """
    name = PurePosixPath(declared_name.replace("\\", "/")).name or "picture"
    try:
        kind = _kind(data, PurePosixPath(name))
        picture = _rebuilt(data, kind)
    except UnsoundMedia as fault:
        raise UnsoundMedia(f"“{name}” {fault}") from fault
    return CleanedMedia(
        data=picture.data,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        digest=hashlib.sha256(picture.data).hexdigest(),
        original_digest=hashlib.sha256(data).hexdigest(),
        notes=picture.notes,
    )


def _kind(data: bytes, name: PurePosixPath) -> str:
    """What the bytes are, when that may come in and is what the name says."""
    if not data:
        raise UnsoundMedia("is empty. Choose the picture again.")
    if len(data) > MAX_BYTES:
        size, most = len(data) / 1024**2, MAX_BYTES // 1024**2
        raise UnsoundMedia(f"has {size:,.0f} MB, and {most} MB is the most. Save it smaller.")
    kind = sniff(data)
    if kind not in _ENDINGS:
        raise UnsoundMedia(
            _REFUSED.get(kind, "is not a picture. Choose a JPEG, PNG, GIF, WebP or HEIC file.")
        )
    ending = name.suffix.casefold()
    if ending and ending not in _ENDINGS[kind]:
        right = _ENDINGS[kind][0]
        raise UnsoundMedia(
            f"holds another kind of picture than its name says. Rename it to {name.stem}{right}."
        )
    return kind


def _rebuilt(data: bytes, kind: str) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about details of the file that are thrown away
        try:
            return rebuild(data, kind)
        except UnsoundMedia:
            raise
        # Strangers chose these bytes, and the decoders let out whatever trips over them.
        except Exception as fault:
            raise UnsoundMedia(
                "is damaged or cut off. Open it in a picture program and save it again."
            ) from fault
