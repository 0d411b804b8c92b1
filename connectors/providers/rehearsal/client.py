"""The calls to the rehearsal network, one method each, with the seam's errors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import requests
from pydantic import ValidationError

from connectors.base import MediaFile
from connectors.errors import OutOfCredit
from connectors.http import raise_for_status, transport_errors
from connectors.providers.rehearsal.answers import (
    AccountTold,
    Answer,
    CommentsTold,
    CommentTold,
    IdTold,
    NumbersTold,
    PostsTold,
    PostTold,
    ProblemTold,
)
from domain.clock import Clock

NETWORK = "Rehearsal"
Shape = TypeVar("Shape", bound=Answer)


class Client:
    """One account's calls. *base* is where the network answers us, *shown* where people find it, both
    without a trailing slash."""

    def __init__(self, session: requests.Session, base: str, shown: str, token: str, clock: Clock) -> None:
        self._session = session
        self._base = base
        self._shown = shown
        self._token = token
        self._clock = clock

    def address(self, path: str) -> str:
        return f"{self._shown}/{path}"

    def account(self) -> AccountTold:
        return self._read("api/account", AccountTold)

    def upload(self, file: MediaFile) -> str:
        """The picture's id. Nothing stands by an upload alone, so it counts as a read: it may be repeated."""
        parts = {"file": (file.filename, file.read(), file.media_type)}
        answer = self._call("POST", "api/media", write=False, files=parts, data={"alt_text": file.alt_text})
        return _shaped(IdTold, answer, write=False).id

    def publish(
        self, text: str, *, link: str | None, reply_to: str | None, media_ids: Sequence[str], key: str | None
    ) -> PostTold:
        body = {"text": text, "link": link, "in_reply_to": reply_to, "media_ids": list(media_ids)}
        headers = {"Idempotency-Key": key} if key else {}
        return _shaped(PostTold, self._call("POST", "api/posts", write=True, json=body, headers=headers))

    def post(self, post_id: str) -> PostTold:
        return self._read(f"api/posts/{post_id}", PostTold)

    def post_by_key(self, key: str) -> PostTold | None:
        found = self._read("api/posts", PostsTold, key=key).posts
        return found[0] if found else None

    def posts_since(self, since: datetime) -> Sequence[PostTold]:
        return self._read("api/posts", PostsTold, since=since.isoformat()).posts

    def retract(self, post_id: str) -> None:
        self._call("DELETE", f"api/posts/{post_id}", write=True)

    def repost(self, post_id: str) -> str:
        return _shaped(IdTold, self._call("PUT", f"api/posts/{post_id}/repost", write=True)).id

    def end_repost(self, post_id: str) -> None:
        self._call("DELETE", f"api/posts/{post_id}/repost", write=True)

    def comment(self, post_id: str, text: str) -> str:
        path = f"api/posts/{post_id}/comments"
        return _shaped(IdTold, self._call("POST", path, write=True, json={"text": text})).id

    def comments(self, post_id: str) -> Sequence[CommentTold]:
        return self._read(f"api/posts/{post_id}/comments", CommentsTold).comments

    def numbers(self, post_ids: Sequence[str]) -> NumbersTold:
        return self._read("api/numbers", NumbersTold, ids=",".join(post_ids))

    def _read(self, path: str, shape: type[Shape], **query: str) -> Shape:
        return _shaped(shape, self._call("GET", path, write=False, params=query), write=False)

    def _call(
        self, method: str, path: str, *, write: bool, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> requests.Response:
        signed = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        with transport_errors(NETWORK, write=write):
            response = self._session.request(method, f"{self._base}/{path}", headers=signed, **kwargs)
        if response.status_code == 402:
            raise OutOfCredit(f"{NETWORK} asks for credit before it goes on.", code="402")
        now = self._clock.now()
        raise_for_status(response, NETWORK, write=write, now=now, detail=_detail(response))
        return response


def _shaped(shape: type[Shape], response: requests.Response, *, write: bool = True) -> Shape:
    """The answer's content; one that cannot be read tells nothing about what happened."""
    with transport_errors(NETWORK, write=write):
        return shape.model_validate_json(response.content)


def _detail(response: requests.Response) -> str:
    """The network's own sentence; it is ours, so it never repeats what was sent."""
    if response.headers.get("Content-Type") != "application/problem+json":
        return ""
    try:
        return ProblemTold.model_validate_json(response.content).detail
    except ValidationError:
        return ""
