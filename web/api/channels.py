"""Channels: the practice's connected accounts. Credentials go in and never come out."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr

from channels.connecting import ChannelInput
from connectors import base
from domain.content import Option
from domain.words import ChannelState
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import look
from web.api.shapes import Given, Id, Instant, Shape

TOPIC = "Channels"
DESCRIPTION = "The practice's connected accounts. Credentials go in and never come out."

Credentials = Annotated[
    dict[str, Annotated[SecretStr, Field(max_length=20_000)]],
    Field(max_length=50, description="The fields that the connector asks for, by name."),
]
Options = Annotated[dict[str, Option], Field(max_length=100, description="The connector's own options.")]
Address = Annotated[str, Field(max_length=500, description="Where the network answers; empty: as usual.")]


class Channel(Shape):
    """One connected account, without its credentials."""

    id: Id
    provider: str = Field(description="The connector's key.", examples=["example"])
    name: str = Field(examples=["Our page"])
    handle: str = Field(description="Its public name at the network.")
    base_url: str
    options: dict[str, Option]
    scopes: list[str] = Field(description="What the network granted.")
    state: ChannelState
    state_reason: str = Field(description="One sentence for people; empty while all is well.")
    resumes_at: Instant | None = Field(description="When a waiting channel goes on.")
    token_expires_at: Instant | None
    verified_at: Instant | None
    created_at: Instant


class Channels(Shape):
    """Every channel of the practice, by name."""

    items: list[Channel]


class Health(Shape):
    """What the network said when it was asked about the account."""

    ok: bool
    detail: str = Field(description="One sentence for the person who connects.")
    handle: str
    granted: list[str]
    missing: list[str]
    expires_at: Instant | None

    @classmethod
    def of(cls, health: base.Health) -> "Health":
        return cls(
            ok=health.ok,
            detail=health.detail,
            handle=health.handle,
            granted=sorted(health.granted),
            missing=sorted(health.missing),
            expires_at=health.expires_at,
        )


class Checked(Shape):
    """A channel and what the network says of it now."""

    channel: Channel
    health: Health


class Disconnected(Shape):
    """A channel whose credentials were forgotten."""

    channel: Channel
    held: int = Field(description="How many publications are held for it.", examples=[0])


class Connect(Given):
    """An account to connect by hand."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"provider": "example", "name": "Our page", "credentials": {"token": "…"}}
        }
    )

    provider: str = Field(max_length=40, description="The connector's key; see /connectors.")
    name: str = Field("", max_length=110, description="As colleagues know it; empty: the network's name.")
    credentials: Credentials = Field(default_factory=dict)
    base_url: Address = ""
    options: Options = Field(default_factory=dict)


class Reconnect(Given):
    """Fresh credentials of the same account."""

    model_config = ConfigDict(json_schema_extra={"example": {"credentials": {"token": "…"}}})

    credentials: Credentials


class Configure(Given):
    """What changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Our page"}})

    name: str | None = Field(None, max_length=110)
    base_url: Address | None = None
    options: Options | None = None


router = section(TOPIC)


@router.get("/channels", summary="List channels")
def list_channels(house: House, asking: Asking) -> Channels:
    """By name, with the state of each."""
    with look(house, asking) as scope:
        return Channels(items=[Channel.model_validate(row) for row in scope.channels.all()])


@router.post("/channels", status_code=201, summary="Connect a channel", responses=faults(409))
def connect_channel(house: House, asking: Asking, given: Connect) -> Checked:
    """Asks the network first; nothing is kept when it does not accept the credentials. For admins.

    An account that is connected already gets the fresh credentials. Networks that connect through their own
    consent pages are connected in the browser, under Channels.
    """
    channel_id, health = house.connecting.connect(
        asking,
        ChannelInput(given.provider, given.name, _open(given.credentials), given.base_url, given.options),
    )
    return Checked(channel=_shown(house, asking, channel_id), health=Health.of(health))


@router.get("/channels/{channel_id}", summary="Show a channel", responses=faults(404))
def show_channel(house: House, asking: Asking, channel_id: str) -> Channel:
    """Without its credentials."""
    return _shown(house, asking, channel_id)


@router.patch("/channels/{channel_id}", summary="Configure a channel", responses=faults(404, 409))
def configure_channel(house: House, asking: Asking, channel_id: str, given: Configure) -> Channel:
    """Changes its name, address or options. For admins."""
    house.connecting.configure(
        asking, channel_id, name=given.name, base_url=given.base_url, options=given.options
    )
    return _shown(house, asking, channel_id)


@router.post("/channels/{channel_id}/verify", summary="Verify a channel", responses=faults(404))
def verify_channel(house: House, asking: Asking, channel_id: str) -> Checked:
    """Asks the network whether the account still works, and acts on the answer."""
    health = house.connecting.verify(asking, channel_id)
    return Checked(channel=_shown(house, asking, channel_id), health=Health.of(health))


@router.post("/channels/{channel_id}/reconnect", summary="Reconnect a channel", responses=faults(404))
def reconnect_channel(house: House, asking: Asking, channel_id: str, given: Reconnect) -> Checked:
    """Replaces the credentials; what was held for them goes on. For admins."""
    health = house.connecting.reconnect(asking, channel_id, _open(given.credentials))
    return Checked(channel=_shown(house, asking, channel_id), health=Health.of(health))


@router.post("/channels/{channel_id}/disconnect", summary="Disconnect a channel", responses=faults(404))
def disconnect_channel(house: House, asking: Asking, channel_id: str) -> Disconnected:
    """Forgets the credentials; what was scheduled is held. For admins."""
    held = house.connecting.disconnect(asking, channel_id)
    return Disconnected(channel=_shown(house, asking, channel_id), held=held)


def _shown(house: House, asking: Asking, channel_id: str) -> Channel:
    with look(house, asking) as scope:
        return Channel.model_validate(scope.channels.get(channel_id))


def _open(credentials: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in credentials.items()}
