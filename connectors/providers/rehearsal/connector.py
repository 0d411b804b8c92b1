"""The connector to the rehearsal network, over real HTTP like any other.

Connecting a Channel needs no key. Where `credentials["token"]` is empty, the connector derives a token from
a secret in the network's own file and from the Channel's id, and the account opens by itself: wiring has
nothing to do. A Channel with a `base_url` of its own talks to a network elsewhere and brings its token.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import requests

from connectors.base import (
    Absent,
    Accepted,
    ASGIApp,
    AuthKind,
    CannotTell,
    Channel,
    CredentialField,
    Grade,
    Health,
    Journal,
    LookupStrength,
    MediaRules,
    Post,
    Published,
    Reading,
    Spec,
    Surroundings,
    Trace,
)
from connectors.errors import AuthExpired, PartlyPublished, Rejected
from connectors.http import HardenedSession
from connectors.providers.rehearsal.answers import PostState, PostTold
from connectors.providers.rehearsal.client import NETWORK, Client
from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.shapes import (
    ALT_TEXT_LIMIT,
    MOST_BYTES,
    MOST_NUMBERS,
    MOST_PICTURES,
    PICTURE_TYPES,
    TEXT_LIMIT,
)
from connectors.providers.rehearsal.state import State

CLOCKS_DIFFER = timedelta(minutes=1)  # a look-up by content starts so much before the attempt
POLL_AFTER = timedelta(seconds=2)
GONE = frozenset({"404", "410"})

SPEC = Spec(
    key="rehearsal",
    label=NETWORK,
    auth=AuthKind.NONE,
    text_limit=TEXT_LIMIT,
    thread_max=10,
    carries_first_comment=True,
    media=MediaRules(MOST_PICTURES, PICTURE_TYPES, MOST_BYTES, ALT_TEXT_LIMIT),
    credentials=(
        CredentialField("token", "Token", required=False, hint="Leave this empty: Rounds makes one."),
    ),
    idempotent=True,
    lookup=LookupStrength.BY_KEY,
    call_timeout=timedelta(seconds=20),
    simulated=True,
    grade=Grade.FAKE,
    glyph="M2.5 3.5h11v6.5a5.5 4 0 0 1-11 0Z M5.5 6.5h1.5 M9 6.5h1.5 M5.8 9.8q2.2 1.8 4.4 0",
)


class Rehearsal:
    """The three verbs and every facet a practice may want to try before it connects anything.

    *lookup* makes the network one that can be asked by key, only by content, or not at all: without BY_KEY no
    key is sent, so nothing but the engine protects from doubles. *state* replaces the file, for tests and
    benchmarks.
    """

    repost_label = "Repost"
    measure_batch = MOST_NUMBERS

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        lookup: LookupStrength = LookupStrength.BY_KEY,
        read_timeout: float = 15.0,
        state: State | None = None,
    ) -> None:
        self.spec = replace(SPEC, lookup=lookup, idempotent=lookup is LookupStrength.BY_KEY)
        self._surroundings = surroundings
        self._read_timeout = read_timeout
        self._state = state
        self._opening = threading.Lock()
        self._tokens: dict[tuple[str, str], str] = {}  # by Channel id and the token it brought
        self._sessions = threading.local()  # a session keeps its last answer, so threads do not share one

    def pages(self) -> ASGIApp:
        """The network itself: its API and its pages."""
        return Network(self.state, self._surroundings.clock).app()

    @property
    def state(self) -> State:
        """The network's memory, opened when it is first needed."""
        with self._opening:
            if self._state is None:
                self._state = State(self._surroundings.data_dir / "rehearsal" / "network.sqlite3")
            return self._state

    # The three verbs

    def verify(self, channel: Channel) -> Health:
        try:
            client = self._client(channel)
            account = client.account()
        except AuthExpired as error:
            return Health(ok=False, detail=error.message)
        detail = f"Ready to rehearse as @{account.handle}. Its timeline: {client.address(account.path)}"
        return Health(True, detail, remote_id=account.id, handle=account.handle, name=account.name)

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        client = self._client(channel)
        media_ids = _upload(client, post, journal)
        published_at: datetime | None = None
        ids: list[str] = []  # of the parts that stand
        for number, text in enumerate(post.content.parts):
            step = _step(number)
            if step not in journal.finished:
                journal.intend(step)
                told = self._publish_part(client, post, text, ids, media_ids)
                if told.state is PostState.PROCESSING:
                    return Accepted(told.id, POLL_AFTER)
                journal.done(step, told.id)
                published_at = told.published_at if number == 0 else published_at
            ids.append(journal.finished[step])
        return Published(ids[0], client.address(f"p/{ids[0]}"), published_at)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell:
        """Asks for each part that is not known to stand, in order; the first open one decides.

        Parts are sent one by one, so what follows the part in doubt was never sent.
        """
        client = self._client(channel)
        steps, published_at = dict(trace.steps), None
        never_sent = trace.in_doubt.startswith("media.")
        for number in range(len(trace.content.parts)):
            step = _step(number)
            if step in steps:
                continue
            found = None if never_sent else self._find(client, trace, number, steps)
            if isinstance(found, CannotTell):
                return found
            if found is None:
                return Absent(steps)
            if found.state is PostState.PROCESSING:
                return Accepted(found.id, POLL_AFTER)
            steps[step] = found.id
            published_at = found.published_at if number == 0 else published_at
            never_sent = bool(trace.handle) or trace.in_doubt == step
        first = steps[_step(0)]
        return Published(first, client.address(f"p/{first}"), published_at)

    # The facets

    def forget(self, channel: Channel) -> None:
        if not channel.base_url:
            self.state.forget(channel.remote_id)

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        told = self._client(channel).numbers(remote_ids)
        return {post_id: Reading(counts, told.read_at) for post_id, counts in told.posts.items()}

    def comment(self, channel: Channel, remote_id: str, text: str) -> str:
        return self._client(channel).comment(remote_id, text)

    def find_comment(self, channel: Channel, remote_id: str, text: str) -> str | None:
        comments = self._client(channel).comments(remote_id)
        return next((comment.id for comment in comments if comment.text == text), None)

    def retract(self, channel: Channel, remote_id: str) -> None:
        with _gone_is_fine():
            self._client(channel).retract(remote_id)

    def repost(self, channel: Channel, remote_id: str) -> str:
        return self._client(channel).repost(remote_id)

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        with _gone_is_fine():
            self._client(channel).end_repost(remote_id)

    # Inside

    def _publish_part(
        self, client: Client, post: Post, text: str, ids: Sequence[str], media_ids: Sequence[str]
    ) -> PostTold:
        """The next part, below those in *ids*. Link and pictures belong to the first one."""
        try:
            return client.publish(
                text,
                link=None if ids else post.content.link,
                reply_to=ids[-1] if ids else None,
                media_ids=() if ids else media_ids,
                key=_key(post.key, len(ids)) if self.spec.idempotent else None,
            )
        except Rejected as refused:
            if not ids:
                raise
            message = f"Part {len(ids) + 1} was refused, the parts before it stand. {refused.message}"
            url = client.address(f"p/{ids[0]}")
            raise PartlyPublished(message, remote_id=ids[0], url=url, code=refused.code) from refused

    def _find(
        self, client: Client, trace: Trace, number: int, steps: Mapping[str, str]
    ) -> PostTold | CannotTell | None:
        """Part *number* as the network knows it; None when it is certainly not there."""
        try:
            if trace.handle and len(_parts(steps)) == len(_parts(trace.steps)):
                found: PostTold | CannotTell | None = client.post(trace.handle)
            elif self.spec.lookup is LookupStrength.BY_KEY:
                found = client.post_by_key(_key(trace.key, number))
            elif self.spec.lookup is LookupStrength.BY_CONTENT:
                found = self._find_by_content(client, trace, number, steps)
            else:
                return CannotTell(f"{NETWORK} cannot be asked which posts are there.")
        except Rejected as refused:
            return CannotTell(refused.message)
        if isinstance(found, PostTold) and found.state is PostState.REMOVED:
            return CannotTell("It was published and then taken down there.")
        return found

    def _find_by_content(
        self, client: Client, trace: Trace, number: int, steps: Mapping[str, str]
    ) -> PostTold | CannotTell | None:
        above = steps.get(_step(number - 1))
        found = [
            post
            for post in client.posts_since(trace.sent_at - CLOCKS_DIFFER)
            if post.text == trace.content.parts[number] and post.in_reply_to == above
        ]
        if len(found) > 1:
            candidates = tuple((client.address(post.path), "The same words.") for post in found)
            return CannotTell("More than one post has these words.", candidates)
        if not found and self._surroundings.clock.now() < trace.sent_at + self.spec.lookup_settles:
            return CannotTell("It is not there yet; that may still change.")
        return found[0] if found else None

    def _client(self, channel: Channel) -> Client:
        here = self._surroundings
        base = self._address(channel, here.inner_url or here.public_url)
        shown = self._address(channel, here.public_url)
        return Client(self._session(), base, shown, self._token(channel), here.clock)

    def _address(self, channel: Channel, rounds: str) -> str:
        """The channel's network: one elsewhere, else our own below *rounds*."""
        return (channel.base_url or f"{rounds}/public/{self.spec.key}").rstrip("/")

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = HardenedSession(read_timeout=self._read_timeout)
        return session

    def _token(self, channel: Channel) -> str:
        """The Channel's own token, or one made for it; our own network is told of it once."""
        brought = channel.credentials.get("token", "")
        if channel.base_url:
            if not brought:
                raise AuthExpired(
                    "A rehearsal network elsewhere asks for a token. Enter one for this channel."
                )
            return brought
        known = self._tokens.get((channel.id, brought))
        if known is None:
            known = brought or self.state.own_token(channel.id)
            self.state.welcome(known, account_id=channel.remote_id, name=channel.name)
            self._tokens[channel.id, brought] = known
        return known


def _upload(client: Client, post: Post, journal: Journal) -> list[str]:
    """The pictures' ids, in order; those of an earlier attempt are used again."""
    for number, file in enumerate(post.media):
        step = f"media.{number}"
        if step not in journal.finished:
            journal.intend(step)
            journal.done(step, client.upload(file))
    return [journal.finished[f"media.{number}"] for number in range(len(post.media))]


def _step(number: int) -> str:
    return f"part.{number}"


def _parts(steps: Mapping[str, str]) -> list[str]:
    return [step for step in steps if step.startswith("part.")]


def _key(post_key: str, number: int) -> str:
    """Each part is a post of its own there, so each has a key of its own."""
    return f"{post_key}/{number}"


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    try:
        yield
    except Rejected as refused:
        if refused.code not in GONE:
            raise
