"""`rounds doctor`: looks the installation over and says in plain words what is well and what to do."""

import http.client
import json
import re
import shutil
import socket
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import TZPATH

import tzdata  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError

from domain.states import Delivery
from domain.words import ChannelState
from rounds.wiring import House, check_folder
from scheduler.heartbeat import STALE_AFTER
from store.database import Database, StoreUnavailable, UnitOfWork, explain, ping
from store.publications import LATE_AFTER
from store.sealing import WrongKey, load_seal
from web.ui import STATIC, TEMPLATES

ROOMS = (
    "approval",
    "channels",
    "config",
    "connectors",
    "domain",
    "drafting",
    "engagement",
    "people",
    "promotion",
    "rounds",
    "scheduler",
    "store",
    "web",
)
HOME = Path(__file__).resolve().parent.parent
OURS = "rounds"  # the distribution that all rooms belong to

LITTLE_SPACE, NO_SPACE = 1024**3, 100 * 1024**2  # bytes
TOKEN_ENDS_SOON = timedelta(days=7)
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
PATIENCE = 3.0  # seconds for an answer on our own port


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. The remedy is empty where all is well."""

    name: str
    state: State
    found: str
    remedy: str = ""


def examine(house: House) -> list[Check]:
    """Everything, in the order in which one thing rests on another."""
    checks = [check(house) for check in (names, folder, key_file, front_end, time_zones, port)]
    checks.append(database(house))
    if checks[-1].state is not State.TROUBLE:
        with house.database.read() as work:
            checks += [check(house, work) for check in IN_THE_DATABASE]
    return checks


# ---------------------------------------------------------------- this machine


def names(_house: House) -> Check:
    """Our rooms have plain names; another package of the same name must not stand in for one."""
    taken = strangers(packages_distributions())
    if taken:
        told = "; ".join(f"{room} from {owner}" for room, owner in sorted(taken.items()))
        remedy = "Install Rounds in a Python environment of its own, with nothing else in it."
        return Check("Names", State.TROUBLE, f"Packages of others stand in our place: {told}.", remedy)
    return Check("Names", State.OK, f"All {len(ROOMS)} rooms are our own.")


def strangers(owners: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Rooms that somebody else owns, or that are not loaded from here. *owners*: distributions by package."""
    found = {}
    for room in ROOMS:
        others = sorted({_normal(owner) for owner in owners.get(room, ())} - {OURS})
        spec = find_spec(room)
        place = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if others or place != HOME:
            found[room] = ", ".join(others) or str(place or "nowhere")
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def folder(house: House) -> Check:
    place = house.settings.data_dir.resolve()
    if not place.exists():
        return Check("Data folder", State.WARNING, f"{place} is not there yet.", "Start Rounds: rounds up")
    try:
        check_folder(place)
        free = shutil.disk_usage(place).free
    except (StoreUnavailable, OSError) as error:
        return Check("Data folder", State.TROUBLE, str(error), "Then look again: rounds doctor")
    told = f"{place} can be written; {free / 1024**3:.1f} GB are free."
    if free < NO_SPACE:
        return Check("Data folder", State.TROUBLE, told, "Free some space on this disk now.")
    if free < LITTLE_SPACE:
        return Check("Data folder", State.WARNING, told, "Free some space on this disk soon.")
    return Check("Data folder", State.OK, told)


def key_file(house: House) -> Check:
    place = house.settings.data_dir / "seal.key"
    if not place.exists():
        return Check("Key", State.WARNING, "There is no seal.key.", "A new server makes one: rounds up")
    if stat.S_IMODE(place.stat().st_mode) & 0o077:
        return Check("Key", State.WARNING, f"Others may read {place}.", f"chmod 600 {place}")
    return Check("Key", State.OK, "seal.key is there, and only this user may read it.")


def front_end(_house: House) -> Check:
    wanted = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r"static\('([^']+)'\)", template.read_text(encoding="utf-8"))
    }
    missing = sorted(name for name in wanted if not (STATIC / name).is_file())
    if missing:
        remedy = "Run make up, or python web/frontend/build.py."
        return Check("Pages", State.TROUBLE, f"Files of the pages are missing: {', '.join(missing)}.", remedy)
    return Check("Pages", State.OK, "All files of the pages are there.")


def time_zones(house: House) -> Check:
    """Which rules for summer time are in force here, and whether the clock can be right."""
    version = system_zones(TZPATH) or tzdata.IANA_VERSION
    year = int(tzdata.IANA_VERSION[:4])
    now = house.clock.now()
    if now < datetime(year, 1, 1, tzinfo=UTC):
        told = f"This machine believes that it is {now:%d %B %Y}, before its time zone rules were made."
        return Check("Clock", State.TROUBLE, told, "Set the clock, and let it follow a time server.")
    told = f"Time zone rules of {version}; it is {now:%Y-%m-%d %H:%M} UTC."
    if version < tzdata.IANA_VERSION:
        remedy = f"Renew the system's tzdata, or set PYTHONTZPATH= to use our own of {tzdata.IANA_VERSION}."
        return Check("Clock", State.WARNING, told, remedy)
    return Check("Clock", State.OK, told)


def system_zones(places: Sequence[str]) -> str:
    """The version of the system's own time zone data, such as 2026a; empty where it does not say."""
    for place in map(Path, places):
        if (place / "tzdata.zi").is_file():
            with (place / "tzdata.zi").open(encoding="utf-8") as file:
                found = re.match(r"# version (\w+)", file.readline())
            return found[1] if found else ""
        if (place / "+VERSION").is_file():
            return (place / "+VERSION").read_text(encoding="utf-8").strip()
    return ""


def port(house: House) -> Check:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(house.settings.host, house.settings.host)  # noqa: S104
    number = house.settings.port
    if not _is_taken(host, number):
        return Check("Port", State.OK, f"Port {number} is free for the pages.")
    if _is_rounds(host, number):
        return Check("Port", State.OK, f"Rounds answers on port {number}.")
    remedy = "Stop what uses it, or set ROUNDS_PORT to another port."
    return Check("Port", State.TROUBLE, f"Something else answers on port {number}.", remedy)


def _is_taken(host: str, number: int) -> bool:
    try:
        with socket.create_connection((host, number), timeout=PATIENCE):
            return True
    except OSError:
        return False


def _is_rounds(host: str, number: int) -> bool:
    asked = http.client.HTTPConnection(host, number, timeout=PATIENCE)
    try:
        asked.request("GET", "/healthz")
        told = json.loads(asked.getresponse().read(1000))
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        asked.close()
    return bool(told == {"alive": True})


# ---------------------------------------------------------------- the database


def database(house: House) -> Check:
    """Whether it answers and has this Rounds' own schema. Looking never makes a file."""
    name = "Database"
    try:
        if is_missing(house.database):
            return Check(name, State.TROUBLE, "There is no database yet.", "Start Rounds: rounds up")
        if not ping(house.database):
            house.database.migrate()  # says in a sentence why it cannot be used
        house.database.check_not_newer()
        if not house.database.is_current():
            found = "The schema is of an older Rounds."
            return Check(name, State.TROUBLE, found, "Start this Rounds once: rounds up")
    except StoreUnavailable as error:
        return Check(name, State.TROUBLE, str(error), "Then look again: rounds doctor")
    except DBAPIError as error:
        told = explain(error, str(house.database.engine.url.database or ""))
        return Check(name, State.TROUBLE, told, "Then look again: rounds doctor")
    kind = "SQLite" if house.database.is_sqlite else "PostgreSQL"
    return Check(name, State.OK, f"{kind} answers, and its schema is current.")


def is_missing(database: Database) -> bool:
    """Whether it is an SQLite file that is not there: opening it would make it."""
    return database.is_sqlite and not Path(str(database.engine.url.database)).exists()


def clocks_agree(house: House, work: UnitOfWork) -> Check:
    """The clock of this machine against the database's, and against what was written already."""
    name, now = "Clocks", house.clock.now()
    if abs(work.now() - now) > CLOCKS_MAY_DIFFER:
        told = f"The database's clock differs from ours by {(work.now() - now).total_seconds():.0f} s."
        return Check(name, State.WARNING, told, "Let both follow a time server.")
    latest = work.server.latest_entry()
    if latest is not None and latest > now + CLOCKS_MAY_DIFFER:
        told = f"The record holds an entry of {latest:%Y-%m-%d %H:%M} UTC, which is still to come."
        return Check(name, State.WARNING, told, "The clock ran ahead once; make sure that it is right now.")
    return Check(name, State.OK, "The clocks agree.")


def seals(house: House, work: UnitOfWork) -> Check:
    """Whether the key opens everything that was sealed."""
    name, sealed = "Credentials", work.server.sealed()
    place = house.settings.data_dir / "seal.key"
    if not sealed:
        return Check(name, State.OK, "No credentials are kept yet.")
    if not place.exists():
        remedy = "Put the original seal.key back, or reconnect the channels."
        return Check(name, State.TROUBLE, f"{len(sealed)} are sealed, and the key is gone.", remedy)
    try:
        closed = [what for what, value in sealed if not _opens(house, value)]
    except (StoreUnavailable, ValueError) as error:
        return Check(name, State.TROUBLE, f"seal.key cannot be used: {error}", "Restore it from your backup.")
    if closed:
        remedy = "Put the original seal.key back, or reconnect them."
        return Check(name, State.TROUBLE, f"The key does not open: {', '.join(closed)}.", remedy)
    return Check(name, State.OK, f"The key opens all {len(sealed)}.")


def _opens(house: House, sealed: str) -> bool:
    try:
        load_seal(house.settings.data_dir / "seal.key").open(sealed)
    except WrongKey:
        return False
    return True


def daemon(_house: House, work: UnitOfWork) -> Check:
    name, beats = "Daemon", [row.beat_at for row in work.server.daemons()]
    fresh = [beat for beat in beats if work.now() - beat < STALE_AFTER]
    if fresh:
        count = "One daemon publishes" if len(fresh) == 1 else f"{len(fresh)} daemons publish"
        return Check(name, State.OK, f"{count}.")
    remedy = "Start one, or nothing goes out: rounds up, or rounds daemon"
    if beats:
        told = f"The last sign of a daemon was at {max(beats):%Y-%m-%d %H:%M} UTC."
        return Check(name, State.TROUBLE, told, remedy)
    return Check(name, State.WARNING, "No daemon runs.", remedy)


def late(_house: House, work: UnitOfWork) -> Check:
    count, oldest = work.server.queue.late(work.now() - LATE_AFTER)
    if not count or oldest is None:
        return Check("Late posts", State.OK, "None is late.")
    told = f"{count} should be out already, the oldest since {oldest:%Y-%m-%d %H:%M} UTC."
    remedy = "See that a daemon runs and that its channel works: rounds publication list --state scheduled"
    return Check("Late posts", State.TROUBLE, told, remedy)


def undecided(_house: House, work: UnitOfWork) -> Check:
    """What waits for a person."""
    counts = work.server.queue.count_by_state()
    waiting = {state: counts[state] for state in PEOPLE_DECIDE if counts.get(state)}
    if not waiting:
        return Check("Outcomes", State.OK, "Nothing is uncertain, failed or held.")
    told = ", ".join(f"{count} {state}" for state, count in waiting.items())
    states = " ".join(f"--state {state}" for state in waiting)
    return Check("Outcomes", State.WARNING, f"{told}.", f"Look at them: rounds publication list {states}")


PEOPLE_DECIDE = (Delivery.UNCERTAIN, Delivery.PARTIAL, Delivery.FAILED, Delivery.HELD)


def channels(house: House, work: UnitOfWork) -> Check:
    rows = [row for row in work.server.all_channels() if row.state is not ChannelState.DISCONNECTED]
    broken = [row.name for row in rows if row.state is ChannelState.NEEDS_RECONNECT]
    soon = house.clock.now() + TOKEN_ENDS_SOON
    ending = [row.name for row in rows if row.token_expires_at and row.token_expires_at < soon]
    if broken:
        remedy = "Reconnect: rounds channel reconnect, or rounds channel connect"
        return Check("Channels", State.TROUBLE, f"No longer signed in: {', '.join(broken)}.", remedy)
    if ending:
        remedy = "They are renewed by themselves where the network allows it; a daemon must run."
        return Check(
            "Channels", State.WARNING, f"Signed in for less than a week: {', '.join(ending)}.", remedy
        )
    return Check("Channels", State.OK, f"{len(rows)} connected.")


def audit(_house: House, work: UnitOfWork) -> Check:
    for practice in work.server.practices():
        broken = work.practice(practice.id).audit.verify()
        if broken is not None:
            told = f"The chain of {practice.name} is broken at entry {broken.seq}: {broken.why}."
            return Check(
                "Record", State.TROUBLE, told, "Keep a copy of the database, and find out who changed it."
            )
    return Check("Record", State.OK, "Every entry follows from the one before it.")


IN_THE_DATABASE: tuple[Callable[[House, UnitOfWork], Check], ...] = (
    clocks_agree,
    seals,
    daemon,
    late,
    undecided,
    channels,
    audit,
)
