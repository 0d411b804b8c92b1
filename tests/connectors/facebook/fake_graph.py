"""The door of a strict fake Graph: real HTTP, one version, bearer and proof, no secret in an address."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.connectors.facebook.fake_page import FakePage, GraphFault, asked, check_names, check_values, pick
from tests.support.proxy import Plan, answer_before

APP_ID = "1029384756"
APP_SECRET = "an-app-secret-of-thirty-two-signs"
PAGE_TOKEN = "EAAPAGE" + "p" * 60
SHORT_TOKEN = "EAASHORT" + "s" * 60
LONG_TOKEN = "EAALONG" + "l" * 60
SECRETS = (APP_SECRET, PAGE_TOKEN, SHORT_TOKEN, LONG_TOKEN)
SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_read_user_content",
    "read_insights",
)
LEGACY = frozenset({"ids", "pretty", "debug", "date_format"})  # gone since v26


@dataclass(frozen=True)
class Upload:
    filename: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str  # without the version
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    upload: Upload | None = None


Endpoint = Callable[[Call], object]


@dataclass
class FakeGraph:
    version: str = "v26.0"
    page: FakePage = field(default_factory=FakePage)
    scopes: tuple[str, ...] = SCOPES
    tasks: tuple[str, ...] = ("CREATE_CONTENT", "MANAGE", "MODERATE")
    page_token: str = PAGE_TOKEN
    token_expires_at: int = 0
    token_type: str = "PAGE"
    redirect_uri: str = "https://practice.example/connect"
    demands_proof: bool = True
    knows_the_app: bool = True  # whether debug_token answers
    refuses: dict[str, GraphFault] = field(default_factory=dict)  # edge → what it answers
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        methods = ["GET", "POST", "DELETE", "PUT"]
        return Starlette(routes=[Route("/{path:path}", self._door, methods=methods)])

    def sent(self, method: str, edge: str) -> list[Call]:
        """The calls of a kind, in order."""
        return [call for call in self.calls if call.method == method and call.path.endswith(edge)]

    # ------------------------------------------------------------ the door

    async def _door(self, request: Request) -> Response:
        address, query = f"{request.url.path}?{request.url.query}", request.query_params
        if any(secret in address for secret in SECRETS) or "access_token" in query:
            self.violations.append(f"{request.method} {request.url.path} carries a secret in its address")
        if request.url.path.endswith("/dialog/oauth"):
            return self._dialog(request)
        try:
            answer = self._answer(await self._call(request))
        except GraphFault as fault:
            return JSONResponse(fault.body(), status_code=fault.status)
        return JSONResponse(answer)

    async def _call(self, request: Request) -> Call:
        version, _, path = request.url.path.lstrip("/").partition("/")
        async with request.form() as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            uploads = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
            upload = await _read(uploads)
        query = dict(request.query_params)
        call = Call(request.method, path, query, fields, dict(request.headers), upload)
        self.calls.append(call)
        if version != self.version:
            raise GraphFault(2635, "(#2635) You are calling a version of the Graph that is not there.")
        check_names(LEGACY & query.keys(), frozenset())
        check_values(fields)
        return call

    def _answer(self, call: Call) -> object:
        if call.path == "oauth/access_token":
            return self._exchange(call)
        token = self._authenticated(call)
        if call.path == "":
            return self._batch(call, token)
        if token == LONG_TOKEN:
            return self._person(call)
        return self._page(call)

    def _authenticated(self, call: Call) -> str:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in (self.page_token, LONG_TOKEN, f"{APP_ID}|{APP_SECRET}"):
            raise GraphFault(190, f"Malformed access token {token}", subcode=463, status=401)
        given = {**call.query, **call.form}.get("appsecret_proof", "")
        if self.demands_proof and not given:
            raise GraphFault(100, "API calls from the server require an appsecret_proof argument")
        if given and given != hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest():
            raise GraphFault(100, "Invalid appsecret_proof provided in the API argument")
        return token

    # ------------------------------------------------------------ Pages

    def _page(self, call: Call) -> object:
        parent, _, edge = call.path.partition("/")
        if edge in self.refuses:
            raise self.refuses[edge]
        at_page = parent in ("me", self.page.id)
        if at_page and call.method == "GET" and not edge:
            check_names(call.query, frozenset({"fields"}))
            return pick({"id": self.page.id, "name": self.page.name}, asked(call.query, "Page"))
        endpoints: Mapping[tuple[str, str, bool], Endpoint] = {
            ("POST", "feed", True): lambda c: self.page.add_post(c.form),
            ("POST", "photos", True): self._take_photo,
            ("GET", "published_posts", True): lambda c: self.page.published_posts(c.query),
            ("POST", "comments", False): lambda c: self.page.add_comment(parent, c.form),
            ("GET", "comments", False): lambda c: self.page.comments(parent, c.query),
            ("GET", "insights", False): lambda c: self.page.insights(parent, c.query),
            ("GET", "", False): lambda c: self.page.node(parent, c.query),
            ("DELETE", "", False): lambda c: self.page.delete(parent),
        }
        endpoint = endpoints.get((call.method, edge, at_page))
        if endpoint is None:
            raise GraphFault(100, f"(#100) Tried accessing nonexisting field ({edge})")
        return endpoint(call)

    def _take_photo(self, call: Call) -> object:
        if call.upload is None:
            raise GraphFault(324, "(#324) Requires upload file")
        upload = call.upload
        return self.page.add_photo(call.form, upload.filename, upload.media_type, upload.data)

    # ------------------------------------------------------------ Facebook Login

    def _dialog(self, request: Request) -> Response:
        """The person agrees at once."""
        asked_for = dict(request.query_params)
        wanted = set(asked_for["scope"].split(","))
        if asked_for["client_id"] != APP_ID or not wanted <= set(SCOPES):
            return JSONResponse({"error": "invalid request"}, status_code=400)
        answer = urlencode({"code": "a-code-that-works-once", "state": asked_for["state"]})
        return RedirectResponse(f"{asked_for['redirect_uri']}?{answer}#_=_", status_code=302)

    def _exchange(self, call: Call) -> object:
        form = call.form
        if call.method != "POST" or call.query:
            raise GraphFault(100, "(#100) The secret belongs into the body.")
        if (form.get("client_id"), form.get("client_secret")) != (APP_ID, APP_SECRET):
            raise GraphFault(101, "Error validating application. Invalid application ID.")
        if form.get("grant_type") == "fb_exchange_token":
            return self._extended(form.get("fb_exchange_token", ""))
        if form.get("redirect_uri") != self.redirect_uri or form.get("code") != "a-code-that-works-once":
            raise GraphFault(100, "Error validating verification code.", subcode=36008)
        return {"access_token": SHORT_TOKEN, "token_type": "bearer", "expires_in": 5400}

    def _extended(self, token: str) -> object:
        if token == SHORT_TOKEN:
            return {"access_token": LONG_TOKEN, "token_type": "bearer", "expires_in": 5184000}
        if token == self.page_token:
            self.page_token = PAGE_TOKEN[::-1]
            return {"access_token": self.page_token, "token_type": "bearer"}
        raise GraphFault(190, "Invalid OAuth access token.")

    def _person(self, call: Call) -> object:
        if call.path == "me/permissions":
            refused = [{"permission": "email", "status": "declined"}]
            return {"data": [{"permission": s, "status": "granted"} for s in self.scopes] + refused}
        if call.path == "me/accounts":
            asked(call.query, "Page")
            page = {"id": self.page.id, "name": self.page.name, "access_token": self.page_token}
            return {"data": [{**page, "tasks": list(self.tasks)}]}
        raise GraphFault(100, "(#100) A person has no such field.")

    def _batch(self, call: Call, token: str) -> object:
        [question] = json.loads(call.form["batch"])
        parts = urlsplit(question["relative_url"])
        if parts.path != "debug_token" or not self.knows_the_app:
            return [{"code": 400, "body": json.dumps(GraphFault(100, "(#100) Not your app.").body())}]
        known = dict(parse_qsl(parts.query))["input_token"] in (self.page_token, LONG_TOKEN)
        facts: dict[str, object] = {"is_valid": known, "type": self.token_type, "scopes": list(self.scopes)}
        return [{"code": 200, "body": json.dumps({"data": {**facts, "expires_at": self.token_expires_at}})}]


async def _read(uploads: Mapping[str, UploadFile]) -> Upload | None:
    if not uploads:
        return None
    source = uploads["source"]
    return Upload(source.filename or "", source.content_type or "", await source.read())


def refusing(
    code: int,
    *,
    subcode: int | None = None,
    status: int = 400,
    message: str = "(#1) Something.",
    headers: Mapping[str, str] | None = None,
) -> Plan:
    """The Graph's own kind of refusal in place of the server's answer; nothing was accepted."""
    body = json.dumps(GraphFault(code, message, subcode=subcode).body()).encode()
    return answer_before(status, body, {"Content-Type": "application/json", **(headers or {})})


def at(method: str, edge: str) -> Callable[[str], bool]:
    """Matches the first line of a request to an edge."""
    return lambda line: line.startswith(f"{method} ") and line.split()[1].split("?")[0].endswith(edge)
