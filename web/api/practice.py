"""The practice itself: name, zone, public profile, settings."""

from pydantic import ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from domain import practice as domain
from domain import profile
from web.access import House
from web.api.door import Asking, section
from web.api.looking import look
from web.api.shapes import Given, Id, Instant, Shape, Zone

TOPIC = "Practice"
DESCRIPTION = "The practice's name, zone, public profile and settings. Changes are for admins."


class Profile(Given, profile.Profile):
    """The practice's own, public facts: allowed in any post, unlike the same kind of fact about a patient."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Harbour Lane Family Practice",
                "region": "US",
                "phones": ["(617) 555-0142"],
                "addresses": ["12 Harbour Lane, Boston, MA 02110"],
                "domains": ["harbourlane.example"],
                "staff": [{"name": "Amara Osei", "title": "MD"}],
            }
        }
    )


class PracticeSettings(Given, domain.PracticeSettings):
    """Choices of the practice, each with a safe default."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"late_rule": "expire", "promotions_per_week": 2}}
    )

    @field_validator(
        "max_lateness_minutes", "promotions_per_week", "promotions_per_channel_week", mode="before"
    )
    @classmethod
    def _is_no_truth(cls, value: object) -> object:
        if isinstance(value, bool):
            raise PydanticCustomError("int_type", "neither true nor false")
        return value


class Practice(Shape):
    """The practice."""

    id: Id
    name: str = Field(examples=["Harbour Lane Family Practice"])
    zone: Zone
    demo: bool = Field(description="A demonstration, which may be thrown away.")
    profile: Profile
    settings: PracticeSettings
    created_at: Instant


class Rename(Given):
    """The practice's name and zone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Harbour Lane Family Practice", "zone": "America/New_York"}}
    )

    name: str = Field(min_length=1, max_length=200)
    zone: str = Field(max_length=64, description="An IANA time zone.")


router = section(TOPIC)


@router.get("/practice", summary="Show the practice")
def show_practice(house: House, asking: Asking) -> Practice:
    """With its profile and settings."""
    with look(house, asking) as scope:
        return Practice.model_validate(scope.practices.get())


@router.put("/practice", summary="Rename the practice")
def rename_practice(house: House, asking: Asking, given: Rename) -> Practice:
    """Changes its name and zone. Posts that have a time keep it. For admins."""
    house.describing.rename(asking, given.name, given.zone)
    return show_practice(house, asking)


@router.put("/practice/profile", summary="Replace the profile")
def set_profile(house: House, asking: Asking, given: Profile) -> Practice:
    """What is left out becomes empty. The guard compares every post with it. For admins."""
    house.describing.set_profile(asking, profile.Profile.model_validate(given.model_dump()))
    return show_practice(house, asking)


@router.put("/practice/settings", summary="Replace the settings")
def set_settings(house: House, asking: Asking, given: PracticeSettings) -> Practice:
    """What is left out gets its default. For admins."""
    house.describing.set_settings(asking, domain.PracticeSettings.model_validate(given.model_dump()))
    return show_practice(house, asking)
