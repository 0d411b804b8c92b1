"""The sample pages behind a real server, under the policy that the product sends with every page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.browser import samples
from web.frame import Heartbeat
from web.ui import STATIC, make_environment

PAGES = Path(__file__).parent / "pages"
FRAME_PAGES = ("stop.html", "keys.html", "refused.html")  # of the product, and content with sample facts
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class SampleSite:
    """What the pages show now, and what was posted to them."""

    facts: dict[str, Any] = field(default_factory=dict)
    heartbeat: Heartbeat | None = None  # None: /heartbeat fails
    dialogs_fail: bool = False
    posted: list[tuple[str, Mapping[str, str], str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = make_environment(PAGES)
        self.app = Starlette(
            routes=[
                Mount("/static", StaticFiles(directory=STATIC)),
                Route("/heartbeat", self.beat),
                Route("/stop", self.take, methods=["POST"]),
                Route("/{name}", self.page),
            ]
        )

    def reset(self) -> None:
        """Be as new: a site is served once, for all tests."""
        self.facts, self.heartbeat, self.dialogs_fail, self.posted = {}, None, False, []

    def html(self, name: str, **changes: Any) -> Response:
        template = self.environment.get_template(name)
        text = template.render(samples.context(**{**self.facts, **changes}))
        return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})

    def page(self, request: Request) -> Response:
        fragment = "HX-Request" in request.headers
        if fragment and self.dialogs_fail:
            return Response(status_code=503)
        name = f"{request.path_params['name']}.html"
        known = name in FRAME_PAGES or (PAGES / name).exists()
        return self.html(name if known else "components.html", fragment=fragment)

    def beat(self, request: Request) -> Response:
        if self.heartbeat is None:
            return Response(status_code=503)
        return self.html("heartbeat.html", frame=samples.frame(heartbeat=self.heartbeat))

    async def take(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        self.posted.append((request.url.path, form, request.headers.get("X-CSRF-Token")))
        if form.get("reason"):
            return RedirectResponse("/today", status_code=303)
        stop = {**samples.STOP, "chosen": form["scope"], "problem": "Say why, so that all can see it."}
        answer = self.html("stop.html", fragment="HX-Request" in request.headers, stop=stop)
        answer.status_code = 422
        return answer
