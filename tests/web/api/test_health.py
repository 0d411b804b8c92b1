"""Alive, and ready."""

from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from config.settings import Settings
from connectors.registry import Registry
from rounds.wiring import House
from tests.support.clocks import SetClock
from tests.support.servers import closed_port, serve
from tests.web.api.world import World
from web.app import create_app


def checks(api: World, status: int) -> dict[str, bool]:
    answer = api.client.get("/readyz")
    assert answer.status_code == status, answer.text
    assert answer.json()["ready"] is (status == 200)
    return {check["name"]: check["ok"] for check in answer.json()["checks"]}


def reason(api: World) -> str:
    return str(api.client.get("/readyz").json()["checks"][-1]["reason"])


def test_rounds_is_ready_while_a_daemon_gives_signs(api: World, clock: SetClock) -> None:
    assert checks(api, 503) == {"database": True, "schema": True, "daemon": False}
    assert "No daemon runs" in reason(api)
    heartbeat = api.practice.house.daemon().heartbeat
    heartbeat.begin()
    assert checks(api, 200) == {"database": True, "schema": True, "daemon": True}
    clock.advance(timedelta(seconds=31))
    assert checks(api, 503)["daemon"] is False
    assert "no sign for 31 s" in reason(api)
    heartbeat.end()


def test_another_versions_schema_is_told_and_nothing_else_is_asked(api: World) -> None:
    with api.practice.house.database.write() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        work.commit()
    assert checks(api, 503) == {"database": True, "schema": False}
    assert api.client.get("/healthz").json() == {"alive": True}


def test_a_database_that_does_not_answer_is_told_without_its_address(tmp_path: Path, clock: SetClock) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{closed_port()}/gone"
    house = House(Settings(data_dir=tmp_path, database_url=nowhere), clock)
    house.__dict__["registry"] = Registry({})
    sign_in = {"email": "maya@harbourlane.example", "password": "x", "name": "Office"}
    with serve(create_app(house)) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        ready = httpx.get(f"{address}/readyz")
        refused = httpx.post(f"{address}/api/v1/tokens", json=sign_in)
    assert (ready.status_code, [check["ok"] for check in ready.json()["checks"]]) == (503, [False])
    assert (refused.status_code, "database" in refused.json()["error"]) == (503, True)
    assert "gone" not in ready.text + refused.text
