"""What the practice says of itself, and what it chose."""

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints
from starlette.responses import HTMLResponse, Response

from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.refusal import Refusal
from domain.words import LateRule, PromotionMode, Role
from web import profiles
from web.frame import Toast
from web.pages.forms import EMPTY, Form, SentForm, Unfit
from web.pages.framing import CurrentPage, Page

router = APIRouter(prefix="/settings")

LATE_RULES = (
    (LateRule.EXPIRE, "Let it go", "It is not sent, and somebody is told. The safe choice."),
    (LateRule.NEXT_SLOT, "The next slot", "It waits for the next open slot; without one it is not sent."),
    (LateRule.PUBLISH_NOW, "Send it at once", "It goes out late. Right when late is better than never."),
)
PROMOTION_MODES = (
    (PromotionMode.EVERGREEN, "Evergreen", "Waits a week, then looks back calmly. For posts that age well."),
    (
        PromotionMode.NORMAL,
        "Normal",
        "Asks once it is quite sure (8 of 10) that a post does better than usual.",
    ),
    (PromotionMode.TIMELY, "Timely", "Asks as soon as it is more likely than not. For news that ages fast."),
)


@router.get("")
def settings(page: CurrentPage) -> HTMLResponse:
    return _show(page, EMPTY)


def _show(page: Page, form: Form, status: int = 200) -> HTMLResponse:
    page.actor.require(Role.ADMIN, what="change the practice's settings")
    return page.show(
        "settings.html",
        status=status,
        form=form,
        practice=page.practice,
        zones=sorted(available_timezones()),
        groups=profiles.GROUPS,
        profile=profiles.written(Profile.model_validate(page.practice.profile)),
        chosen=PracticeSettings.model_validate(page.practice.settings),
        late_rules=LATE_RULES,
        promotion_modes=PROMOTION_MODES,
    )


class PracticeForm(BaseModel):
    practice: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    zone: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


@router.post("/practice")
def rename(page: CurrentPage, form: SentForm) -> Response:
    try:
        given = form.parse(PracticeForm)
        page.house.describing.rename(page.actor, given.practice, given.zone)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    return page.go("/settings", Toast("Saved.", "Posts that have a time already keep it."))


@router.post("/profile")
def describe(page: CurrentPage, form: SentForm) -> Response:
    typed = {name: values[-1] for name, values in form.typed.items()}
    profile, problems = profiles.read(page.practice.name, typed)
    try:
        if profile is None:
            raise Unfit(problems)
        page.house.describing.set_profile(page.actor, profile)
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    return page.go(
        "/settings", Toast("Saved.", "Whatever is signed already is checked again before it goes out.")
    )


@router.post("/choices")
def choose(page: CurrentPage, form: SentForm) -> Response:
    try:
        page.house.describing.set_settings(page.actor, form.parse(PracticeSettings))
    except Refusal as refusal:
        return _show(page, form.refused(refusal), status=422)
    return page.go("/settings", Toast("Saved.", "It holds from now on."))
