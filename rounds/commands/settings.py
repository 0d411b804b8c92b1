"""The practice: its name and zone, its public profile, and how Rounds works for it."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.refusal import Refusal
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer, facts, heading

settings = typer.Typer(name="settings", help="The practice's profile and choices.", no_args_is_help=True)

OWN = ("practice", "zone")


class UnknownSetting(Refusal):
    """There is no setting of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no setting “{name}”. Rounds settings show lists them all.")


@settings.command("show")
def show_settings(as_json: AsJson = False) -> None:
    """Show the practice's name, zone, profile and choices."""
    with signed_in() as desk:
        record = _record(desk)
    parts = [
        facts(record["practice"]),
        heading("Profile"),
        facts(_told(record["profile"])),
        heading("Choices"),
    ]
    answer(as_json, record, *parts, facts(record["settings"]))


@settings.command("set")
def change_settings(
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE…",
            help="Again for several, and for lists: phones=555-0100 phones=555-0101. phones= empties it.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Change what is named and keep the rest."""
    given = _gathered(values)
    with signed_in() as desk:
        before = _record(desk)
        for name in given:
            if name not in (*OWN, *Profile.model_fields, *PracticeSettings.model_fields):
                raise UnknownSetting(name)
        profile = _filled(Profile, before["profile"], given)
        choices = _filled(PracticeSettings, before["settings"], given)
        if any(name in given for name in OWN):
            practice, zone = (_one(given, name, before["practice"][name]) for name in OWN)
            desk.house.describing.rename(desk.actor, practice, zone)
        if profile is not None:
            desk.house.describing.set_profile(desk.actor, profile)
        if choices is not None:
            desk.house.describing.set_settings(desk.actor, choices)
        after = _record(desk)
    answer(as_json, after, f"Changed: {', '.join(given)}.")


def _record(desk: Desk) -> dict[str, Any]:
    with desk.looking() as scope:
        practice = scope.practices.get()
    return {
        "practice": {"practice": practice.name, "zone": practice.zone},
        "profile": Profile.model_validate(practice.profile).model_dump(mode="json"),
        "settings": PracticeSettings.model_validate(practice.settings).model_dump(mode="json"),
    }


def _told(profile: Mapping[str, Any]) -> dict[str, object]:
    people = [", ".join(filter(None, [person["name"], person["title"]])) for person in profile["staff"]]
    return {**profile, "staff": "; ".join(people)}


def _gathered(pairs: Sequence[str]) -> dict[str, list[str]]:
    """All values of each name, in order."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{pair}” has no value. Write NAME=VALUE.")
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def _filled(
    model: type[Profile] | type[PracticeSettings], before: Mapping[str, Any], given: Mapping[str, list[str]]
) -> Any:
    """The model with the given values, or None where none of them is its own; raises ValidationError."""
    own = {
        name: _value(name, before[name], values)
        for name, values in given.items()
        if name in model.model_fields
    }
    return model.model_validate({**before, **own}) if own else None


def _value(name: str, before: object, values: Sequence[str]) -> object:
    """A list where one stood before, else the last value."""
    if not isinstance(before, list):
        return values[-1]
    return [_item(name, value) for value in values if value]


def _item(name: str, value: str) -> object:
    """One of a list. People on the staff are a name alone, or JSON with title and certificates."""
    if name != "staff":
        return value
    try:
        return json.loads(value) if value.startswith("{") else {"name": value}
    except ValueError:
        raise typer.BadParameter(f"“{value}” is not JSON.") from None


def _one(given: Mapping[str, list[str]], name: str, before: str) -> str:
    return given[name][-1] if name in given else before


def register(app: typer.Typer) -> None:
    app.add_typer(settings)
