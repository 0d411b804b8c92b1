"""What a person writes into a post, as the API takes it."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from domain.content import AssetRef, Digest, Option, Override
from drafting.posts import MAX_TEXT, Label, PictureUse, PostInput, Wall
from drafting.wallclock import Marker
from web.api.shapes import EXAMPLE_DIGEST, EXAMPLE_ID, Given, GivenId, Written

OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
EXAMPLE: dict[str, JsonValue] = {
    "title": "Flu shots are in",
    "text": "Flu shots are in. Walk in any weekday between 9 and 5.",
    "channels": [EXAMPLE_ID],
    "campaign": "Flu season",
    "labels": ["prevention"],
    "wall": "2027-03-02T09:30",
}

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Thread = Annotated[tuple[Text, ...], Field(max_length=50)]
Link = Annotated[str, Field(max_length=2000)]
GivenWall = Annotated[
    Wall,
    Written,
    Field(description="The time on the wall in `zone`, to the minute.", examples=["2027-03-02T09:30"]),
]
GivenZone = Annotated[
    str, Field(max_length=64, description="An IANA zone; empty: the practice's own.", examples=[""])
]
GivenMarker = Annotated[
    str | None,
    Field(
        max_length=10,
        description="Settles a time that clocks show twice: EDT, or an offset such as -04:00.",
        examples=[None],
    ),
]


class PictureGiven(Given):
    """One picture of a post, with the words for those who cannot see it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"digest": EXAMPLE_DIGEST, "alt_text": "A nurse holds a vaccine."}}
    )

    digest: Digest = Field(description="As the upload returned it.")
    alt_text: str = Field("", max_length=MAX_TEXT)


Pictures = Annotated[tuple[PictureGiven, ...], Field(max_length=20)]


class Difference(Given):
    """Where one channel's variant differs from the post. What is left out is as in the post."""

    text: Text | None = None
    thread: Thread | None = None
    pictures: Pictures | None = None
    link: Link | None = None
    first_comment: Text | None = None
    options: dict[str, Option] = Field({}, description="The connector's own options.")

    def override(self) -> Override:
        """Its pictures' facts are those that are stored; drafting fills them in."""
        assets = None if self.pictures is None else tuple(map(_reference, self.pictures))
        return Override(
            text=self.text,
            thread=self.thread,
            assets=assets,
            link=self.link,
            first_comment=self.first_comment,
            options=self.options,
        )


class PostGiven(Given):
    """A post as a person writes it."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    title: str = Field("", max_length=200, description="For the calendar; empty: the text's first line.")
    text: Text = ""
    thread: Thread = Field((), description="Further parts, each a post of its own on the network.")
    link: Link | None = None
    first_comment: Text | None = None
    pictures: Pictures = ()
    channels: tuple[GivenId, ...] = Field((), max_length=100, description="Channel ids.")
    overrides: dict[GivenId, Difference] = Field({}, max_length=100, description="By channel id.")
    campaign: str = Field("", max_length=120, description="By name; a new name makes a new campaign.")
    labels: tuple[Label, ...] = Field((), max_length=20)
    author_id: GivenId | None = Field(None, description="Whom it is assigned to; null: whoever saves it.")
    wall: GivenWall | None = Field(None, description="The time on the wall, to the minute; null: none yet.")
    zone: GivenZone = ""
    marker: GivenMarker = None

    def post_input(self) -> PostInput:
        return PostInput(
            title=self.title,
            text=self.text,
            thread=self.thread,
            link=self.link,
            first_comment=self.first_comment,
            pictures=tuple(PictureUse(digest=use.digest, alt_text=use.alt_text) for use in self.pictures),
            channels=self.channels,
            overrides={key: difference.override() for key, difference in self.overrides.items()},
            campaign=self.campaign,
            labels=self.labels,
            author_id=self.author_id,
            wall=self.wall,
            zone=self.zone,
            marker=marker_of(self.marker),
        )


class PostEdit(PostGiven):
    """A post as it shall be from now on; what is left out becomes empty."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE | {"version": 1}})

    version: int | None = Field(
        None,
        strict=True,
        ge=0,
        le=2**31 - 1,
        description="As it was read; when somebody saved the post since, the answer is 409.",
    )


def marker_of(given: str | None) -> Marker | None:
    """An offset as a span of time, an abbreviation as itself."""
    if found := OFFSET.fullmatch(given or ""):
        span = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return -span if found[1] == "-" else span
    return given or None


def _reference(use: PictureGiven) -> AssetRef:
    return AssetRef(digest=use.digest, media_type="", alt_text=use.alt_text)
