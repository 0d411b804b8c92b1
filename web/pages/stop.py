"""Stop, and the fresh look before it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints
from starlette.responses import HTMLResponse, Response

from domain.refusal import Refusal
from domain.words import HoldScope, Role
from store.views.stops import Choice
from web.days import midnight
from web.frame import Toast
from web.looks import Tone
from web.pages.forms import EMPTY, Form, SentForm, Unfit
from web.pages.framing import CurrentPage, Page, came_from, what_is_stopped
from web.phrases import counted

router = APIRouter()

MAY_RESUME = (Role.PUBLISHER, Role.APPROVER, Role.ADMIN)


class StopForm(BaseModel):
    scope: HoldScope
    channel: str = ""
    campaign: str = ""
    label: str = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    @property
    def target(self) -> str | None:
        """What exactly, by the scope that was chosen."""
        return None if self.scope is HoldScope.PRACTICE else str(getattr(self, self.scope.value))


@dataclass(frozen=True)
class ScopeChoice:
    """One tile of the Stop dialog."""

    value: HoldScope
    title: str
    hint: str
    button: str
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class StopView:
    scopes: Sequence[ScopeChoice]
    chosen: HoldScope
    picked: str  # the channel, campaign or label that was chosen
    reason: str
    problem: str | None


@router.get("/stop")
def stop_page(page: CurrentPage) -> HTMLResponse:
    return _show(page, EMPTY)


@router.post("/stop")
def stop(page: CurrentPage, form: SentForm) -> Response:
    try:
        wanted = form.parse(StopForm)
        _check_target(page, wanted)
        _, held = page.house.stopping.stop(page.actor, wanted.scope, wanted.target, wanted.reason)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    words = f"{counted(held, 'post is', 'posts are')} held. Resume it from the strip above the page."
    return page.go(came_from(page.request), Toast("Stopped.", words, Tone.WARN))


def _check_target(page: Page, wanted: StopForm) -> None:
    """Raises Unfit when the form names something that is not there to be stopped."""
    scope = next((each for each in _scopes(page) if each.value is wanted.scope), None)
    known = {value for value, _ in scope.choices} if scope else set()
    if scope is None or (wanted.target is not None and wanted.target not in known):
        raise Unfit({"scope": f"That {wanted.scope} is not here any more. Choose again what should stop."})


def _show(page: Page, form: Form, status: int = 200) -> HTMLResponse:
    scopes = _scopes(page)
    known = {each.value for each in scopes}
    given = form.value("scope")
    chosen = HoldScope(given) if given in known else HoldScope.PRACTICE
    view = StopView(
        scopes=scopes,
        chosen=chosen,
        picked=form.value(chosen.value),
        reason=form.value("reason"),
        problem=next(iter(form.problems.values()), None),
    )
    return page.show("stop.html", status=status, stop=view)


def _scopes(page: Page) -> list[ScopeChoice]:
    """What can be stopped here, with how much that is; a kind that has nothing is left out."""
    with page.reading() as scope:
        stops = scope.stops
        today, all_of_it = stops.scheduled(_midnight(page)), stops.scheduled()
        kinds = (
            (HoldScope.CHANNEL, "One channel", "Only what goes out there", stops.channels()),
            (HoldScope.CAMPAIGN, "One campaign", "Every post that belongs to it", stops.campaigns()),
            (HoldScope.LABEL, "One topic", "Every post with this label", stops.labels()),
        )
    figures = f"{counted(today, 'post', 'posts')} today, {all_of_it} scheduled, and every promotion"
    everything = ScopeChoice(HoldScope.PRACTICE, "Everything", figures, "Stop everything now")
    return [everything, *(_kind(*kind) for kind in kinds if kind[-1])]


def _kind(scope: HoldScope, title: str, hint: str, choices: Sequence[Choice]) -> ScopeChoice:
    named = [(choice.id, f"{choice.name} ({choice.scheduled} scheduled)") for choice in choices]
    return ScopeChoice(scope, title, hint, f"Stop this {title.rsplit(maxsplit=1)[-1]} now", named)


def _midnight(page: Page) -> datetime:
    """The end of today on the practice's wall."""
    return midnight(page.reader.local(page.reader.now).date() + timedelta(days=1), page.reader.zone)


# ------------------------------------------------------------ resuming


@router.get("/resume/{hold_id}")
def resume_page(page: CurrentPage, hold_id: str) -> Response:
    with page.reading() as scope:
        ended_by = scope.stops.ended_by(hold_id)
        named = next((n for n in scope.publications.named_open_holds() if n.hold.id == hold_id), None)
        held = scope.stops.held(hold_id)
    if named is None:
        return page.go("/today", Toast("It goes on already.", f"{ended_by} resumed it."))
    now = page.reader.now
    return page.show(
        "resume.html",
        named=named,
        what=what_is_stopped(named),
        missed=[each for each in held if each.publication.due_at <= now],
        ahead=[each for each in held if each.publication.due_at > now],
        may_resume=page.actor.may(*MAY_RESUME),
        resumers=" or ".join(MAY_RESUME),
    )


@router.post("/resume/{hold_id}")
def resume(page: CurrentPage, hold_id: str, form: SentForm) -> Response:
    scheduled, cancelled = page.house.stopping.resume(page.actor, hold_id, keep=form.values("keep"))
    words = f"{counted(scheduled, 'post goes', 'posts go')} out."
    if cancelled:
        words += f" {counted(cancelled, 'missed post was', 'missed posts were')} cancelled."
    return page.go("/today", Toast("Resumed.", words))
