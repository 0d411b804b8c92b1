"""Bringing a content calendar in: look first, then all or nothing. The same file twice changes nothing."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from domain.actor import Actor
from domain.clock import Clock
from domain.ids import new_id
from domain.refusal import Refusal
from drafting.media import CleanedMedia, UnsoundMedia, clean
from drafting.planned import PlannedPost, Problem, Reading
from drafting.posts import MAY_WRITE, PictureUse, PostInput, create_post, keep_picture
from drafting.reading import read
from store.blobs import Blobs
from store.database import Database
from store.models import ChannelRow, ImportRun, Member
from store.scope import PracticeScope

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many
MediaSource = Callable[[str], bytes | None]  # a file's bytes by the name in the calendar, or None


# Where a field of a post stands in the file, when the names differ.
_COLUMNS = {"pictures": "media", "wall": "date"}


@dataclass(frozen=True)
class Row:
    """One planned post with everything it names found."""

    planned: PlannedPost
    post: PostInput
    known: bool  # it was imported before


@dataclass(frozen=True)
class Plan:
    """What an import would do."""

    filename: str
    digest: str  # SHA-256 (hex) of the file; empty when no row of it can be used
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    pictures: Mapping[str, tuple[str, CleanedMedia]] = field(repr=False)  # by digest: file name, picture

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def refused_rows(self) -> int:
        return len({problem.row for problem in self.errors if problem.row is not None})

    @property
    def new_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.known)


class HasProblems(Refusal):
    """The file has errors and the whole of it was asked for; nothing was imported."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        count = len(plan.errors)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"The file has {count} {noun}, so nothing was imported. Mend it, or import the valid rows."
        )


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    created: int
    unchanged: int
    refused: int


def folder_source(folder: Path) -> MediaSource:
    """Media beside the calendar file. Names never lead out of the folder."""
    root = folder.resolve()

    def find(name: str) -> bytes | None:
        path = (root / name.replace("\\", "/")).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return None
        return path.read_bytes()

    return find


def upload_source(files: Mapping[str, bytes]) -> MediaSource:
    """Media that were sent along, by their bare file names."""
    by_name = {_bare(name).casefold(): data for name, data in files.items()}
    return lambda name: by_name.get(_bare(name).casefold())


def _bare(name: str) -> str:
    return PurePosixPath(PureWindowsPath(name).as_posix()).name


@dataclass(frozen=True)
class Importing:
    """Reads, shows what would happen, and does it."""

    database: Database
    clock: Clock
    blobs: Blobs

    def look(
        self,
        actor: Actor,
        source: Path | bytes,
        filename: str,
        media: MediaSource,
        progress: Progress = lambda what, done, total: None,
    ) -> Plan:
        """The dry run: every row and every problem. Nothing is written."""
        actor.require(*MAY_WRITE, what="import calendars")
        with self.database.read() as work:
            scope = work.practice(actor.practice_id)
            zone = scope.practices.get().zone
            reading = read(
                source,
                filename,
                zone,
                now=self.clock.now(),
                progress=lambda done, total: progress("reading", done, total),
            )
            desk = _Desk(scope, media, reading)
            known = scope.posts.source_keys([_key(row) for row in reading.rows])
            rows: list[Row] = []
            for done, planned in enumerate(reading.rows, start=1):
                post = desk.resolve(planned)
                if post is not None:
                    rows.append(Row(planned, post, _key(planned) in known))
                if done % 200 == 0 or done == len(reading.rows):
                    progress("checking", done, len(reading.rows))
        problems = sorted((*reading.problems, *desk.problems), key=lambda problem: problem.row or 0)
        digest = _digest(source) if reading.rows else ""
        return Plan(filename, digest, tuple(rows), tuple(problems), desk.pictures)

    def apply(
        self,
        actor: Actor,
        plan: Plan,
        *,
        valid_rows: bool = False,
        progress: Progress = lambda what, done, total: None,
    ) -> Imported:
        """Create the drafts in one transaction; raises HasProblems when all rows were asked for."""
        actor.require(*MAY_WRITE, what="import calendars")
        if plan.errors and not valid_rows:
            raise HasProblems(plan)
        now = self.clock.now()
        fresh = plan.new_rows
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            scope.practices.lock()  # who imports the same file at the same time waits
            for filename, cleaned in plan.pictures.values():
                keep_picture(scope, self.blobs, actor, cleaned, filename, now)
            known = scope.posts.source_keys([_key(row.planned) for row in fresh])
            created = 0
            for done, row in enumerate(fresh, start=1):
                if _key(row.planned) not in known:
                    create_post(scope, actor, row.post, now, _key(row.planned))
                    created += 1
                if done % 50 == 0 or done == len(fresh):
                    progress("importing", done, len(fresh))
            result = Imported(created, len(plan.rows) - created, plan.refused_rows)
            self._remember(scope, actor, plan, result, now)
            work.commit()
        return result

    def _remember(
        self, scope: PracticeScope, actor: Actor, plan: Plan, result: Imported, now: datetime
    ) -> None:
        run = ImportRun(
            id=new_id(),
            practice_id=scope.id,
            member_id=actor.member_id,
            filename=plan.filename[-255:],
            digest=plan.digest,
            created=result.created,
            unchanged=result.unchanged,
            refused=result.refused,
            at=now,
        )
        scope.posts.add(run)
        scope.audit.record(
            actor.audit_name,
            "imported",
            f"import:{run.id}",
            now,
            file=plan.filename,
            digest=plan.digest,
            created=result.created,
        )


class _Desk:
    """Finds what rows name: channels, people, pictures; each picture is cleaned once."""

    def __init__(self, scope: PracticeScope, media: MediaSource, reading: Reading) -> None:
        self.problems: list[Problem] = []
        self.pictures: dict[str, tuple[str, CleanedMedia]] = {}
        self._media = media
        self._headers = reading.headers
        self._unit = reading.unit
        self._cleaned: dict[str, CleanedMedia | str] = {}
        self._channels = scope.channels.all()
        roles = scope.people.roles_by_member()
        self._people = [
            member
            for member in scope.people.members()
            if member.active and roles.get(member.id, frozenset()) & set(MAY_WRITE)
        ]

    def resolve(self, planned: PlannedPost) -> PostInput | None:
        before = len(self.problems)
        channels = [self._channel(planned, name) for name in planned.channels]
        author = self._author(planned) if planned.creator else None
        pictures = [self._picture(planned, number) for number in range(len(planned.media))]
        if any(problem.severity == "error" for problem in self.problems[before:]):
            return None
        try:
            return PostInput(
                title=planned.title[:200],
                text=planned.text,
                link=planned.link,
                first_comment=planned.first_comment,
                pictures=tuple(picture for picture in pictures if picture),
                channels=tuple(dict.fromkeys(channel.id for channel in channels if channel)),
                campaign=planned.campaign,
                labels=planned.labels,
                author_id=author.id if author else None,
                wall=datetime.combine(planned.wall_date, planned.wall_time),
                zone=planned.zone,
                marker=planned.instant.astimezone(ZoneInfo(planned.zone)).utcoffset(),
            )
        except ValidationError as error:
            self._refuse(planned, error)
            return None

    def _channel(self, planned: PlannedPost, name: str) -> ChannelRow | None:
        wanted = name.strip().casefold()
        named = [row for row in self._channels if wanted in (row.name.casefold(), row.id.casefold())]
        of_network = [row for row in self._channels if row.provider == wanted]
        for found in (named, of_network):
            if len(found) == 1:
                return found[0]
        names = [row.name for row in (of_network or self._channels)]
        if of_network:
            self._problem(planned, "channels", f"“{name}” could be several channels.", _offer(names))
        elif not self._channels:
            fix = "Connect a channel first, or try everything on the rehearsal network."
            self._problem(planned, "channels", f"There is no channel “{name}”.", fix)
        else:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            fix = f"Did you mean “{near[0]}”?" if near else _offer(names)
            self._problem(planned, "channels", f"There is no channel “{name}”.", fix)
        return None

    def _author(self, planned: PlannedPost) -> Member | None:
        wanted = planned.creator.strip().casefold()
        found = [
            member for member in self._people if wanted in (member.email.casefold(), member.name.casefold())
        ]
        if len(found) == 1:
            return found[0]
        names = [member.name for member in self._people]
        near = get_close_matches(planned.creator, names, n=1, cutoff=0.5)
        fix = f"Did you mean “{near[0]}”?" if near else _offer(names)
        said = "is the name of several people" if found else "is nobody here who may write"
        self._problem(planned, "creator", f"“{planned.creator}” {said}.", fix)
        return None

    def _picture(self, planned: PlannedPost, number: int) -> PictureUse | None:
        name = planned.media[number]
        if name not in self._cleaned:
            self._cleaned[name] = self._clean(name)
        cleaned = self._cleaned[name]
        if isinstance(cleaned, str):
            self._problem(planned, "media", cleaned, "")
            return None
        alt_text = planned.alt_texts[number] if planned.alt_texts else ""
        if not alt_text:
            self._problem(
                planned,
                "alt_text",
                f"“{name}” has no description for people who cannot see it.",
                "Add one here, or before the post is submitted.",
                severity="warning",
            )
        return PictureUse(digest=cleaned.digest, alt_text=alt_text)

    def _clean(self, name: str) -> CleanedMedia | str:
        data = self._media(name)
        if data is None:
            return f"“{name}” is not there. Put the file beside the calendar, or correct its name."
        try:
            cleaned = clean(data, name)
        except UnsoundMedia as fault:
            return str(fault)
        self.pictures[cleaned.digest] = (_bare(name), cleaned)
        return cleaned

    def _refuse(self, planned: PlannedPost, error: ValidationError) -> None:
        """Name what no post may be, in the words of the file."""
        for fault in error.errors(include_url=False, include_input=False):
            name = str(fault["loc"][0])
            most = fault.get("ctx", {}).get("max_length")
            match fault["type"]:
                case "string_too_long":
                    message, fix = f"It has more than {most:,} characters.", "Shorten it."
                case "too_long":
                    message, fix = f"It names more than {most}.", "Keep the most important ones."
                case _:
                    message, fix = f"{fault['msg']}.", "Correct it."
            self._problem(planned, _COLUMNS.get(name, name), message, fix)

    def _problem(
        self,
        planned: PlannedPost,
        column: str,
        message: str,
        fix: str,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        self.problems.append(
            Problem(
                row=planned.row,
                column=self._headers.get(column, column.replace("_", " ")),
                message=message,
                fix=fix,
                severity=severity,
                unit=self._unit,
            )
        )


def _offer(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:6])
    return f"There are: {shown}." if shown else "There are none yet."


def _key(planned: PlannedPost) -> str:
    return f"import:{planned.source_id}"


def _digest(source: Path | bytes) -> str:
    data = source if isinstance(source, bytes) else source.read_bytes()
    return hashlib.sha256(data).hexdigest()
