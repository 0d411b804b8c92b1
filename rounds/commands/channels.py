"""Channels: connect accounts by hand or through the network's own pages, look after them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from channels.connecting import CannotConnect, ChannelInput, channel_of
from connectors.base import AuthKind, Connector, CredentialField
from domain.content import Option
from rounds.commands import asking
from rounds.commands.consent import answer_on_loopback
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, aside, ask, ask_secret, table
from store.models import ChannelRow

channels = typer.Typer(name="channel", help="Connect accounts, and look after them.", no_args_is_help=True)

ChannelName = Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel's name or id.")]
Provider = Annotated[
    str, typer.Argument(metavar="CONNECTOR", help="As `rounds channel connectors` shows it.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A field that is no secret; secrets are asked for."),
]
OptionPairs = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="An option of the channel.")
]
BaseUrl = Annotated[str, typer.Option(help="Where the network answers, if not at its usual address.")]

COLUMNS = {
    "id": "Channel",
    "name": "Name",
    "connector": "Connector",
    "handle": "Account",
    "state": "State",
    "reason": "Why",
    "token_ends": "Token ends",
}
CONNECTOR_COLUMNS = {
    "connector": "Connector",
    "label": "Network",
    "connects": "Connects by",
    "fields": "Fields",
    "options": "Options",
    "grade": "Tested against",
}
APP_FIELDS = ("client_id", "client_secret", "consumer_key", "consumer_secret")
WAYS = {
    AuthKind.NONE: "name alone",
    AuthKind.TOKEN: "pasted credentials",
    AuthKind.OAUTH1: "sign-in",
    AuthKind.OAUTH2: "sign-in",
}


# ---------------------------------------------------------------- looking


@channels.command("list")
def list_channels(as_json: AsJson = False) -> None:
    """List the connected accounts."""
    with signed_in() as desk, desk.looking() as scope:
        reader = desk.reader(scope)
        records = [
            {
                "id": row.id,
                "name": row.name,
                "connector": row.provider,
                "handle": row.handle,
                "state": row.state,
                "reason": row.state_reason,
                "base_url": row.base_url,
                "options": row.options,
                "scopes": row.scopes,
                "verified_at": row.verified_at,
                "token_expires_at": row.token_expires_at,
                "token_ends": reader.wall(row.token_expires_at) if row.token_expires_at else "",
            }
            for row in scope.channels.all()
        ]
    none = "There are no channels yet. See what can be connected: rounds channel connectors"
    answer(as_json, records, table(records, COLUMNS, none))


@channels.command("connectors")
def list_connectors(as_json: AsJson = False) -> None:
    """List the networks that can be connected, and what each asks for."""
    with signed_in() as desk:
        records = [_connector_record(connector) for connector in desk.house.registry.all()]
    answer(as_json, records, table(records, CONNECTOR_COLUMNS, ""))


def _connector_record(connector: Connector) -> dict[str, Any]:
    spec = connector.spec
    fields = [field.name for field in spec.credentials]
    return {
        "connector": spec.key,
        "label": spec.label,
        "connects": WAYS[spec.auth],
        "fields": fields,
        "secrets": [field.name for field in spec.credentials if field.secret],
        "options": dict(spec.options),
        "grade": spec.grade.replace("_", " "),
        "simulated": spec.simulated,
    }


# ---------------------------------------------------------------- by hand


@channels.command("add")
def add_channel(
    connector: Provider,
    name: Annotated[str, typer.Option(help="What the practice calls it.")] = "",
    field: Set = None,
    option: OptionPairs = None,
    base_url: BaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Connect an account by hand. Secrets are asked for; from a pipe they come as lines NAME=VALUE."""
    with signed_in() as desk:
        credentials = _credentials(desk.house.registry[connector], asking.pairs(field or [], "--set"))
        given = ChannelInput(connector, name, credentials, base_url, _options(option))
        channel_id, health = desk.house.connecting.connect(desk.actor, given)
    record = {"id": channel_id, "ok": health.ok, "detail": health.detail, "handle": health.handle}
    answer(as_json, record, f"Connected as {channel_id}. {health.detail}")


@channels.command("reconnect")
def reconnect_channel(channel: ChannelName, field: Set = None, as_json: AsJson = False) -> None:
    """Give a channel new credentials; what was held for them goes on."""
    with signed_in() as desk:
        row = _row(desk, channel)
        credentials = _credentials(desk.house.registry[row.provider], asking.pairs(field or [], "--set"))
        health = desk.house.connecting.reconnect(desk.actor, row.id, credentials)
    answer(as_json, {"id": row.id, "ok": health.ok, "detail": health.detail}, health.detail)


def _credentials(connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
    """What was given, and the rest asked for; a secret never stands among the arguments."""
    fields = {field.name: field for field in connector.spec.credentials}
    for name in given:
        if name in fields and fields[name].secret:
            raise CannotConnect(f"{name} is a secret. Leave it out of the command; it is asked for.")
    missing = [field for name, field in fields.items() if name not in given]
    return {**given, **_asked(missing)}


def _asked(fields: Sequence[CredentialField]) -> dict[str, str]:
    if not fields:
        return {}
    if not sys.stdin.isatty():
        return asking.pairs([line for line in sys.stdin.read().splitlines() if line.strip()], "lines")
    return {field.name: _ask_field(field) for field in fields}


def _ask_field(field: CredentialField) -> str:
    if field.hint:
        aside(field.hint)
    needed = "" if field.required else " (may be empty)"
    return ask_secret(f"{field.label}{needed}") if field.secret else ask(f"{field.label}{needed}")


def _options(pairs: Sequence[str] | None) -> dict[str, Option]:
    return dict(asking.pairs(pairs or [], "--option"))


# ---------------------------------------------------------------- by sign-in


@channels.command("app")
def save_app(connector: Provider, field: Set = None, as_json: AsJson = False) -> None:
    """Keep the practice's own app at a network, sealed: client id and secret, or consumer key and secret."""
    with signed_in() as desk:
        known = {item.name: item for item in desk.house.registry[connector].spec.credentials}
        asked = [known.get(name, CredentialField(name, name)) for name in APP_FIELDS if name in known]
        given = asking.pairs(field or [], "--set")
        secrets = _asked([item for item in asked if item.name not in given])
        kept = {name: value for name, value in {**given, **secrets}.items() if value.strip()}
        if not kept:
            raise CannotConnect(
                "The app has no id and no secret yet. Copy them from the network's own pages."
            )
        desk.house.connecting.save_app(desk.actor, connector, kept)
    answer(as_json, {"connector": connector, "fields": sorted(kept)}, "The app is kept, sealed.")


@channels.command("connect")
def connect(
    connector: Provider,
    channel: Annotated[str, typer.Option(help="The channel to reconnect, if it is one.")] = "",
    base_url: BaseUrl = "",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the answer is awaited.")] = 8711,
    redirect: Annotated[
        str, typer.Option(help="The redirect address that your app names. Left out: http://127.0.0.1:PORT/")
    ] = "",
    paste: Annotated[
        bool,
        typer.Option("--paste", help="Ask for the address that the browser ends at, instead of waiting."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Connect an account through the network's own sign-in pages, in any browser."""
    back = redirect or f"http://127.0.0.1:{port}/"
    with signed_in() as desk:
        row = _row(desk, channel) if channel else None
        address = desk.house.connecting.begin(desk.actor, connector, back, base_url, row.id if row else None)
        aside(f"Open this address and agree there. The answer goes to {back}\n\n{address}\n")
        said = {"url": ask("The address it ended at")} if paste else answer_on_loopback(port)
        ids = desk.house.connecting.complete(desk.actor, said)
        with desk.looking() as scope:
            rows = [scope.channels.get(channel_id) for channel_id in ids]
    records = [{"id": row.id, "name": row.name, "handle": row.handle, "state": row.state} for row in rows]
    answer(as_json, records, table(records, {key: COLUMNS[key] for key in records[0]}, ""))


# ---------------------------------------------------------------- later


@channels.command("verify")
def verify(channel: ChannelName, as_json: AsJson = False) -> None:
    """Ask the network whether the channel still works."""
    with signed_in() as desk:
        row = _row(desk, channel)
        health = desk.house.connecting.verify(desk.actor, row.id)
    record = {
        "id": row.id,
        "ok": health.ok,
        "detail": health.detail,
        "missing": health.missing,
        "expires_at": health.expires_at,
    }
    answer(as_json, record, health.detail)
    if not health.ok:
        raise typer.Exit(1)


@channels.command("set")
def configure(
    channel: ChannelName,
    name: Annotated[str | None, typer.Option(help="What the practice calls it.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Where the network answers.")] = None,
    option: OptionPairs = None,
    as_json: AsJson = False,
) -> None:
    """Change a channel's name, address or options."""
    with signed_in() as desk:
        row = _row(desk, channel)
        options = _options(option) if option else None
        desk.house.connecting.configure(desk.actor, row.id, name=name, base_url=base_url, options=options)
        with desk.looking() as scope:
            after = scope.channels.get(row.id)
    record = {"id": after.id, "name": after.name, "base_url": after.base_url, "options": after.options}
    answer(as_json, record, f"{after.name} is changed.")


@channels.command("disconnect")
def disconnect(channel: ChannelName, as_json: AsJson = False) -> None:
    """Forget a channel's credentials; what was scheduled on it is held."""
    with signed_in() as desk:
        row = _row(desk, channel)
        held = desk.house.connecting.disconnect(desk.actor, row.id)
    answer(as_json, {"id": row.id, "held": held}, f"{row.name} is disconnected; posts that are held: {held}.")


def _row(desk: Desk, name: str) -> ChannelRow:
    with desk.looking() as scope:
        return channel_of(scope, name)


def register(app: typer.Typer) -> None:
    app.add_typer(channels)
