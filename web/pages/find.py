"""Find or do: posts, channels, people and pages by a few letters; and the list of keys."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from domain.actor import Actor
from domain.words import Role
from drafting.posts import MAY_WRITE
from web.directory import directory
from web.frame import MENU
from web.pages.framing import CurrentPage, Page, may_open
from web.pages.registered import has_page

router = APIRouter()

MOST = 20
LONGEST = 100  # letters


@dataclass(frozen=True)
class Command:
    """A page, or something to do on one. `also` holds further words that find it."""

    label: str
    href: str
    icon: str
    also: str = ""
    roles: tuple[Role, ...] = tuple(Role)


COMMANDS = (
    Command("New post", "/posts/new", "plus", "write draft compose", MAY_WRITE),
    Command("Import a calendar", "/import", "document", "csv excel ics file", MAY_WRITE),
    Command("Connect a channel", "/channels/new", "plug", "network account", (Role.ADMIN,)),
    Command("Add a person", "/settings/people", "person", "member role team colleague", (Role.ADMIN,)),
    Command("Your account", "/account", "key", "password theme dark token session sign out"),
    Command("Stop", "/stop", "stop", "hold pause emergency"),
    Command("Keyboard", "/keys", "keyboard", "keys shortcuts help"),
)


@router.get("/find")
def find(page: CurrentPage, q: str = "") -> HTMLResponse:
    words = q[:LONGEST].split()
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        posts = scope.search.posts(words, MOST)
        channels = scope.search.channels(words, MOST)
        people = scope.search.people(words, MOST) if page.actor.may(Role.ADMIN) else []
    only_results = page.request.headers.get("hx-target") == "found"
    return page.show(
        "found.html" if only_results else "find.html",
        q=q[:LONGEST],
        posts=posts,
        channels=[(row, known.mark(row.id)) for row in channels],
        people=people,
        commands=[each for each in _commands(page) if _fits(each, words)],
    )


@router.get("/keys")
def keys(page: CurrentPage) -> HTMLResponse:
    return page.show("keys.html")


def _commands(page: Page) -> list[Command]:
    """What there is to do and to open here, for this person."""
    pages = [Command(i.label, i.href, i.icon) for g in MENU for i in g.items if may_open(page.actor, i.key)]
    return [
        each
        for each in (*COMMANDS, *pages)
        if _may(page.actor, each) and has_page(page.request.app, each.href)
    ]


def _may(actor: Actor, command: Command) -> bool:
    return actor.may(*command.roles)


def _fits(command: Command, words: list[str]) -> bool:
    said = f"{command.label} {command.also}".casefold()
    return all(word.casefold() in said for word in words)
