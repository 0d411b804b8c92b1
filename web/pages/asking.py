"""A question before something is done: a dialog over the page, or a page of its own without JavaScript."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse

from web.access import own_path
from web.pages.forms import EMPTY, Form
from web.pages.framing import Page, came_from


@dataclass(frozen=True)
class Ask:
    """What is asked, and what the answer is called."""

    title: str
    text: str
    button: str
    action: str  # where the answer is posted
    back: str  # the page to be on afterwards, and when nothing is done
    icon: str = ""
    style: str = "pri"  # of the button: pri, red, or plain where no answer is the better one
    reason: str = ""  # the label of a field for a reason; empty: none
    reason_aside: str = ""
    required: bool = False
    fields: tuple[tuple[str, str, str], ...] = ()  # further fields: name, label, hint
    hidden: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""  # drawn as its ring


def asked(page: Page, ask: Ask, form: Form = EMPTY, status: int = 200) -> HTMLResponse:
    return page.show("ask.html", ask=ask, form=form, status=status)


def behind(page: Page, otherwise: str) -> str:
    """Our own page that a dialog lies over; *otherwise* when the question is a page by itself."""
    return came_from(page.request) if page.fragment else otherwise


def back_to(form: Form) -> str:
    """Where the question was asked."""
    return own_path(form.value("back"))
