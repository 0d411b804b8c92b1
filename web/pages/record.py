"""The record: everything that was done, each entry chained to the one before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from domain.words import Role
from store.models import AuditEntry, PostRow
from store.scope import PracticeScope
from web.directory import Directory, directory
from web.frame import Person
from web.pages.framing import CurrentPage, Page

router = APIRouter(prefix="/record")

PAGE = 50
SPOKEN = {"approve": "signed", "request_changes": "asked for changes", "reject": "rejected"}


@dataclass(frozen=True)
class Row:
    """One entry in words."""

    entry: AuditEntry
    who: Person
    did: str
    what: str
    href: str  # of what it was done to; empty: it has no page
    details: tuple[tuple[str, str], ...]


@router.get("")
def record(page: CurrentPage, before: int | None = None, subject: str = "") -> HTMLResponse:
    return _show(page, before, subject)


@router.post("/verify")
def verify(page: CurrentPage) -> HTMLResponse:
    """Compute every hash again, from the first entry on."""
    page.actor.require(Role.AUDITOR, Role.ADMIN, what="check the record")
    with page.reading() as scope:
        broken = scope.audit.verify()
        newest = scope.browsing.record(subject=None, before=None, limit=1)
    sound = "" if broken else f"All {page.reader.number(newest[0].seq)} entries follow from one another."
    return _show(page, None, "", sound=sound, broken=f"Entry {broken.seq}: {broken.why}." if broken else "")


def _show(page: Page, before: int | None, subject: str, sound: str = "", broken: str = "") -> HTMLResponse:
    page.actor.require(Role.AUDITOR, Role.ADMIN, what="read the record")
    with page.reading() as scope:
        entries = scope.browsing.record(subject=subject or None, before=before, limit=PAGE + 1)
        shown, more = entries[:PAGE], len(entries) > PAGE
        known, posts = directory(scope, page.house.registry), _posts(scope, shown)
    return page.show(
        "record.html",
        rows=[_row(entry, known, posts) for entry in shown],
        subject=subject,
        older=shown[-1].seq if more else None,
        newest=before is None,
        sound=sound,
        broken=broken,
    )


def _posts(scope: PracticeScope, entries: Iterable[AuditEntry]) -> dict[str, PostRow]:
    ids = {entry.subject.removeprefix("post:") for entry in entries if entry.subject.startswith("post:")}
    return scope.browsing.posts_by_id(ids) if ids else {}


def _row(entry: AuditEntry, known: Directory, posts: dict[str, PostRow]) -> Row:
    kind, _, key = entry.actor.partition(":")
    what, href = _subject(entry.subject, known, posts)
    return Row(
        entry=entry,
        who=Person(known.name(key) if kind == "member" else "Rounds"),
        did=SPOKEN.get(entry.action, entry.action.replace("_", " ")),
        what=what,
        href=href,
        details=tuple((name.replace("_", " "), _said(value)) for name, value in entry.detail.items()),
    )


def _subject(subject: str, known: Directory, posts: dict[str, PostRow]) -> tuple[str, str]:
    """(what it is called, where its page is)."""
    kind, _, key = subject.partition(":")
    match kind:
        case "post" if key in posts:
            return posts[key].title, f"/posts/{key}"
        case "publication":
            return "a publication", f"/publications/{key}"
        case "channel" if key in known.channels:
            return known.channels[key].name, f"/channels/{key}"
        case "member" if key in known.people:
            return known.name(key), f"/settings/people/{key}"
        case _:
            return kind.replace("_", " "), ""


def _said(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name}: {_said(each)}" for name, each in value.items()) or "none"
        case Sequence():
            return ", ".join(map(_said, value)) or "none"
        case _:
            return str(value)
