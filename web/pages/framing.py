"""What every page is given: who looks, on which wall time, and the frame around it, in a few queries."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from approval.waiting import waiting_for
from domain.actor import Actor
from domain.words import ChannelState, HoldScope, PromotionState, Role
from promotion.service import MAY_PROMOTE
from scheduler.heartbeat import STALE_AFTER
from store.database import UnitOfWork
from store.models import Practice
from store.publications import NamedHold
from store.publications import Pulse as Due
from store.scope import PracticeScope
from web.access import CurrentActor, House, csrf_token, own_path
from web.frame import MENU, Frame, Heartbeat, Hold, MenuGroup, Person, Pulse, Theme, Toast, menu
from web.pages import flash, taste
from web.pages.registered import has_page
from web.reader import Reader
from web.services import Services
from web.ui import render

SPELLED = {"record": (Role.AUDITOR, Role.ADMIN), "settings": (Role.ADMIN,)}  # pages not everybody opens


@dataclass
class Page:
    """One request by a signed-in member, on its way to an answer."""

    request: Request
    actor: Actor
    house: Services

    @contextmanager
    def reading(self) -> Iterator[PracticeScope]:
        """The practice's repositories, to look only."""
        with self.house.database.read() as work:
            yield work.practice(self.actor.practice_id)

    @cached_property
    def practice(self) -> Practice:
        with self.reading() as scope:
            return scope.practices.get()

    @cached_property
    def reader(self) -> Reader:
        """The practice's zone and this moment."""
        zone = ZoneInfo(self.practice.zone)
        return Reader(zone, self.house.clock.now(), taste.locale_of(self.request))

    @property
    def fragment(self) -> bool:
        """Whether only a part is asked for, by htmx."""
        return "hx-request" in self.request.headers

    def show(
        self, template: str, *, status: int = 200, frame: Frame | None = None, **context: Any
    ) -> HTMLResponse:
        """The answer that *template* draws, in *frame* or a fresh one; a toast that waits is shown once."""
        toasts = () if self.fragment else flash.waiting(self.request)
        html = render(
            template,
            frame=replace(frame or self.frame(), toasts=toasts),
            reader=self.reader,
            csrf_token=csrf_token(self.request),
            fragment=self.fragment,
            **context,
        )
        answer = HTMLResponse(html, status_code=status)
        if toasts:
            flash.forget(answer)
        return answer

    def go(self, path: str, toast: Toast | None = None) -> Response:
        """On to *path* after something was done, also from a dialog."""
        if self.fragment:
            answer = Response(status_code=204, headers={"HX-Redirect": path})
        else:
            answer = RedirectResponse(path, status_code=303)
        if toast is not None:
            flash.keep(answer, self.request, toast)
        return answer

    def frame(self) -> Frame:
        """What stands around the page. The number of queries does not grow with what there is."""
        with self.house.database.read() as work:
            scope = work.practice(self.actor.practice_id)
            holds = scope.publications.named_open_holds()
            return Frame(
                practice=self.practice.name,
                practice_kind="Demonstration" if self.practice.demo else "",
                person=Person(self.actor.name, role_words(self.actor.roles)),
                heartbeat=_heartbeat(work, scope, holds, self.practice.created_at),
                menu=self._menu(),
                waiting=_waiting(scope, self.actor),
                holds=tuple(_banner(named) for named in holds),
                theme=Theme(taste.theme_of(self.request)),
                single_keys=taste.single_keys(self.request),
            )

    def _menu(self) -> tuple[MenuGroup, ...]:
        app, items = self.request.app, (item for group in MENU for item in group.items)
        return menu({i.key for i in items if may_open(self.actor, i.key) and has_page(app, i.href)})


def page(request: Request, actor: CurrentActor, house: House) -> Page:
    return Page(request, actor, house)


CurrentPage = Annotated[Page, Depends(page)]


def came_from(request: Request) -> str:
    """The page this request was made on, when it is one of ours and another one; else the first page."""
    came = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host", "") or came.path == request.url.path:
        return "/today"
    return own_path(came.path + (f"?{came.query}" if came.query else ""))


def may_open(actor: Actor, key: str) -> bool:
    """Whether the menu shows the page with this key to this member."""
    return key not in SPELLED or actor.may(*SPELLED[key])


def role_words(roles: frozenset[Role]) -> str:
    """ "Approver, author"."""
    return ", ".join(sorted(roles)).capitalize()


def heartbeat(
    due: Due, holds: Sequence[NamedHold], last_sign: datetime, now: datetime, stale: bool
) -> Heartbeat:
    """What the heartbeat says: silence weighs most, then a Stop over everything, then what is late."""
    stopped = next((each for each in holds if each.hold.scope is HoldScope.PRACTICE), None)
    if stale:
        return Heartbeat(Pulse.SILENT, silent_for=now - last_sign)
    if stopped is not None:
        return Heartbeat(Pulse.STOPPED, stopped_by=stopped.placed_by, stopped_at=stopped.hold.placed_at)
    if due.oldest_late is not None:
        return Heartbeat(Pulse.LATE, late=due.late, oldest=now - due.oldest_late)
    return Heartbeat(Pulse.ON_TIME, next_at=due.next_due)


def _heartbeat(
    work: UnitOfWork, scope: PracticeScope, holds: Sequence[NamedHold], founded: datetime
) -> Heartbeat:
    now = work.now()  # the clock that daemons beat by
    last_sign = work.server.last_beat() or founded
    return heartbeat(scope.publications.pulse(now), holds, last_sign, now, now - last_sign > STALE_AFTER)


def _waiting(scope: PracticeScope, actor: Actor) -> Mapping[str, int]:
    """Per menu key, what waits for this person and nobody else's work."""
    counts = {"review": len(waiting_for(scope, actor))}
    if actor.may(Role.ADMIN):
        counts["channels"] = scope.channels.count(ChannelState.NEEDS_RECONNECT)
    if actor.may(*MAY_PROMOTE):
        counts["performance"] = scope.promotions.count(PromotionState.PROPOSED)
    return counts


WHAT = {
    HoldScope.PRACTICE: "Everything is stopped",
    HoldScope.CHANNEL: "The channel {} is stopped",
    HoldScope.CAMPAIGN: "The campaign “{}” is stopped",
    HoldScope.LABEL: "Everything labelled “{}” is stopped",
}


def what_is_stopped(named: NamedHold) -> str:
    """ "The channel Facebook is stopped"."""
    return WHAT[named.hold.scope].format(named.target)


def _banner(named: NamedHold) -> Hold:
    hold = named.hold
    return Hold(
        what_is_stopped(named), hold.reason, named.placed_by, hold.placed_at, href=f"/resume/{hold.id}"
    )
