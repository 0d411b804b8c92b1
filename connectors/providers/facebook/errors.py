"""What the Graph's error codes mean, as a table. The documentation of the Graph names the codes.

A failed answer does not mean *not published*: codes 1 and 2, and every 5xx after a write, are in doubt.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import requests
from pydantic import TypeAdapter, ValidationError

from connectors.errors import Ambiguous, AuthExpired, ConnectorError, RateLimited, Rejected, Transient
from connectors.http import LONGEST_WAIT, raise_for_status, wait_until
from connectors.providers.facebook.shapes import Shape

NETWORK = "Facebook"
USAGE_HEADER = "X-Business-Use-Case-Usage"
PAUSE = timedelta(minutes=15)  # where Facebook does not say how long
LONGEST_QUOTE = 200  # characters of Facebook's own words
ANY = None


class Gone(Rejected):
    """The object is not there, or not for us to see."""


class NotPermitted(AuthExpired):
    """The token works, but a permission or a Page task is missing."""


class Outcome(StrEnum):
    """What an error code comes to."""

    REFUSED = "refused"
    GONE = "gone"
    WAIT = "wait"
    RECONNECT = "reconnect"
    FORBIDDEN = "forbidden"
    DUPLICATE = "duplicate"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Meaning:
    outcome: Outcome
    sentence: str
    pause: timedelta | None = None  # of a WAIT; None: as long as Facebook says


class Fault(Shape):
    """The `error` object of an answer."""

    code: int = 0
    error_subcode: int | None = None
    message: str = ""
    error_user_msg: str | None = None
    is_transient: bool = False
    fbtrace_id: str = ""

    @property
    def reference(self) -> str:
        """Code, subcode and trace, as Meta's support asks for them."""
        numbers = str(self.code) if self.error_subcode is None else f"{self.code}/{self.error_subcode}"
        return f"{numbers} trace {self.fbtrace_id}" if self.fbtrace_id else numbers


class Usage(Shape):
    estimated_time_to_regain_access: int = 0  # minutes


_USAGES = TypeAdapter(dict[str, tuple[Usage, ...]])

_TROUBLE = Meaning(Outcome.TROUBLE, "Facebook had trouble on its side.")
_SLOWER = Meaning(Outcome.WAIT, "Facebook asks us to slow down.")
_FORBIDDEN = Meaning(
    Outcome.FORBIDDEN,
    "A permission or a Page task is missing. Connect the Page again and grant everything that is asked.",
)
_GONE = Meaning(Outcome.GONE, "This is no longer on Facebook, or not visible to us.")
_DUPLICATE = Meaning(Outcome.DUPLICATE, "Facebook says that this stands already.")


def _reconnect(reason: str) -> Meaning:
    return Meaning(Outcome.RECONNECT, f"{reason} Connect the Page again.")


MEANINGS: Mapping[tuple[int | None, int | None], Meaning] = {
    (1, ANY): _TROUBLE,
    (2, ANY): _TROUBLE,
    **{(code, ANY): _SLOWER for code in (4, 17, 32, 341, 613, *range(80000, 80015))},
    **{(code, ANY): _FORBIDDEN for code in (3, 10, *range(200, 300))},
    (102, ANY): _reconnect("Facebook no longer accepts the Page's token."),
    (190, ANY): _reconnect("Facebook no longer accepts the Page's token."),
    (190, 458): _reconnect("The app was removed from the Facebook account."),
    (190, 459): _reconnect("Facebook wants the person to log in and confirm something first."),
    (190, 460): _reconnect("The password of the Facebook account was changed."),
    (190, 463): _reconnect("The Page's token has run out."),
    (190, 464): _reconnect("Facebook wants the person to confirm the account first."),
    (190, 467): _reconnect("The Page's token was withdrawn."),
    (100, ANY): Meaning(Outcome.REFUSED, "Facebook does not take this as it is."),
    (100, 33): _GONE,
    (803, ANY): _GONE,
    (368, ANY): Meaning(
        Outcome.REFUSED,
        "Facebook has blocked this for a policy reason. Look at the Page's quality page before you go on.",
    ),
    (368, 1390008): Meaning(Outcome.WAIT, "Facebook finds this Page posts too fast.", LONGEST_WAIT),
    (506, ANY): _DUPLICATE,
    (ANY, 1366051): _DUPLICATE,
    (ANY, 1366046): Meaning(
        Outcome.REFUSED, "Facebook does not take this photo. Use a JPEG or PNG of at most 4 MB."
    ),
    (1609005, ANY): Meaning(Outcome.REFUSED, "Facebook could not read the page behind the link."),
    (ANY, 1609005): Meaning(Outcome.REFUSED, "Facebook could not read the page behind the link."),
}


def meaning_of(fault: Fault) -> Meaning | None:
    """The table's word on *fault*: a subcode of its own first, then the pair, then the code."""
    keys = ((ANY, fault.error_subcode), (fault.code, fault.error_subcode), (fault.code, ANY))
    found = next((MEANINGS[key] for key in keys if key in MEANINGS), None)
    return found or (_TROUBLE if fault.is_transient else None)


def refusal(result: object, response: requests.Response, *, write: bool, now: datetime) -> ConnectorError:
    """What an answer means that facebook-sdk took for an error. *result* is its body, where it has one."""
    fault = _fault_in(result)
    meaning = meaning_of(fault) if fault else None
    # After a write, a failing server outweighs any code: posts have gone out under both 500 and code 2.
    if fault is None or meaning is None or (write and response.status_code >= 500):
        return _by_status(response, _quote(fault) if fault else "", write=write, now=now)
    return _error(meaning, fault, response, write=write, now=now)


def unreadable(*, write: bool) -> ConnectorError:
    """For an answer that says neither yes nor no."""
    kind = Ambiguous if write else Transient
    return kind(f"{NETWORK} gave an answer that cannot be read.", code="unreadable")


def _by_status(response: requests.Response, said: str, *, write: bool, now: datetime) -> ConnectorError:
    try:
        raise_for_status(response, NETWORK, write=write, now=now, detail=said)
    except ConnectorError as error:
        return error
    return unreadable(write=write)


def _error(
    meaning: Meaning, fault: Fault, response: requests.Response, *, write: bool, now: datetime
) -> ConnectorError:
    message = f"{meaning.sentence} Facebook says: {_quote(fault)}" if _quote(fault) else meaning.sentence
    if meaning.outcome is Outcome.WAIT:
        until = now + meaning.pause if meaning.pause else _regained(response, now)
        return RateLimited(message, until=until, code=fault.reference)
    if meaning.outcome is Outcome.DUPLICATE:
        return Ambiguous(message, code="duplicate")
    kinds: Mapping[Outcome, type[Rejected | AuthExpired | Transient | Ambiguous]] = {
        Outcome.REFUSED: Rejected,
        Outcome.GONE: Gone,
        Outcome.RECONNECT: AuthExpired,
        Outcome.FORBIDDEN: NotPermitted,
        Outcome.TROUBLE: Ambiguous if write else Transient,
    }
    return kinds[meaning.outcome](message, code=fault.reference)


def _regained(response: requests.Response, now: datetime) -> datetime:
    """When calls work again: by Meta's usage header, by Retry-After, or after a PAUSE."""
    minutes = _minutes_to_regain(response.headers.get(USAGE_HEADER, ""))
    if minutes:
        return now + min(timedelta(minutes=minutes), LONGEST_WAIT)
    if "Retry-After" in response.headers:
        return wait_until(response.headers, now)
    return now + PAUSE


def _minutes_to_regain(header: str) -> int:
    try:
        usages = _USAGES.validate_json(header)
    except ValidationError:
        return 0
    return max((u.estimated_time_to_regain_access for of in usages.values() for u in of), default=0)


def _fault_in(result: object) -> Fault | None:
    """The error object in a body, or None when it has none that can be read."""
    if not isinstance(result, dict):
        return None
    try:
        return Fault.model_validate(result.get("error"))
    except ValidationError:
        return None


def _quote(fault: Fault) -> str:
    """Facebook's own sentence without anything that looks like a token or a query, at most a few lines."""
    words = " ".join((fault.error_user_msg or fault.message).split())
    words = re.sub(r"\?\S+=\S*", "", words)
    words = re.sub(r"[A-Za-z0-9_|%-]{30,}", "…", words)
    if len(words) > LONGEST_QUOTE:
        words = words[: LONGEST_QUOTE - 1].rstrip() + "…"
    return words if words.endswith((".", "…", "!", "?")) or not words else f"{words}."
