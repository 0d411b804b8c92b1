"""The rehearsal network: a place inside Rounds where a practice tries everything before it connects anything.

It stands outside the house as any network does and is reached over HTTP only. Delivery is strict: unknown
fields, texts that are too long, pictures that were not uploaded first and keys used twice for other words are
refused with a JSON problem. Each account can be told to misbehave (`behaviour.py`), and `GET /api/accepted`
says what was truly accepted, whatever the sender was told.

    GET    /api/account                 who this token belongs to
    GET    /api/behaviour               how the account behaves; PATCH replaces the fields that are sent
    POST   /api/media                   multipart: file, alt_text → 201 {id}
    POST   /api/posts                   JSON, Idempotency-Key honoured → 201, or 202 while the network works
    GET    /api/posts?key= or ?since=   the account's posts by its own key, or by time, newest first
    GET    /api/posts/{id}              DELETE takes it down, with the parts below it
    PUT    /api/posts/{id}/repost       lifts it once more; DELETE ends that
    POST   /api/posts/{id}/comments     GET lists them
    GET    /api/numbers?ids=a,b         simulated numbers of standing posts
    GET    /api/accepted                everything ever accepted from this account, oldest first
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.providers.rehearsal import mishaps
from connectors.providers.rehearsal.behaviour import BEFORE, Behaviour
from connectors.providers.rehearsal.pages import Pages
from connectors.providers.rehearsal.shapes import (
    ALT_TEXT_LIMIT,
    MOST_BYTES,
    MOST_LISTED,
    MOST_NUMBERS,
    PICTURE_TYPES,
    NewComment,
    NewPost,
    NumbersAsked,
    PostsAsked,
    picture_type,
    sentence,
)
from connectors.providers.rehearsal.state import Account, Comment, Entry, Picture, State
from domain.clock import Clock
from domain.ids import new_id

Model = TypeVar("Model", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """The request ends here with a problem body."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Network:
    """The application over one State. With *open_door* any unknown token opens an account of its own."""

    def __init__(self, state: State, clock: Clock, *, open_door: bool = False) -> None:
        self._state = state
        self._clock = clock
        self._open_door = open_door

    def app(self) -> Starlette:
        """The ASGI application: the API and the pages for people."""
        pages = Pages(self._state, self._clock)
        return Starlette(routes=[*self._routes(), *pages.routes()], exception_handlers={Refused: _refusal})

    def _routes(self) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/api/account", self.tell_account),
            ("GET", "/api/behaviour", self.tell_behaviour),
            ("PATCH", "/api/behaviour", self.change_behaviour),
            ("POST", "/api/media", self.take_picture),
            ("POST", "/api/posts", self.take_post),
            ("GET", "/api/posts", self.list_posts),
            ("GET", "/api/posts/{post_id}", self.tell_post),
            ("DELETE", "/api/posts/{post_id}", self.remove_post),
            ("PUT", "/api/posts/{post_id}/repost", self.lift_post),
            ("DELETE", "/api/posts/{post_id}/repost", self.stop_lifting),
            ("POST", "/api/posts/{post_id}/comments", self.take_comment),
            ("GET", "/api/posts/{post_id}/comments", self.list_comments),
            ("GET", "/api/numbers", self.tell_numbers),
            ("GET", "/api/accepted", self.tell_accepted),
        ]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    # Accounts

    async def tell_account(self, request: Request) -> Response:
        account = self._signed_in(request)
        path = f"t/{account.page}"
        answer = {"id": account.id, "handle": account.handle, "name": account.name, "path": path}
        return JSONResponse(answer)

    async def tell_behaviour(self, request: Request) -> Response:
        return JSONResponse(self._account(request).behaviour.model_dump(mode="json"))

    async def change_behaviour(self, request: Request) -> Response:
        account = self._account(request)
        wanted = _fields(await request.body())
        changed = _valid(Behaviour, {**account.behaviour.model_dump(mode="json"), **wanted})
        self._state.behave(account.id, changed)
        return JSONResponse(changed.model_dump(mode="json"))

    # Writes

    async def take_picture(self, request: Request) -> Response:
        """An upload alone makes nothing stand, so it never meets a mishap."""
        account = self._signed_in(request)
        async with request.form(max_files=1, max_fields=1) as form:
            file, alt_text = form.get("file"), form.get("alt_text", "")
            if set(form) - {"file", "alt_text"} or not isinstance(file, UploadFile):
                raise Refused(422, "Send one file and, if you like, an alt_text.")
            data = await file.read(MOST_BYTES + 1)
        picture = Picture(new_id(), account.id, file.content_type or "", str(alt_text), data)
        _check_picture(picture)
        self._state.add_picture(picture)
        return JSONResponse({"id": picture.id}, 201)

    async def take_post(self, request: Request) -> Response:
        body, key = await request.body(), request.headers.get("Idempotency-Key")
        return self._write(
            request, lambda account: self._accept(account, key, _valid(NewPost, _fields(body)))
        )

    async def take_comment(self, request: Request) -> Response:
        wanted = await request.body()

        def comment(account: Account) -> Response:
            post = self._standing_post(account, request)
            written = Comment(new_id(), _valid(NewComment, _fields(wanted)).text, self._clock.now())
            self._state.add_comment(post.id, written)
            return JSONResponse({"id": written.id}, 201)

        return self._write(request, comment)

    async def remove_post(self, request: Request) -> Response:
        def remove(account: Account) -> Response:
            self._state.remove(self._standing_post(account, request).id, self._clock.now())
            return Response(status_code=204)

        return self._write(request, remove)

    async def lift_post(self, request: Request) -> Response:
        def lift(account: Account) -> Response:
            post = self._standing_post(account, request)
            return JSONResponse({"id": self._state.repost(post.id, self._clock.now())})

        return self._write(request, lift)

    async def stop_lifting(self, request: Request) -> Response:
        def stop(account: Account) -> Response:
            self._state.end_repost(self._standing_post(account, request).id, self._clock.now())
            return Response(status_code=204)

        return self._write(request, stop)

    def _write(self, request: Request, act: Callable[[Account], Response]) -> Response:
        """Let *act* happen, or not, and answer the truth, or not, as the account's behaviour has it."""
        account = self._signed_in(request)
        if account.behaviour.out_of_credit:
            raise Refused(402, "This account has no credit left.")
        misfortune = self._state.next_misfortune(account)
        if misfortune and misfortune.kind in BEFORE:
            return mishaps.before(misfortune)
        answer = act(account)
        return mishaps.after(misfortune, answer) if misfortune else answer

    def _accept(self, account: Account, key: str | None, new: NewPost) -> Response:
        self._check_references(account, new)
        now = self._clock.now()
        wanted = Entry(
            id=new_id(),
            account_id=account.id,
            key=key,
            text=new.text,
            link=new.link,
            reply_to=new.in_reply_to,
            media_ids=new.media_ids,
            published_at=now,
            ready_at=now + timedelta(seconds=account.behaviour.processing_seconds),
        )
        entry = self._state.add_post(wanted)
        if entry.removed_at:
            raise Refused(409, "The post under this key was taken down.")
        if not entry.says_the_same_as(wanted):
            raise Refused(409, "This key was used before for another post.")
        return JSONResponse(self._told(entry), 201 if entry.stands(now) else 202)

    def _check_references(self, account: Account, new: NewPost) -> None:
        """What a post points to must be there before it."""
        if new.media_ids and set(new.media_ids) - self._state.owned_media(account.id, new.media_ids):
            raise Refused(422, "media_ids: Upload each picture before the post that shows it.")
        if new.in_reply_to is not None:
            parent = self._state.post(new.in_reply_to)
            if parent is None or parent.account_id != account.id or not parent.stands(self._clock.now()):
                raise Refused(422, "in_reply_to: There is no such post of this account.")

    # Reads

    async def list_posts(self, request: Request) -> Response:
        account = self._signed_in(request)
        asked = _valid(PostsAsked, dict(request.query_params))
        if not account.behaviour.answers_lookups:
            raise Refused(403, "This account's posts cannot be listed.")
        if asked.key is not None:
            found = self._state.posts_by_key(account.id, asked.key)
        else:
            latest = self._state.posts(account.id, since=asked.since, most=MOST_LISTED)
            found = [entry for entry in latest if not entry.removed_at]
        return JSONResponse({"posts": [self._told(entry) for entry in found]})

    async def tell_post(self, request: Request) -> Response:
        entry = self._own_post(self._signed_in(request), request)
        return JSONResponse(self._told(entry))

    async def list_comments(self, request: Request) -> Response:
        post = self._standing_post(self._signed_in(request), request)
        found = self._state.comments(post.id)
        return JSONResponse({"comments": [{"id": comment.id, "text": comment.text} for comment in found]})

    async def tell_numbers(self, request: Request) -> Response:
        account = self._signed_in(request)
        post_ids = _valid(NumbersAsked, dict(request.query_params)).post_ids
        if len(post_ids) > MOST_NUMBERS:
            raise Refused(422, f"ids: Ask for {MOST_NUMBERS} posts at most.")
        now = self._clock.now()
        entries = [entry for post_id in post_ids if (entry := self._state.post(post_id))]
        told = {
            entry.id: self._state.numbers(account, entry, now)
            for entry in entries
            if entry.account_id == account.id and entry.stands(now)
        }
        return JSONResponse({"simulated": True, "read_at": now.isoformat(), "posts": told})

    async def tell_accepted(self, request: Request) -> Response:
        accepted = self._state.posts(self._account(request).id)
        return JSONResponse({"posts": [self._told(entry) for entry in reversed(accepted)]})

    # What the endpoints share

    def _account(self, request: Request) -> Account:
        """The account of this token, even if the token has expired."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401, "Send the account's token.")
        account = self._state.account_for(token)
        if account is None and self._open_door:
            account = self._state.welcome(token)
        if account is None:
            raise Refused(401, "Nobody here has this token.")
        return account

    def _signed_in(self, request: Request) -> Account:
        account = self._account(request)
        if account.behaviour.token_expired:
            raise Refused(401, "This token has expired.")
        return account

    def _own_post(self, account: Account, request: Request) -> Entry:
        entry = self._state.post(request.path_params["post_id"])
        if entry is None or entry.account_id != account.id:
            raise Refused(404, "There is no such post of this account.")
        return entry

    def _standing_post(self, account: Account, request: Request) -> Entry:
        entry = self._own_post(account, request)
        if not entry.stands(self._clock.now()):
            raise Refused(410, "This post does not stand.")
        return entry

    def _told(self, entry: Entry) -> dict[str, object]:
        """One post as the API tells it; `path` is its page, below the network's address."""
        alt_texts = self._state.alt_texts(entry.media_ids) if entry.media_ids else {}
        return {
            "id": entry.id,
            "state": _state_word(entry, self._clock.now()),
            "key": entry.key,
            "text": entry.text,
            "link": entry.link,
            "in_reply_to": entry.reply_to,
            "alt_texts": [alt_texts[media_id] for media_id in entry.media_ids],
            "path": f"p/{entry.id}",
            "published_at": entry.published_at.isoformat(),
        }


async def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return mishaps.problem(error.status, error.detail)


def _state_word(entry: Entry, now: datetime) -> str:
    if entry.removed_at:
        return "removed"
    return "standing" if entry.stands(now) else "processing"


def _check_picture(picture: Picture) -> None:
    if len(picture.data) > MOST_BYTES:
        raise Refused(413, f"file: At most {MOST_BYTES // 2**20} MB.")
    if picture.media_type not in PICTURE_TYPES or picture_type(picture.data) != picture.media_type:
        raise Refused(422, f"file: Send a picture that is {', '.join(sorted(PICTURE_TYPES))}.")
    if len(picture.alt_text) > ALT_TEXT_LIMIT:
        raise Refused(422, f"alt_text: At most {ALT_TEXT_LIMIT} characters.")


def _fields(body: bytes) -> dict[str, Any]:
    """The JSON object in *body*."""
    try:
        return _OBJECT.validate_json(body)
    except ValidationError as error:
        raise Refused(400, f"Send a JSON object. {sentence(error)}") from None


def _valid(model: type[Model], fields: dict[str, Any]) -> Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Refused(422, sentence(error)) from None


_OBJECT = TypeAdapter(dict[str, Any])
