"""The network's pages for people: a timeline, a post, and the place to say how the account misbehaves.

An address cannot be guessed and is listed nowhere, so only those who were given it see what was rehearsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.providers.rehearsal.behaviour import Behaviour, Chances, Mishap
from connectors.providers.rehearsal.shapes import sentence
from connectors.providers.rehearsal.state import Account, Comment, Entry, Picture, State
from domain.clock import Clock

HERE = Path(__file__).parent
MOST_SHOWN = 200  # posts on a timeline
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
WORDS: Mapping[Mishap, str] = {
    Mishap.RATE_LIMIT: "Answer “too many posts” and name a wait",
    Mishap.REFUSE: "Refuse the post for good",
    Mishap.ERROR_BEFORE: "Fail before taking the post",
    Mishap.ERROR_AFTER: "Take the post, then claim to have failed",
    Mishap.DROP_BEFORE: "Cut the line before taking the post",
    Mishap.DROP_AFTER: "Take the post, then cut the line",
    Mishap.ANSWER_LATE: "Take the post, answer late",
    Mishap.NEVER_ANSWER: "Take the post, never answer",
    Mishap.GARBAGE: "Take the post, answer nonsense",
    Mishap.REDIRECT: "Send the sender elsewhere",
}


@dataclass(frozen=True)
class Shown:
    """One post with all that its page shows."""

    entry: Entry
    pictures: list[Picture]
    comments: list[Comment]
    numbers: dict[str, int]
    lifted: bool


class Pages:
    """Plain HTML over the same State that the API uses."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.door),
            Route("/rehearsal.css", self.style),
            Route("/t/{page}", self.timeline),
            Route("/t/{page}/behaviour", self.behaviour),
            Route("/t/{page}/behaviour", self.change_behaviour, methods=["POST"]),
            Route("/p/{post_id}", self.post),
            Route("/m/{media_id}", self.picture),
        ]

    async def door(self, request: Request) -> Response:
        return self._page(request, "door.html")

    async def style(self, _request: Request) -> Response:
        return FileResponse(HERE / "rehearsal.css", media_type="text/css")

    async def timeline(self, request: Request) -> Response:
        account, now = self._account(request), self._clock.now()
        latest = self._state.posts(account.id, most=MOST_SHOWN)
        shown = [self._shown(account, entry) for entry in latest if entry.stands(now)]
        return self._page(request, "timeline.html", account=account, posts=shown)

    async def post(self, request: Request) -> Response:
        entry = self._state.post(request.path_params["post_id"])
        account = self._state.account(entry.account_id) if entry else None
        if entry is None or account is None:
            raise HTTPException(404, "There is no such post.")
        if not entry.stands(self._clock.now()):
            raise HTTPException(410, "This post does not stand (any more, or not yet).")
        standing = [part for part in self._state.thread(entry.id) if part.stands(self._clock.now())]
        shown = [self._shown(account, part) for part in standing]
        return self._page(request, "post.html", account=account, posts=shown)

    async def picture(self, request: Request) -> Response:
        picture = self._state.picture(request.path_params["media_id"])
        if picture is None:
            raise HTTPException(404, "There is no such picture.")
        return Response(picture.data, headers=HEADERS, media_type=picture.media_type)

    async def behaviour(self, request: Request) -> Response:
        account = self._account(request)
        return self._behaviour_page(request, account, account.behaviour)

    async def change_behaviour(self, request: Request) -> Response:
        account = self._account(request)
        async with request.form() as form:
            fields = {name: str(value).strip() for name, value in form.items()}
        try:
            changed = Behaviour.model_validate(_asked(fields))
        except ValidationError as error:
            return self._behaviour_page(request, account, account.behaviour, wrong=sentence(error))
        self._state.behave(account.id, changed)
        return RedirectResponse(request.url.path, 303)

    def _behaviour_page(
        self, request: Request, account: Account, behaviour: Behaviour, wrong: str = ""
    ) -> Response:
        planned = {plan.kind: plan.times for plan in behaviour.planned}
        return self._page(
            request,
            "behaviour.html",
            status=422 if wrong else 200,
            account=account,
            behaviour=behaviour,
            planned=planned,
            words=WORDS,
            seconds=behaviour.planned[0].seconds if behaviour.planned else behaviour.chances.seconds,
            wrong=wrong,
        )

    def _account(self, request: Request) -> Account:
        account = self._state.account_on(request.path_params["page"])
        if account is None:
            raise HTTPException(404, "There is no such timeline.")
        return account

    def _shown(self, account: Account, entry: Entry) -> Shown:
        pictures = [self._state.picture(media_id) for media_id in entry.media_ids]
        return Shown(
            entry=entry,
            pictures=[picture for picture in pictures if picture],
            comments=self._state.comments(entry.id),
            numbers=self._state.numbers(account, entry, self._clock.now()),
            lifted=any(lift.end is None for lift in self._state.lifts(entry.id)),
        )

    def _page(self, request: Request, template: str, *, status: int = 200, **values: object) -> Response:
        root = request.scope.get("root_path", "")
        html = self._templates.get_template(template).render(root=root, **values)
        return HTMLResponse(html, status, HEADERS)


def _asked(fields: Mapping[str, str]) -> dict[str, object]:
    """The behaviour that the form asks for; empty fields ask for nothing."""
    seconds = fields.get("seconds") or 30.0
    planned = [
        {"kind": kind, "times": times, "seconds": seconds}
        for kind in Mishap
        if (times := fields.get(f"times.{kind}")) not in (None, "", "0")
    ]
    odds = {kind: odd for kind in Mishap if (odd := fields.get(f"odds.{kind}")) not in (None, "", "0")}
    return {
        "planned": planned,
        "chances": {"seed": fields.get("seed") or Chances().seed, "odds": odds, "seconds": seconds},
        "processing_seconds": fields.get("processing_seconds") or 0.0,
        "answers_lookups": "answers_lookups" in fields,
        "token_expired": "token_expired" in fields,
        "out_of_credit": "out_of_credit" in fields,
        "zone": fields.get("zone") or "UTC",
    }
