"""Workflows: who must agree to a Submission, and in what order."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.content import Frozen
from domain.words import Role


class Stage(Frozen):
    """One step of a Workflow: `count` different people, each with one of `roles`, must approve.

    With `separate`, nobody may decide here who has already approved at an earlier stage.
    """

    name: Annotated[str, Field(min_length=1)]
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    count: Annotated[int, Field(ge=1)] = 1
    separate: bool = True


class Workflow(Frozen):
    """Stages in order. A changed workflow gets a new version; a Submission keeps the one it began with."""

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[int, Field(ge=1)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _stages_have_different_names(self) -> Self:
        names = [stage.name for stage in self.stages]
        if len(set(names)) < len(names):
            raise ValueError("every stage needs a name of its own")
        return self

    @property
    def ref(self) -> str:
        """What a Submission names, for example default@1."""
        return f"{self.name}@{self.version}"
