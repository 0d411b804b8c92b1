"""X as a connector: its verbs over tweepy's client."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import requests

from connectors.base import (
    Absent,
    Accepted,
    Account,
    AuthorizationRequest,
    CannotTell,
    Channel,
    Grant,
    Health,
    Journal,
    Post,
    Published,
    Reading,
    Spec,
    Surroundings,
    Trace,
    granted_but_missing,
)
from connectors.errors import AuthExpired, Rejected
from connectors.http import CONNECT_TIMEOUT, HardenedSession
from connectors.providers.x import matching, oauth
from connectors.providers.x.answers import Deleted, Me, MyAccount, Posts, XPost
from connectors.providers.x.checks import findings, refuse_what_cannot_go
from connectors.providers.x.client import API_URL, XClient, quieten
from connectors.providers.x.composing import bodies
from connectors.providers.x.errors import ALREADY_REPOSTED, GONE, NOT_FOUND, kind_of
from connectors.providers.x.prices import OWN_READ, dollars, price
from connectors.providers.x.publishing import ids_in, published, send
from connectors.providers.x.signing import account_id, uses_oauth1
from connectors.providers.x.spec import READING, SPEC
from connectors.providers.x.uploading import Staged, stage, waiting_time
from domain.content import Content
from domain.words import Finding, Money

FIELDS_TO_MATCH = ["conversation_id", "entities", "attachments", "note_tweet", "referenced_tweets"]
SOON = timedelta(minutes=10)
ONE_LOOK = 100  # posts, the most that one call returns; each one returned is billed
COUNTS = {  # X's names, old and new, and ours
    "like_count": "likes",
    "retweet_count": "reposts",
    "repost_count": "reposts",
    "reply_count": "replies",
    "quote_count": "quotes",
    "bookmark_count": "bookmarks",
    "impression_count": "impressions",
}


class XConnector:
    """Publishes, finds, measures, reposts and takes down posts on X. Holds no connection and no secret."""

    spec: Spec = SPEC
    measure_batch = ONE_LOOK
    repost_label = "Repost"

    def __init__(self, surroundings: Surroundings, *, read_timeout: float | None = None) -> None:
        """*read_timeout* in seconds, by default the Spec's."""
        self._clock = surroundings.clock
        self._read_timeout = read_timeout or self.spec.call_timeout.total_seconds()

    # Signing in

    def verify(self, channel: Channel) -> Health:
        try:
            with self._client(channel) as client:
                response = client.get_me()
                me = client.read(MyAccount, response).data
        except (AuthExpired, Rejected) as error:
            return Health(ok=False, detail=error.message)
        if channel.remote_id and me.id != channel.remote_id:
            return Health(ok=False, detail=f"This sign-in belongs to @{me.username}, not to {channel.name}.")
        health = _health(me, _granted(channel.credentials, response))
        return replace(health, expires_at=_renew_by(channel.credentials, self._clock.now()))

    def begin(self, app: Mapping[str, str], redirect_uri: str, base_url: str = "") -> AuthorizationRequest:
        """OAuth 1.0a when *app* has consumer keys, whose tokens do not expire; else OAuth 2.0.

        Without *redirect_uri* OAuth 1.0a ends with a PIN that X shows and the person types.
        """
        if not uses_oauth1(app):
            scopes = sorted(frozenset().union(*self.spec.scopes.values()))
            return oauth.begin_oauth2(app, redirect_uri, scopes, base_url)
        with self._session(base_url) as session:
            return oauth.begin_oauth1(session, app, redirect_uri, base_url, self._clock.now())

    def complete(
        self,
        app: Mapping[str, str],
        redirect_uri: str,
        keep: Mapping[str, str],
        answer: Mapping[str, str],
        base_url: str = "",
    ) -> Sequence[Account]:
        """The one account that signed in.

        *answer* holds what came back: `code` and `state`, or `oauth_token` and `oauth_verifier`; or `pin`; or
        as `url` the whole address that X sent the browser to.
        """
        now = self._clock.now()
        with self._session(base_url) as session:
            if "oauth_token" in keep:
                return [_account_of(app, oauth.complete_oauth1(session, app, keep, answer, now))]
            fresh = oauth.complete_oauth2(session, app, redirect_uri, keep, answer, now)
        unnamed = Channel("", self.spec.key, "", base_url=base_url, credentials=fresh.credentials)
        with self._client(unnamed) as client:
            me = client.read(MyAccount, client.get_me()).data
        return [Account(me.id, me.name, me.username, fresh.credentials, fresh.scopes, fresh.expires_at)]

    def refresh(self, channel: Channel) -> Grant | None:
        """A new pair of OAuth 2.0 tokens; None for OAuth 1.0a, whose tokens last until they are revoked.

        A refresh token works once, and using a spent one ends all of its successors. So the caller holds a
        lock on this Channel across every process, commits the new pair before it is used, and keeps the old
        one until then. After Ambiguous the old token may be spent: asking again either works or raises
        AuthExpired, and then a person connects the Channel again.
        """
        if uses_oauth1(channel.credentials):
            return None
        with self._session(channel.base_url) as session:
            fresh = oauth.renew(session, channel.credentials, self._clock.now())
        return Grant({**channel.credentials, **fresh.credentials}, fresh.scopes, fresh.expires_at)

    # Publishing and looking up

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        refuse_what_cannot_go(channel, post.content)
        with self._client(channel) as client:
            begun = "part.0" in journal.finished  # and with it the pictures went
            staged = Staged() if begun else stage(client, journal, post.media, self._clock.now())
            if staged.wait is not None:
                return Accepted(handle=staged.unfinished, poll_after=staged.wait)
            made = bodies(post.content, channel.options, staged.media_ids)
            return published(channel, send(client, channel, made, journal), post.content)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell:
        """The account's own posts first, whatever the trace says; then a picture that X still works on."""
        with self._client(channel) as client:
            posts = self._own_posts(client, channel, matching.earliest(trace.sent_at))
            found = matching.reconcile(trace, posts.data, complete=posts.meta.next_token is None)
            if isinstance(found, list):
                return published(channel, found, trace.content)
            if trace.handle:
                wait = waiting_time(client, trace.handle)
                return found if wait is None else Accepted(trace.handle, wait)
        return found

    def check(self, channel: Channel, content: Content) -> Sequence[Finding]:
        return tuple(findings(channel, content))

    def estimate(self, channel: Channel, content: Content) -> Money:
        return price(content)

    # Side work

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        """The public numbers of each post, of a thread those of its first part, in one call."""
        first = {remote_id: ids_in(remote_id)[0] for remote_id in remote_ids}
        if not first:
            return {}
        with self._client(channel) as client:
            response = client.get_tweets(list(first.values()), tweet_fields=["public_metrics"])
            answer = client.read(Posts, response)
        standing = {post.id: post for post in answer.data}
        gone = {error.resource_id or error.value for error in answer.errors if kind_of(error) in GONE}
        read_at = self._read_at(response)
        return {
            remote_id: _reading(standing.get(post_id), read_at)
            for remote_id, post_id in first.items()
            if post_id not in gone
        }

    def retract(self, channel: Channel, remote_id: str) -> None:
        """Takes a thread down from its end, so that what is left is whole if it stops half-way."""
        with self._client(channel) as client:
            for post_id in reversed(ids_in(remote_id)):
                _delete(client, post_id)

    def repost(self, channel: Channel, remote_id: str) -> str:
        own, post_id = account_id(channel.remote_id, channel.credentials), ids_in(remote_id)[0]
        with self._client(channel) as client, _fine_when(ALREADY_REPOSTED):
            client.request("POST", f"/2/users/{own}/retweets", json={"tweet_id": post_id})
        return post_id

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        own = account_id(channel.remote_id, channel.credentials)
        with self._client(channel) as client, _fine_when(NOT_FOUND):
            client.request("DELETE", f"/2/users/{own}/retweets/{repost_id or ids_in(remote_id)[0]}")

    # Clients

    @contextmanager
    def _client(self, channel: Channel) -> Iterator[XClient]:
        with self._session(channel.base_url) as session:
            yield XClient(channel.credentials, session, self._clock)

    def _session(self, base_url: str) -> HardenedSession:
        quieten()
        return HardenedSession(
            connect_timeout=min(CONNECT_TIMEOUT, self._read_timeout),
            read_timeout=self._read_timeout,
            base_url=base_url or API_URL,
        )

    def _own_posts(self, client: XClient, channel: Channel, since: datetime) -> Posts:
        own = account_id(channel.remote_id, channel.credentials)
        response = client.get_users_tweets(
            own, start_time=since, max_results=ONE_LOOK, tweet_fields=FIELDS_TO_MATCH
        )
        return client.read(Posts, response)

    def _read_at(self, response: requests.Response) -> datetime:
        try:
            return parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return self._clock.now()


@contextmanager
def _fine_when(code: str) -> Iterator[None]:
    """What was asked for is so already."""
    try:
        yield
    except Rejected as error:
        if error.code != code:
            raise


def _delete(client: XClient, post_id: str) -> None:
    with _fine_when(NOT_FOUND):
        answer = client.read(Deleted, client.delete_tweet(post_id))
        is_gone = answer.data.deleted if answer.data else any(kind_of(e) in GONE for e in answer.errors)
        if not is_gone:
            raise Rejected("X did not take this post down. Take it down on x.com.", code="not-deleted")


def _reading(post: XPost | None, read_at: datetime) -> Reading:
    """Numbers that X did not give are missing. A post that X neither gave nor called gone has none at all."""
    if post is None:
        return Reading(counts={}, read_at=read_at)
    given = post.public_metrics.items()
    counts = {COUNTS[name]: count for name, count in given if name in COUNTS and count is not None}
    return Reading(counts=counts, read_at=read_at, cost=dollars(OWN_READ))


def _granted(credentials: Mapping[str, str], response: requests.Response) -> frozenset[str] | None:
    """The granted scopes as far as they are known; an OAuth 1.0a app is read-only or may do all we need."""
    if uses_oauth1(credentials):
        level = response.headers.get("x-access-level", "read-write")
        return READING if level == "read" else SPEC.scopes["publish"]
    return frozenset(credentials["scope"].split()) if credentials.get("scope") else None


def _health(me: Me, granted: frozenset[str] | None) -> Health:
    alive = Health(
        ok=True,
        detail=f"@{me.username} is connected.",
        remote_id=me.id,
        handle=me.username,
        name=me.name,
    )
    if granted is None:
        return replace(
            alive, detail=f"{alive.detail} Its tokens were pasted, so its permissions are not known."
        )
    missing = granted_but_missing(SPEC, granted)
    known = replace(alive, granted=granted, missing=missing)
    if not missing:
        return known
    names = ", ".join(sorted(missing))
    return replace(known, ok=False, detail=f"Not granted: {names}. Allow them for the app and connect again.")


def _renew_by(credentials: Mapping[str, str], now: datetime) -> datetime | None:
    """Pasted OAuth 2.0 tokens are of unknown age: they are renewed soon, and then their end is known."""
    is_pasted = bool(credentials.get("refresh_token")) and not credentials.get("scope")
    return now + SOON if is_pasted else None


def _account_of(app: Mapping[str, str], token: oauth.AccessToken) -> Account:
    return Account(
        remote_id=token.user_id,
        name=token.screen_name,
        handle=token.screen_name,
        credentials={
            "consumer_key": app["consumer_key"],
            "consumer_secret": app["consumer_secret"],
            "access_token": token.oauth_token,
            "access_token_secret": token.oauth_token_secret,
        },
    )
