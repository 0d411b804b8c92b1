"""The Facebook Page behind the seam.

Every photo goes up unseen first, one step each, and one last call makes the post. So only that call can ever
be in doubt, and with photos Facebook itself refuses to do it twice, because they are in use.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.base import (
    Absent,
    Account,
    AuthKind,
    AuthorizationRequest,
    CannotTell,
    Channel,
    CredentialField,
    Grade,
    Grant,
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
    granted_but_missing,
)
from connectors.errors import AuthExpired, Rejected
from connectors.providers.facebook import matching, metrics, oauth
from connectors.providers.facebook.checks import findings, refuse_what_cannot_go
from connectors.providers.facebook.errors import Gone
from connectors.providers.facebook.graph import GRAPH_URL, GRAPH_VERSION, Graph, version_in
from connectors.providers.facebook.publishing import discard, feed_fields, stage
from connectors.providers.facebook.reading import oldest_comments, recent_posts
from connectors.providers.facebook.shapes import Named, PagePost, TokenFacts
from domain.content import Content
from domain.words import Finding

POST_STEP = "post"
SCOPES = {
    "publish": frozenset({"pages_show_list", "pages_read_engagement", "pages_manage_posts"}),
    "lookup": frozenset({"pages_read_engagement"}),
    "measure": frozenset({"pages_read_engagement", "read_insights"}),
    "comment": frozenset({"pages_manage_engagement", "pages_read_user_content"}),
    "retract": frozenset({"pages_manage_posts"}),
    "repost": frozenset({"pages_manage_posts", "pages_read_engagement"}),
}


class Facebook:
    """Posts, photos, links, first comments, numbers and shares of one Facebook Page each Channel."""

    spec = Spec(
        key="facebook",
        label="Facebook Page",
        auth=AuthKind.OAUTH2,
        text_limit=63_206,
        carries_first_comment=True,
        media=MediaRules(
            max_assets=10,
            types=frozenset({"image/jpeg", "image/png"}),
            max_bytes=4_000_000,
            alt_text_max=1_000,
        ),
        scopes=SCOPES,
        credentials=(
            CredentialField("access_token", "Page access token", hint="The Page's own, not a person's."),
            CredentialField("client_id", "App ID", secret=False, required=False),
            CredentialField(
                "client_secret",
                "App secret",
                required=False,
                hint="Signs every call; needed to renew tokens.",
            ),
        ),
        options={"graph_version": f"The version of the Graph API, {GRAPH_VERSION} unless you say otherwise."},
        default_base_url=GRAPH_URL,
        lookup=LookupStrength.BY_CONTENT,
        lookup_settles=timedelta(minutes=10),
        # Publishing calls have been seen to succeed after minutes: giving up early only makes doubt.
        call_timeout=timedelta(seconds=120),
        grade=Grade.CONTRACT,
        glyph="M10.5 3.5H9.6A2.1 2.1 0 0 0 7.5 5.6V14M5.3 8.2h4.7",
    )
    measure_batch = 10
    repost_label = "Share on the Page"

    def __init__(self, surroundings: Surroundings, *, read_timeout: float | None = None) -> None:
        """*read_timeout* in seconds, by default the Spec's."""
        self._clock = surroundings.clock
        self._read_timeout = read_timeout or self.spec.call_timeout.total_seconds()

    # Signing in

    def verify(self, channel: Channel) -> Health:
        try:
            with self._graph(channel) as graph:
                page = graph.read("me", Named, fields="id,name")
        except (AuthExpired, Rejected) as error:
            return Health(ok=False, detail=error.message)
        if channel.remote_id and page.id != channel.remote_id:
            return Health(ok=False, detail=f"This token belongs to {page.name}, not to {channel.name}.")
        return _health(page, self._facts(channel))

    def begin(self, app: Mapping[str, str], redirect_uri: str, base_url: str = "") -> AuthorizationRequest:
        return oauth.consent_request(
            oauth.app_in(app), redirect_uri, frozenset().union(*SCOPES.values()), base_url
        )

    def complete(
        self,
        app: Mapping[str, str],
        redirect_uri: str,
        keep: Mapping[str, str],
        answer: Mapping[str, str],
        base_url: str = "",
    ) -> Sequence[Account]:
        ours = oauth.app_in(app)
        code = oauth.code_in(answer, keep)
        with self._client(base_url=base_url) as graph:
            token = oauth.person_token(graph, ours, redirect_uri, code)
        with self._client(token, app_secret=ours.client_secret, base_url=base_url) as graph:
            return oauth.accounts(graph, ours)

    def refresh(self, channel: Channel) -> Grant | None:
        facts = self._facts(channel)
        has_app = channel.credentials.get("client_id") and channel.credentials.get("client_secret")
        if facts is None or not facts.expires_at or not has_app:
            return None
        app = oauth.app_in(channel.credentials)
        with self._client(base_url=channel.base_url, version=version_in(channel.options)) as graph:
            token = oauth.extended(graph, app, channel.credentials["access_token"])
        expires_at = self._clock.now() + timedelta(seconds=token.expires_in) if token.expires_in else None
        credentials = {**channel.credentials, "access_token": token.access_token}
        return Grant(credentials=credentials, scopes=facts.scopes, expires_at=expires_at)

    # Publishing and looking up

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published:
        refuse_what_cannot_go(self.spec, post.content)
        if POST_STEP in journal.finished:
            return _published(journal.finished[POST_STEP])
        with self._graph(channel) as graph:
            try:
                remote_id = _send(graph, _page(channel), post, journal)
            except Rejected:
                discard(graph, journal.finished)
                raise
        return _published(remote_id)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Absent | CannotTell:
        if POST_STEP in trace.steps:
            return _published(trace.steps[POST_STEP])
        with self._graph(channel) as graph:
            recent = recent_posts(graph, _page(channel), matching.earliest(trace.sent_at))
        return matching.decide(recent, trace)

    def check(self, channel: Channel, content: Content) -> Sequence[Finding]:
        return tuple(findings(content))

    # Side work

    def comment(self, channel: Channel, remote_id: str, text: str) -> str:
        with self._graph(channel) as graph:
            return graph.create(remote_id, "comments", message=text)

    def find_comment(self, channel: Channel, remote_id: str, text: str) -> str | None:
        with self._graph(channel) as graph:
            page_id = channel.remote_id or graph.read("me", Named, fields="id").id
            found = matching.find_own(oldest_comments(graph, remote_id), page_id, text)
        return found.id if found else None

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        readings: dict[str, Reading] = {}
        with self._graph(channel) as graph:
            for remote_id in remote_ids:
                with suppress(Gone):
                    counts = metrics.counts(graph, remote_id)
                    readings[remote_id] = Reading(counts=counts, read_at=self._read_at(graph))
        return readings

    def retract(self, channel: Channel, remote_id: str) -> None:
        with self._graph(channel) as graph:
            graph.remove(remote_id)

    def repost(self, channel: Channel, remote_id: str) -> str:
        """A new post that links to the old one: the Graph has no share of its own. Found before repeated."""
        with self._graph(channel) as graph:
            original = graph.read(remote_id, PagePost, fields="id,created_time,permalink_url")
            recent = recent_posts(graph, _page(channel), original.created_time)
            share = matching.find_share(recent.posts, original)
            link = original.permalink_url or matching.address(remote_id)
            return share.id if share else graph.create(_page(channel), "feed", link=link)

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        with self._graph(channel) as graph:
            graph.remove(repost_id)

    # Inside

    def _graph(self, channel: Channel) -> Graph:
        token = channel.credentials.get("access_token", "")
        if not token:
            raise AuthExpired("There is no token for this Page. Connect it again.")
        return self._client(
            token,
            app_secret=channel.credentials.get("client_secret", ""),
            base_url=channel.base_url,
            version=version_in(channel.options),
        )

    def _client(
        self, token: str = "", *, app_secret: str = "", base_url: str = "", version: str = GRAPH_VERSION
    ) -> Graph:
        return Graph(
            token,
            app_secret=app_secret,
            base_url=base_url,
            version=version,
            read_timeout=self._read_timeout,
            clock=self._clock,
        )

    def _facts(self, channel: Channel) -> TokenFacts | None:
        """What Facebook says of the Channel's token, asked by its app or, without one, by itself."""
        secrets = channel.credentials
        own = secrets.get("access_token", "")
        app_id, app_secret = secrets.get("client_id", ""), secrets.get("client_secret", "")
        with self._client(
            f"{app_id}|{app_secret}" if app_id and app_secret else own,
            app_secret=app_secret,
            base_url=channel.base_url,
            version=version_in(channel.options),
        ) as graph:
            return oauth.token_facts(graph, own)

    def _read_at(self, graph: Graph) -> datetime:
        answered = graph.session.last_response
        said = answered.headers.get("Date", "") if answered is not None else ""
        try:
            return parsedate_to_datetime(said)
        except ValueError:
            return self._clock.now()


def _page(channel: Channel) -> str:
    return channel.remote_id or "me"


def _send(graph: Graph, page: str, post: Post, journal: Journal) -> str:
    photos = stage(graph, page, journal, post.media)
    journal.intend(POST_STEP)
    remote_id = graph.create(page, "feed", **feed_fields(post.content, photos))
    journal.done(POST_STEP, remote_id)
    return remote_id


def _published(remote_id: str) -> Published:
    return Published(remote_id=remote_id, url=matching.address(remote_id))


def _health(page: Named, facts: TokenFacts | None) -> Health:
    alive = Health(
        ok=True,
        detail=f"{page.name} is connected.",
        remote_id=page.id,
        name=page.name,
    )
    if facts is None:
        return replace(alive, detail=f"{page.name} answers. Facebook does not say what was granted.")
    if facts.type not in ("", "PAGE"):
        return replace(alive, ok=False, detail="This is a person's token. Paste the Page's own token.")
    missing = granted_but_missing(Facebook.spec, facts.scopes)
    known = replace(alive, granted=facts.scopes, missing=missing, expires_at=oauth.expiry(facts))
    if not missing:
        return known
    names = ", ".join(sorted(missing))
    return replace(known, ok=False, detail=f"Not granted: {names}. Connect the Page again and agree to it.")
