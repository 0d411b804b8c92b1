"""One post: what happens next, its words on each channel, what became of it, and its whole life."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.content import Content, Override
from domain.refusal import Refusal
from domain.states import EDITORIAL_MOVES, IN_FLIGHT, STILL_OURS, Delivery, Editorial
from domain.words import Role
from drafting.posts import MAY_WRITE, STANDS
from drafting.written import written
from scheduler.booking import MAY_SCHEDULE, CannotSchedule
from store.models import Attempt, Publication, Receipt
from store.views.lives import Life
from web.directory import Directory, directory
from web.frame import Toast
from web.looks import Tone
from web.nextstep import next_step
from web.pages.asking import Ask, asked, back_to, behind
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.pages.publications import OPEN_QUESTION, TRIED_IN_VAIN, may_retract
from web.pages.when import When, choices, when
from web.previews import Preview, preview
from web.signing import signing
from web.standing import standing
from web.timeline import moments

router = APIRouter()

MAY_WITHDRAW = (*MAY_WRITE, Role.PUBLISHER)


@dataclass(frozen=True)
class Out:
    """One publication on the post's page."""

    row: Publication
    attempts: Sequence[Attempt]
    receipt: Receipt | None
    may_cancel: bool
    may_retract: bool
    may_try_again: bool
    open_question: bool


@dataclass(frozen=True)
class Allowed:
    """What this person may do to the post now."""

    edit: bool
    copy: bool  # what stands can no longer be changed, but it can be said anew
    move: bool
    publish_now: bool
    withdraw: bool


@router.get("/posts")
def posts() -> RedirectResponse:
    return RedirectResponse("/calendar?view=list", status_code=303)


@router.get("/posts/{post_id}")
def post(page: CurrentPage, post_id: str) -> HTMLResponse:
    with page.reading() as scope:
        life = scope.lives.of_post(post_id)
        known = directory(scope, page.house.registry)
        roles = scope.people.roles_by_member()
        labels = scope.posts.labels(post_id)
        campaign = scope.posts.campaign_name(life.post.campaign_id)
    sign = signing(life, known, roles, page.actor)
    signers = sign.signers if sign else ()
    return page.show(
        "post.html",
        life=life,
        known=known,
        state=standing(life.post.state, (row.state for row in life.standing)),
        next_step=next_step(life, known, page.reader, signers),
        signing=sign,
        allowed=_allowed(page, life),
        previews=_previews(life, known),
        out=[_out(page, life, row) for row in life.publications],
        moments=moments(life),
        labels=labels,
        campaign=campaign,
    )


def _previews(life: Life, known: Directory) -> list[Preview]:
    variants = {row.channel_id: row for row in life.variants}
    return [
        preview(
            known.channels[channel],
            spec,
            Content.model_validate(variants[channel].content),
            own=Override.model_validate(variants[channel].override).text is not None,
        )
        for channel in known.by_name(variants)
        if (spec := known.spec(channel))
    ]


def _out(page: Page, life: Life, row: Publication) -> Out:
    return Out(
        row=row,
        attempts=[each for each in life.attempts if each.publication_id == row.id],
        receipt=next((each for each in life.receipts if each.publication_id == row.id), None),
        may_cancel=row.state in STILL_OURS and page.actor.may(*MAY_SCHEDULE),
        may_retract=may_retract(page, row),
        may_try_again=row in life.standing
        and row.state in TRIED_IN_VAIN
        and page.actor.may(*MAY_SCHEDULE)
        and _holds_now(page, life),
        open_question=row.state in OPEN_QUESTION,
    )


def _allowed(page: Page, life: Life) -> Allowed:
    states = {row.state for row in life.publications}
    still_ours = not states & (IN_FLIGHT | STANDS)
    approved = life.post.state is Editorial.APPROVED
    return Allowed(
        edit=still_ours and page.actor.may(*MAY_WRITE),
        copy=not still_ours and page.actor.may(*MAY_WRITE),
        move=still_ours and page.actor.may(*MAY_WRITE, *(MAY_SCHEDULE if approved else ())),
        publish_now=still_ours and approved and page.actor.may(*MAY_SCHEDULE) and _signed_for_now(page, life),
        withdraw=still_ours
        and Editorial.WITHDRAWN in EDITORIAL_MOVES[life.post.state]
        and page.actor.may(*MAY_WITHDRAW),
    )


def _signed_for_now(page: Page, life: Life) -> bool:
    """Whether the signature holds at this very moment, and nothing of the post is through with its life."""
    waiting = STILL_OURS | {Delivery.EXPIRED}
    return _holds_now(page, life) and all(row.state in waiting for row in life.standing)


def _holds_now(page: Page, life: Life) -> bool:
    """Whether what was signed may go out at this very moment."""
    if life.approval is None:
        return False
    now = page.reader.now
    return (life.approval.not_before or now) <= now <= (life.approval.not_after or now)


# ---------------------------------------------------------------- another time


@router.get("/posts/{post_id}/move")
def move(page: CurrentPage, post_id: str, day: str = "") -> HTMLResponse:
    """*day* is where the card was dropped."""
    return _move_dialog(page, post_id, EMPTY, day=day)


@router.post("/posts/{post_id}/move")
def moved(page: CurrentPage, form: SentForm, post_id: str) -> Response:
    with page.reading() as scope:
        row = scope.posts.get(post_id)
    try:
        toast = _move(page, post_id, row.state, when(form, row.zone), again=bool(form.value("again")))
    except Refusal as refusal:
        needs_signature = isinstance(refusal, CannotSchedule)
        return _move_dialog(page, post_id, form.refused(refusal), status=422, again=needs_signature)
    return page.go(back_to(form), toast)


def _move(page: Page, post_id: str, state: Editorial, to: When, *, again: bool) -> Toast:
    """Within what was signed the signature stays; any other move makes a draft of it."""
    schedules = state is Editorial.APPROVED and page.actor.may(*MAY_SCHEDULE) and not again
    if schedules and to.wall is not None:
        page.house.scheduling.schedule(page.actor, post_id, to.wall, to.zone, to.marker)
        return Toast("Moved.", "The signature still holds.")
    with page.reading() as scope:
        post = scope.posts.get(post_id)
        changed = written(scope, post).model_copy(
            update={"wall": to.wall, "zone": to.zone, "marker": to.marker}
        )
    page.house.drafts.edit(page.actor, post_id, changed, post.version)
    if state is Editorial.DRAFT:
        return Toast("Moved.")
    return Toast("Moved.", "It is a draft again: submit it for a new signature.", Tone.INFO)


def _move_dialog(
    page: Page, post_id: str, form: Form, *, day: str = "", status: int = 200, again: bool = False
) -> HTMLResponse:
    with page.reading() as scope:
        row = scope.posts.get(post_id)
        approval = scope.signoffs.standing_approval(post_id)
    date, _, clock = (row.wall or "").partition("T")
    return page.show(
        "move.html",
        status=status,
        post=row,
        form=form,
        day=form.value("day", day or date),
        time=form.value("time", clock or "09:00"),
        zone=form.value("zone", row.zone),
        choices=choices(form, row.zone),
        window=(approval.not_before, approval.not_after) if approval else None,
        may_schedule=page.actor.may(*MAY_SCHEDULE),
        again=again and page.actor.may(*MAY_WRITE),
        back=form.value("back") or behind(page, f"/posts/{post_id}"),
    )


# ---------------------------------------------------------------- at once, or not at all


def _ask_now(page: Page, post_id: str, title: str) -> Ask:
    here = f"/posts/{post_id}"
    return Ask(
        title=f"Publish “{title}” now?",
        text="It goes out on all its channels within seconds, exactly as it was signed.",
        button="Publish now",
        icon="send",
        action=f"{here}/publish",
        back=behind(page, here),
    )


def _ask_withdrawal(page: Page, post_id: str, title: str) -> Ask:
    here = f"/posts/{post_id}"
    return Ask(
        title=f"Withdraw “{title}”?",
        text="It leaves the calendar, and any signature on it ends. An edit brings it back.",
        button="Withdraw it",
        action=f"{here}/withdraw",
        back=behind(page, here),
        style="red",
        reason="Why",
        reason_aside="kept in the record",
    )


def _title(page: Page, post_id: str) -> str:
    with page.reading() as scope:
        return scope.posts.get(post_id).title


@router.get("/posts/{post_id}/publish")
def ask_now(page: CurrentPage, post_id: str) -> HTMLResponse:
    return asked(page, _ask_now(page, post_id, _title(page, post_id)))


@router.post("/posts/{post_id}/publish")
def publish_now(page: CurrentPage, form: SentForm, post_id: str) -> Response:
    ask = _ask_now(page, post_id, _title(page, post_id))
    try:
        page.house.scheduling.publish_now(page.actor, post_id)
    except Refusal as refusal:
        return asked(page, ask, form.refused(refusal), status=422)
    return page.go(back_to(form), Toast("On its way.", "You will see here when it stands.", Tone.INFO))


@router.get("/posts/{post_id}/withdraw")
def ask_withdrawal(page: CurrentPage, post_id: str) -> HTMLResponse:
    return asked(page, _ask_withdrawal(page, post_id, _title(page, post_id)))


@router.post("/posts/{post_id}/withdraw")
def withdraw(page: CurrentPage, form: SentForm, post_id: str) -> Response:
    ask = _ask_withdrawal(page, post_id, _title(page, post_id))
    try:
        page.house.drafts.withdraw(page.actor, post_id, form.value("reason").strip())
    except Refusal as refusal:
        return asked(page, ask, form.refused(refusal), status=422)
    return page.go(back_to(form), Toast("Withdrawn.", "An edit brings it back.", Tone.INFO))
