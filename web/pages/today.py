"""Today: what this person must do now, and whether anything is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse

from approval.waiting import waiting_for
from domain.states import Delivery, Editorial
from domain.words import ChannelState, PromotionState, Role
from drafting.posts import MAY_WRITE
from promotion.service import MAY_PROMOTE
from scheduler.deciding import MAY_DECIDE
from store.models import Submission
from store.scope import PracticeScope
from store.views.accounts import Account
from store.views.listings import Listed
from store.views.results import Lift
from store.views.troubles import Counts, Returned, Trouble
from web.days import midnight
from web.directory import Directory, directory
from web.frame import Frame, Pulse
from web.marks import ChannelMark, Step, StepState
from web.pages.conditions import Condition, condition
from web.pages.framing import CurrentPage, Page
from web.phrases import in_words
from web.reader import RELATIVE_WITHIN
from web.standing import OVER, standing
from web.verdict import Facts, verdict

router = APIRouter()

SHOWN = 5  # rows of one card
MOST_TODAY = 200  # posts on the timeline
SOON = timedelta(hours=48)
REJECTED_SHOWN = timedelta(days=14)


@router.get("/")
def first() -> RedirectResponse:
    return RedirectResponse("/today", status_code=303)


@router.get("/today")
def today(page: CurrentPage) -> HTMLResponse:
    with page.reading() as scope:
        day = gather(page, scope)
    frame = page.frame()
    steps = _steps(day) if page.actor.may(Role.ADMIN) else ()
    return page.show(
        "today.html", frame=frame, day=day, verdict=verdict(_facts(page, day, frame)), steps=steps
    )


# ------------------------------------------------------------ what is known


@dataclass(frozen=True)
class Task:
    """One row that needs this person's decision."""

    title: str
    who: str
    due: datetime | None
    soon: bool
    today: bool  # so near that "in 3 hours" says more than the day
    marks: tuple[ChannelMark, ...]
    href: str
    button: str


@dataclass(frozen=True)
class Going:
    """One post on today's timeline."""

    at: datetime
    title: str
    href: str
    marks: tuple[ChannelMark, ...]
    state: StrEnum
    note: str
    over: bool
    past: bool


@dataclass(frozen=True)
class ChannelLine:
    """One channel and how it is."""

    account: Account
    mark: ChannelMark
    condition: Condition


@dataclass(frozen=True)
class Day:
    """Everything that Today shows."""

    known: Directory
    counts: Counts
    alarm: Trouble | None
    may_answer: bool
    may_write: bool
    tasks: tuple[Task, ...]
    to_sign: int
    promotions: int
    returned: tuple[Returned, ...]
    drafts: tuple[Listed, ...]
    submitted: tuple[Listed, ...]  # by this person, waiting for somebody else
    going: tuple[Going, ...]
    lines: tuple[ChannelLine, ...]  # those that are not simply well
    healthy: tuple[ChannelLine, ...]
    people: int  # with an open account
    posts: bool  # there is one at least

    @property
    def next(self) -> Going | None:
        """What goes out next today."""
        return next((each for each in self.going if not each.past and each.state is Delivery.SCHEDULED), None)

    @property
    def healthy_words(self) -> str:
        """ "All three healthy"."""
        count = len(self.healthy)
        if count == 1:
            return "Healthy"
        return f"{'The other' if self.lines else 'All'} {in_words(count, '', 'healthy').lower()}"

    @property
    def last_healthy_post(self) -> datetime | None:
        return max((line.account.last_post for line in self.healthy if line.account.last_post), default=None)

    @property
    def channels(self) -> int:
        return len(self.lines) + len(self.healthy)


def gather(page: Page, scope: PracticeScope) -> Day:
    """The number of queries does not grow with what there is."""
    me, known = page.actor, directory(scope, page.house.registry)
    mine = scope.posts.list(
        states=(Editorial.DRAFT, Editorial.IN_REVIEW), author_id=me.member_id, limit=4 * SHOWN
    )
    waiting = waiting_for(scope, me)
    listed = scope.listings.of([*(post.id for post in mine), *(each.post_id for each in waiting[:SHOWN])])
    by_state = {state: [listed[p.id] for p in mine if p.state is state] for state in Editorial}
    promotions = scope.results.lifts([PromotionState.PROPOSED], SHOWN) if me.may(*MAY_PROMOTE) else []
    channels = _lines(page, known, scope.accounts.listed(page.reader.now), scope.troubles.by_channel())
    lines = tuple(line for line in channels if not line.condition.healthy)
    return Day(
        known=known,
        counts=scope.troubles.counts(),
        alarm=scope.troubles.oldest(),
        may_answer=me.may(*MAY_DECIDE),
        may_write=me.may(*MAY_WRITE),
        tasks=(
            *(_reconnect(line) for line in lines if line.condition.reconnect and me.may(Role.ADMIN)),
            *(_to_sign(each, listed[each.post_id], known, page) for each in waiting[:SHOWN]),
            *(_promotion(each, known) for each in promotions),
        ),
        to_sign=len(waiting),
        promotions=len(promotions),
        returned=tuple(scope.troubles.returned_to(me.member_id, page.reader.now - REJECTED_SHOWN)[:SHOWN]),
        drafts=tuple(by_state[Editorial.DRAFT][:SHOWN]),
        submitted=tuple(by_state[Editorial.IN_REVIEW][:SHOWN]),
        going=_going(page, scope, known),
        lines=lines,
        healthy=tuple(line for line in channels if line.condition.healthy),
        people=sum(member.active for member in known.people.values()),
        posts=scope.posts.any(),
    )


# ------------------------------------------------------------ decisions


def _to_sign(submission: Submission, listed: Listed, known: Directory, page: Page) -> Task:
    due = listed.post.due_at
    return Task(
        title=listed.post.title,
        who=listed.author,
        due=due,
        soon=due is not None and due - page.reader.now < SOON,
        today=due is not None and due - page.reader.now < RELATIVE_WITHIN,
        marks=known.marks(listed.channel_ids),
        href=f"/review/{submission.id}",
        button="Read and sign",
    )


def _reconnect(line: ChannelLine) -> Task:
    row = line.account.channel
    why = row.state_reason or line.condition.word
    return Task(
        f"Reconnect {row.name}", why, None, False, False, (line.mark,), f"/channels/{row.id}", "Reconnect"
    )


def _promotion(lift: Lift, known: Directory) -> Task:
    return Task(
        title=f"Promote “{lift.title}”",
        who=lift.promotion.reason,
        due=None,
        soon=False,
        today=False,
        marks=known.marks([lift.promotion.channel_id]),
        href="/performance",
        button="Look and decide",
    )


# ------------------------------------------------------------ the timeline


def _going(page: Page, scope: PracticeScope, known: Directory) -> tuple[Going, ...]:
    """What goes out today, or would if it were signed, by time."""
    start = midnight(page.reader.local(page.reader.now).date(), page.reader.zone)
    end = midnight(page.reader.local(page.reader.now).date() + timedelta(days=1), page.reader.zone)
    found = scope.listings.between(start, end, MOST_TODAY)
    rows = [row for listed in found if (row := _row(listed, known, start, end, page.reader.now))]
    return tuple(sorted(rows, key=lambda row: row.at))


def _row(listed: Listed, known: Directory, start: datetime, end: datetime, now: datetime) -> Going | None:
    mine = [each for each in listed.publications if start <= each.due_at < end]
    state = standing(listed.post.state, [each.state for each in mine])
    planned = state in (Editorial.IN_REVIEW, Editorial.APPROVED)
    at = mine[0].due_at if mine else listed.post.due_at
    if at is None or not (mine or planned) or state is Delivery.CANCELLED:
        return None
    channel_ids = [each.channel_id for each in mine] or listed.channel_ids
    return Going(
        at=at,
        title=listed.post.title,
        href=f"/posts/{listed.post.id}",
        marks=known.marks(channel_ids),
        state=state,
        note=_note(state, [each.reason for each in mine if each.reason and each.state is state]),
        over=state in OVER,
        past=at <= now,
    )


def _note(state: StrEnum, reasons: Sequence[str]) -> str:
    if state is Editorial.IN_REVIEW:
        return "Not signed yet"
    return reasons[0] if reasons and state not in OVER else ""


# ------------------------------------------------------------ channels


def _lines(
    page: Page, known: Directory, accounts: Iterable[Account], troubles: Mapping[str, int]
) -> list[ChannelLine]:
    return [
        ChannelLine(
            account,
            known.mark(account.channel.id),
            condition(account.channel, troubles.get(account.channel.id, 0), page.reader),
        )
        for account in accounts
        if account.channel.state is not ChannelState.DISCONNECTED
    ]


# ------------------------------------------------------------ what the page says first


def _facts(page: Page, day: Day, frame: Frame) -> Facts:
    ahead = [each for each in day.going if not each.past and each.state is Delivery.SCHEDULED]
    admin = page.actor.may(Role.ADMIN)
    return Facts(
        silent=frame.heartbeat.pulse is Pulse.SILENT,
        late=frame.heartbeat.late,
        uncertain=day.counts.uncertain,
        failed=day.counts.failed,
        expired=day.counts.expired,
        held=day.counts.held,
        stopped=frame.heartbeat.pulse is Pulse.STOPPED,
        to_sign=day.to_sign,
        came_back=len(day.returned),
        reconnect=tuple(line.mark.name for line in day.lines if line.condition.reconnect and admin),
        promotions=day.promotions,
        going_out=len(ahead),
        connected=day.channels > 0,
        posts=day.posts,
    )


def _steps(day: Day) -> tuple[Step, ...]:
    """How far it is to the first post; empty once the practice is under way."""
    asked = (
        ("Your practice and you", "", True),
        ("A first channel", "The rehearsal needs no account", day.channels > 0),
        ("A second person", "Nobody signs their own words", day.people > 1),
        ("A first post", "Written, signed, and out at its minute", day.posts),
    )
    if all(done for _, _, done in asked):
        return ()
    now = next(title for title, _, done in asked if not done)
    return tuple(
        Step(title, detail, StepState.DONE if done else StepState.NOW if title == now else StepState.NEXT)
        for title, detail, done in asked
    )
