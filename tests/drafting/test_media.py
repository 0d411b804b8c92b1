"""Pictures on arrival: only pixels come in."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin

from drafting import media, pixels
from drafting.media import CleanedMedia, UnsoundMedia, clean, sniff

unhurried = settings(deadline=None)

SECRET = b"Secret-4711-of-a-patient"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description photoshop:City="' + SECRET + b'"/></x:xmpmeta>'


def drawn(mode: str = "RGB", size: tuple[int, int] = (24, 16)) -> Image.Image:
    """Four coloured quarters, so that a turn or a swapped colour shows."""
    image = Image.new("RGB", size, (200, 30, 30))
    width, height = size
    image.paste((30, 160, 60), (width // 2, 0, width, height // 2))
    image.paste((40, 60, 200), (0, height // 2, width // 2, height))
    return image.convert(mode)


def camera_notes(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET.decode()
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (51.0, 30.0, 0.0), 29: SECRET.decode()})
    return exif


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Any:
    return Image.open(io.BytesIO(data))


def jpeg_with_everything(image: Image.Image) -> bytes:
    data = encoded(
        image,
        "JPEG",
        exif=camera_notes(),
        icc_profile=SRGB,
        comment=SECRET,
        xmp=XMP,
        dpi=(300, 300),
        quality=95,
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(SECRET)) + SECRET
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + b"PK\x03\x04" + SECRET


def png_with_everything(image: Image.Image) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_text("Zipped", SECRET.decode(), zip=True)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    notes.add(b"paTi", SECRET)
    notes.add(b"tIME", bytes(7), after_idat=True)
    data = encoded(image, "PNG", pnginfo=notes, exif=camera_notes(), icc_profile=SRGB, dpi=(300, 300))
    return data + b"%PDF-1.7" + SECRET


def gif_with_everything(image: Image.Image) -> bytes:
    data = encoded(image, "GIF", comment=SECRET)
    application = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    return data[:-1] + application + b"\x3b" + SECRET


def webp_with_everything(image: Image.Image) -> bytes:
    return encoded(image, "WEBP", exif=camera_notes(), icc_profile=SRGB, xmp=XMP) + SECRET


def heic_with_everything(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image.convert("RGB")).save(
        out, exif=camera_notes().tobytes(), xmp=XMP, quality=90
    )
    return out.getvalue()


LADEN: dict[str, Callable[[Image.Image], bytes]] = {
    "x.jpg": jpeg_with_everything,
    "x.png": png_with_everything,
    "x.gif": gif_with_everything,
    "x.webp": webp_with_everything,
    "x.heic": heic_with_everything,
}


def jpeg_parts(data: bytes) -> Iterator[bytes]:
    """The markers of a JPEG, in order, and "end" for whatever stands behind it."""
    place = 2
    while data[place + 1] != 0xDA:
        yield data[place : place + 2]
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    end = data.index(b"\xff\xd9", place) + 2
    if data[end:]:
        yield b"end"


def png_parts(data: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(data):
        size = int.from_bytes(data[place : place + 4])
        yield data[place + 4 : place + 8]
        place += size + 12


def webp_parts(data: bytes) -> Iterator[bytes]:
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    place = 12
    while place < len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        yield data[place : place + 4]
        place += 8 + size + size % 2


def gif_parts(data: bytes) -> Iterator[bytes]:
    """The kinds of a GIF's blocks; an application's block by its name."""
    place = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[place] != 0x3B:
        if data[place] == 0x2C:
            yield b"image"
            local = data[place + 9]
            place += 11 + (3 << (local & 7) + 1 if local & 0x80 else 0)
        else:
            yield data[place + 3 : place + 14] if data[place + 1] == 0xFF else data[place + 1 : place + 2]
            place += 2
        while data[place]:
            place += data[place] + 1
        place += 1
    if data[place + 1 :]:
        yield b"end"


PARTS: dict[str, tuple[Callable[[bytes], Iterator[bytes]], set[bytes]]] = {
    "image/jpeg": (jpeg_parts, {b"\xff\xe0", b"\xff\xdb", b"\xff\xc0", b"\xff\xc4"}),
    "image/png": (png_parts, {b"IHDR", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}),
    "image/gif": (gif_parts, {b"image", b"\xf9", b"NETSCAPE2.0"}),
    "image/webp": (webp_parts, {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}),
}


def assert_nothing_but_pixels(cleaned: CleanedMedia) -> None:
    for trace in (
        SECRET,
        b"Exif\0",
        b"ns.adobe.com",
        b"xmpmeta",
        b"Photoshop",
        b"acsp",
        b"%PDF",
        b"PK\x03\x04",
    ):
        assert trace not in cleaned.data
    walk, allowed = PARTS[cleaned.media_type]
    assert set(walk(cleaned.data)) <= allowed
    again = opened(cleaned.data)
    assert not again.getexif()
    assert not set(again.info) & {
        "exif",
        "xmp",
        "icc_profile",
        "comment",
        "photoshop",
        "Comment",
        "parsed_exif",
    }


@pytest.mark.parametrize("name", LADEN)
def test_no_detail_of_the_file_survives(name: str) -> None:
    data = LADEN[name](drawn())
    cleaned = clean(data, name)
    assert_nothing_but_pixels(cleaned)
    assert (cleaned.width, cleaned.height) == (24, 16)
    assert cleaned.media_type == ("image/jpeg" if name == "x.heic" else sniff(data))


@unhurried
@given(
    name=st.sampled_from(sorted(LADEN)),
    mode=st.sampled_from(["RGB", "L", "RGBA", "P", "1"]),
    width=st.integers(1, 70),
    height=st.integers(1, 70),
    seed=st.integers(0, 2**32),
)
def test_no_detail_survives_whatever_the_picture(
    name: str, mode: str, width: int, height: int, seed: int
) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    image = Image.fromarray(noise, "RGBA").convert("RGB" if name == "x.jpg" else mode)
    cleaned = clean(LADEN[name](image), name)
    assert_nothing_but_pixels(cleaned)
    assert (cleaned.width, cleaned.height) == (width, height)
    assert opened(cleaned.data).size == (width, height)


@pytest.mark.parametrize("name", LADEN)
def test_the_same_bytes_in_give_the_same_bytes_out(name: str) -> None:
    data = LADEN[name](drawn())
    first, second = clean(data, name), clean(data, name)
    assert first == second
    assert first.digest != first.original_digest


def test_a_cleaned_png_is_its_own_clean_copy() -> None:
    once = clean(png_with_everything(drawn()), "x.png")
    twice = clean(once.data, "x.png")
    assert twice.data == once.data
    assert twice.original_digest == once.digest


def strongest_at_corners(image: Image.Image) -> list[int]:
    """For each corner whether red, green or blue is strongest there."""
    width, height = image.size
    corners = [(1, 1), (width - 2, 1), (1, height - 2), (width - 2, height - 2)]
    return [int(np.argmax(np.asarray(image.convert("RGB"))[corner[::-1]])) for corner in corners]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_set_upright_before_the_note_of_it_is_dropped(
    kind: str, orientation: int
) -> None:
    data = encoded(drawn(), kind, exif=camera_notes(orientation))
    upright = ImageOps.exif_transpose(opened(data))
    cleaned = clean(data, "")
    assert (cleaned.width, cleaned.height) == upright.size
    assert strongest_at_corners(opened(cleaned.data)) == strongest_at_corners(upright)
    assert ("It was turned upright." in cleaned.notes) == (orientation != 1)


def test_an_upright_heic_is_not_turned_twice() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(drawn()).save(out, exif=camera_notes(6).tobytes(), quality=95)
    assert pillow_heif.open_heif(out.getvalue()).size == (16, 24)
    cleaned = clean(out.getvalue(), "IMG_0001.HEIC")
    assert (cleaned.width, cleaned.height) == (16, 24)
    assert cleaned.media_type == "image/jpeg"
    assert "It was converted from HEIC to JPEG." in cleaned.notes


def test_the_person_is_told_that_the_place_was_removed() -> None:
    assert "The place where it was taken was removed." in clean(jpeg_with_everything(drawn()), "x.jpg").notes
    assert clean(encoded(drawn(), "JPEG"), "x.jpg").notes == ()


def test_a_garbled_camera_note_does_not_cost_the_picture() -> None:
    data = encoded(drawn(), "JPEG", exif=b"Exif\0\0MM\0*garbled and cut of")
    assert_nothing_but_pixels(clean(data, "x.jpg"))


def swapped_profile() -> bytes:
    """A profile that names sRGB's red and blue the other way round."""
    data = bytearray(SRGB)
    tags = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(data[128:132]), 12)}
    red, blue = tags[b"rXYZ"] + 4, tags[b"bXYZ"] + 4
    data[red : red + 8], data[blue : blue + 8] = data[blue : blue + 8], data[red : red + 8]
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_brought_over_before_the_profile_goes(mode: str) -> None:
    image = Image.new(mode, (4, 4), (255, 0, 0, 255)[: len(mode)])
    cleaned = clean(encoded(image, "PNG", icc_profile=swapped_profile()), "x.png")
    red, _, blue = opened(cleaned.data).convert("RGB").getpixel((0, 0))
    assert (red < 5, blue > 250) == (True, True)
    assert "Its colours were converted to sRGB." in cleaned.notes


def test_a_profile_that_cannot_be_read_is_said_and_dropped() -> None:
    cleaned = clean(encoded(drawn(), "PNG", icc_profile=b"no profile"), "x.png")
    assert_nothing_but_pixels(cleaned)
    assert any("could not be read" in note for note in cleaned.notes)


def test_a_print_picture_in_cmyk_becomes_rgb() -> None:
    cleaned = clean(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"), "x.jpg")
    image = opened(cleaned.data)
    assert image.mode == "RGB"
    assert image.getpixel((4, 4))[0] > 240


def test_sixteen_bits_a_colour_are_scaled_and_not_cut() -> None:
    grey = Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16))
    cleaned = clean(encoded(grey, "PNG"), "x.png")
    assert list(opened(cleaned.data).tobytes()) == [0, 128, 255]


def test_a_png_stays_a_png_with_its_transparency() -> None:
    image = drawn("RGBA")
    image.putpixel((0, 0), (1, 2, 3, 128))
    cleaned = clean(encoded(image, "PNG"), "x.png")
    assert opened(cleaned.data).tobytes() == image.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_was_erased_to_transparent_cannot_be_read_again(kind: str) -> None:
    image = drawn("RGBA")
    image.putpixel((3, 3), (123, 45, 67, 0))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    data = encoded(image, kind, **options)
    assert opened(data).getpixel((3, 3)) == (123, 45, 67, 0)
    cleaned = opened(clean(data, "").data)
    assert cleaned.getpixel((3, 3))[:3] != (123, 45, 67)
    assert cleaned.getpixel((3, 3))[3] == 0


def test_a_heic_with_transparency_stands_on_white() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGBA", (16, 16), (0, 0, 0, 0))).save(out, quality=95)
    cleaned = clean(out.getvalue(), "x.heic")
    assert min(opened(cleaned.data).convert("RGB").getpixel((8, 8))) > 240


def film(kind: str, **options: object) -> bytes:
    frames = []
    for number in range(5):
        frame = Image.new("RGBA", (20, 20), (number * 20, 0, 0, 255 if number % 2 else 0))
        frame.paste((0, 255, 0, 255), (number, number, number + 5, number + 5))
        frames.append(frame)
    durations = [100, 200, 300, 400, 500]
    more = {"lossless": True} if kind == "WEBP" else {"disposal": 2} if kind == "GIF" else {}
    return encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=durations, **more, **options
    )


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("loop", [0, 3])
def test_an_animation_keeps_its_frames_and_its_pace(kind: str, loop: int) -> None:
    before = opened(film(kind, loop=loop))
    cleaned = clean(film(kind, loop=loop), f"x.{kind.casefold()}")
    after = opened(cleaned.data)
    assert_nothing_but_pixels(cleaned)
    assert (after.n_frames, after.info["loop"]) == (before.n_frames, loop)
    for number in range(before.n_frames):
        before.seek(number)
        after.seek(number)
        shown, showed = (np.asarray(image.convert("RGBA")) for image in (after, before))
        visible = showed[..., 3] > 0
        assert (shown[visible] == showed[visible]).all()
        assert (shown[..., 3] == showed[..., 3]).all()
        assert after.info["duration"] == before.info["duration"]


def test_an_animation_that_plays_once_still_plays_once() -> None:
    assert "loop" not in opened(clean(film("GIF"), "x.gif").data).info


def test_a_gif_keeps_its_very_colours() -> None:
    image = Image.frombytes("P", (16, 16), bytes(range(256)))
    image.putpalette(random.Random(7).randbytes(768))
    data = encoded(image, "GIF")
    cleaned = clean(data, "x.gif")
    before, after = (opened(bytes_).convert("RGB") for bytes_ in (data, cleaned.data))
    assert after.tobytes() == before.tobytes()


def test_frames_with_more_colours_than_a_gif_holds_come_near() -> None:
    noise = Image.frombytes("RGB", (64, 64), random.Random(3).randbytes(64 * 64 * 3))
    frames = [noise, drawn("RGB", (64, 64))]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert opened(clean(data, "x.gif").data).n_frames == 2


def test_a_png_animation_leaves_out_the_picture_for_old_programs() -> None:
    still, *frames = [Image.new("RGBA", (8, 8), (shade, 0, 0, 255)) for shade in (10, 90, 170)]
    data = encoded(still, "PNG", save_all=True, append_images=frames, default_image=True, duration=100)
    after = opened(clean(data, "x.png").data)
    assert (after.n_frames, after.getpixel((0, 0))) == (2, (90, 0, 0, 255))


def test_a_lossless_webp_stays_lossless() -> None:
    image = Image.frombytes("RGB", (30, 30), random.Random(1).randbytes(2700))
    cleaned = clean(encoded(image, "WEBP", lossless=True), "x.webp")
    assert opened(cleaned.data).convert("RGB").tobytes() == image.tobytes()


def test_a_jpeg_is_written_in_one_pass_and_full_colour() -> None:
    image = opened(clean(encoded(drawn(), "JPEG", progressive=True), "x.jpg").data)
    assert "progressive" not in image.info
    assert image.layer[0][1:3] == (1, 1)


# What is refused


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(UnsoundMedia) as caught:
        clean(data, name)
    return str(caught.value)


@pytest.mark.parametrize("name", LADEN)
def test_a_picture_that_is_cut_off_is_refused(name: str) -> None:
    noise = Image.frombytes("RGB", (60, 60), random.Random(2).randbytes(60 * 60 * 3))
    kinds = {"x.jpg": "JPEG", "x.png": "PNG", "x.gif": "GIF", "x.webp": "WEBP"}
    data = encoded(noise, kinds[name]) if name in kinds else heic_with_everything(noise)
    for kept in (0.3, 0.6, 0.9):
        assert "damaged or cut off" in refusal(data[: int(len(data) * kept)], name)
    assert "damaged or cut off" in refusal(data[:-20], name)


@unhurried
@given(name=st.sampled_from(sorted(LADEN)), seed=st.integers(0, 2**32))
def test_garbled_bytes_give_a_clean_picture_or_a_sentence(name: str, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(LADEN[name](drawn()))
    for _ in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        cleaned = clean(bytes(data), name)
    except UnsoundMedia as fault:
        assert str(fault).startswith(f"“{name}” ")
    else:
        assert_nothing_but_pixels(cleaned)


@unhurried
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF1234WEBP", b"0000ftypheic"]
    ),
)
def test_bytes_at_random_are_refused_in_a_sentence(tail: bytes, opening: bytes) -> None:
    assert refusal(opening + tail, "picture").startswith("“picture” ")


@pytest.mark.parametrize(
    ("name", "right"), [("portrait.png", "portrait.jpg"), ("a.b.webp", "a.b.jpg"), ("x.svg", "x.jpg")]
)
def test_a_name_that_says_another_kind_is_refused_with_the_right_one(name: str, right: str) -> None:
    assert f"Rename it to {right}." in refusal(encoded(drawn(), "JPEG"), name)


@pytest.mark.parametrize(
    "name", ["PHOTO.JPEG", "photo.JPG", "photo", r"C:\pictures\photo.jpg", "../photo.jpg", ""]
)
def test_any_name_that_fits_is_taken(name: str) -> None:
    assert clean(encoded(drawn(), "JPEG"), name).media_type == "image/jpeg"


def test_only_the_last_part_of_a_path_is_repeated() -> None:
    assert refusal(b"words", "/home/somebody/secret/x.jpg").startswith("“x.jpg” is not a picture")


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(7072, 7072), (10_000, 10_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(width: int, height: int) -> None:
    assert "more than 50 million pixels" in refusal(huge_png(width, height), "x.png")


def test_a_png_of_no_size_is_refused() -> None:
    assert "damaged" in refusal(huge_png(0, 10), "x.png")


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    assert "has 31 MB, and 30 MB is the most" in refusal(bytes(media.MAX_BYTES + 1024**2), "x.jpg")


def test_an_animation_of_too_many_frames_is_refused() -> None:
    frames = [Image.new("P", (1, 1), number % 2) for number in range(pixels.MAX_FRAMES + 1)]
    for frame in frames:
        frame.putpalette([0, 0, 0, 255, 255, 255])
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    assert "too long an animation" in refusal(data, "x.gif")


def test_an_animation_of_too_many_pixels_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "MAX_FILM_PIXELS", 4 * 400)
    assert "too long an animation" in refusal(film("WEBP"), "x.webp")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG drawing"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg/>', "SVG drawing"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "videos come later"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0qt  ", "videos come later"),
        (b"\x1a\x45\xdf\xa3webm", "videos come later"),
        (b"%PDF-1.7", "is a PDF"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"BM\0\0\0\0", "BMP"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"PK\x03\x04", "not a picture"),
        (b"plain words", "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_own_name(data: bytes, words: str) -> None:
    assert words in refusal(data, "file.jpg")


def test_sniff_goes_by_content() -> None:
    assert sniff(encoded(drawn(), "PNG")) == "image/png"
    assert sniff(heic_with_everything(drawn())) == "image/heic"
    assert sniff(b"") == "application/octet-stream"
