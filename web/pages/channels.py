"""The practice's channels: how each is, what it costs, and what an admin can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from channels.connecting import CAP_OPTION
from connectors.base import (
    Authorizes,
    Comments,
    Connector,
    Health,
    Measures,
    Reposts,
    Retracts,
    Spec,
    declares,
)
from connectors.registry import UnknownConnector
from domain.content import Option
from domain.refusal import Refusal
from domain.words import ChannelState, Money, Role
from store.views.accounts import Account
from web.directory import Directory, directory
from web.frame import Toast
from web.looks import Tone
from web.marks import ChannelMark
from web.pages.asking import Ask, asked, back_to
from web.pages.conditions import Condition, condition
from web.pages.credentials import given_credentials, option_fields
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.phrases import counted

router = APIRouter()

MAY_CHECK = (Role.ADMIN, Role.PUBLISHER)
YES, NO = ("yes", "true", "on"), ("no", "false", "off")
MICROS = 1_000_000
FACETS: tuple[tuple[str, type, str], ...] = (
    ("measure", Measures, "measure"),
    ("repost", Reposts, "promote"),
    ("comment", Comments, "comment"),
    ("retract", Retracts, "take down"),
)


@dataclass(frozen=True)
class Row:
    """One channel of the list."""

    account: Account
    mark: ChannelMark
    spec: Spec | None
    condition: Condition
    can: tuple[str, ...]  # what the granted scopes allow
    cap: Money | None

    @property
    def share(self) -> float:
        """How much of the cap is spent, 0 to 1."""
        spent = sum(money.micros for money in self.account.spent)
        return min(spent / self.cap.micros, 1.0) if self.cap and self.cap.micros else 0.0


@router.get("/channels")
def channels(page: CurrentPage) -> HTMLResponse:
    rows = _rows(page)
    gone = [row for row in rows if row.account.channel.state is ChannelState.DISCONNECTED]
    return page.show(
        "channels.html", rows=[row for row in rows if row not in gone], gone=gone, may=_may(page)
    )


def _rows(page: Page) -> list[Row]:
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        troubles = scope.troubles.by_channel()
        accounts = scope.accounts.listed(_month(page))
    return [_row(page, account, known, troubles) for account in accounts]


def _row(page: Page, account: Account, known: Directory, troubles: Mapping[str, int]) -> Row:
    channel = account.channel
    spec = known.spec(channel.id)
    return Row(
        account=account,
        mark=known.mark(channel.id),
        spec=spec,
        condition=condition(channel, troubles.get(channel.id, 0), page.reader),
        can=_can(page.house.registry[channel.provider], frozenset(channel.scopes)) if spec else (),
        cap=_cap(channel.options),
    )


def _month(page: Page) -> datetime:
    """When the month began by which the engine counts money: UTC, as networks bill."""
    return page.reader.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _can(connector: Connector, granted: frozenset[str]) -> tuple[str, ...]:
    """What the network does for us here, by the scopes it granted; all of it where it names none."""
    offered = [
        ("publish", "publish"),
        *((key, word) for key, facet, word in FACETS if declares(connector, facet)),
    ]
    needed = connector.spec.scopes
    return tuple(word for key, word in offered if not granted or needed.get(key, frozenset()) <= granted)


def _cap(options: Mapping[str, Option]) -> Money | None:
    cap = options.get(CAP_OPTION)
    return None if cap is None else Money(micros=int(float(cap) * MICROS), currency="USD")


def _may(page: Page) -> bool:
    return page.actor.may(Role.ADMIN)


# ------------------------------------------------------------ one channel


@router.get("/channels/{channel_id}")
def channel(page: CurrentPage, channel_id: str) -> HTMLResponse:
    return _show(page, channel_id, EMPTY)


def _show(page: Page, channel_id: str, form: Form, status: int = 200) -> HTMLResponse:
    with page.reading() as scope:
        scope.channels.get(channel_id)
    row = next(row for row in _rows(page) if row.account.channel.id == channel_id)
    return page.show(
        "channel.html",
        status=status,
        row=row,
        options=option_fields(row.spec, row.account.channel.options, form) if row.spec else (),
        channel=row.account.channel,
        form=form,
        may=_may(page),
        may_check=page.actor.may(*MAY_CHECK),
        consents=_consents(page, row.account.channel.provider),
    )


def _consents(page: Page, provider: str) -> bool:
    """Whether a person can sign in at the network itself."""
    try:
        return declares(page.house.registry[provider], Authorizes)
    except UnknownConnector:
        return False


@router.post("/channels/{channel_id}/verify")
def verify(page: CurrentPage, channel_id: str) -> Response:
    health = page.house.connecting.verify(page.actor, channel_id)
    return page.go(f"/channels/{channel_id}", _said(health))


def _said(health: Health) -> Toast:
    return (
        Toast("It works.", health.detail)
        if health.ok
        else Toast("It does not work.", health.detail, Tone.WARN)
    )


@router.post("/channels/{channel_id}/options")
def configure(page: CurrentPage, channel_id: str, form: SentForm) -> Response:
    options = {
        name.removeprefix("option."): as_option(values[-1])
        for name, values in form.typed.items()
        if name.startswith("option.")
    }
    try:
        page.house.connecting.configure(
            page.actor, channel_id, name=form.value("name"), base_url=form.value("base_url"), options=options
        )
    except Refusal as refusal:
        return _show(page, channel_id, form.refused(refusal), status=422)
    return page.go(f"/channels/{channel_id}", Toast("Saved.", "It holds from the next post on."))


def as_option(typed: str) -> Option:
    """What somebody wrote into a field, with yes and no as what they mean."""
    word = typed.strip()
    if word.casefold() in YES:
        return True
    return False if word.casefold() in NO else word


@router.post("/channels/{channel_id}/reconnect")
def reconnect(page: CurrentPage, channel_id: str, form: SentForm) -> Response:
    try:
        health = page.house.connecting.reconnect(page.actor, channel_id, given_credentials(form))
    except Refusal as refusal:
        return _show(page, channel_id, form.refused(refusal), status=422)
    return page.go(
        f"/channels/{channel_id}", Toast("Reconnected.", f"{health.detail} What was held goes on.")
    )


# ------------------------------------------------------------ disconnecting


@router.get("/channels/{channel_id}/disconnect")
def ask_disconnect(page: CurrentPage, channel_id: str) -> HTMLResponse:
    return asked(page, _disconnecting(page, channel_id))


@router.post("/channels/{channel_id}/disconnect")
def disconnect(page: CurrentPage, channel_id: str, form: SentForm) -> Response:
    held = page.house.connecting.disconnect(page.actor, channel_id)
    words = f"{counted(held, 'post is', 'posts are')} held." if held else "Nothing was planned for it."
    return page.go(back_to(form), Toast("Disconnected.", words, Tone.INFO))


def _disconnecting(page: Page, channel_id: str) -> Ask:
    with page.reading() as scope:
        name = scope.channels.get(channel_id).name
        planned = next(each.scheduled for each in scope.stops.channels() if each.id == channel_id)
    held = counted(planned, "planned post is", "planned posts are")
    return Ask(
        title=f"Disconnect {name}?",
        text=f"Rounds forgets how to sign in there. {held} "
        "held until you reconnect it. What stands there stays, and so does the record.",
        button=f"Disconnect {name}",
        action=f"/channels/{channel_id}/disconnect",
        back=f"/channels/{channel_id}",
        icon="plug",
        style="red",
    )
