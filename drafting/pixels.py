"""Pictures decoded to pixels and encoded again: upright, in sRGB, eight bits a colour, and nothing more."""

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

MAX_PIXELS = 50_000_000  # of one frame
MAX_FRAMES = 300
MAX_FILM_PIXELS = 100_000_000  # of all frames together

JPEG, PNG, GIF, WEBP, HEIC = "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic"

_QUALITY = 92
_SRGB = ImageCms.createProfile("sRGB")
_TURNS: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnsoundMedia(ValueError):
    """The file can't be taken; the message is a sentence for the person who chose it."""


@dataclass(frozen=True)
class Picture:
    """An encoded picture, its size in pixels, and what was done to it."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Film:
    """What was decoded: one frame, or several of one mode with how long each stands (milliseconds)."""

    frames: list[Image.Image]
    durations: list[float]
    loop: int | None  # times; 0 for ever, None once
    lossless: bool


def rebuild(data: bytes, kind: str) -> Picture:
    """The picture in *data*, whose media type is *kind*, made anew from its pixels.

    Raises UnsoundMedia when it is too large, and whatever the decoders raise when it is damaged.
    """
    image = _open(data, kind)
    notes = _notes(image, kind)
    film = _decode(image, data, notes)
    width, height = film.frames[0].size
    encoded = io.BytesIO()
    _ENCODERS[kind](film, encoded)
    return Picture(
        encoded.getvalue(), JPEG if kind == HEIC else kind, width, height, tuple(dict.fromkeys(notes))
    )


def _open(data: bytes, kind: str) -> Image.Image:
    """The picture, undecoded where its format allows that. HEIC comes upright already."""
    if kind == HEIC:
        heif = pillow_heif.open_heif(data)
        _check_size(*heif.size)
        return heif.to_pillow()
    try:
        image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    except Image.DecompressionBombError as fault:
        raise _too_large() from fault
    _check_size(*image.size)
    image.verify()
    return Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])


def _check_size(width: int, height: int, frames: int = 1) -> None:
    if width * height > MAX_PIXELS:
        raise _too_large()
    if frames > MAX_FRAMES or width * height * frames > MAX_FILM_PIXELS:
        raise UnsoundMedia(
            f"is too long an animation for frames of {width} × {height} pixels. Shorten or shrink it."
        )


def _too_large() -> UnsoundMedia:
    return UnsoundMedia(
        f"has more than {MAX_PIXELS // 1_000_000} million pixels. Save it with 4,000 pixels a side or fewer."
    )


def _notes(image: Image.Image, kind: str) -> list[str]:
    notes = []
    if kind == HEIC:
        notes.append("It was converted from HEIC to JPEG.")
    if _turn(image) is not None:  # a mirrored picture's turn is number 0
        notes.append("It was turned upright.")
    if _details(image).get_ifd(ExifTags.IFD.GPSInfo):
        notes.append("The place where it was taken was removed.")
    return notes


def _details(image: Image.Image) -> Image.Exif:
    """What the camera wrote, or nothing when that is garbled: a sound picture may carry an unsound note."""
    try:
        details = image.getexif()
        details.get_ifd(ExifTags.IFD.GPSInfo)
    except (SyntaxError, ValueError, TypeError, LookupError, OSError, struct.error):
        return Image.Exif()
    return details


def _turn(image: Image.Image) -> Image.Transpose | None:
    return _TURNS.get(_details(image).get(ExifTags.Base.Orientation, 1))


def _decode(image: Image.Image, data: bytes, notes: list[str]) -> _Film:
    turn, profile = _turn(image), image.info.get("icc_profile")
    frames, durations = [], []
    for frame in _frames(image):
        upright = frame if turn is None else frame.transpose(turn)
        frames.append(_bare(_in_srgb(_eight_bits(upright), profile, notes)))
        durations.append(frame.info.get("duration", 0))
    if len(frames) > 1:
        frames = [frame.convert("RGBA") for frame in frames]
    return _Film(frames, durations, image.info.get("loop"), lossless=b"VP8L" in data)


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """Every frame of an animation, decoded whole; else the picture."""
    if image.format not in _ANIMATED or not getattr(image, "is_animated", False):
        image.load()
        yield image
        return
    # A PNG may begin with a picture for programs that show no animation.
    first = int(bool(image.info.get("default_image")))
    for number in count(first):
        try:
            image.seek(number)
        except EOFError:
            return
        _check_size(*image.size, frames=number - first + 1)
        yield image.copy()


def _eight_bits(image: Image.Image) -> Image.Image:
    """In mode L, LA, RGB or RGBA, or in CMYK, which only its colour profile can bring over well."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    """The same colours in sRGB, so that the profile can go."""
    if profile:
        try:
            converted = _through(profile, image)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            notes.append("Its colour profile could not be read, so its colours may look different.")
        else:
            notes.append("Its colours were converted to sRGB.")
            return converted
    return image.convert("RGB") if image.mode == "CMYK" else image


def _through(profile: bytes, image: Image.Image) -> Image.Image:
    plain = {"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode)
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image.convert(plain), source, _SRGB, outputMode="RGB")
    if converted is None:
        raise ValueError("no transform")
    if plain == "L":
        converted = converted.convert("L")
    if plain != image.mode:
        converted.putalpha(image.getchannel("A"))
    return converted


def _bare(image: Image.Image) -> Image.Image:
    """A new picture that has the pixels and nothing else the file said."""
    fresh = Image.new(image.mode, image.size)
    # A pixel that is wholly transparent still has a colour, and what was erased could be read from it.
    shown = image.getchannel("A").point([0] + [255] * 255) if "A" in image.getbands() else None
    fresh.paste(image, mask=shown)
    return fresh


def _save_jpeg(film: _Film, out: io.BytesIO) -> None:
    image = film.frames[0]
    if "A" in image.getbands():
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image.convert("RGB"), mask=image.getchannel("A"))
        image = ground
    # Full colour resolution: much of what a practice posts is lettering on a coloured ground.
    image.save(out, "JPEG", quality=_QUALITY, subsampling=0)


def _save_png(film: _Film, out: io.BytesIO) -> None:
    if len(film.frames) == 1:
        film.frames[0].save(out, "PNG")
        return
    film.frames[0].save(
        out,
        "PNG",
        save_all=True,
        append_images=film.frames[1:],
        duration=film.durations,
        loop=film.loop or 0,
        disposal=PngImagePlugin.Disposal.OP_NONE,
        blend=PngImagePlugin.Blend.OP_SOURCE,
    )


def _save_webp(film: _Film, out: io.BytesIO) -> None:
    quality: dict[str, Any] = {"lossless": True} if film.lossless else {"quality": _QUALITY}
    if len(film.frames) == 1:
        film.frames[0].save(out, "WEBP", **quality)
        return
    film.frames[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=film.frames[1:],
        duration=[round(duration) for duration in film.durations],
        loop=film.loop if film.loop is not None else 1,
        **quality,
    )


def _save_gif(film: _Film, out: io.BytesIO) -> None:
    layers = [frame.convert("RGBA") for frame in film.frames]
    clear = any(bool((np.asarray(layer)[..., 3] < 128).any()) for layer in layers)
    indexed = [_indexed(layer, clear) for layer in layers]
    options: dict[str, Any] = {"optimize": False}
    if clear:
        options |= {"transparency": _CLEAR, "disposal": 2}
    if len(indexed) > 1:
        options |= {"save_all": True, "append_images": indexed[1:], "duration": film.durations}
        options |= {} if film.loop is None else {"loop": film.loop}
    indexed[0].save(out, "GIF", **options)


def _indexed(image: Image.Image, clear: bool) -> Image.Image:
    """*image* (RGBA) with a palette: its very colours when they are few enough, else the nearest."""
    pixels = np.asarray(image).astype(np.uint32)
    packed = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    seen = pixels[..., 3] >= 128 if clear else np.full(packed.shape, True)
    most = _CLEAR if clear else _CLEAR + 1
    colours, places = np.unique(packed[seen], return_inverse=True)
    index = np.full(packed.shape, _CLEAR, dtype=np.uint8)
    if len(colours) <= most:
        index[seen] = places
        palette = [int(colour) >> shift & 255 for colour in colours for shift in (16, 8, 0)]
    else:
        reduced = image.convert("RGB").quantize(most)
        index[seen] = np.asarray(reduced)[seen]
        palette = reduced.getpalette() or []
    drawn = Image.frombytes("P", image.size, index.tobytes())
    drawn.putpalette(palette + [0] * (768 - len(palette)))
    return drawn


_CLEAR = 255  # the palette's last place, for pixels that are not there
_FORMATS: Mapping[str, str] = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}
_ANIMATED = frozenset({"PNG", "GIF", "WEBP"})
_ENCODERS: Mapping[str, Callable[[_Film, io.BytesIO], None]] = {
    JPEG: _save_jpeg,
    HEIC: _save_jpeg,
    PNG: _save_png,
    GIF: _save_gif,
    WEBP: _save_webp,
}
