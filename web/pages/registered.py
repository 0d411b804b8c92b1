"""Which pages this application has, so that no menu names one that is not there."""

from weakref import WeakKeyDictionary

from fastapi import FastAPI
from starlette.routing import Match

_known: WeakKeyDictionary[FastAPI, dict[str, bool]] = WeakKeyDictionary()


def has_page(app: FastAPI, path: str) -> bool:
    """Whether a GET of this path, without parameters, finds a page."""
    known = _known.setdefault(app, {})
    if path not in known:
        scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        known[path] = any(route.matches(scope)[0] is Match.FULL for route in app.router.routes)
    return known[path]
