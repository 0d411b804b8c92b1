"""Pictures for the example, drawn here: flat shapes on a flat sky."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 640  # pixels

Draw = ImageDraw.ImageDraw


def picture(name: str) -> bytes:
    """The PNG of one drawing."""
    sky, scene = SCENES[name]
    image = Image.new("RGB", (WIDTH, HEIGHT), sky)
    scene(ImageDraw.Draw(image))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def _disc(draw: Draw, x: int, y: int, radius: int, color: str) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def _harbour(draw: Draw) -> None:
    _disc(draw, 480, 400, 190, "#f2b263")
    draw.rectangle((0, 420, WIDTH, HEIGHT), fill="#3f6f7a")
    for x, length in ((250, 90), (560, 150), (760, 70)):
        draw.polygon([(x, 430), (x + length, 430), (x + length - 15, 455), (x + 15, 455)], fill="#26444b")
        draw.polygon([(x + 30, 425), (x + 30, 425 - length), (x + 70, 425)], fill="#f7f3ea")


def _stairs(draw: Draw) -> None:
    draw.rectangle((690, 60, 850, 240), fill="#f7e7b8")
    for step in range(10):
        left, top = 120 + step * 65, 580 - step * 38
        draw.rectangle((left, top, WIDTH, HEIGHT), fill="#b9654b" if step % 2 else "#c87a5e")


def _night(draw: Draw) -> None:
    _disc(draw, 680, 190, 90, "#f3eed9")
    _disc(draw, 720, 165, 80, "#24304a")
    for x, radius, color in ((220, 330, "#1b2438"), (620, 400, "#161d2e"), (930, 300, "#1b2438")):
        _disc(draw, x, 760, radius, color)


def _sun(draw: Draw) -> None:
    _disc(draw, 620, 210, 130, "#f4c95d")
    draw.rectangle((0, 470, WIDTH, HEIGHT), fill="#e8d6ae")
    draw.line([(220, 560), (330, 440), (500, 520)], fill="#a2503c", width=18)
    draw.line([(300, 560), (390, 470)], fill="#a2503c", width=12)


def _heron(draw: Draw) -> None:
    draw.rectangle((0, 500, WIDTH, HEIGHT), fill="#8fb3b0")
    draw.ellipse((400, 270, 580, 380), fill="#5c6b78")
    draw.line([(560, 300), (600, 190), (580, 130)], fill="#5c6b78", width=16)
    draw.polygon([(575, 120), (660, 135), (578, 145)], fill="#d99a4e")
    draw.line([(485, 375), (485, 530)], fill="#3e3a36", width=7)


SCENES: Mapping[str, tuple[str, Callable[[Draw], None]]] = {
    "harbour": ("#f6dfc0", _harbour),
    "stairs": ("#efe2d3", _stairs),
    "night": ("#24304a", _night),
    "sun": ("#bfe0ea", _sun),
    "heron": ("#dfe9e4", _heron),
}
