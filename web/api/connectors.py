"""What each network can carry and what connecting it needs."""

from typing import Any

from pydantic import Field

from connectors import base
from connectors.base import (
    AuthKind,
    Authorizes,
    Checks,
    Comments,
    Estimates,
    Grade,
    LookupStrength,
    Measures,
    Reposts,
    Retracts,
    Serves,
)
from web.access import House
from web.api.door import Asking, section
from web.api.shapes import Shape

TOPIC = "Connectors"
DESCRIPTION = "The networks that this server knows: what each can carry, and what connecting it needs."

FEATURES: dict[str, Any] = {
    "sign_in_pages": Authorizes,
    "metrics": Measures,
    "first_comment": Comments,
    "taking_down": Retracts,
    "lifting": Reposts,
    "cost_estimate": Estimates,
    "own_checks": Checks,
    "public_pages": Serves,
}


class CredentialField(Shape):
    """One field of what connecting by hand asks for."""

    name: str = Field(examples=["token"])
    label: str = Field(examples=["Access token"])
    secret: bool
    required: bool
    hint: str


class MediaRules(Shape):
    """Which pictures it takes. Sizes in bytes, lengths in characters."""

    max_assets: int
    types: list[str] = Field(examples=[["image/jpeg", "image/png"]])
    max_bytes: int
    alt_text_max: int | None = Field(description="Null: it carries no descriptions.")


class Features(Shape):
    """What it can do beyond verifying, publishing and looking up."""

    sign_in_pages: bool = Field(description="Connects through the network's own consent pages.")
    metrics: bool
    first_comment: bool
    taking_down: bool
    lifting: bool = Field(description="Lifts an own post once more: a repost, or a place at the top.")
    cost_estimate: bool
    own_checks: bool
    public_pages: bool


class Connector(Shape):
    """One network."""

    key: str = Field(examples=["example"])
    label: str = Field(examples=["Example"])
    auth: AuthKind
    grade: Grade = Field(description="How it was tested, weakest first: fake, contract, real_server, live.")
    simulated: bool = Field(description="Its numbers are invented, and marked so wherever they appear.")
    charges: bool = Field(description="The network bills per call.")
    text_limit: int | None = Field(description="In the network's own count; null: no practical limit.")
    thread_max: int = Field(description="Posts in one thread; 1: no threads.")
    carries_link: bool
    media: MediaRules
    idempotent: bool = Field(description="The same key twice gives the same post.")
    lookup: LookupStrength
    quota_calls: int | None
    quota_seconds: int | None
    credentials: list[CredentialField]
    options: dict[str, str] = Field(description="Per-channel options, and what each does.")
    default_base_url: str
    features: Features


class Connectors(Shape):
    """Every connector of this server, by key."""

    items: list[Connector]


router = section(TOPIC)


@router.get("/connectors", summary="List connectors")
def list_connectors(house: House, asking: Asking) -> Connectors:
    """The feature matrix, as each connector declares it."""
    return Connectors(items=[_shape(connector) for connector in house.registry.all()])


def _shape(connector: base.Connector) -> Connector:
    spec = connector.spec
    return Connector(
        key=spec.key,
        label=spec.label,
        auth=spec.auth,
        grade=spec.grade,
        simulated=spec.simulated,
        charges=spec.charges,
        text_limit=spec.text_limit,
        thread_max=spec.thread_max,
        carries_link=spec.carries_link,
        media=MediaRules(
            max_assets=spec.media.max_assets,
            types=sorted(spec.media.types),
            max_bytes=spec.media.max_bytes,
            alt_text_max=spec.media.alt_text_max,
        ),
        idempotent=spec.idempotent,
        lookup=spec.lookup,
        quota_calls=spec.quota.calls if spec.quota else None,
        quota_seconds=int(spec.quota.window.total_seconds()) if spec.quota else None,
        credentials=[CredentialField.model_validate(field) for field in spec.credentials],
        options=dict(spec.options),
        default_base_url=spec.default_base_url,
        features=Features(**{name: isinstance(connector, kind) for name, kind in FEATURES.items()}),
    )
