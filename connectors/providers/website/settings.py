"""A channel's options, checked at the door, and the places that follow from them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from connectors.base import Channel, Surroundings
from connectors.errors import AuthExpired

KEY = "website"

OPTIONS = {
    "folder": "Where the pages are written for your own web server: a path, absolute or below Rounds' data "
    "folder. Empty: Rounds serves the pages itself.",
    "site_url": "The public address of the pages, as it stands in links. Needed with a folder.",
    "title": "The name above the news, for example “News from Elm Street Family Practice”.",
    "description": "One sentence about the news, for search engines and feed readers.",
    "author": "The person who signs the news. Empty: the practice.",
    "language": "The language of the posts, for example en-US, es or de.",
    "time_zone": "The zone in which dates are shown, for example America/Chicago.",
    "count_views": "Count how often each post is opened, without cookies and without knowing who reads. "
    "With a folder this adds one tiny picture that is loaded from Rounds. Yes or no.",
}


class SettingsProblem(AuthExpired):
    """The channel's options do not work; the post itself is fine."""


@dataclass(frozen=True)
class Site:
    """One website with checked settings. Addresses carry no trailing slash."""

    channel_id: str
    private: Path  # the truth: records and pictures; and the index and the counters
    public: Path  # what the world reads
    folder: str  # the folder as the practice chose it; empty: Rounds serves the pages
    url: str
    title: str
    description: str
    author: str
    language: str
    time_zone: str
    counts_views: bool
    beacon: str  # below this address lie the counting pictures; empty: the pages need none

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def log(self) -> Path:
        return self.private / "under-way.json"

    @property
    def lock(self) -> Path:
        return self.private / "lock"

    @property
    def index(self) -> Path:
        return self.private / "index.json"

    @property
    def look(self) -> Path:
        """Names the settings and the templates that every page was last made with."""
        return self.private / "look"

    @property
    def records(self) -> Path:
        return self.private / "posts"

    @property
    def originals(self) -> Path:
        return self.private / "media"

    @property
    def counters(self) -> Path:
        return self.private / "views"

    def record(self, key: str) -> Path:
        return self.records / f"{quote(key, safe='')}.json"

    def permalink(self, slug: str) -> Path:
        return self.public / "p" / f"{slug}.html"

    def archive(self, number: int) -> Path:
        return self.public / "page" / f"{number}.html"

    def media(self, name: str) -> Path:
        return self.public / "media" / name

    def original(self, name: str) -> Path:
        """A picture as it is kept, whatever becomes of the public folder."""
        return self.originals / name

    def counter(self, slug: str) -> Path:
        return self.counters / slug

    def address(self, slug: str) -> str:
        """The public address of one post."""
        return f"{self.url}/p/{slug}.html"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that must be there before a file is put in place."""
        shown = (self.public / name for name in ("p", "page", "media"))
        kept = (self.records, self.originals, self.counters)
        return (self.private, *kept, self.public, *shown)


def content_policy(beacon: str = "") -> str:
    """What a page may load: the site's own files, and the counting picture where there is one."""
    parts = urlsplit(beacon)
    images = f"'self' {parts.scheme}://{parts.netloc}" if beacon else "'self'"
    own = f"img-src {images}; media-src 'self'; style-src 'self'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def web_address(value: str) -> str:
    """*value* without a trailing slash; raises ValueError where it is no plain web address."""
    parts = urlsplit(value)
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if value and (not plain or "@" in parts.netloc or any(sign.isspace() for sign in value)):
        raise ValueError("site_url must look like https://www.example.org/news")
    return value.rstrip("/")


def known_language(value: str) -> str:
    try:
        Locale.parse(value, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"language “{value}” is not known; try en-US, es or de") from None
    return value


def known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError(f"time_zone “{value}” is not known; try America/Chicago") from None
    return value


class Options(BaseModel):
    """The options as a person filled them in; an empty one counts as left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    folder: str = ""
    site_url: Annotated[str, AfterValidator(web_address)] = ""
    title: str = ""
    description: str = ""
    author: str = ""
    language: Annotated[str, AfterValidator(known_language)] = "en"
    time_zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    count_views: bool | None = None


def site_of(channel: Channel, surroundings: Surroundings) -> Site:
    """The Site of *channel*. Raises SettingsProblem with the sentence that mends it."""
    options = _read(channel)
    private = site_folder(surroundings.data_dir, channel.id)
    beacon = f"{surroundings.public_url}/public/{KEY}/{quote(channel.id, safe='')}"
    url = options.site_url or beacon
    if options.folder and not options.site_url:
        raise SettingsProblem(
            "The website has a folder but no site_url. Add the public address of its pages."
        )
    if not urlsplit(url).hostname:
        raise SettingsProblem("Rounds does not know its own public address. Set it, or set site_url.")
    counts = not options.folder if options.count_views is None else options.count_views
    return Site(
        channel_id=channel.id,
        private=private,
        public=_public_folder(options.folder, surroundings.data_dir)
        if options.folder
        else private / "public",
        folder=options.folder,
        url=url,
        title=options.title or channel.name or "News",
        description=options.description,
        author=options.author,
        language=options.language,
        time_zone=options.time_zone,
        counts_views=counts,
        beacon=beacon if counts and options.folder else "",
    )


def site_folder(data_dir: Path, channel_id: str) -> Path:
    """Where the records of one channel's site lie."""
    return data_dir / KEY / quote(channel_id, safe="")


def _read(channel: Channel) -> Options:
    filled = {name: value for name, value in channel.options.items() if value != ""}
    try:
        return Options.model_validate(filled)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        about = said if first["type"] == "value_error" else f"{first['loc'][0]}: {said}"
        raise SettingsProblem(f"The website's settings need a change: {about}.") from None


def _public_folder(folder: str, data_dir: Path) -> Path:
    """*folder* in full; never one whose publishing would bare Rounds' own data."""
    data = data_dir.resolve()
    public = (data / folder).resolve()
    if not Path(folder).is_absolute() and not public.is_relative_to(data):
        raise SettingsProblem("The website's folder leaves the data folder. Give its full path instead.")
    if data.is_relative_to(public) or public.is_relative_to(data / KEY):
        raise SettingsProblem("The website's folder holds Rounds' own data. Choose another folder.")
    return public
