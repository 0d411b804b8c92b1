"""What a network asks of an account: credentials, which go in and never come out, and options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.base import CredentialField, Spec
from domain.content import Option
from web.pages.forms import Form

PREFIX = "credential."
SPELLED = {"usd": "(USD)", "ai": "AI", "url": "URL", "id": "ID"}
# What a practice's own app at a network is known by, in the words of OAuth 2 and OAuth 1.
OF_AN_APP = ("client_id", "client_secret", "consumer_key", "consumer_secret")
USUAL_APP = (
    CredentialField("client_id", "App id", secret=False),
    CredentialField("client_secret", "App secret"),
)


def given_credentials(form: Form) -> dict[str, str]:
    """The filled credential fields of a form, by their own names."""
    return {
        name.removeprefix(PREFIX): values[-1]
        for name, values in form.typed.items()
        if name.startswith(PREFIX) and values[-1].strip()
    }


def app_fields(spec: Spec) -> tuple[CredentialField, ...]:
    """What the form for the practice's own app asks."""
    return tuple(field for field in spec.credentials if field.name in OF_AN_APP) or USUAL_APP


def kept(form: Form, fields: Iterable[CredentialField]) -> dict[str, str]:
    """What a refused form shows again: never a secret."""
    return {field.name: form.value(PREFIX + field.name) for field in fields if not field.secret}


@dataclass(frozen=True)
class OptionField:
    """One option of a channel as a form shows it."""

    name: str  # of the field
    label: str
    hint: str
    value: str


def option_fields(spec: Spec, now: Mapping[str, Option], form: Form) -> list[OptionField]:
    """The options that a network knows, as they stand or as they were typed."""
    return [
        OptionField(
            f"option.{name}", _label(name), hint, form.value(f"option.{name}", _word(now.get(name, "")))
        )
        for name, hint in spec.options.items()
    ]


def _label(name: str) -> str:
    """ "Monthly cap (USD)" for monthly_cap_usd."""
    words = " ".join(SPELLED.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def _word(value: Option) -> str:
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case _:
            return str(value)
