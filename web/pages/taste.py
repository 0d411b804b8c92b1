"""What one browser prefers: theme, single keys, and how times and numbers are written."""

from babel import Locale, negotiate_locale
from fastapi import Request
from starlette.responses import Response

from web.frame import Theme
from web.reader import DEFAULT_LOCALE

THEME = "rounds_theme"
KEYS = "rounds_keys"
YEAR = 365 * 24 * 3600
# The words are English; these are the ways in which English writes times, numbers and days.
LOCALES = ("en_GB", "en_US", "en_CA", "en_AU", "en_NZ", "en_IE", "en_ZA", "en_IN")


def theme_of(request: Request) -> Theme:
    chosen = request.cookies.get(THEME, "")
    return Theme(chosen) if chosen in list(Theme) else Theme.AUTO


def single_keys(request: Request) -> bool:
    return request.cookies.get(KEYS) != "off"


def locale_of(request: Request) -> Locale:
    """The first of the browser's languages that is a kind of English, by its own order."""
    wanted = [
        entry.partition(";")[0].strip() for entry in request.headers.get("accept-language", "").split(",")
    ]
    found = negotiate_locale([each.replace("-", "_") for each in wanted if "-" in each], LOCALES)
    return Locale.parse(found) if found else DEFAULT_LOCALE


def remember(answer: Response, name: str, value: str, *, https: bool) -> None:
    answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="lax", secure=https)
