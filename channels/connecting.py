"""How an account becomes a Channel: pasted credentials, or the network's own consent pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlsplit

from channels.opening import open_channel
from connectors.base import Account, Authorizes, Channel, Connector, Health, granted_but_missing
from connectors.errors import ConnectorError
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.content import Option
from domain.ids import new_id
from domain.refusal import Refusal
from domain.words import ChannelState, Role
from people.secrets import token_hash
from store.database import Database, UnitOfWork
from store.models import Authorization, ChannelRow, ProviderApp
from store.repository import NotFound
from store.scope import PracticeScope
from store.sealing import Seal

CAP_OPTION = "monthly_cap_usd"  # what the engine reads before it spends
CONSENT_LASTS = timedelta(minutes=30)


class CannotConnect(Refusal):
    """The account cannot be connected as things stand; the message says what to do."""


@dataclass(frozen=True)
class ChannelInput:
    """What an admin types to connect an account by hand."""

    provider: str
    name: str
    credentials: Mapping[str, str]
    base_url: str = ""
    options: Mapping[str, Option] | None = None


@dataclass(frozen=True)
class Connecting:
    """Connects and reconnects Channels."""

    database: Database
    clock: Clock
    seal: Seal
    registry: Registry

    # ------------------------------------------------------------ by hand

    def connect(self, actor: Actor, given: ChannelInput) -> tuple[str, Health]:
        """Verify pasted credentials and keep them sealed; returns the channel's id.

        An account that is a channel already stays that channel, with these credentials. Nothing is kept when
        the network does not accept them.
        """
        actor.require(Role.ADMIN, what="connect channels")
        connector = self.registry[given.provider]
        credentials = self._complete_credentials(connector, given.credentials)
        channel = Channel(
            id=new_id(),
            provider=given.provider,
            name=given.name.strip() or connector.spec.label,
            base_url=checked_url(given.base_url),
            options=checked_options(connector, given.options or {}),
            credentials=credentials,
        )
        health = verified(connector, channel)
        if not health.ok:
            raise CannotConnect(health.detail)
        with self.database.write() as work:
            channel_id = self._keep(work, actor, channel, health, Account(health.remote_id, channel.name))
            work.commit()
        return channel_id, health

    def _complete_credentials(self, connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
        credentials = {key: value.strip() for key, value in given.items() if value.strip()}
        known = {field.name for field in connector.spec.credentials}
        for name in credentials:
            if name not in known:
                fields = ", ".join(sorted(known)) or "none"
                raise CannotConnect(f"{connector.spec.label} knows no field “{name}”. Its fields: {fields}.")
        for field in connector.spec.credentials:
            if field.required and field.name not in credentials:
                raise CannotConnect(f"{field.label} is missing. {field.hint}".strip())
        return credentials

    # ------------------------------------------------------------ the practice's own app

    def save_app(self, actor: Actor, provider: str, credentials: Mapping[str, str]) -> None:
        """Keep the practice's own app (client id and secret) at a network, sealed."""
        actor.require(Role.ADMIN, what="set up apps")
        self._authorizing(provider)
        sealed = self.seal.close({key: value.strip() for key, value in credentials.items()})
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            app = scope.channels.app(provider)
            if app is None:
                scope.channels.add(
                    ProviderApp(practice_id=scope.id, provider=provider, credentials=sealed, saved_at=now)
                )
            else:
                app.credentials, app.saved_at = sealed, now
            scope.audit.record(actor.audit_name, "app_saved", f"provider:{provider}", now)
            work.commit()

    # ------------------------------------------------------------ by consent

    def begin(
        self,
        actor: Actor,
        provider: str,
        redirect_uri: str,
        base_url: str = "",
        channel_id: str | None = None,
    ) -> str:
        """The address of the network's consent page. The answer comes back to `redirect_uri`."""
        actor.require(Role.ADMIN, what="connect channels")
        connector, address = self._authorizing(provider), checked_url(base_url)
        with self.database.read() as work:
            app = self._app(work.practice(actor.practice_id), provider)
        try:
            request = connector.begin(app, redirect_uri, address)
        except ConnectorError as error:
            raise CannotConnect(error.message) from error
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            scope.channels.add(
                Authorization(
                    state_hash=token_hash(request.state),
                    practice_id=scope.id,
                    member_id=actor.member_id,
                    provider=provider,
                    channel_id=scope.channels.get(channel_id).id if channel_id else None,
                    redirect_uri=redirect_uri,
                    base_url=address,
                    keep=self.seal.close(request.keep),
                    created_at=now,
                    expires_at=now + CONSENT_LASTS,
                )
            )
            work.commit()
        return request.url

    def complete(self, actor: Actor, answer: Mapping[str, str]) -> list[str]:
        """Finish a consent journey; returns the ids of the channels that it connected.

        `answer` is what the network sent back: its query parameters, or the whole address pasted as `url`.
        """
        actor.require(Role.ADMIN, what="connect channels")
        said = parsed_answer(answer)
        state = said.get("state") or said.get("oauth_token") or ""
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            journey = scope.channels.authorization(token_hash(state))
            if journey is None or journey.member_id != actor.member_id:
                raise CannotConnect("This answer belongs to no sign-in that you began. Begin again.")
            if journey.used_at is not None or journey.expires_at <= now:
                raise CannotConnect("This sign-in is used up or older than 30 minutes. Begin again.")
            journey.used_at = now
            app = self._app(scope, journey.provider)
            work.commit()
        connector = self._authorizing(journey.provider)
        accounts = self._exchange(connector, journey, app, said)
        return self._keep_accounts(actor, journey, self._meant(actor, journey, accounts))

    def _exchange(
        self, connector: Authorizes, journey: Authorization, app: Mapping[str, str], said: Mapping[str, str]
    ) -> Sequence[Account]:
        try:
            accounts = connector.complete(
                app, journey.redirect_uri, self.seal.open(journey.keep), said, journey.base_url
            )
        except ConnectorError as error:
            raise CannotConnect(error.message) from error
        if not accounts:
            raise CannotConnect("The sign-in opened no account that can publish. Check its permissions.")
        return accounts

    def _meant(self, actor: Actor, journey: Authorization, accounts: Sequence[Account]) -> Sequence[Account]:
        """All accounts; of a reconnection those that are channels already, its own among them."""
        if journey.channel_id is None:
            return accounts
        with self.database.read() as work:
            channels = work.practice(actor.practice_id).channels
            own = channels.get(journey.channel_id)
            known = {row.remote_id for row in channels.all() if row.provider == journey.provider}
        if own.remote_id not in {account.remote_id for account in accounts}:
            raise CannotConnect(
                f"This sign-in does not open the account of “{own.name}”. Sign in as that account, or "
                "connect the other one as a new channel."
            )
        return [account for account in accounts if account.remote_id in known]

    def _keep_accounts(self, actor: Actor, journey: Authorization, accounts: Sequence[Account]) -> list[str]:
        connector = self.registry[journey.provider]
        kept = []
        for account in accounts:
            channel = Channel(
                id=new_id(),
                provider=journey.provider,
                name=account.name,
                handle=account.handle,
                remote_id=account.remote_id,
                base_url=journey.base_url,
                credentials=account.credentials,
            )
            health = verified(connector, channel)
            with self.database.write() as work:
                kept.append(self._keep(work, actor, channel, health, account))
                work.commit()
        return kept

    def _authorizing(self, provider: str) -> Authorizes:
        connector = self.registry[provider]
        if not isinstance(connector, Authorizes):
            raise CannotConnect(f"{connector.spec.label} needs no sign-in of its own. Connect it by hand.")
        return connector

    def _app(self, scope: PracticeScope, provider: str) -> dict[str, str]:
        app = scope.channels.app(provider)
        if app is None:
            label = self.registry[provider].spec.label
            raise CannotConnect(f"First save your app's id and secret for {label}.")
        return self.seal.open(app.credentials)

    # ------------------------------------------------------------ keeping

    def _keep(
        self, work: UnitOfWork, actor: Actor, channel: Channel, health: Health, account: Account
    ) -> str:
        """Add the channel, or refresh the one that already stands for this account."""
        scope = work.practice(actor.practice_id)
        now = self.clock.now()
        remote_id = health.remote_id or account.remote_id
        row = next(
            (
                known
                for known in scope.channels.all()
                if known.provider == channel.provider and remote_id and known.remote_id == remote_id
            ),
            None,
        )
        if row is None:
            row = ChannelRow(
                id=channel.id,
                practice_id=scope.id,
                provider=channel.provider,
                name=free_name(scope, channel.name),
                created_at=now,
                created_by=actor.member_id,
                options=dict(channel.options),
                state=ChannelState.CONNECTED,
                state_reason="",
            )
        row.handle = health.handle or account.handle
        row.remote_id = remote_id
        row.base_url = channel.base_url
        self._set_credentials(row, channel.credentials)
        row.scopes = sorted(health.granted or account.scopes)
        row.token_expires_at = health.expires_at or account.expires_at
        row.verified_at = now
        scope.channels.add(row)
        self._set_state(work, row, health)
        scope.audit.record(
            actor.audit_name, "channel_connected", f"channel:{row.id}", now, name=row.name, ok=health.ok
        )
        return row.id

    def _set_credentials(self, row: ChannelRow, credentials: Mapping[str, str]) -> None:
        """Seal them; a renewal of the former ones that is under way no longer counts."""
        row.credentials = self.seal.close(credentials)
        row.refresh_owner = row.refresh_until = None

    def _set_state(self, work: UnitOfWork, row: ChannelRow, health: Health) -> None:
        reason = row.state_reason
        if health.ok:
            row.state, row.state_reason, row.resumes_at = ChannelState.CONNECTED, "", None
            if reason:
                work.server.queue.release_channel(row.id, reason, self.clock.now())
        else:
            row.state, row.state_reason = ChannelState.NEEDS_RECONNECT, health.detail
            work.server.queue.hold_channel(row.id, health.detail, reason)

    # ------------------------------------------------------------ later

    def verify(self, actor: Actor, channel_id: str) -> Health:
        """Ask the network whether the channel still works, and act on the answer."""
        actor.require(Role.ADMIN, Role.PUBLISHER, what="check channels")
        with self.database.read() as work:
            asked = work.practice(actor.practice_id).channels.get(channel_id)
            channel = open_channel(asked, self.seal)
        if asked.state is ChannelState.DISCONNECTED:
            raise CannotConnect(f"“{asked.name}” is disconnected. Reconnect it, then check it.")
        health = verified(self.registry[asked.provider], channel)
        with self.database.write() as work:
            row = work.practice(actor.practice_id).channels.get(channel_id, lock=True)
            if row.credentials == asked.credentials:  # else the answer is about a sign-in that is gone
                row.verified_at = self.clock.now()
                self._set_state(work, row, health)
                work.commit()
        return health

    def reconnect(self, actor: Actor, channel_id: str, credentials: Mapping[str, str]) -> Health:
        """Replace a channel's credentials; what was held for them goes on."""
        actor.require(Role.ADMIN, what="reconnect channels")
        with self.database.read() as work:
            row = work.practice(actor.practice_id).channels.get(channel_id)
            channel = open_channel(row, self.seal)
        connector = self.registry[row.provider]
        fresh = self._complete_credentials(connector, credentials)
        health = verified(connector, replace(channel, credentials=fresh))
        if not health.ok:
            raise CannotConnect(health.detail)
        if row.remote_id and health.remote_id and row.remote_id != health.remote_id:
            raise CannotConnect("These credentials open another account. Connect it as a new channel.")
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.channels.get(channel_id, lock=True)
            self._set_credentials(row, fresh)
            row.token_expires_at, row.verified_at = health.expires_at, self.clock.now()
            self._set_state(work, row, health)
            scope.audit.record(actor.audit_name, "channel_reconnected", f"channel:{row.id}", self.clock.now())
            work.commit()
        return health

    def configure(
        self,
        actor: Actor,
        channel_id: str,
        *,
        name: str | None = None,
        base_url: str | None = None,
        options: Mapping[str, Option] | None = None,
    ) -> None:
        """Change a channel's name, address or options; an option that is left empty is taken away."""
        actor.require(Role.ADMIN, what="configure channels")
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.channels.get(channel_id, lock=True)
            if name is not None and name.strip() and name.strip() != row.name:
                row.name = free_name(scope, name.strip())
            if base_url is not None:
                row.base_url = checked_url(base_url)
            if options is not None:
                chosen = {**row.options, **checked_options(self.registry[row.provider], options)}
                row.options = {name: value for name, value in chosen.items() if value != ""}
            scope.audit.record(
                actor.audit_name, "channel_configured", f"channel:{row.id}", self.clock.now(), name=row.name
            )
            work.commit()

    def disconnect(self, actor: Actor, channel_id: str) -> int:
        """Forget the credentials; what was scheduled is held. Returns how many posts that are."""
        actor.require(Role.ADMIN, what="disconnect channels")
        reason = "This channel was disconnected. Reconnect it, or cancel the post."
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.channels.get(channel_id, lock=True)
            earlier = row.state_reason
            row.state, row.state_reason = ChannelState.DISCONNECTED, reason
            self._set_credentials(row, {})
            held = work.server.queue.hold_channel(row.id, reason, earlier)
            scope.audit.record(
                actor.audit_name, "channel_disconnected", f"channel:{row.id}", self.clock.now(), held=held
            )
            work.commit()
        return held


def verified(connector: Connector, channel: Channel) -> Health:
    """Ask the network about a channel. A network that fails is a finding, not a crash."""
    try:
        health = connector.verify(channel)
    except ConnectorError as error:
        return Health(ok=False, detail=error.message)
    missing = health.missing | (
        granted_but_missing(connector.spec, health.granted) if health.granted else frozenset()
    )
    if health.ok and missing:
        names = ", ".join(sorted(missing))
        return replace(
            health,
            ok=False,
            missing=missing,
            detail=f"These permissions are missing: {names}. Grant them too.",
        )
    return health


def parsed_answer(answer: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an answer, also when the whole address was pasted."""
    said = {key: value for key, value in answer.items() if key != "url"}
    if pasted := answer.get("url", "").strip():
        parts = urlsplit(pasted)
        said = {**dict(parse_qsl(parts.query)), **dict(parse_qsl(parts.fragment)), **said}
    return said


def checked_url(base_url: str) -> str:
    """An http(s) address without a trailing slash, or nothing; raises CannotConnect."""
    address = base_url.strip().rstrip("/")
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise CannotConnect(
            f"“{address}” is not an address of a server. Write it as https://host or https://host/path."
        )
    return address


def checked_options(connector: Connector, options: Mapping[str, Option]) -> dict[str, Option]:
    """Options the connector knows, amounts as numbers; raises CannotConnect."""
    for name, value in options.items():
        if name not in connector.spec.options:
            known = ", ".join(sorted(connector.spec.options)) or "none"
            raise CannotConnect(f"{connector.spec.label} has no option “{name}”. It has: {known}.")
        if name == CAP_OPTION and value != "" and not _is_amount(value):
            raise CannotConnect(
                f"“{value}” is no amount of money. Write the cap as a number, such as 5 or 7.50."
            )
    return dict(options)


def _is_amount(value: Option) -> bool:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return False
    return amount.is_finite() and amount >= 0


def free_name(scope: PracticeScope, wanted: str) -> str:
    """The wanted name, or with a number behind it when another channel has it."""
    names = {row.name for row in scope.channels.all()}
    candidate, number = wanted[:110], 2
    while candidate in names:
        candidate, number = f"{wanted[:110]} {number}", number + 1
    return candidate


def channel_of(scope: PracticeScope, name: str) -> ChannelRow:
    """The channel a person named; raises NotFound with the names there are."""
    try:
        return scope.channels.named(name)
    except NotFound:
        names = ", ".join(f"“{row.name}”" for row in scope.channels.all()) or "none yet"
        raise CannotConnect(f"There is no channel “{name}” here. There are: {names}.") from None
