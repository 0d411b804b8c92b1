"""Other schedulers on the same job, in their usual set-up. Run as `python -m bench.peers SYSTEM ACTION …`.

apscheduler: 3.11 with its SQLAlchemy job store, 32 threads, no misfire limit. celery: with Redis, one ETA
message a post, 32 threads, late acknowledgement. Both publish with plain requests, a session a thread, as
their users do.
"""

import base64
import json
import logging
import pickle
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import requests
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

TEXT = "x" * 200
_local = threading.local()


def publish(address: str, number: int, due: int) -> None:
    """What a user's task does."""
    session = getattr(_local, "session", None)
    if session is None:
        session = _local.session = requests.Session()
        session.trust_env = False
    session.post(f"{address}/p/{number}/{due}", json={"text": TEXT}, timeout=30).raise_for_status()


# ---------------------------------------------------------------- APScheduler


def apscheduler(store: str) -> tuple[Any, Any]:
    jobs = SQLAlchemyJobStore(url=store)
    scheduler = BackgroundScheduler(
        jobstores={"default": jobs},
        executors={"default": ThreadPoolExecutor(32)},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )
    return jobs, scheduler


def load_apscheduler(store: str, address: str, count: int, due: int, spacing: int) -> None:
    """The rows that add_job would write, in large transactions."""
    jobs, scheduler = apscheduler(store)
    scheduler.start(paused=True)
    seed = scheduler.add_job(
        "bench.peers:publish", "date", run_date=_instant(due), args=[address, 0, 0], id="seed"
    )
    state = seed.__getstate__()
    scheduler.remove_job("seed")
    rows = []
    for number in range(count):
        at = due + number * spacing
        state["trigger"].run_date = _instant(at)
        state.update(id=f"p{number}", args=(address, number, at), next_run_time=_instant(at))
        rows.append({"id": f"p{number}", "next_run_time": at / 1e6, "job_state": pickle.dumps(state, 5)})
    with jobs.engine.begin() as connection:
        connection.execute(jobs.jobs_t.insert(), rows)


def work_apscheduler(store: str) -> None:
    _, scheduler = apscheduler(store)
    scheduler.start()
    print("READY", flush=True)
    while True:
        time.sleep(3600)


# ---------------------------------------------------------------- Celery


def celery(broker: str) -> Any:
    from celery import Celery  # noqa: PLC0415 - installed only where peers are measured

    app = Celery("bench", broker=broker)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
        broker_connection_retry_on_startup=True,
    )
    app.task(name="bench.publish")(publish)
    return app


def load_celery(broker: str, address: str, count: int, due: int, spacing: int) -> None:
    """The messages that apply_async would send, through one pipeline."""
    import redis  # noqa: PLC0415 - see celery

    app = celery(broker)
    store = redis.Redis.from_url(broker)
    store.flushdb()
    app.tasks["bench.publish"].apply_async((address, 0, 0), eta=_instant(due))
    seed: Any = json.loads(str(store.rpop("celery"), "utf-8"))  # type: ignore[arg-type]
    pipe = store.pipeline(transaction=False)
    for number in range(count):
        at, task = due + number * spacing, str(uuid.uuid4())
        seed["headers"].update(id=task, root_id=task, eta=_instant(at).isoformat())
        seed["properties"].update(correlation_id=task, delivery_tag=task)
        call = [
            [address, number, at],
            {},
            {"callbacks": None, "errbacks": None, "chain": None, "chord": None},
        ]
        seed["body"] = base64.b64encode(json.dumps(call).encode()).decode()
        pipe.lpush("celery", json.dumps(seed))
    pipe.execute()


def work_celery(broker: str) -> None:
    from celery.signals import worker_ready  # noqa: PLC0415 - see celery

    app = celery(broker)
    worker_ready.connect(lambda **_: print("READY", flush=True), weak=False)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
    app.worker_main(["worker", "-P", "threads", "-c", "32", *quiet])


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    system, action, where, *rest = sys.argv[1:]
    if action == "load":
        loader = load_apscheduler if system == "apscheduler" else load_celery
        loader(where, rest[0], *map(int, rest[1:4]))
    else:
        (work_apscheduler if system == "apscheduler" else work_celery)(where)
