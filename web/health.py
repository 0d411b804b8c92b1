"""Whether this process answers, and whether Rounds can do its work. Both are open and tell no secrets."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError

from scheduler.heartbeat import STALE_AFTER
from store.database import Database, ping
from web.access import House

TOPIC = "Health"
TAG = {"name": TOPIC, "description": "For whatever watches over the server. No token is needed."}


class Alive(BaseModel):
    """The process answers."""

    alive: bool = Field(examples=[True])


class HealthCheck(BaseModel):
    """One thing that has to be so."""

    name: str = Field(description="database, schema or daemon.", examples=["daemon"])
    ok: bool
    reason: str = Field(description="One sentence for people.", examples=["A daemon runs."])


class Readiness(BaseModel):
    """Whether everything is in place for posts to go out."""

    ready: bool
    checks: list[HealthCheck] = Field(description="In order, up to the first that fails.")


router = APIRouter(tags=[TOPIC])


@router.get("/healthz", summary="Show whether the process answers")
def show_alive() -> Alive:
    """Touches nothing else, so a restart is the right answer to silence here."""
    return Alive(alive=True)


@router.get(
    "/readyz",
    summary="Show whether Rounds can do its work",
    responses={503: {"model": Readiness, "description": "Something is missing; `checks` says what."}},
)
def show_ready(house: House, response: Response) -> Readiness:
    """The database answers, its schema is this Rounds' own, and a daemon gave a sign lately."""
    checks = list(_checks(house.database))
    ready = all(check.ok for check in checks)
    response.status_code = 200 if ready else 503
    return Readiness(ready=ready, checks=checks)


def _checks(database: Database) -> Iterator[HealthCheck]:
    """Up to the first that fails."""
    for look in (_database, _schema, _daemon):
        check = look(database)
        yield check
        if not check.ok:
            return


def _database(database: Database) -> HealthCheck:
    ok = ping(database)
    reason = "The database answers." if ok else "The database does not answer. Start it, or free its disk."
    return HealthCheck(name="database", ok=ok, reason=reason)


def _schema(database: Database) -> HealthCheck:
    try:
        ok = database.is_current()
    except DBAPIError:
        ok = False
    reason = "The schema is current." if ok else "The schema is another version's. Start this Rounds once."
    return HealthCheck(name="schema", ok=ok, reason=reason)


def _daemon(database: Database) -> HealthCheck:
    with database.read() as work:
        daemons = work.server.daemons()
        now = work.now()
    beat = daemons[0].beat_at if daemons else None
    ok = beat is not None and now - beat <= STALE_AFTER
    return HealthCheck(name="daemon", ok=ok, reason="A daemon runs." if ok else _silence(beat, now))


def _silence(beat: datetime | None, now: datetime) -> str:
    if beat is None:
        return "No daemon runs, so nothing goes out. Start one: rounds up, or rounds daemon."
    seconds = int((now - beat) / timedelta(seconds=1))
    return f"The daemon gave no sign for {seconds} s, so nothing may go out. Look at its log, or restart it."
