"""Facebook Login: consent page → code → the person's token → long-lived token → the tokens of their Pages.

Secrets travel in bodies and headers only, never in an address. A Page token that comes from a long-lived
token never runs out.
"""

import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from pydantic import Field, ValidationError

from connectors.base import Account, AuthorizationRequest
from connectors.errors import AuthExpired, Rejected
from connectors.providers.facebook.graph import GRAPH_VERSION, Graph
from connectors.providers.facebook.reading import answers
from connectors.providers.facebook.shapes import (
    Batch,
    Debugged,
    Listing,
    PageAccount,
    Permission,
    Shape,
    Token,
    TokenFacts,
)

DIALOG_URL = "https://www.facebook.com"


class App(Shape):
    """The practice's own app at Meta."""

    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1, repr=False)


def app_in(fields: Mapping[str, str]) -> App:
    try:
        return App.model_validate(fields)
    except ValidationError:
        raise Rejected("The app ID or the app secret is missing. Both stand in the app's settings.") from None


def consent_request(
    app: App, redirect_uri: str, scopes: frozenset[str], base_url: str = ""
) -> AuthorizationRequest:
    """The consent page's address. Another *base_url* answers for the consent page too."""
    state = secrets.token_urlsafe(32)
    query = urlencode(
        {
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(sorted(scopes)),
            "state": state,
        }
    )
    url = f"{(base_url or DIALOG_URL).rstrip('/')}/{GRAPH_VERSION}/dialog/oauth?{query}"
    return AuthorizationRequest(url=url, state=state, keep={"state": state})


def code_in(answer: Mapping[str, str], keep: Mapping[str, str]) -> str:
    """The code that came back with the right state."""
    if answer.get("error"):
        raise Rejected("Facebook was not given access to the Page. Begin again and agree to everything.")
    if not hmac.compare_digest(answer.get("state", "").encode(), keep.get("state", "").encode()):
        raise Rejected("This answer belongs to another sign-in. Begin again.")
    if not answer.get("code"):
        raise Rejected("The address holds no code. Copy the whole address that Facebook led to.")
    return answer["code"]


def person_token(graph: Graph, app: App, redirect_uri: str, code: str) -> str:
    """The person's long-lived token for a *code*. A code works once."""
    short = graph.ask(
        "oauth/access_token",
        Token,
        client_id=app.client_id,
        client_secret=app.client_secret,
        redirect_uri=redirect_uri,
        code=code,
    )
    return extended(graph, app, short.access_token).access_token


def extended(graph: Graph, app: App, token: str) -> Token:
    """A long-lived token in place of *token*."""
    return graph.ask(
        "oauth/access_token",
        Token,
        grant_type="fb_exchange_token",
        client_id=app.client_id,
        client_secret=app.client_secret,
        fb_exchange_token=token,
    )


def accounts(graph: Graph, app: App) -> Sequence[Account]:
    """The Pages on which the person behind *graph* may post."""
    granted = _granted(graph)
    found = [_account(page, app, granted) for page in _pages(graph) if page.may_post]
    if not found:
        raise Rejected(
            "Facebook shows no Page on which this person may create posts. Ask the Page's owner for it, "
            "and choose the Page on Facebook's consent page."
        )
    return found


def token_facts(graph: Graph, token: str) -> TokenFacts | None:
    """What Facebook says of *token*; None where it does not say, as for an app that is not ours.

    The question is wrapped in a batch: on its own it would carry the token in its address.
    """
    question = {"method": "GET", "relative_url": f"debug_token?input_token={quote(token, safe='')}"}
    try:
        [answer] = graph.ask("", Batch, batch=[question], include_headers=False).root
        return Debugged.model_validate_json(answer.body).data if answer.code == 200 else None
    except (Rejected, AuthExpired, ValueError):
        return None


def expiry(facts: TokenFacts) -> datetime | None:
    """When the token runs out (UTC); None: never."""
    return datetime.fromtimestamp(facts.expires_at, UTC) if facts.expires_at else None


def _granted(graph: Graph) -> frozenset[str]:
    answer = graph.read("me/permissions", Listing[Permission])
    return frozenset(entry.permission for entry in answer.data if entry.status == "granted")


def _pages(graph: Graph) -> Iterator[PageAccount]:
    fields = "id,name,username,access_token,tasks"
    for listing in answers(graph, "me/accounts", Listing[PageAccount], fields=fields):
        yield from listing.data


def _account(page: PageAccount, app: App, scopes: frozenset[str]) -> Account:
    return Account(
        remote_id=page.id,
        name=page.name,
        handle=page.username,
        credentials={
            "access_token": page.access_token,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        },
        scopes=scopes,
    )
