"""Bringing a content calendar in: choose it, see what would happen, then all rows or the sound ones."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from domain.refusal import Refusal
from drafting.importing import MediaSource, Plan, upload_source
from drafting.media import MAX_BYTES as MOST_OF_A_PICTURE
from drafting.posts import MAY_WRITE
from drafting.reading import MAX_BYTES as MOST_OF_A_CALENDAR
from store.uploads import Upload
from web.directory import directory
from web.frame import Toast
from web.looks import Tone
from web.pages.doors import CalendarDoor
from web.pages.files import SentFiles
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.phrases import counted, in_words

router = APIRouter(route_class=CalendarDoor)

SHOWN = 200  # problems and rows on one page
EXAMPLE = """date,time,channels,title,text,link,media,alt_text,campaign,labels,creator
2031-10-06,09:00,{channel},Flu week opens,"Flu shots are here. Walk in, 8 to 5.",,,,Autumn,flu,
"""


@router.get("/import")
def begin(page: CurrentPage) -> HTMLResponse:
    page.actor.require(*MAY_WRITE, what="import calendars")
    return _begin(page)


def _begin(page: Page, problem: str = "", status: int = 200) -> HTMLResponse:
    megabyte = 1024**2
    return page.show(
        "import.html",
        status=status,
        problem=problem,
        most_calendar=MOST_OF_A_CALENDAR // megabyte,
        most_picture=MOST_OF_A_PICTURE // megabyte,
    )


@router.get("/import/example.csv")
def example(page: CurrentPage) -> Response:
    """A calendar with one row, to write on in any spreadsheet."""
    with page.reading() as scope:
        names = [row.name for row in directory(scope, page.house.registry).open_channels]
    text = EXAMPLE.format(channel='"' + "; ".join(names).replace('"', '""') + '"')
    named = {"Content-Disposition": 'attachment; filename="calendar.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=named)


@router.post("/import")
def send(page: CurrentPage, sent: SentFiles) -> Response:
    page.actor.require(*MAY_WRITE, what="import calendars")
    if not any(each.field == "calendar" for each in sent):
        return _begin(page, "No calendar was chosen. Choose a .csv, .xlsx or .ics file.", status=422)
    return page.go(f"/import/{page.house.uploads.keep(page.actor.member_id, sent)}")


@router.get("/import/{name}")
def look(page: CurrentPage, name: str) -> HTMLResponse:
    return _look(page, name, _plan(page, name))


def _plan(page: Page, name: str) -> Plan:
    """The dry run, from the files as they were sent; raises UploadGone."""
    kept = page.house.uploads.open(page.actor.member_id, name)
    calendar = next(each for each in kept if each.field == "calendar")
    return page.house.importing.look(page.actor, calendar.data, calendar.name, _pictures(kept))


def _pictures(kept: Sequence[Upload]) -> MediaSource:
    return upload_source({each.name: each.data for each in kept if each.field == "pictures"})


def _look(page: Page, name: str, plan: Plan, form: Form = EMPTY, status: int = 200) -> HTMLResponse:
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
    return page.show(
        "import_look.html",
        status=status,
        kept_as=name,
        plan=plan,
        form=form,
        known=known,
        verdict=_verdict(plan),
        errors=plan.errors[:SHOWN],
        warnings=[each for each in plan.problems if each.severity == "warning"][:SHOWN],
        rows=plan.rows[:SHOWN],
        shown=SHOWN,
    )


def _verdict(plan: Plan) -> str:
    ready = len(plan.new_rows)
    known = len(plan.rows) - ready
    parts = [f"{in_words(ready, 'post is', 'posts are')} ready to import."]
    if plan.refused_rows:
        parts.append(f"{in_words(plan.refused_rows, 'row has', 'rows have')} a problem.")
    elif plan.errors:
        parts = ["The file cannot be used as it is."]
    if known:
        parts.append(f"{in_words(known, 'row was', 'rows were')} imported before and stay as they are.")
    return " ".join(parts)


@router.post("/import/{name}")
def apply(page: CurrentPage, form: SentForm, name: str) -> Response:
    plan = _plan(page, name)
    try:
        done = page.house.importing.apply(page.actor, plan, valid_rows=form.value("rows") == "valid")
    except Refusal as refusal:
        return _look(page, name, plan, form.refused(refusal), status=422)
    page.house.uploads.drop(page.actor.member_id, name)
    words = f"{counted(done.created, 'draft is', 'drafts are')} in the calendar."
    if done.refused:
        words += f" {counted(done.refused, 'row was', 'rows were')} left out."
    return page.go(_where(plan), Toast("Imported.", words, Tone.OK))


def _where(plan: Plan) -> str:
    """The calendar, at the first day that got something new."""
    days = [row.planned.wall_date for row in plan.new_rows]
    return f"/calendar?at={min(days).isoformat()}" if days else "/calendar"
