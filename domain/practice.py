"""What a practice may choose about how Rounds works for it."""

from typing import Annotated

from pydantic import Field

from domain.content import Frozen
from domain.words import LateRule, PromotionMode


class PracticeSettings(Frozen):
    """Choices of one practice, each with a safe default."""

    late_rule: LateRule = LateRule.EXPIRE
    max_lateness_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 120
    promotion_mode: PromotionMode = PromotionMode.NORMAL
    promotions_per_week: Annotated[int, Field(ge=0, le=50)] = 2
    promotions_per_channel_week: Annotated[int, Field(ge=0, le=20)] = 1
