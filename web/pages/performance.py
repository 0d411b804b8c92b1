"""Performance: what worked, how sure we are, and what to lift once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from connectors.base import Reposts, declares
from connectors.registry import UnknownConnector
from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.words import PromotionState
from promotion.budget import COUNTED, week_of
from promotion.judge import Figures
from promotion.norm import Norm
from promotion.service import HISTORY, LIFT_LASTS, MAY_PROMOTE, CannotPromote
from store.views.results import Lift, Result
from web.charts import AXIS, Chart, growth, interval_x
from web.directory import Directory, directory
from web.frame import Toast
from web.looks import Tone
from web.pages.asking import Ask, asked, back_to
from web.pages.forms import EMPTY, SentForm
from web.pages.framing import CurrentPage, Page
from web.ranking import Ranked, norms, ranked

router = APIRouter()

PERIODS = (7, 28, 90)  # days
SHOWN = 8  # posts in the table
SURE = 0.8  # from this chance on a post is said to stand out
RUNNING = (PromotionState.APPROVED, PromotionState.ACTIVE, PromotionState.UNCERTAIN)
OVER = (PromotionState.ENDED, PromotionState.DECLINED, PromotionState.FAILED, PromotionState.LAPSED)


@dataclass(frozen=True)
class Proposed:
    """A promotion that waits for a decision, as its card tells it."""

    lift: Lift
    verb: str  # what the network calls it
    figures: Figures | None

    @property
    def channel_id(self) -> str:
        return self.lift.publication.channel_id


@dataclass(frozen=True)
class Places:
    """Promotions that the practice allows itself this week."""

    most: int
    used: int

    @property
    def left(self) -> int:
        return max(self.most - self.used, 0)


@router.get("/performance")
def performance(page: CurrentPage, days: int = 28, channel: str = "") -> HTMLResponse:
    return _show(page, days if days in PERIODS else 28, channel)


def _show(page: Page, days: int, channel: str, problem: str = "", status: int = 200) -> HTMLResponse:
    now = page.reader.now
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        results = scope.results.since(now - HISTORY)
        proposals = scope.results.lifts([PromotionState.PROPOSED])
        running = scope.results.lifts(RUNNING)
        over = scope.results.lifts(OVER, 10)
        uses = scope.promotions.since(week_of(now, page.reader.zone).start)
    usual = norms(results, known.channels, now)
    recent = [each for each in results if _at(each, now) >= now - timedelta(days=days)]
    best = ranked(recent, usual)
    at = channel if channel in known.channels else (best[0].result.publication.channel_id if best else "")
    settings = PracticeSettings.model_validate(page.practice.settings)
    return page.show(
        "performance.html",
        status=status,
        problem=problem,
        days=days,
        periods=PERIODS,
        verdict=_verdict(best, recent, known, days),
        best=best[:SHOWN],
        all=len(best),
        unread=len(recent) - len(best),
        known=known,
        chart=_chart(at, best, results, usual),
        chart_channel=at,
        chart_channels=known.by_name({each.result.publication.channel_id for each in best}),
        proposals=[_proposed(page, lift) for lift in proposals],
        running=running,
        over=over,
        places=Places(settings.promotions_per_week, sum(use.state in COUNTED for use in uses)),
        may_promote=page.actor.may(*MAY_PROMOTE),
        lasts=LIFT_LASTS.days,
        axis=AXIS,
        x=interval_x,
        simulated=any(each.simulated for each in best),
    )


def _at(result: Result, now: datetime) -> datetime:
    return result.publication.published_at or now


def _verdict(best: Sequence[Ranked], recent: Sequence[Result], known: Directory, days: int) -> str:
    if not recent:
        return f"Nothing was published in the last {days} days."
    if not best:
        return "No network has given numbers yet: the first come an hour after publishing."
    first = best[0]
    name = known.channels[first.result.publication.channel_id].name
    if first.beats_usual < SURE or first.estimate < 1.1:
        return f"No post stands out yet in the last {days} days."
    ends = "came to" if first.finished else "is on its way to"
    return f"“{first.result.title}” {ends} {first.estimate:.1f} times the usual post on {name}."


def _chart(
    channel: str, best: Sequence[Ranked], results: Sequence[Result], usual: Mapping[str, Norm]
) -> Chart | None:
    """The growth of the channel's best posts, before what is usual there."""
    if channel not in usual:
        return None
    here = [each for each in best if each.result.publication.channel_id == channel]
    everything = ranked((each for each in results if each.publication.channel_id == channel), usual)
    return growth(here, usual[channel], [each.readings for each in everything if each.finished])


def _proposed(page: Page, lift: Lift) -> Proposed:
    ruling = lift.promotion.verdict.get("ruling", {})
    figures = ruling.get("figures")
    return Proposed(
        lift=lift,
        verb=_verb(page, lift.publication.provider),
        figures=Figures.model_validate(figures) if figures else None,
    )


def _verb(page: Page, provider: str) -> str:
    try:
        connector = page.house.registry[provider]
    except UnknownConnector:
        return "Lift it once more"
    return connector.repost_label if declares(connector, Reposts) else "Lift it once more"


# ---------------------------------------------------------------- deciding


@router.post("/promotions/{promotion_id}/approve")
def approve(page: CurrentPage, promotion_id: str) -> Response:
    try:
        page.house.promoting.approve(page.actor, promotion_id)
    except CannotPromote as refusal:
        return _show(page, 28, "", str(refusal), status=422)
    return page.go("/performance", Toast("Approved.", "The publisher does it within a moment."))


def _ask_why(page: Page, promotion_id: str) -> Ask:
    with page.reading() as scope:
        scope.promotions.get(promotion_id)
    return Ask(
        title="Not this one?",
        text="The post stays as it is, and is not proposed again for this.",
        button="Decline it",
        action=f"/promotions/{promotion_id}/decline",
        back="/performance",
        style="",
        reason="Why",
        reason_aside="if you like",
    )


@router.get("/promotions/{promotion_id}/decline")
def ask_why(page: CurrentPage, promotion_id: str) -> HTMLResponse:
    return asked(page, _ask_why(page, promotion_id), EMPTY)


@router.post("/promotions/{promotion_id}/decline")
def decline(page: CurrentPage, form: SentForm, promotion_id: str) -> Response:
    ask = _ask_why(page, promotion_id)
    try:
        page.house.promoting.decline(page.actor, promotion_id, form.value("reason"))
    except Refusal as refusal:
        return asked(page, ask, form.refused(refusal), status=422)
    return page.go(back_to(form), Toast("Declined.", tone=Tone.INFO))
