"""Which pages this application has, so that no menu names one that is not there."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

_known: WeakKeyDictionary[FastAPI, frozenset[str]] = WeakKeyDictionary()


def paths(app: FastAPI) -> frozenset[str]:
    """The paths that answer a GET."""
    if app not in _known:
        _known[app] = frozenset(_of(app.routes))
    return _known[app]


def _of(routes: Iterable[BaseRoute]) -> Iterable[str]:
    return (r.path for r in routes if isinstance(r, Route) and "GET" in (r.methods or ()))
