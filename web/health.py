"""Whether this process answers, and whether it can do its work."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from store.database import ping
from web.access import House

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> JSONResponse:
    return JSONResponse({"ok": True})


@router.get("/readyz")
def ready(house: House) -> JSONResponse:
    """503 while the database does not answer or is not migrated."""
    able = ping(house.database) and house.database.is_current()
    return JSONResponse({"ok": able}, status_code=200 if able else 503)
