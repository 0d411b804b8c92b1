"""Connecting a new channel: pick a network, then by hand or by the network's own consent page."""

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from channels.connecting import ChannelInput
from connectors.base import Authorizes, Connector, declares
from connectors.registry import UnknownConnector
from domain.refusal import Refusal
from domain.words import Role
from store.repository import NotFound
from web.frame import Toast
from web.marks import ChannelMark
from web.pages.channels import as_option
from web.pages.credentials import app_fields, given_credentials, kept, option_fields
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.phrases import in_words

router = APIRouter(prefix="/channels")

CALLBACK = "/channels/callback"


@router.get("/new")
def networks(page: CurrentPage) -> HTMLResponse:
    return _offer(page, EMPTY)


def _offer(page: Page, form: Form, status: int = 200) -> HTMLResponse:
    page.actor.require(Role.ADMIN, what="connect channels")
    offered = [(each.spec, ChannelMark.of(each.spec), _way(each)) for each in page.house.registry.all()]
    offered.sort(key=lambda each: not each[0].simulated)
    return page.show("networks.html", status=status, offered=offered, form=form)


def _way(connector: Connector) -> str:
    """How one connects there, in a few words."""
    if declares(connector, Authorizes):
        return "Sign in there, or paste what it gave you"
    if connector.spec.simulated:
        return "A rehearsal: no account, nothing leaves this server"
    return "Paste what it gave you" if connector.spec.credentials else "No account needed"


@router.get("/new/{provider}")
def new(page: CurrentPage, provider: str) -> HTMLResponse:
    return _show(page, provider, EMPTY)


@router.post("/new/{provider}")
def connect(page: CurrentPage, provider: str, form: SentForm) -> Response:
    """By hand."""
    spec = _connector(page, provider).spec
    options = {name: as_option(form.value(f"option.{name}")) for name in spec.options}
    wanted = ChannelInput(
        provider=provider,
        name=form.value("name"),
        credentials=given_credentials(form),
        base_url=form.value("base_url"),
        options={name: value for name, value in options.items() if value != ""},
    )
    try:
        channel_id, health = page.house.connecting.connect(page.actor, wanted)
    except Refusal as refusal:
        return _show(page, provider, form.refused(refusal), status=422)
    return page.go(f"/channels/{channel_id}", Toast("Connected.", health.detail))


def _show(page: Page, provider: str, form: Form, status: int = 200) -> HTMLResponse:
    page.actor.require(Role.ADMIN, what="connect channels")
    connector = _connector(page, provider)
    spec = connector.spec
    with page.reading() as scope:
        app = scope.channels.app(provider)
    return page.show(
        "connect.html",
        status=status,
        form=form,
        kept=kept(form, spec.credentials),
        spec=spec,
        mark=ChannelMark.of(spec),
        consents=declares(connector, Authorizes),
        app=app,
        app_fields=app_fields(spec),
        options=option_fields(spec, {}, form),
        callback=page.house.address + CALLBACK,
    )


def _connector(page: Page, provider: str) -> Connector:
    try:
        return page.house.registry[provider]
    except UnknownConnector:
        raise NotFound("network", provider) from None


# ------------------------------------------------------------ by consent


@router.post("/new/{provider}/app")
def save_app(page: CurrentPage, provider: str, form: SentForm) -> Response:
    label = _connector(page, provider).spec.label
    given = given_credentials(form)
    if not given:
        problem = {"": f"The app's id is missing. {label} shows it in its developer pages."}
        return _show(page, provider, Form(form.typed, problem), status=422)
    page.house.connecting.save_app(page.actor, provider, given)
    return page.go(f"/channels/new/{provider}", Toast("The app is kept, sealed.", "Now sign in there."))


@router.post("/new/{provider}/begin")
def begin(page: CurrentPage, provider: str, form: SentForm) -> Response:
    """To the network's consent page by a link: browsers let no form of ours end on another site."""
    connector = _connector(page, provider)
    try:
        address = page.house.connecting.begin(
            page.actor,
            provider,
            page.house.address + CALLBACK,
            base_url=form.value("base_url"),
            channel_id=form.value("channel_id") or None,
        )
    except Refusal as refusal:
        return _show(page, provider, form.refused(refusal), status=422)
    return page.show(
        "consent.html",
        spec=connector.spec,
        mark=ChannelMark.of(connector.spec),
        address=address,
        host=urlsplit(address).netloc,
        form=EMPTY,
    )


@router.get("/callback")
def came_back(page: CurrentPage) -> Response:
    """What the network sent along as the browser came back."""
    return _complete(page, dict(page.request.query_params))


@router.post("/callback")
def pasted(page: CurrentPage, form: SentForm) -> Response:
    """The address at which the browser ended, pasted by somebody whose browser cannot come back here."""
    return _complete(page, {"url": form.value("url")})


def _complete(page: Page, answer: dict[str, str]) -> Response:
    try:
        connected = page.house.connecting.complete(page.actor, answer)
    except Refusal as refusal:
        return _offer(page, EMPTY.refused(refusal), status=422)
    if len(connected) == 1:
        return page.go(f"/channels/{connected[0]}", Toast("Connected."))
    words = f"{in_words(len(connected), 'account', 'accounts')} opened. Disconnect what you will not use."
    return page.go("/channels", Toast("Connected.", words))
