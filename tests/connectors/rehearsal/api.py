"""The network's API as one account sees it, without the connector."""

from dataclasses import dataclass, field
from typing import Any

import requests

from connectors.http import HardenedSession
from connectors.providers.rehearsal.state import State
from domain.ids import new_id


@dataclass
class Api:
    """One account's line to the network at *url*; the token opens the account."""

    url: str
    state: State
    token: str = field(default_factory=new_id)
    session: requests.Session = field(default_factory=lambda: HardenedSession(read_timeout=10))

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return self.session.request(method, f"{self.url}/{path}", headers=headers, **kwargs)

    def post(self, text: str = "Hello", key: str | None = None, **fields: object) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", "api/posts", json={"text": text, **fields}, headers=headers)

    def upload(self, data: bytes, media_type: str = "image/png", **fields: str) -> requests.Response:
        return self.call("POST", "api/media", files={"file": ("a.png", data, media_type)}, data=fields)

    def behave(self, **fields: object) -> None:
        assert self.call("PATCH", "api/behaviour", json=fields).status_code == 200

    def plan(self, kind: str, **fields: object) -> None:
        self.behave(planned=[{"kind": kind, **fields}])

    def accepted(self) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = self.call("GET", "api/accepted").json()["posts"]
        return posts
