"""What X's refusals mean, as a table. X names them by an old code, by a problem's type or by its title.

A failing server outweighs any code: after a write a 5xx is in doubt, whatever its body says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import requests
from pydantic import ValidationError

from connectors.errors import (
    Ambiguous,
    AuthExpired,
    ConnectorError,
    OutOfCredit,
    RateLimited,
    Rejected,
    Transient,
)
from connectors.http import DEFAULT_WAIT, LONGEST_WAIT, raise_for_status, wait_until
from connectors.providers.x.answers import Problem, Reason

NETWORK = "X"
LONGEST_QUOTE = 200  # characters of X's own words
ALREADY_REPOSTED = "327"
NOT_FOUND = "404"
GONE = frozenset({"resource-not-found", "resource-unavailable"})


class Outcome(StrEnum):
    """What a refusal comes to."""

    REFUSED = "refused"
    WAIT = "wait"
    RECONNECT = "reconnect"
    CREDIT = "credit"
    DUPLICATE = "duplicate"
    NOTHING_HAPPENED = "nothing_happened"


@dataclass(frozen=True)
class Meaning:
    outcome: Outcome
    sentence: str
    pause: timedelta = DEFAULT_WAIT  # where X does not say until when


_DUPLICATE = Meaning(Outcome.DUPLICATE, "X says that these words stand already.")
_SLOWER = Meaning(Outcome.WAIT, "X asks us to wait.")
_CREDIT = Meaning(
    Outcome.CREDIT,
    "X wants to be paid before it goes on. Add credits or raise the spending cap in X's developer console.",
)
_SIGN_IN = Meaning(Outcome.RECONNECT, "X no longer accepts our sign-in. Connect the channel again.")
_READ_ONLY = Meaning(
    Outcome.RECONNECT,
    "The app may only read. Let it write in X's developer console, then connect the channel again.",
)
_APP = Meaning(
    Outcome.REFUSED,
    "X does not let this app do that. Look at its project and its access in X's developer console.",
)

BY_NAME: Mapping[str, Meaning] = {
    "187": _DUPLICATE,
    "88": _SLOWER,
    "185": Meaning(Outcome.WAIT, "This account has posted as much as X allows it today.", timedelta(hours=1)),
    "credits": _CREDIT,
    "CreditsDepleted": _CREDIT,
    "usage-capped": _CREDIT,
    "UsageCapExceeded": _CREDIT,
    "32": _SIGN_IN,
    "89": _SIGN_IN,
    "215": _SIGN_IN,
    "unsupported-authentication": _SIGN_IN,
    "64": Meaning(Outcome.RECONNECT, "X has suspended this account. Ask X's support, then connect it again."),
    "326": Meaning(
        Outcome.RECONNECT, "X has locked this account. Sign in on x.com, unlock it, then connect it again."
    ),
    "261": _READ_ONLY,
    "oauth1-permissions": _READ_ONLY,
    "453": _APP,
    "client-forbidden": _APP,
    "client-not-enrolled": _APP,
    "135": Meaning(Outcome.NOTHING_HAPPENED, "X finds our clock wrong. Set this machine's clock."),
    ALREADY_REPOSTED: Meaning(Outcome.REFUSED, "This account has reposted this already."),
}
BY_STATUS: Mapping[int, Meaning] = {401: _SIGN_IN, 402: _CREDIT, 429: _SLOWER}
BY_PHRASE: Mapping[str, str] = {  # for refusals that X gives no name, by a phrase of their detail
    "duplicate content": "187",
    "is a duplicate": "187",
    "already retweeted": ALREADY_REPOSTED,
    "already reposted": ALREADY_REPOSTED,
}


def judge(response: requests.Response, *, write: bool, now: datetime) -> None:
    """Raise what the answer's status and body mean; a 2xx passes. *write*: a post may stand because of it."""
    if response.status_code < 300:
        return
    problem = problem_in(response)
    said = quote(problem)
    code = next((name for name in names(problem) if name in BY_NAME), "")
    meaning = BY_NAME.get(code) or BY_STATUS.get(response.status_code)
    if meaning is None or response.status_code >= 500:
        raise_for_status(response, NETWORK, write=write, now=now, detail=said)
    else:
        raise _error(meaning, code or str(response.status_code), said, response.headers, now)


def problem_in(response: requests.Response) -> Problem:
    """The body of a refusal; an empty Problem when it is a page, a list or nothing at all."""
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem()


def names(problem: Problem) -> Iterator[str]:
    """Every name a refusal goes by, the most particular first."""
    for reason in (*problem.errors, problem):
        words = f"{reason.message} {reason.detail}".lower()
        yield from (name for phrase, name in BY_PHRASE.items() if phrase in words)
        yield str(reason.code)
        yield kind_of(reason)
        yield reason.title


def kind_of(reason: Reason) -> str:
    """The last part of a problem's type, for example `resource-not-found`."""
    return reason.type.rpartition("/")[2]


def quote(problem: Problem) -> str:
    """X's own sentence, without anything that looks like a token or a query, at most a few lines."""
    reasons = (*problem.errors, problem)
    words = next(
        (reason.message or reason.detail for reason in reasons if reason.message or reason.detail), ""
    )
    words = re.sub(r"\?\S+=\S*", "", " ".join(words.split()))
    words = re.sub(r"[\w%+/=-]{30,}", "…", words)
    if len(words) > LONGEST_QUOTE:
        words = words[: LONGEST_QUOTE - 1].rstrip() + "…"
    return words if not words or words.endswith((".", "…", "!", "?")) else f"{words}."


def resumes_at(headers: Mapping[str, str], now: datetime, pause: timedelta = DEFAULT_WAIT) -> datetime:
    """When calls work again: a spent day's allowance first, then the window's reset, then *pause*."""
    spent = [who for who in ("app", "user") if headers.get(f"x-{who}-limit-24hour-remaining") == "0"]
    told = [f"x-{who}-limit-24hour-reset" for who in spent] or ["x-rate-limit-reset"]
    resets = [instant for name in told if (instant := _instant(headers.get(name, ""))) and instant > now]
    if resets:
        return min(max(resets), now + LONGEST_WAIT)
    return wait_until(headers, now) if "Retry-After" in headers else now + pause


def _instant(epoch: str) -> datetime | None:
    """An instant from seconds since 1970, or None when that is not what it is."""
    return datetime.fromtimestamp(int(epoch), UTC) if re.fullmatch(r"[0-9]{1,10}", epoch) else None


def _error(
    meaning: Meaning, code: str, said: str, headers: Mapping[str, str], now: datetime
) -> ConnectorError:
    message = f"{meaning.sentence} X says: {said}" if said else meaning.sentence
    if meaning.outcome is Outcome.WAIT:
        return RateLimited(message, until=resumes_at(headers, now, meaning.pause), code=code)
    if meaning.outcome is Outcome.DUPLICATE:
        return Ambiguous(message, code="duplicate")
    kinds: Mapping[Outcome, type[Rejected | AuthExpired | OutOfCredit | Transient]] = {
        Outcome.REFUSED: Rejected,
        Outcome.RECONNECT: AuthExpired,
        Outcome.CREDIT: OutOfCredit,
        Outcome.NOTHING_HAPPENED: Transient,
    }
    return kinds[meaning.outcome](message, code=code)
