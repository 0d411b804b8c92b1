"""tweepy's client on our own session: timed out, aimed, judged, and silent about secrets.

tweepy 4.17.0 has no time-out, no address of its own choice and no media upload of version 2, falls over some
error bodies, and logs headers. So the session is ours, an answer is judged before tweepy sees it, and the
verbs that tweepy lacks go through its `request`.
"""

import logging
from collections.abc import Mapping
from typing import Any, TypeVar

import requests
import tweepy

from connectors.errors import Rejected
from connectors.http import USER_AGENT, HardenedSession, transport_errors
from connectors.providers.x.answers import Shape
from connectors.providers.x.errors import NETWORK, judge
from connectors.providers.x.signing import signing_arguments
from domain.clock import Clock

API_URL = "https://api.x.com"
TALKATIVE = ("tweepy", "tweepy.client", "oauthlib", "requests_oauthlib", "requests_oauthlib.oauth1_auth")
UNSEEN = "/2/media/"  # nothing below this path can be seen by anybody before a post names it
FIELDS, NEW_FIELDS = "tweet.fields", "post.fields"
NEW_NAMES = {"note_tweet": "note_post", "referenced_tweets": ""}

Answer = TypeVar("Answer", bound=Shape)


class XClient(tweepy.Client):  # type: ignore[misc]  # tweepy publishes no types
    """One channel's client for one call: never shared, never kept. Closing it is the caller's duty."""

    def __init__(self, credentials: Mapping[str, str], session: HardenedSession, clock: Clock) -> None:
        arguments = signing_arguments(credentials)
        super().__init__(**arguments, return_type=requests.Response)
        quieten()
        self._oauth1 = "consumer_key" in arguments
        self._clock = clock
        self.user_agent = USER_AGENT
        self.session = session
        session.hooks["response"].append(self._judge)

    def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        user_auth: bool = False,
    ) -> requests.Response:
        """As tweepy's, but signed the one way this channel can, whatever tweepy's verbs assume.

        X is renaming `tweet.fields`. Where it no longer takes the old name, the read is asked by the new one.
        """
        try:
            return self._send(method, route, params, json)
        except Rejected as error:
            if not params or FIELDS not in params or FIELDS not in error.message:
                raise
        return self._send(method, route, renamed(params), json)

    def read(self, shape: type[Answer], response: requests.Response) -> Answer:
        """The body as *shape*; one that cannot be read leaves a write in doubt."""
        asked = response.request
        with transport_errors(NETWORK, write=leaves_a_mark(asked.method or "", asked.url or "")):
            return shape.model_validate_json(response.content)

    def _send(
        self, method: str, route: str, params: Mapping[str, Any] | None, json: object
    ) -> requests.Response:
        with transport_errors(NETWORK, write=leaves_a_mark(method, route)):
            response: requests.Response = super().request(method, route, params, json, user_auth=self._oauth1)
            return response

    def _judge(self, response: requests.Response, *_: Any, **__: Any) -> None:
        asked = response.request
        write = leaves_a_mark(asked.method or "", asked.url or "")
        judge(response, write=write, now=self._clock.now())


def leaves_a_mark(method: str, address: str) -> bool:
    """Whether a request may change what anybody sees. An upload may simply be made again."""
    return method not in ("GET", "HEAD") and UNSEEN not in address


def renamed(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same question in X's new words."""
    asked = [NEW_NAMES.get(name, name) for name in str(params[FIELDS]).split(",")]
    rest = {name: value for name, value in params.items() if name != FIELDS}
    return {**rest, NEW_FIELDS: ",".join(filter(None, asked))}


def quieten() -> None:
    """Keep libraries that log headers and signatures from doing so, whatever the root logger's level."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.WARNING:
            logger.setLevel(logging.WARNING)
