"""Forms: what was typed, checked with pydantic, and given back as it was when something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.actor import NotAllowed
from domain.refusal import Refusal
from people.fields import BadField
from people.secrets import WeakPassword
from store.repository import NotFound

Model = TypeVar("Model", bound=BaseModel)


class Unfit(Refusal):
    """Some fields cannot be used as they are; `problems` has a sentence for each."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Form:
    """What was typed, by field, and what is wrong with it. The problem of no field has the name ""."""

    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # may hold a password
    problems: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, otherwise: str = "") -> str:
        """What was typed; *otherwise* only when this form was not sent yet."""
        if name in self.typed:
            return self.typed[name][-1]
        return "" if self.typed else otherwise

    def values(self, name: str) -> tuple[str, ...]:
        return self.typed.get(name, ())

    def problem(self, name: str = "") -> str | None:
        return self.problems.get(name)

    def parse(self, model: type[Model]) -> Model:
        """A *model* made of the fields it names; raises Unfit. A field that holds a list gets every value."""
        given: dict[str, object] = {}
        for name, info in model.model_fields.items():
            if name not in self.typed:
                continue
            listed = "tuple" in str(info.annotation) or "frozenset" in str(info.annotation)
            given[name] = self.typed[name] if listed else self.typed[name][-1]
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise Unfit(sentences(error)) from None

    def refused(self, refusal: Refusal) -> "Form":
        """This form with what is wrong beside its field. Whoever may not do it at all gets no form back."""
        match refusal:
            case NotAllowed() | NotFound():
                raise refusal
            case Unfit(problems=problems):
                return replace(self, problems=problems)
            case WeakPassword():
                return replace(self, problems={"password": str(refusal)})
            case BadField(field=name):
                return replace(self, problems={name: str(refusal)})
            case _:
                return replace(self, problems={"": str(refusal)})


EMPTY = Form()


async def sent(request: Request) -> Form:
    """The fields of this request's form; files are left to whoever expects them."""
    typed: dict[str, tuple[str, ...]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            typed[name] = (*typed.get(name, ()), value)
    return Form(typed)


SentForm = Annotated[Form, Depends(sent)]


def sentences(error: ValidationError) -> dict[str, str]:
    """One plain sentence for each field that pydantic refused."""
    return {".".join(str(part) for part in each["loc"][:1]): sentence(each) for each in error.errors()}


def sentence(problem: ErrorDetails) -> str:
    """What is wrong and what works, without the library's own words where ours are plainer."""
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "missing" | "string_too_short":
            return "This is empty. Fill it in."
        case "string_too_long":
            return f"This is too long. Use at most {limits['max_length']} characters."
        case "greater_than_equal" | "less_than_equal" | "int_parsing" | "decimal_parsing" | "float_parsing":
            low, high = limits.get("ge"), limits.get("le")
            if low is not None:
                return f"This is too small. Use {low} or more."
            return f"This is too large. Use {high} or less." if high is not None else "Write a number here."
        case "enum" | "literal_error":
            return f"This is none of the choices. Choose {limits['expected'].replace(chr(39), '')}."
        case "value_error":
            return str(limits["error"])
        case _:
            return f"This cannot be used as it is: {problem['msg'].lower()}."
