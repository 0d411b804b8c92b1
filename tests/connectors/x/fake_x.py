"""A strict X on loopback: routes, rights, parameters. Whatever X does not document is refused and noted."""

import binascii
import json
import secrets
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from oauthlib.oauth1 import AccessTokenEndpoint, RequestTokenEndpoint, ResourceEndpoint
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.connectors.x.fake_account import (
    AppendBody,
    Body,
    CreateBody,
    FakeAccount,
    FakeUpload,
    InitializeBody,
    MetadataBody,
    RepostBody,
    XFault,
)
from tests.connectors.x.fake_keys import CLIENT_ID, CLIENT_SECRET, USER_ID, OAuth1Keys, OAuth2Keys

PROBLEMS = "https://api.twitter.com/2/problems"
READ = frozenset({"tweet.read", "users.read"})
WRITE = READ | {"tweet.write"}
MEDIA = frozenset({"media.write"})
POST_FIELDS = frozenset({"created_at", "conversation_id", "entities", "attachments", "public_metrics"})
OLD_FIELDS = POST_FIELDS | {"note_tweet", "referenced_tweets"}
NEW_FIELDS = POST_FIELDS | {"note_post"}

Handler = Callable[[Request], Awaitable[Response]]
Sent = TypeVar("Sent", bound=Body)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived, for tests that look at what was sent."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


@dataclass
class FakeX:
    """`renamed`: only the new field names are known. `level`: what OAuth 1.0a tokens may do."""

    account: FakeAccount = field(default_factory=FakeAccount)
    oauth1: OAuth1Keys = field(default_factory=OAuth1Keys)
    oauth2: OAuth2Keys = field(default_factory=OAuth2Keys)
    renamed: bool = False
    level: str = "read-write"
    create_limit: int = 100  # in 15 minutes
    page_size: int = 100  # posts, the most that one answer holds
    asked: list[Asked] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _created: int = 0

    def app(self) -> Starlette:
        routes = [
            ("POST", "/2/tweets", self._create, WRITE, ()),
            ("GET", "/2/tweets", self._lookup, READ, ("ids", "post.fields")),
            ("DELETE", "/2/tweets/{id}", self._delete, WRITE, ()),
            ("GET", "/2/users/me", self._me, READ, ()),
            (
                "GET",
                "/2/users/{id}/tweets",
                self._timeline,
                READ,
                ("start_time", "max_results", "pagination_token", "post.fields"),
            ),
            ("POST", "/2/users/{id}/retweets", self._repost, WRITE, ()),
            ("DELETE", "/2/users/{id}/retweets/{post_id}", self._unrepost, WRITE, ()),
            ("POST", "/2/media/upload/initialize", self._initialize, MEDIA, ()),
            ("POST", "/2/media/upload/{id}/append", self._append, MEDIA, ()),
            ("POST", "/2/media/upload/{id}/finalize", self._finalize, MEDIA, ()),
            ("GET", "/2/media/upload", self._status, MEDIA, ("command", "media_id")),
            ("POST", "/2/media/metadata", self._describe, MEDIA, ()),
        ]
        strict = [
            Route(path, self._guarded(handler, scopes, params), methods=[method])
            for method, path, handler, scopes, params in routes
        ]
        consent = [
            Route("/oauth/request_token", self._request_token, methods=["POST"]),
            Route("/oauth/authorize", self._authorize1),
            Route("/oauth/access_token", self._access_token, methods=["POST"]),
            Route("/i/oauth2/authorize", self._authorize2),
            Route("/2/oauth2/token", self._token, methods=["POST"]),
        ]
        return Starlette(routes=[*strict, *consent])

    def _old_names(self, params: tuple[str, ...]) -> tuple[str, ...]:
        return ("tweet.fields",) if "post.fields" in params and not self.renamed else ()

    # The doorkeeper

    def _guarded(self, handler: Handler, scopes: frozenset[str], params: tuple[str, ...]) -> Handler:
        async def guarded(request: Request) -> Response:
            body = await request.body()
            try:
                self._note(request, body)
                self._check_rights(request, body, scopes)
                _check_params(request, (*params, *self._old_names(params)))
                response = await handler(request)
            except XFault as fault:
                if fault.status == 400:
                    self.violations.append(f"{request.method} {request.url.path}: {fault}")
                response = JSONResponse(fault.body, fault.status)
            response.headers.update(self._limit_headers())
            if request.headers.get("Authorization", "").startswith("OAuth "):
                response.headers["x-access-level"] = self.level
            return response

        return guarded

    def _note(self, request: Request, body: bytes) -> None:
        if body and not request.headers.get("Content-Type", "").startswith("application/json"):
            raise XFault(400, "Invalid Request", "The body must be JSON.")
        self.asked.append(
            Asked(
                request.method,
                request.url.path,
                dict(request.query_params),
                json.loads(body) if body else None,
            )
        )

    def _check_rights(self, request: Request, body: bytes, scopes: frozenset[str]) -> None:
        how, _, what = request.headers.get("Authorization", "").partition(" ")
        if how == "Bearer":
            granted = self.oauth2.scopes_of(what)
            if granted is None:
                raise XFault(401, "Unauthorized", "Unauthorized")
            if not scopes <= granted:
                raise XFault(403, "Forbidden", "You are not permitted to perform this action.")
        elif how == "OAuth":
            self._check_signature(request, body)
            if self.level == "read" and request.method != "GET":
                detail = "Your client app is not configured with the appropriate oauth1 app permissions."
                raise XFault(403, "Forbidden", detail, f"{PROBLEMS}/oauth1-permissions")
        else:
            raise XFault(401, "Unauthorized", "Unauthorized")

    def _check_signature(self, request: Request, body: bytes) -> None:
        endpoint = ResourceEndpoint(self.oauth1)
        valid, _ = endpoint.validate_protected_resource_request(
            str(request.url), request.method, body, dict(request.headers), realms=[]
        )
        if not valid:
            raise XFault(401, "Unauthorized", "Unauthorized")

    def _limit_headers(self) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(self.create_limit),
            "x-rate-limit-remaining": str(max(self.create_limit - self._created, 0)),
            "x-rate-limit-reset": str(int((datetime.now(UTC) + timedelta(minutes=15)).timestamp())),
        }

    # Posts

    async def _create(self, request: Request) -> Response:
        if self._created >= self.create_limit:
            raise XFault(429, "Too Many Requests", "Too Many Requests")
        body = _sent(CreateBody, await request.body())
        post = self.account.create(body)
        self._created += 1
        data = {"id": post.id, "text": post.body.text, "edit_history_tweet_ids": [post.id]}
        return JSONResponse({"data": data}, 201)

    async def _delete(self, request: Request) -> Response:
        if self.account.posts.pop(request.path_params["id"], None) is None:
            raise _not_found(request.path_params["id"], 404)
        return JSONResponse({"data": {"deleted": True}})

    async def _lookup(self, request: Request) -> Response:
        wanted = request.query_params["ids"].split(",")
        if len(wanted) > 100 or not all(one.isdecimal() for one in wanted):
            raise XFault(400, "Invalid Request", "ids must be 1 to 100 numbers.")
        found = [self.account.posts[one] for one in wanted if one in self.account.posts]
        missing = [_not_found(one, 200).body for one in wanted if one not in self.account.posts]
        fields = self._fields(request)
        shown = [self.account.shown(post, fields, new_names=self.renamed) for post in found]
        answer = {"data": shown, "errors": missing}
        return JSONResponse({name: value for name, value in answer.items() if value})

    async def _timeline(self, request: Request) -> Response:
        if request.path_params["id"] != USER_ID:
            raise XFault(403, "Forbidden", "Not your own timeline.")
        size = int(request.query_params.get("max_results", "10"))
        if not 5 <= size <= 100:
            raise XFault(400, "Invalid Request", "max_results must be 5 to 100.")
        start = request.query_params.get("start_time")
        since = datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if start else None
        posts = self.account.timeline(since)
        page = posts[: min(size, self.page_size)]
        shown = [self.account.shown(post, self._fields(request), new_names=self.renamed) for post in page]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(posts) > len(page):
            meta["next_token"] = "7140dibdnow9c7btw482"
        return JSONResponse({"data": shown, "meta": meta} if shown else {"meta": meta})

    def _fields(self, request: Request) -> set[str]:
        asked: set[str] = set()
        for name, known in (("tweet.fields", OLD_FIELDS), ("post.fields", NEW_FIELDS)):
            if value := request.query_params.get(name):
                asked |= set(value.split(","))
                if not asked <= known:
                    raise XFault(400, "Invalid Request", f"{name} has an unknown value.")
        return asked

    async def _me(self, request: Request) -> Response:
        return JSONResponse({"data": self.account.me()})

    async def _repost(self, request: Request) -> Response:
        body = _sent(RepostBody, await request.body())
        self._own(request)
        if body.tweet_id not in self.account.posts:
            raise _not_found(body.tweet_id, 404)
        self.account.reposts.add(body.tweet_id)
        return JSONResponse({"data": {"retweeted": True, "rest_id": body.tweet_id}})

    async def _unrepost(self, request: Request) -> Response:
        self._own(request)
        self.account.reposts.discard(request.path_params["post_id"])
        return JSONResponse({"data": {"retweeted": False}})

    def _own(self, request: Request) -> None:
        if request.path_params["id"] != USER_ID:
            raise XFault(400, "Invalid Request", "The `id` path parameter must be your own.")

    # Uploads

    async def _initialize(self, request: Request) -> Response:
        upload = self.account.initialize(_sent(InitializeBody, await request.body()))
        return JSONResponse({"data": self._told(upload)})

    async def _append(self, request: Request) -> Response:
        body = _sent(AppendBody, await request.body())
        try:
            piece = b64decode(body.media, validate=True)
        except binascii.Error as error:
            raise XFault(400, "Invalid Request", "media must be base64.") from error
        self.account.append(request.path_params["id"], body.segment_index, piece)
        return JSONResponse({"data": {"expires_at": 1_900_000_000}})

    async def _finalize(self, request: Request) -> Response:
        if await request.body():
            raise XFault(400, "Invalid Request", "finalize takes no body.")
        upload = self.account.finalize(request.path_params["id"])
        return JSONResponse({"data": self._told(upload)})

    async def _status(self, request: Request) -> Response:
        if request.query_params.get("command") != "STATUS":
            raise XFault(400, "Invalid Request", "command must be STATUS.")
        return JSONResponse({"data": self._told(self.account.status(request.query_params["media_id"]))})

    async def _describe(self, request: Request) -> Response:
        body = _sent(MetadataBody, await request.body())
        self.account.describe(body)
        return JSONResponse({"data": {"id": body.id, "associated_metadata": {}}})

    def _told(self, upload: FakeUpload) -> dict[str, Any]:
        told: dict[str, Any] = {"id": upload.id, "media_key": f"3_{upload.id}"}
        if self.account.lifetime:
            told["expires_after_secs"] = self.account.lifetime
        if upload.finished and upload.begun.media_category == "tweet_gif":
            told["processing_info"] = {"state": upload.state}
            if upload.polls_left:
                told["processing_info"] |= {"check_after_secs": 1, "progress_percent": 40}
        return told

    # Consent

    async def _request_token(self, request: Request) -> Response:
        endpoint = RequestTokenEndpoint(self.oauth1)
        _, body, status = endpoint.create_request_token_response(
            str(request.url), "POST", await request.body(), dict(request.headers)
        )
        return PlainTextResponse(body or "", status)

    async def _authorize1(self, request: Request) -> Response:
        asked = self.oauth1.asked[request.query_params["oauth_token"]]
        asked["verifier"] = secrets.token_hex(4)
        if asked["callback"] == "oob":
            return PlainTextResponse(asked["verifier"])
        back = {"oauth_token": request.query_params["oauth_token"], "oauth_verifier": asked["verifier"]}
        return RedirectResponse(f"{asked['callback']}?{urlencode(back)}", 302)

    async def _access_token(self, request: Request) -> Response:
        endpoint = AccessTokenEndpoint(self.oauth1)
        more = {"user_id": USER_ID, "screen_name": self.account.username}
        _, body, status = endpoint.create_access_token_response(
            str(request.url), "POST", await request.body(), dict(request.headers), credentials=more
        )
        return PlainTextResponse(body or "", status)

    async def _authorize2(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return PlainTextResponse("Something went wrong", 400)
        code = secrets.token_urlsafe(16)
        self.oauth2.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._is_our_app(request, form):
            return _token_refusal("unauthorized_client", 401)
        granted = None
        if form.get("grant_type") == "authorization_code":
            granted = self.oauth2.redeem(form["code"], form["code_verifier"], form["redirect_uri"])
        elif form.get("grant_type") == "refresh_token":
            granted = self.oauth2.rotate(form["refresh_token"])
        return JSONResponse(granted) if granted else _token_refusal("invalid_request", 400)

    def _is_our_app(self, request: Request, form: Mapping[str, str]) -> bool:
        how, _, what = request.headers.get("Authorization", "").partition(" ")
        if self.oauth2.confidential:
            return how == "Basic" and b64decode(what).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        return not how and form.get("client_id") == CLIENT_ID


def _sent(shape: type[Sent], body: bytes) -> Sent:
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        reason = {"message": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}
        detail = "One or more parameters to your request was invalid."
        raise XFault(400, "Invalid Request", detail, f"{PROBLEMS}/invalid-request", errors=[reason]) from None


def _check_params(request: Request, known: tuple[str, ...]) -> None:
    for name in request.query_params:
        if name not in known:
            reason = {
                "parameters": {name: [request.query_params[name]]},
                "message": f"The query parameter [{name}] is not one of [{','.join(known)}]",
            }
            detail = "One or more parameters to your request was invalid."
            raise XFault(400, "Invalid Request", detail, f"{PROBLEMS}/invalid-request", errors=[reason])


def _not_found(post_id: str, status: int) -> XFault:
    return XFault(
        status,
        "Not Found Error",
        f"Could not find tweet with ids: [{post_id}].",
        f"{PROBLEMS}/resource-not-found",
        resource_type="tweet",
        resource_id=post_id,
        value=post_id,
        parameter="ids",
    )


def _token_refusal(error: str, status: int) -> Response:
    return JSONResponse({"error": error, "error_description": "Value passed was invalid."}, status)
