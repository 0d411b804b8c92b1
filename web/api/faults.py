"""Why a request was refused: a status, and one sentence that says what, where and how to go on."""

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import compile_path

from approval.service import CannotDecide, CannotSubmit
from connectors.registry import UnknownConnector
from domain.actor import NotAllowed
from domain.refusal import Refusal
from domain.states import IllegalMove
from drafting.media import UnsoundMedia
from drafting.posts import CannotEdit
from people.access import SignInRefused, TooManyTries
from people.fields import BadField
from promotion.service import CannotPromote
from scheduler.booking import CannotSchedule
from scheduler.deciding import NothingToDecide
from store.database import StoreUnavailable
from store.repository import NotFound
from web.access import ForeignForm, SignInFirst
from web.api.sentences import field_of, sentences
from web.api.shapes import Finding

Value = TypeVar("Value")


class Fault(BaseModel):
    """Why the request was refused."""

    error: str = Field(
        description="One sentence for people: what, where, and how to go on.",
        examples=["There is no post “01KPC3VZ9S8RW5M2T0D7H4EXAM” here."],
    )
    field: str | None = Field(None, description="The field that it is about.", examples=["labels.0"])
    findings: list[Finding] | None = Field(None, description="What the guard said, where it stopped a post.")


STATUS: Mapping[type[Exception], int] = {
    Refusal: 422,
    SignInFirst: 401,
    SignInRefused: 401,
    TooManyTries: 429,
    NotAllowed: 403,
    ForeignForm: 403,
    NotFound: 404,
    # the request is sound, but not as things stand now
    IllegalMove: 409,
    CannotEdit: 409,
    CannotDecide: 409,
    CannotSchedule: 409,
    NothingToDecide: 409,
    CannotPromote: 409,
    UnsoundMedia: 422,
    UnknownConnector: 422,
    StoreUnavailable: 503,
    exc.IntegrityError: 409,
    exc.DataError: 422,
    exc.DBAPIError: 503,
    exc.TimeoutError: 503,
}
OURS = "The server failed at this. Nothing more was done. Try again; if it stays, show its owner the log."
SENTENCES: Mapping[type[Exception], str] = {
    exc.IntegrityError: "Somebody did the same at this very moment. Look again, then repeat it if needed.",
    exc.DataError: "A value is longer than can be kept, or holds characters that cannot. Shorten it.",
    exc.DBAPIError: "The database cannot be used right now. Try again, or tell the server's owner.",
    exc.TimeoutError: "The server is too busy right now. Try again in a minute.",
}
HTTP_SENTENCES = {
    400: "The body cannot be read. Send a JSON object in UTF-8, or a form with files.",
    404: "There is nothing at this address. /api/openapi.json says what there is.",
    405: "This address does not take that method. /api/openapi.json says which it takes.",
}


def answer(request: Request, error: Exception) -> JSONResponse:
    """The response for whatever went wrong."""
    fault = Fault(error=_sentence(error), field=_field(error), findings=_findings(error))
    body = fault.model_dump(mode="json", exclude_none=True)
    response = JSONResponse(body, status_code=status_of(error), headers=_headers(error))
    if response.status_code == 405:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 422
    return _nearest(STATUS, error, 500)


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route documents about being refused."""
    return {status: {"model": Fault, "description": MEANINGS[status]} for status in statuses}


MEANINGS = {
    400: "The body cannot be read at all.",
    401: "There is no token, or it is not known, ended or revoked.",
    403: "This member may not do that.",
    404: "There is no such thing in this practice.",
    409: "Not as things stand now: look again, then decide.",
    413: "The body is larger than this address takes.",
    422: "A value cannot be used; `field` names it where one field is at fault.",
    429: "Too many tries. `Retry-After` says how many seconds to wait.",
    503: "The database cannot be used right now.",
}


def _sentence(error: Exception) -> str:
    if isinstance(error, RequestValidationError):
        return " ".join(sentences(error.errors()))
    if isinstance(error, HTTPException):
        return HTTP_SENTENCES.get(error.status_code, str(error.detail))
    return _nearest(SENTENCES, error, "") or (str(error) if status_of(error) != 500 else OURS)


def _field(error: Exception) -> str | None:
    if isinstance(error, RequestValidationError):
        return field_of(error.errors()[0])
    return error.field if isinstance(error, BadField) else None


def _findings(error: Exception) -> list[Finding] | None:
    if isinstance(error, CannotSubmit) and error.findings:
        return [Finding.of(finding) for finding in error.findings]
    return None


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case TooManyTries(seconds=seconds):
            return {"Retry-After": str(seconds)}
        case HTTPException(headers=headers) if headers:
            return dict(headers)
        case _ if status_of(error) == 401:
            return {"WWW-Authenticate": "Bearer"}
        case _:
            return {}


def _methods(request: Request) -> list[str]:
    """What this address takes; the framework's own answer stops at the first route."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    here = [told for path, told in paths.items() if compile_path(path)[0].match(request.url.path)]
    return sorted({method.upper() for told in here for method in told})


def _nearest(table: Mapping[type[Exception], Value], error: Exception, otherwise: Value) -> Value:
    """What the table says of the error's class, or of the nearest class above it."""
    return next((table[kind] for kind in type(error).__mro__ if kind in table), otherwise)
