"""Which column of a spreadsheet is which: every field has one name of ours and the names people give it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from drafting.planned import Problem


class Field(StrEnum):
    """One column of a content calendar, by our own name for it."""

    ID = "id"
    DATE = "date"
    TIME = "time"
    ZONE = "zone"
    CHANNELS = "channels"
    TITLE = "title"
    TEXT = "text"
    HASHTAGS = "hashtags"
    LINK = "link"
    MEDIA = "media"
    ALT_TEXT = "alt_text"
    FIRST_COMMENT = "first_comment"
    CAMPAIGN = "campaign"
    LABELS = "labels"
    CREATOR = "creator"

    @property
    def words(self) -> str:
        """The name as it stands in a sentence."""
        return self.value.replace("_", " ")


# As `_plain` leaves them: small letters, one space between words.
SYNONYMS: Mapping[Field, tuple[str, ...]] = {
    Field.ID: ("post id", "row id", "uid", "reference", "ref", "key", "external id"),
    Field.DATE: (
        "day",
        "post date",
        "posting date",
        "publish date",
        "publishing date",
        "publication date",
        "scheduled date",
        "schedule date",
        "go live date",
        "start date",
        "date time",
        "date and time",
        "datetime",
        "scheduled at",
        "scheduled for",
        "publish at",
    ),
    Field.TIME: (
        "post time",
        "posting time",
        "publish time",
        "publishing time",
        "publication time",
        "scheduled time",
        "schedule time",
        "start time",
        "time of day",
        "hour",
    ),
    Field.ZONE: ("time zone", "timezone", "tz"),
    Field.CHANNELS: (
        "channel",
        "platform",
        "platforms",
        "network",
        "networks",
        "social network",
        "social networks",
        "account",
        "accounts",
        "profile",
        "profiles",
    ),
    Field.TITLE: ("post title", "internal title", "working title", "name", "post name", "subject"),
    Field.TEXT: (
        "caption",
        "captions",
        "copy",
        "post",
        "post text",
        "post copy",
        "post content",
        "social copy",
        "content",
        "message",
        "body",
        "description",
        "words",
    ),
    Field.HASHTAGS: ("hashtag", "hash tags"),
    Field.LINK: ("links", "url", "link url", "landing page", "web address", "website", "web page"),
    Field.MEDIA: (
        "image",
        "images",
        "image file",
        "image files",
        "picture",
        "pictures",
        "photo",
        "photos",
        "file",
        "files",
        "file name",
        "media file",
        "media files",
        "asset",
        "assets",
        "visual",
        "visuals",
        "graphic",
        "graphics",
        "attachment",
        "attachments",
    ),
    Field.ALT_TEXT: (
        "alt",
        "alt texts",
        "alt tag",
        "alternative text",
        "image alt text",
        "image description",
        "picture description",
    ),
    Field.FIRST_COMMENT: ("comment",),
    Field.CAMPAIGN: ("campaigns", "campaign name"),
    Field.LABELS: (
        "label",
        "tag",
        "tags",
        "topic",
        "topics",
        "category",
        "categories",
        "theme",
        "pillar",
        "content pillar",
    ),
    Field.CREATOR: (
        "owner",
        "author",
        "writer",
        "assignee",
        "assigned to",
        "assigned creator",
        "content creator",
        "created by",
        "responsible",
    ),
}


def _plain(header: str) -> str:
    """*header* without case, notes in brackets, marks and underscores; "postDate" is "post date"."""
    text = unicodedata.normalize("NFKC", header)
    text = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", text.replace("&", " and ").casefold()))


_MEANING: Mapping[str, Field] = {
    _plain(name): field for field in Field for name in (field.value, *SYNONYMS[field])
}


def field_of(header: str) -> Field | None:
    """The field that a column with this header holds, or None."""
    return _MEANING.get(_plain(header))


def nearest_field(header: str) -> Field | None:
    """The field whose name, or a name people give it, is nearest to *header*."""
    close = get_close_matches(_plain(header), _MEANING, n=1, cutoff=0.75)
    return _MEANING[close[0]] if close else None


@dataclass(frozen=True)
class Columns:
    """Where each field stands in a row (counted from 0), and what its header says in the file."""

    places: Mapping[Field, int]
    headers: Mapping[Field, str]
    problems: tuple[Problem, ...] = ()


def match_columns(header: Sequence[str], row: int) -> Columns:
    """The columns that *header*, found in *row* of the file, names; unknown and double ones as problems."""
    found: dict[Field, list[int]] = defaultdict(list)
    strange: list[str] = []
    for place, name in enumerate(header):
        if field := field_of(name):
            found[field].append(place)
        elif name.strip():
            strange.append(name.strip())
    places = {field: at[0] for field, at in found.items()}
    headers = {field: header[place].strip() for field, place in places.items()}
    doubles = {field: [header[place].strip() for place in at] for field, at in found.items() if len(at) > 1}
    problems = [
        *(_double(field, names, row) for field, names in doubles.items()),
        *(_unknown(name, row, places) for name in strange),
        *_missing(places, strange, row),
    ]
    return Columns(places, headers, tuple(problems))


def _double(field: Field, names: Sequence[str], row: int) -> Problem:
    return Problem(
        row=row,
        column=names[1],
        message=f"The columns “{names[0]}” and “{names[1]}” both hold the {field.words}.",
        fix=f"Keep one of them as “{field.value}” and take the other out.",
    )


def _unknown(name: str, row: int, known: Mapping[Field, int]) -> Problem:
    near = nearest_field(name)
    fix = "Nothing to do if it is only for people."
    if near and near not in known:
        fix = f"Rename it to “{near.value}” if that is what it holds."
    return Problem(
        row=row,
        column=name,
        message="This column has no known name and was left out.",
        fix=fix,
        severity="warning",
    )


def _missing(places: Mapping[Field, int], strange: Sequence[str], row: int) -> list[Problem]:
    wanted = [field for field in (Field.DATE, Field.CHANNELS) if field not in places]
    if Field.TEXT not in places and Field.MEDIA not in places:
        wanted.append(Field.TEXT)
    return [_missed(field, strange, row) for field in wanted]


def _missed(field: Field, strange: Sequence[str], row: int) -> Problem:
    renamed = next((name for name in strange if nearest_field(name) is field), None)
    fix = (
        f"Rename the column “{renamed}” to “{field.value}”." if renamed else f"Add a column “{field.value}”."
    )
    return Problem(row=row, message=f"There is no column for the {field.words}.", fix=fix)
