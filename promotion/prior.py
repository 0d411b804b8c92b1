"""What is known before a practice has a history: fitted on public data, shipped, alike for every channel."""

from importlib.resources import files
from typing import Annotated, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from domain.content import Frozen

FINISHED_HOURS = 48.0  # the age at which the shipped forecast calls a count final
LEVELS = (*(step / 40 for step in range(37)), 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
"""The quantile levels at which a channel's finals are kept, closer together near the top."""


class Source(Frozen):
    """Where a part of the prior comes from."""

    title: str
    licence: str
    fitted_on: str  # ISO date
    fitted_by: str  # the script that fits it again


class Knot(Frozen):
    """The shipped forecast of log1p(final) for one age. Its signs let more engagement never count against."""

    age_hours: PositiveFloat
    grown: Annotated[float, Field(gt=0, le=1)]  # share of the final count reached, over many posts
    constant: float
    now: PositiveFloat  # per log1p(count now)
    now_by_usual: float  # per log1p(count now) times the channel's usual
    gain: NonNegativeFloat  # per log1p(what came in the last third of its life)
    usual: float  # per the channel's usual, its mean log1p(final)
    silent: Annotated[float, Field(le=0)]  # added when nothing has come yet
    spread: PositiveFloat  # standard deviation of what stays unexplained


class Prior(Frozen):
    sources: tuple[Source, ...]
    knots: tuple[Knot, ...]
    shape: tuple[NonNegativeFloat, ...]  # finals at LEVELS, in units of the channel's scale
    usual: float  # mean log1p(final) of a channel nobody knows
    usual_spread: PositiveFloat  # standard deviation of that mean between channels
    post_spread: PositiveFloat  # standard deviation of log1p(final) within a channel
    rate: tuple[PositiveFloat, PositiveFloat]  # Beta(a, b) of acts per impression

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ages = [knot.age_hours for knot in self.knots]
        if len(ages) < 2 or ages != sorted(set(ages)) or len(self.shape) != len(LEVELS):
            raise ValueError("The prior needs two or more rising ages and one shape value per level.")
        return self


SHIPPED = Prior.model_validate_json(files("promotion").joinpath("prior.json").read_bytes())
