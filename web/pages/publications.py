"""One publication: what was sent, what came back, and the questions that only a person can answer."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from connectors.base import Retracts, declares
from connectors.registry import UnknownConnector
from domain.content import Content
from domain.refusal import Refusal
from domain.states import DELIVERY_MOVES, Delivery
from domain.words import AttemptOutcome
from scheduler.booking import MAY_SCHEDULE
from scheduler.deciding import MAY_DECIDE
from store.models import Attempt, Publication, Receipt, SideWorkRow
from store.repository import NotFound
from web.directory import Directory, directory
from web.frame import Toast
from web.looks import Tone
from web.pages.asking import Ask, asked, back_to, behind
from web.pages.forms import Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.previews import Preview, preview

router = APIRouter()

OUTCOMES = {
    AttemptOutcome.PUBLISHED: "It stands",
    AttemptOutcome.ACCEPTED: "Taken, still being worked on",
    AttemptOutcome.ABSENT: "Certainly not there",
    AttemptOutcome.CANNOT_TELL: "Could not tell",
    AttemptOutcome.REJECTED: "Refused",
    AttemptOutcome.RATE_LIMITED: "Asked to wait",
    AttemptOutcome.AUTH_EXPIRED: "The sign-in has ended",
    AttemptOutcome.OUT_OF_CREDIT: "Asked for money",
    AttemptOutcome.TRANSIENT: "Not reached, nothing was sent",
    AttemptOutcome.AMBIGUOUS: "No answer came",
    AttemptOutcome.PARTIAL: "Only some parts stand",
    AttemptOutcome.ABANDONED: "Interrupted",
}
TRIED_IN_VAIN = (Delivery.FAILED, Delivery.EXPIRED)
OPEN_QUESTION = (Delivery.UNCERTAIN, Delivery.PARTIAL)


@dataclass(frozen=True)
class Sent:
    """A publication with everything known of it."""

    row: Publication
    title: str
    preview: Preview | None
    attempts: tuple[Attempt, ...]
    receipt: Receipt | None
    side_work: tuple[SideWorkRow, ...]
    known: Directory

    @property
    def channel(self) -> str:
        return self.known.channels[self.row.channel_id].name

    @property
    def looks(self) -> int:
        return sum(each.kind == "lookup" for each in self.attempts)


@router.get("/publications/{publication_id}")
def publication(page: CurrentPage, publication_id: str) -> HTMLResponse:
    sent = _sent(page, publication_id)
    return page.show(
        "publication.html",
        sent=sent,
        open_question=sent.row.state in OPEN_QUESTION,
        may_decide=page.actor.may(*MAY_DECIDE),
        may_cancel=page.actor.may(*MAY_SCHEDULE) and Delivery.CANCELLED in DELIVERY_MOVES[sent.row.state],
        may_retract=may_retract(page, sent.row),
        may_try_again=sent.row.state in TRIED_IN_VAIN and page.actor.may(*MAY_SCHEDULE),
        outcomes=OUTCOMES,
    )


def _sent(page: Page, publication_id: str) -> Sent:
    with page.reading() as scope:
        row = scope.publications.get(publication_id)
        known = directory(scope, page.house.registry)
        variant = scope.publications.variant(row)
        spec = known.spec(row.channel_id)
        content = Content.model_validate(variant.content)
        return Sent(
            row=row,
            title=scope.posts.get(row.post_id).title,
            preview=preview(known.channels[row.channel_id], spec, content) if spec else None,
            attempts=tuple(scope.publications.attempts(row.id)),
            receipt=scope.publications.receipt(row.id),
            side_work=tuple(scope.publications.side_work(row.id)),
            known=known,
        )


def may_retract(page: Page, row: Publication) -> bool:
    """Whether this person may ask for it to be taken down, and the network lets us."""
    if row.state not in (Delivery.PUBLISHED, Delivery.PARTIAL) or not page.actor.may(*MAY_DECIDE):
        return False
    try:
        return declares(page.house.registry[row.provider], Retracts)
    except UnknownConnector:
        return False


# ---------------------------------------------------------------- questions and their answers


@dataclass(frozen=True)
class Question:
    """What a person may decide: how it is asked, done and told. `{channel}` is the channel's name."""

    title: str
    text: str
    button: str
    do: Callable[[Page, str, Form], None]
    done: Toast
    icon: str = ""
    style: str = ""
    reason: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()


def _is_there(page: Page, publication_id: str, form: Form) -> None:
    page.house.deciding.it_is_there(page.actor, publication_id, url=form.value("url"))


def _is_not_there(page: Page, publication_id: str, form: Form) -> None:
    page.house.deciding.it_is_not_there(page.actor, publication_id)


def _try_again(page: Page, publication_id: str, form: Form) -> None:
    page.house.scheduling.try_again(page.actor, publication_id)


def _cancel(page: Page, publication_id: str, form: Form) -> None:
    page.house.scheduling.cancel(page.actor, publication_id, form.value("reason"))


def _retract(page: Page, publication_id: str, form: Form) -> None:
    page.house.deciding.retract(page.actor, publication_id, form.value("reason"))


QUESTIONS = {
    "there": Question(
        title="It is on {channel}: mark it published?",
        text="Nothing more is sent. The record will say that you found it.",
        button="It is there: mark published",
        do=_is_there,
        done=Toast("Marked published.", "The record says that you found it."),
        icon="check",
        fields=(("url", "Its address there", "As your browser shows it. It may stay empty."),),
    ),
    "not-there": Question(
        title="It is not on {channel}: send it once more?",
        text="Look once more on {channel} itself before you answer: if the first one appears later, "
        "it will stand there twice.",
        button="It is not there: send once more",
        do=_is_not_there,
        done=Toast("It is sent once more.", "You will see here what became of it.", Tone.INFO),
        icon="send",
    ),
    "again": Question(
        title="Send it to {channel} once more?",
        text="It goes out within seconds, exactly as it was signed. "
        "What was refused before may be refused again.",
        button="Send it again",
        do=_try_again,
        done=Toast("It is sent once more.", "You will see here what became of it.", Tone.INFO),
        icon="send",
        style="pri",
    ),
    "cancel": Question(
        title="Cancel it for {channel}?",
        text="It will not be sent there. Other channels keep their time.",
        button="Cancel it for {channel}",
        do=_cancel,
        done=Toast("Cancelled.", "It will not be sent there.", Tone.INFO),
        style="red",
        reason="Why",
    ),
    "retract": Question(
        title="Take it down from {channel}?",
        text="The publisher asks {channel} to remove the post. Whoever has read it has read it.",
        button="Take it down",
        do=_retract,
        done=Toast("Asked for.", "The publisher takes it down within a moment.", Tone.INFO),
        style="red",
        reason="Why",
    ),
}


def _asked(page: Page, publication_id: str, answer: str) -> Ask:
    """Raises NotFound for a question that is none."""
    if answer not in QUESTIONS:
        raise NotFound("question", answer)
    question = QUESTIONS[answer]
    with page.reading() as scope:
        row = scope.publications.get(publication_id)
        channel = scope.channels.get(row.channel_id).name
    here = f"/publications/{row.id}"
    return Ask(
        title=question.title.format(channel=channel),
        text=question.text.format(channel=channel),
        button=question.button.format(channel=channel),
        action=f"{here}/{answer}",
        back=behind(page, here),
        icon=question.icon,
        style=question.style,
        reason=question.reason,
        reason_aside="kept in the record",
        fields=question.fields,
    )


@router.get("/publications/{publication_id}/{answer}")
def ask(page: CurrentPage, publication_id: str, answer: str) -> HTMLResponse:
    return asked(page, _asked(page, publication_id, answer))


@router.post("/publications/{publication_id}/{answer}")
def answered(page: CurrentPage, form: SentForm, publication_id: str, answer: str) -> Response:
    ask = _asked(page, publication_id, answer)
    try:
        QUESTIONS[answer].do(page, publication_id, form)
    except Refusal as refusal:
        return asked(page, ask, form.refused(refusal), status=422)
    return page.go(back_to(form), QUESTIONS[answer].done)
