"""The composer: will this pass, how does it look there, when and through whom does it go?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from approval import guard
from domain.content import Content
from domain.refusal import Refusal
from domain.states import Editorial
from domain.words import Finding, Severity
from drafting.media import UnsoundMedia
from drafting.posts import MAY_WRITE, ChangedMeanwhile, PostInput, contents_of, tidy, to_instant
from drafting.written import written
from store.models import PostRow
from store.scope import PracticeScope
from web.directory import Directory, directory, listed
from web.frame import Toast
from web.marks import ChannelMark, Numbered, Step, StepState, mark_findings, number_findings
from web.pages import composing
from web.pages.doors import PicturesDoor
from web.pages.files import SentFiles
from web.pages.forms import Form, SentForm, Unfit
from web.pages.framing import CurrentPage, Page
from web.pages.when import When, choices, when
from web.previews import Preview, preview, sent_text

router = APIRouter(route_class=PicturesDoor)

FEW_NAMES = 2  # of those who may sign; more are counted


@dataclass(frozen=True)
class Opened:
    """The post that is being edited; none for a new one."""

    row: PostRow
    stored: PostInput
    saved_by: str


@dataclass(frozen=True)
class Budget:
    """What is left on one channel, by its own count."""

    mark: ChannelMark
    used: int
    limit: int


@dataclass(frozen=True)
class Panel:
    """One version of the words: for all channels, or one channel's own."""

    key: str  # the channel's id; empty for all
    mark: ChannelMark | None
    own: bool
    text: str
    parts: tuple[str, ...]
    marked: Markup
    budgets: tuple[Budget, ...]
    threads: bool  # it can have parts


@dataclass(frozen=True)
class Looked:
    """What can be said of the words as they stand."""

    numbered: tuple[Numbered, ...] = ()
    previews: tuple[Preview, ...] = ()
    contents: Mapping[str, Content] | None = None

    @property
    def blocking(self) -> int:
        return sum(each.finding.severity is Severity.BLOCK for each in self.numbered)

    @property
    def warnings(self) -> int:
        return sum(each.finding.severity is Severity.WARN for each in self.numbered)


# ---------------------------------------------------------------- opening


@router.get("/posts/new")
def new(page: CurrentPage, day: str = "", picture: str = "", copy: str = "") -> HTMLResponse:
    """*day*, *picture* or another post's words are filled in, where somebody comes from there."""
    page.actor.require(*MAY_WRITE, what="write posts")
    begun = _copied(page, copy) if copy else _blank(page)
    form = composing.put(composing.as_form(begun), "day", (day,))
    return _show(page, composing.with_pictures(form, (picture,) if picture else ()), None)


def _blank(page: Page) -> PostInput:
    with page.reading() as scope:
        channels = directory(scope, page.house.registry).open_channels
    only = (channels[0].id,) if len(channels) == 1 else ()
    return PostInput(channels=only, author_id=page.actor.member_id)


def _copied(page: Page, post_id: str) -> PostInput:
    """The words of another post, for a time of their own."""
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        found = written(scope, scope.posts.get(post_id))
    still_open = {row.id for row in known.open_channels}
    return found.model_copy(
        update={
            "channels": tuple(channel for channel in found.channels if channel in still_open),
            "author_id": page.actor.member_id,
            "wall": None,
            "marker": None,
        }
    )


@router.get("/posts/{post_id}/edit")
def edit(page: CurrentPage, post_id: str) -> HTMLResponse:
    page.actor.require(*MAY_WRITE, what="edit posts")
    opened = _open(page, post_id)
    return _show(page, composing.as_form(opened.stored), opened)


def _open(page: Page, post_id: str) -> Opened:
    with page.reading() as scope:
        row = scope.posts.get(post_id)
        stored = written(scope, row)
        revision = scope.posts.revision(row.id, row.revision)
        return Opened(row, stored, scope.people.member(revision.author_id).name)


# ---------------------------------------------------------------- what was pressed


@router.post("/posts/new")
def create(page: CurrentPage, form: SentForm, sent: SentFiles) -> Response:
    return _pressed(page, form, None, sent)


@router.post("/posts/{post_id}/edit")
def save(page: CurrentPage, form: SentForm, post_id: str, sent: SentFiles) -> Response:
    return _pressed(page, form, _open(page, post_id), sent)


def _pressed(page: Page, form: Form, opened: Opened | None, sent: SentFiles) -> Response:
    """Saving and submitting end here; every other button changes the form and shows it again."""
    page.actor.require(*MAY_WRITE, what="write posts")
    verb, _, about = (form.value("do") or "save").partition(":")
    match verb:
        case "save":
            return _save(page, form, opened)
        case "submit":
            return _submit(page, form, opened)
        case "look":
            return _look_again(page, form, opened)
        case _:
            return _changed(page, form, opened, verb, about, sent)


def _changed(
    page: Page, form: Form, opened: Opened | None, verb: str, about: str, sent: SentFiles
) -> HTMLResponse:
    problems: dict[str, str] = {}
    match verb:
        case "add-part":
            form = composing.with_part(form, about)
        case "drop-part":
            channel, _, number = about.rpartition(":")
            form = composing.without_part(form, channel, int(number) if number.isdecimal() else -1)
        case "drop-picture":
            form = composing.without_picture(form, about)
        case "use":
            form = composing.with_wording(form, _findings(page, form, opened), about)
        case "upload":
            form, problems = _with_uploads(page, form, sent)
    keeps = page.fragment and verb != "use"
    form = replace(form, problems=problems)
    return _show(page, form, opened, keeps=keeps, status=422 if problems else 200)


def _with_uploads(page: Page, form: Form, sent: SentFiles) -> tuple[Form, dict[str, str]]:
    digests, faults = [], [] if sent else ["No file was chosen. Choose one or more pictures first."]
    for each in sent:
        try:
            digests.append(page.house.drafts.add_picture(page.actor, each.data, each.name).digest)
        except UnsoundMedia as fault:
            faults.append(str(fault))
    return composing.with_pictures(form, digests), {"file": " ".join(faults)} if faults else {}


# ---------------------------------------------------------------- saving


def _save(page: Page, form: Form, opened: Opened | None) -> Response:
    try:
        post_id, changed = _saved(page, form, opened)
    except ChangedMeanwhile:
        return _overtaken(page, form, opened)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), opened, status=422)
    toast = (
        Toast("Saved.", f"At {page.reader.clock(page.reader.now)}.") if changed else Toast("Saved already.")
    )
    return page.go(f"/posts/{post_id}/edit", toast)


def _saved(page: Page, form: Form, opened: Opened | None) -> tuple[str, bool]:
    """The post's id, and whether a new revision was made; the same words again make none."""
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        zone = opened.row.zone if opened else page.practice.zone
    stored = opened.stored if opened else PostInput()
    post = _timed(composing.as_post(form, stored, known.spec), when(form, zone))
    if opened is None:
        return page.house.drafts.create(page.actor, post), True
    if opened.row.state is Editorial.DRAFT and _same(post, opened):
        return opened.row.id, False
    version = form.value("version")
    page.house.drafts.edit(
        page.actor, opened.row.id, post, int(version) if version.isdecimal() else opened.row.version
    )
    return opened.row.id, True


def _timed(post: PostInput, time: When) -> PostInput:
    return post.model_copy(update={"wall": time.wall, "zone": time.zone, "marker": time.marker})


def _same(post: PostInput, opened: Opened) -> bool:
    """Whether saving would change nothing."""
    aside = {"marker", "author_id"}
    if post.model_dump(exclude=aside) != opened.stored.model_dump(exclude=aside):
        return False
    if (post.author_id or opened.row.author_id) != opened.row.author_id:
        return False
    return post.wall is None or _instant(post) == opened.row.due_at


def _instant(post: PostInput) -> datetime | None:
    return to_instant(post.wall, post.zone, post.marker) if post.wall else None


def _overtaken(page: Page, form: Form, opened: Opened | None) -> HTMLResponse:
    """Somebody saved meanwhile: nothing is lost on either side, and the person decides."""
    assert opened is not None
    now = _open(page, opened.row.id)
    form = composing.put(form, "version", (str(now.row.version),))
    return _show(page, form, now, theirs=now.stored, status=422)


def _submit(page: Page, form: Form, opened: Opened | None) -> Response:
    try:
        post_id, _ = _saved(page, form, opened)
    except ChangedMeanwhile:
        return _overtaken(page, form, opened)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), opened, status=422)
    try:
        page.house.signoff.submit(page.actor, post_id, composing.kept(form))
    except Refusal as refusal:
        saved = _open(page, post_id)
        form = composing.put(form, "version", (str(saved.row.version),))
        return _show(page, form.refused(refusal), saved, status=422)
    return page.go(f"/posts/{post_id}", Toast("Submitted.", "You hear here what comes of it."))


# ---------------------------------------------------------------- looking


def _look_again(page: Page, form: Form, opened: Opened | None) -> HTMLResponse:
    """While somebody types: only what can be said of the words, never the fields themselves."""
    return page.show("compose_look.html", keeps=True, **_view(page, form, opened))


def _show(
    page: Page,
    form: Form,
    opened: Opened | None,
    *,
    theirs: PostInput | None = None,
    keeps: bool = False,
    status: int = 200,
) -> HTMLResponse:
    """With *keeps*, the fields in the browser stay as they are: somebody may be typing meanwhile."""
    view = _view(page, form, opened)
    return page.show("compose.html", status=status, theirs=theirs, keeps=keeps, **view)


def _view(page: Page, form: Form, opened: Opened | None) -> dict[str, Any]:
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        roles = scope.people.roles_by_member()
        campaigns = [campaign.name for campaign in scope.posts.campaigns()]
        pictures = scope.posts.assets(form.values("picture"))
        looked, form = _looked(page, scope, form, opened, known)
    zone = opened.row.zone if opened else page.practice.zone
    signers = [
        person.name
        for person in known.people.values()
        if person.active
        and person.id != page.actor.member_id
        and roles.get(person.id, frozenset()) & page.house.signoff.workflow.stages[0].roles
    ]
    writers = [
        (person.id, person.name)
        for person in known.people.values()
        if person.active and roles.get(person.id, frozenset()) & set(MAY_WRITE)
    ]
    return {
        "form": form,
        "opened": opened,
        "known": known,
        "looked": looked,
        "panels": _panels(form, known, looked),
        "pictures": [pictures[digest] for digest in form.values("picture") if digest in pictures],
        "comment_on": _comment_on(form, known),
        "campaigns": campaigns,
        "writers": writers,
        "choices": choices(form, zone),
        "steps": _steps(page, form, zone, signers),
        "key_of": guard.key,
        "action": f"/posts/{opened.row.id}/edit" if opened else "/posts/new",
        "version": form.value("version") or (str(opened.row.version) if opened else ""),
    }


def _looked(
    page: Page, scope: PracticeScope, form: Form, opened: Opened | None, known: Directory
) -> tuple[Looked, Form]:
    """What the guard and the networks say; a field that cannot be read keeps its problem in the form."""
    try:
        post = composing.as_post(form, opened.stored if opened else PostInput(), known.spec)
    except Unfit as unfit:
        return Looked(), replace(form, problems={**unfit.problems, **form.problems})
    if not (post.text or post.pictures):
        return Looked(), form
    contents = contents_of(scope, post)
    found = page.house.signoff.look(page.actor, contents, opened.row.id if opened else "")
    numbered = number_findings(found)
    previews = tuple(
        preview(
            known.channels[channel],
            spec,
            contents[channel],
            own=channel in form.values("own"),
            numbered=numbered,
        )
        for channel in known.by_name(contents)
        if (spec := known.spec(channel))
    )
    return Looked(numbered, previews, contents), form


def _findings(page: Page, form: Form, opened: Opened | None) -> Sequence[Finding]:
    with page.reading() as scope:
        looked, _ = _looked(page, scope, form, opened, directory(scope, page.house.registry))
    return [each.finding for each in looked.numbered]


# ---------------------------------------------------------------- the versions of the words


def _panels(form: Form, known: Directory, looked: Looked) -> list[Panel]:
    chosen = known.by_name(form.values("channel"))
    shared = [channel for channel in chosen if channel not in form.values("own")]
    panels = [_panel(form, "", shared or chosen, known, looked, own=True)]
    if len(chosen) > 1 or set(chosen) & set(form.values("own")):
        panels += [
            _panel(form, channel, [channel], known, looked, own=channel in form.values("own"))
            for channel in chosen
        ]
    return panels


def _panel(
    form: Form, key: str, channels: Sequence[str], known: Directory, looked: Looked, *, own: bool
) -> Panel:
    name = f"text.{key}" if key else "text"
    typed = form.value(name) if name in form.typed or not key else form.value("text")
    limits = [known.spec(channel) for channel in channels]
    return Panel(
        key=key,
        mark=known.mark(key) if key else None,
        own=own,
        text=typed,
        parts=form.values(f"part.{key}" if key else "part"),
        marked=_marked(typed, channels, looked),
        budgets=tuple(_budgets(channels, known, looked)) if own else (),
        threads=any(spec is not None and spec.thread_max > 1 for spec in limits),
    )


def _marked(typed: str, channels: Sequence[str], looked: Looked) -> Markup:
    """The findings at the typed words; none where the words were tidied, since they would stand beside."""
    text = tidy(typed)
    if typed.replace("\r\n", "\n") != text:
        return Markup()
    mine = [each for each in looked.numbered if each.finding.channel_id in (None, *channels)]
    return mark_findings(text, "text", mine)


def _budgets(channels: Sequence[str], known: Directory, looked: Looked) -> list[Budget]:
    budgets = []
    for channel in channels:
        content, spec = (looked.contents or {}).get(channel, Content()), known.spec(channel)
        if spec is not None and spec.text_limit:
            used = spec.count_text(sent_text(spec, content))
            budgets.append(Budget(known.mark(channel), used, spec.text_limit))
    return budgets


def _comment_on(form: Form, known: Directory) -> str:
    """The chosen channels that carry a first comment, by name; empty when none does."""
    carrying = [
        known.channels[channel].name
        for channel in known.by_name(form.values("channel"))
        if (spec := known.spec(channel)) is not None and spec.carries_first_comment
    ]
    return listed(carrying) if carrying else ""


def _steps(page: Page, form: Form, zone: str, signers: Sequence[str]) -> list[Step]:
    if len(signers) > FEW_NAMES:
        who = f"One of {len(signers)} who may sign"
    else:
        who = " or ".join(signers) or "Nobody may sign yet"
    return [
        Step("You", state=StepState.NOW),
        Step("Guard"),
        Step(who),
        Step(_going_out(page, form, zone)),
    ]


def _going_out(page: Page, form: Form, zone: str) -> str:
    try:
        time = when(form, zone)
        if time.wall is not None:
            return page.reader.wall(to_instant(time.wall, time.zone, time.marker))
    except Refusal:
        return "A time to be settled"
    return "A time to be chosen"
