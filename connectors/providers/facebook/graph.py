"""facebook-sdk's GraphAPI, brought to today's Graph: our version, our session, our reading of the answer.

The SDK (3.1.0) stays a thin layer of verbs. What it lacks is added here: it admits no current version, puts
the token in addresses, sends Python's own True and lists, and takes any JSON without `error` for a success.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

import facebook
import requests
from pydantic import BaseModel

from connectors.errors import Ambiguous, Rejected, Transient
from connectors.http import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    HardenedSession,
    raise_for_status,
    transport_errors,
)
from connectors.providers.facebook.errors import NETWORK, Gone, refusal, unreadable
from connectors.providers.facebook.shapes import Named
from domain.clock import Clock

GRAPH_VERSION = "v26.0"
GRAPH_URL = "https://graph.facebook.com"

Found = TypeVar("Found", bound=BaseModel)


class GraphSession(HardenedSession):
    """Carries the token in a header instead of an address, and proves that we know the app's secret."""

    def __init__(self, *, base_url: str, app_secret: str, read_timeout: float) -> None:
        super().__init__(base_url=base_url, read_timeout=read_timeout)
        self._app_secret = app_secret
        self._question_timeout = (CONNECT_TIMEOUT, min(read_timeout, READ_TIMEOUT))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        query, form = dict(kwargs.get("params") or {}), dict(kwargs.get("data") or {})
        tokens = [fields.pop("access_token") for fields in (query, form) if "access_token" in fields]
        if tokens:
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": f"Bearer {tokens[0]}"}
            if self._app_secret:
                proven = form if method == "POST" else query
                proven["appsecret_proof"] = appsecret_proof(self._app_secret, tokens[0])
        if method != "POST":
            kwargs["timeout"] = self._question_timeout  # only a write deserves minutes of patience
        kwargs.update(params=query, data=form or None)
        return super().request(method, url, *args, **kwargs)


class Graph(facebook.GraphAPI):  # type: ignore[misc]  # the SDK publishes no types
    """One client for one token and one thread. Every method raises the errors of `connectors.errors`."""

    session: GraphSession

    def __init__(
        self,
        token: str = "",
        *,
        app_secret: str = "",
        version: str = GRAPH_VERSION,
        base_url: str = "",
        read_timeout: float,
        clock: Clock,
    ) -> None:
        session = GraphSession(base_url=base_url, app_secret=app_secret, read_timeout=read_timeout)
        super().__init__(access_token=token or None, session=session)
        self.version = version  # set afterwards: the constructor refuses every version since 3.2
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        method: str | None = None,
    ) -> Any:
        """Every call of the SDK passes here. Only a POST counts as a write: a DELETE may be repeated."""
        write = post_args is not None
        with transport_errors(NETWORK, write=write):
            try:
                answer = super().request(path, wire(args), wire(post_args), files, method)
            except facebook.GraphAPIError as error:
                refused = error.result
            except (KeyError, requests.exceptions.JSONDecodeError):  # no Content-Type, or half an answer
                refused = None
            else:
                raise_for_status(self._answered, NETWORK, write=write, now=self._clock.now())
                return answer
        # Out here the SDK's error is not chained: it quotes the whole body.
        raise refusal(refused, self._answered, write=write, now=self._clock.now())

    @property
    def _answered(self) -> requests.Response:
        assert self.session.last_response is not None, "only asked once an answer is there"
        return self.session.last_response

    def read(self, path: str, shape: type[Found], **fields: Any) -> Found:
        """What stands at *path*. Raises Gone, or Transient when the answer has another shape."""
        with transport_errors(NETWORK, write=False):
            return shape.model_validate(self.get_object(path, **fields))

    def exists(self, object_id: str) -> bool:
        try:
            self.read(object_id, Named, fields="id")
        except Gone:
            return False
        return True

    def ask(self, path: str, shape: type[Found], **form: Any) -> Found:
        """A question that holds secrets: they travel in the body, and asking twice does no harm."""
        with repeatable(), transport_errors(NETWORK, write=False):
            return shape.model_validate(self.request(f"{self.version}/{path}", post_args=form))

    def create(self, parent: str, edge: str, **fields: Any) -> str:
        """Make something public; its id. Ambiguous when the answer names none."""
        return _id_in(self.put_object(parent, edge, **fields))

    def stage_photo(self, page: str, photo: tuple[str, bytes, str], **fields: Any) -> str:
        """Upload (filename, bytes, type) unseen; its id. Nobody sees it, so it may be repeated."""
        with repeatable():
            return _id_in(self.put_photo(photo, f"{page}/photos", published=False, **fields))

    def remove(self, object_id: str) -> None:
        """Take it down. What is gone already counts as taken down."""
        try:
            answer = self.delete_object(object_id)
        except Gone:
            return
        if answer is not True and not (isinstance(answer, dict) and answer.get("success") is True):
            raise Rejected("Facebook did not take this down, and did not say why.")


@contextmanager
def repeatable() -> Iterator[None]:
    """For calls that change nothing anybody sees: doubt about them is no reason to stop."""
    try:
        yield
    except Ambiguous as doubt:
        raise Transient(doubt.message, code=doubt.code) from doubt


def wire(fields: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Parameters as the Graph reads them: text as it is, everything else as JSON, None left out."""
    if fields is None:
        return None
    return {
        name: value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in fields.items()
        if value is not None
    }


def appsecret_proof(secret: str, token: str) -> str:
    """HMAC-SHA256 (hex) of the token under the app's secret."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def version_in(options: Mapping[str, str | int | bool]) -> str:
    """The Graph version that a Channel asks for, or ours. Raises Rejected when it is none."""
    version = str(options.get("graph_version", "")).strip() or GRAPH_VERSION
    if not re.fullmatch(r"v?\d{1,3}\.\d", version):
        raise Rejected(f"The option graph_version must look like {GRAPH_VERSION}, not like “{version}”.")
    return version if version.startswith("v") else f"v{version}"


def _id_in(answer: object) -> str:
    """The id in an answer. An answer without one is no proof that the post stands, nor that it does not."""
    if isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]:
        return str(answer["id"])
    raise unreadable(write=True)
