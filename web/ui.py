"""The pages' template environment. `render` is the one way from a template to HTML."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from web.diff import word_changes
from web.icons import icon
from web.looks import SEVERITIES, look
from web.marks import mark_findings
from web.reader import Reader
from web.ring import hex_groups, practice_mark, product_mark, ring

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"

# What a page may ask of the Reader, as filters: {{ post.due_at | wall }}
READER_FILTERS = (
    "clock",
    "hour",
    "weekday",
    "day",
    "short_day",
    "long_day",
    "month",
    "wall",
    "relative",
    "span",
    "number",
    "percent",
    "money",
)


def make_environment(*more: Path) -> Environment:
    """The environment of all pages; *more* are folders with further templates, looked into last."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (TEMPLATES, *more)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update({name: _reader_filter(name) for name in READER_FILTERS})
    environment.filters["plural"] = plural
    environment.filters["hex"] = hex_groups
    environment.tests["today"] = _is_today
    environment.globals.update(
        icon=icon,
        look=look,
        severities=SEVERITIES,
        ring=ring,
        practice_mark=practice_mark,
        product_mark=product_mark,
        word_changes=word_changes,
        mark_findings=mark_findings,
        static=static_url,
    )
    return environment


@cache
def environment() -> Environment:
    """The one environment of this process."""
    return make_environment()


def render(name: str, **context: Any) -> str:
    """The HTML of the template *name*.

    Every page needs `reader` (a web.reader.Reader) and `csrf_token`; pages inside the frame need `frame`
    (a web.frame.Frame) too. A dialog's template takes `fragment`: true gives the dialog alone.
    """
    return environment().get_template(name).render(**context)


@cache
def static_url(path: str) -> str:
    """Where *path* of web/static is served, with its digest so that a browser may keep it for ever.

    Raises FileNotFoundError when the front end was not built.
    """
    try:
        digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    except FileNotFoundError as error:
        raise FileNotFoundError(f"web/static holds no {path}: run web/frontend/build.py.") from error
    return f"/static/{path}?v={digest}"


@pass_context
def plural(context: Context, count: int, one: str, many: str) -> str:
    """ "1 post", "1,486 posts": *one* and *many* hold %(n)s for the figure."""
    figure = _reader(context).number(count)
    return str(context.call(context["ngettext"], one, many, count, n=figure))


@pass_context
def _is_today(context: Context, instant: datetime) -> bool:
    return _reader(context).is_today(instant)


def _reader(context: Context) -> Reader:
    reader: Reader = context["reader"]
    return reader


def _reader_filter(name: str) -> Callable[..., str]:
    @pass_context
    def formatted(context: Context, *values: Any) -> str:
        text: str = getattr(_reader(context), name)(*values)
        return text

    return formatted
