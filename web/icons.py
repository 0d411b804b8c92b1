"""The drawings of the pages, as inline SVG: they never arrive after the word that they stand beside."""

import tomllib
from pathlib import Path

from markupsafe import Markup

ICONS: dict[str, str] = tomllib.loads((Path(__file__).parent / "icons.toml").read_text(encoding="utf-8"))

_ICON = Markup('<svg class="{classes}" viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg>')


def icon(name: str, classes: str = "") -> Markup:
    """The drawing called *name*, hidden from screen readers; raises KeyError when there is none."""
    return _ICON.format(classes=f"ic {classes}".strip(), drawing=Markup(ICONS[name]))  # noqa: S704 - ours
