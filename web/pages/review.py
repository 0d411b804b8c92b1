"""Review: what waits, and the page on which a person signs exactly what they see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from approval import guard
from approval.service import STATEMENT, WITHOUT_TIME
from approval.waiting import waiting_for
from domain.content import Content, Override
from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.states import Editorial
from domain.words import DecisionKind, Finding, Severity
from store.models import Decision, Revision, Submission, Variant
from store.repository import NotFound
from store.scope import PracticeScope
from store.views.listings import Listed
from store.views.lives import Life
from web.comparing import Comparison, Told, compare
from web.directory import Directory, directory
from web.frame import Toast
from web.looks import Tone
from web.marks import Numbered, number_findings
from web.pages.asking import Ask, asked
from web.pages.forms import EMPTY, Form, SentForm
from web.pages.framing import CurrentPage, Page
from web.phrases import in_words
from web.previews import Preview, preview
from web.signing import Signing, route, signing

router = APIRouter()


@dataclass(frozen=True)
class Waiting:
    """One open submission in the queue."""

    submission: Submission
    listed: Listed
    mine: bool  # this person may answer it


@dataclass(frozen=True)
class Asked:
    """What somebody answered about the revision that this one is compared with."""

    by: str  # "You" for the person who reads
    decision: Decision


@dataclass(frozen=True)
class Desk:
    """One submission, ready to be read and signed."""

    submission: Submission
    life: Life
    known: Directory
    standing: Signing
    previews: tuple[Preview, ...]
    numbered: tuple[Numbered, ...]
    comparison: Comparison | None
    asked: Asked | None
    queue: tuple[Waiting, ...]  # of this person, in order

    @property
    def place(self) -> int:
        """Where it stands in this person's queue, from 1; 0 when it does not."""
        ids = [each.submission.id for each in self.queue]
        return ids.index(self.submission.id) + 1 if self.submission.id in ids else 0

    def beside(self, step: int) -> str:
        """The address of the next (1) or previous (-1) one in the queue; empty at its ends."""
        at = self.place - 1 + step
        return f"/review/{self.queue[at].submission.id}" if self.place and 0 <= at < len(self.queue) else ""

    def kept_reason(self, finding: Finding) -> str:
        """Why the author keeps it; empty when nobody said."""
        for row in self.life.findings:
            if guard.key(Finding.model_validate(row.body)) == guard.key(finding):
                return row.kept_reason or ""
        return ""

    @property
    def unanswered(self) -> list[Numbered]:
        """Warnings without a reason: whoever signs ticks each."""
        return [
            each
            for each in self.numbered
            if each.finding.severity is Severity.WARN and not self.kept_reason(each.finding)
        ]

    @property
    def blocked(self) -> bool:
        return any(each.finding.severity is Severity.BLOCK for each in self.numbered)


# ---------------------------------------------------------------- the queue


@router.get("/review")
def review(page: CurrentPage) -> HTMLResponse:
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        queue = _queue(scope, page)
    mine = [each for each in queue if each.mine]
    return page.show(
        "review_queue.html", queue=queue, known=known, mine=mine, verdict=_verdict(len(mine), len(queue))
    )


def _verdict(mine: int, everybodys: int) -> str:
    if mine:
        return f"{in_words(mine, 'post waits', 'posts wait')} for your signature."
    return "Nothing waits for you." if everybodys else "Nothing waits for a signature."


def _queue(scope: PracticeScope, page: Page) -> list[Waiting]:
    """Every open submission: this person's own first, then by when it goes out."""
    listed = scope.listings.under_review()
    mine = {submission.id for submission in waiting_for(scope, page.actor)}
    waiting = [
        Waiting(submission, listed[submission.post_id], submission.id in mine)
        for submission in scope.signoffs.waiting()
        if submission.post_id in listed
    ]
    return sorted(waiting, key=lambda each: (not each.mine, _due(each), each.submission.submitted_at))


def _due(waiting: Waiting) -> tuple[bool, datetime]:
    due = waiting.listed.post.due_at
    return due is None, due or waiting.submission.submitted_at


# ---------------------------------------------------------------- reading


@router.get("/review/{submission_id}")
def sign_off(page: CurrentPage, submission_id: str) -> Response:
    desk = _desk(page, submission_id)
    if desk is None:
        return _decided_meanwhile(page, submission_id)
    return page.show(
        "review.html",
        desk=desk,
        statement=STATEMENT,
        until=_until(page, desk),
        route=route(desk.life, desk.standing, desk.known, page.reader),
        rules=len(page.house.signoff.pack.rules),
    )


def _decided_meanwhile(page: Page, submission_id: str) -> Response:
    with page.reading() as scope:
        post_id = scope.signoffs.submission(submission_id).post_id
    return RedirectResponse(f"/posts/{post_id}", status_code=303)


def _desk(page: Page, submission_id: str) -> Desk | None:
    """None when the submission is no longer open."""
    with page.reading() as scope:
        submission = scope.signoffs.submission(submission_id)
        life = scope.lives.of_post(submission.post_id)
        known = directory(scope, page.house.registry)
        standing = signing(life, known, scope.people.roles_by_member(), page.actor)
        if standing is None or standing.submission.id != submission.id:
            return None
        earlier = _earlier(life, page.actor.member_id)
        comparison = _comparison(scope, life, earlier, known) if earlier else None
        queue = [each for each in _queue(scope, page) if each.mine]
    numbered = number_findings(page.house.signoff.check(page.actor, life.post.id))
    return Desk(
        submission=submission,
        life=life,
        known=known,
        standing=standing,
        previews=_previews(life, known, numbered),
        numbered=numbered,
        comparison=comparison,
        asked=Asked(_who(page, known, earlier), earlier) if earlier else None,
        queue=tuple(queue),
    )


def _who(page: Page, known: Directory, decision: Decision) -> str:
    return "You" if decision.member_id == page.actor.member_id else known.name(decision.member_id)


def _earlier(life: Life, member_id: str) -> Decision | None:
    """What this person last answered about another revision, else what anybody did."""
    others = [row for row in life.decisions if row.revision_id != life.revision.id]
    mine = [row for row in others if row.member_id == member_id]
    return (mine or others)[-1] if others else None


def _comparison(scope: PracticeScope, life: Life, earlier: Decision, known: Directory) -> Comparison:
    before = next(row for row in life.revisions if row.id == earlier.revision_id)
    old = scope.browsing.variants([before.id]).get(before.id, [])
    return compare(_told(before, old, known), _told(life.revision, life.variants, known))


def _told(revision: Revision, variants: Sequence[Variant], known: Directory) -> Told:
    return Told(
        number=revision.number,
        base=Content.model_validate(revision.base),
        overrides={
            known.channels[row.channel_id].name: Override.model_validate(row.override) for row in variants
        },
    )


def _previews(life: Life, known: Directory, numbered: Sequence[Numbered]) -> tuple[Preview, ...]:
    variants = {row.channel_id: row for row in life.variants}
    return tuple(
        preview(
            known.channels[channel],
            spec,
            Content.model_validate(variants[channel].content),
            own=Override.model_validate(variants[channel].override).text is not None,
            numbered=numbered,
        )
        for channel in known.by_name(variants)
        if (spec := known.spec(channel))
    )


def _until(page: Page, desk: Desk) -> datetime:
    """When a signature given now ends by itself."""
    settings = PracticeSettings.model_validate(page.practice.settings)
    due = desk.life.post.due_at
    if due is None:
        return page.reader.now + WITHOUT_TIME
    return due + timedelta(minutes=settings.max_lateness_minutes)


# ---------------------------------------------------------------- deciding


def statements() -> list[str]:
    """What the signature says, a line each, to the word."""
    lines = re.split(r"(?:, and |, |\. )", STATEMENT)
    return [line[:1].upper() + line[1:].rstrip(".") + "." for line in lines if line]


@router.get("/review/{submission_id}/approve")
def ask_signature(page: CurrentPage, submission_id: str) -> Response:
    return _signature(page, submission_id, EMPTY)


def _signature(page: Page, submission_id: str, form: Form, status: int = 200) -> Response:
    desk = _desk(page, submission_id)
    if desk is None:
        return _decided_meanwhile(page, submission_id)
    return page.show(
        "sign.html",
        status=status,
        desk=desk,
        form=form,
        statements=statements(),
        until=_until(page, desk),
        key_of=guard.key,
    )


@router.post("/review/{submission_id}/approve")
def approve(page: CurrentPage, form: SentForm, submission_id: str) -> Response:
    try:
        _check_same_time(page, submission_id, form)
        state = page.house.signoff.decide(
            page.actor,
            submission_id,
            DecisionKind.APPROVE,
            form.value("fingerprint"),
            seen=form.values("seen"),
        )
    except Refusal as refusal:
        return _signature(page, submission_id, form.refused(refusal), status=422)
    if state is Editorial.APPROVED:
        page.house.scheduling.book_approved()
    return page.go(_next(page), _signed(page, submission_id, state))


def _check_same_time(page: Page, submission_id: str, form: Form) -> None:
    """The fingerprint covers words and pictures; the time that was shown has to be the same, too."""
    with page.reading() as scope:
        due = scope.posts.get(scope.signoffs.submission(submission_id).post_id).due_at
    if form.value("due") != (due.isoformat() if due else ""):
        raise Refusal("Its time changed while you were reading. Look at it once more, then sign.")


def _signed(page: Page, submission_id: str, state: Editorial) -> Toast:
    with page.reading() as scope:
        post = scope.posts.get(scope.signoffs.submission(submission_id).post_id)
    if state is not Editorial.APPROVED:
        return Toast("Signed.", "It waits for one more signature.")
    if post.due_at is None:
        return Toast("Signed.", "It has no time yet: choose one on its page.")
    return Toast("Signed.", f"“{post.title}” goes out {page.reader.wall(post.due_at)}.")


def _next(page: Page) -> str:
    """The next one that waits for this person, or the queue."""
    with page.reading() as scope:
        mine = [each for each in _queue(scope, page) if each.mine]
    return f"/review/{mine[0].submission.id}" if mine else "/review"


ANSWERS = {
    "changes": DecisionKind.REQUEST_CHANGES,
    "reject": DecisionKind.REJECT,
}


def _kind(answer: str) -> DecisionKind:
    if answer not in ANSWERS:
        raise NotFound("answer", answer)
    return ANSWERS[answer]


@router.get("/review/{submission_id}/{answer}")
def ask_reason(page: CurrentPage, submission_id: str, answer: str) -> Response:
    return _reason(page, submission_id, answer, EMPTY)


def _reason(page: Page, submission_id: str, answer: str, form: Form, status: int = 200) -> Response:
    with page.reading() as scope:
        submission = scope.signoffs.submission(submission_id)
        title = scope.posts.get(submission.post_id).title
    here = f"/review/{submission_id}"
    if _kind(answer) is DecisionKind.REJECT:
        ask = Ask(
            title=f"Reject “{title}”?",
            text="It does not go out. Its author sees your words, and may begin again.",
            button="Reject it",
            action=f"{here}/reject",
            back=here,
            style="red",
            reason="Why",
            required=True,
            hidden={"fingerprint": submission.fingerprint},
        )
    else:
        ask = Ask(
            title="What should change?",
            text=f"“{title}” goes back to its author with your words. You see what changed when it returns.",
            button="Request changes",
            action=f"{here}/changes",
            back=here,
            reason="In a sentence or two",
            required=True,
            hidden={"fingerprint": submission.fingerprint},
        )
    return asked(page, ask, form, status)


@router.post("/review/{submission_id}/{answer}")
def send_back(page: CurrentPage, form: SentForm, submission_id: str, answer: str) -> Response:
    kind = _kind(answer)
    try:
        page.house.signoff.decide(
            page.actor, submission_id, kind, form.value("fingerprint"), form.value("reason")
        )
    except Refusal as refusal:
        return _reason(page, submission_id, answer, form.refused(refusal), status=422)
    said = "Rejected." if kind is DecisionKind.REJECT else "Sent back."
    return page.go(_next(page), Toast(said, "Its author sees your words.", Tone.INFO))
