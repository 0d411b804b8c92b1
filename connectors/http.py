"""One hardened session for every call that leaves the process, and the meaning of what comes back.

The defaults of the seam live here: failure to connect → Transient; 429 → RateLimited; 401 → AuthExpired;
other 4xx → Rejected; a read time-out, a reset or a 5xx after a write, an unreadable 2xx → Ambiguous.
A provider refines this with a table of its network's codes.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as urllib3_errors

from connectors.errors import Ambiguous, AuthExpired, ConnectorError, RateLimited, Rejected, Transient

CONNECT_TIMEOUT = 5.0  # seconds
READ_TIMEOUT = 30.0  # seconds
DEFAULT_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
LONGEST_NUMBER = 9  # digits of a Retry-After that are read at all
BEFORE_A_CONNECTION = (
    urllib3_errors.NewConnectionError,
    urllib3_errors.NameResolutionError,
    ssl.SSLCertVerificationError,
)
USER_AGENT = "Rounds/0.1 (self-hosted publishing)"


class HardenedSession(requests.Session):
    """A Session with time-outs, without replays, ambient proxies, or redirects of a write."""

    def __init__(
        self,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        base_url: str = "",
        instead_of: str = "",
    ) -> None:
        """`base_url` answers in place of every host (or of the host `instead_of` only)."""
        super().__init__()
        self.trust_env = False
        self.headers["User-Agent"] = USER_AGENT
        self.last_response: requests.Response | None = None
        self._timeout = (connect_timeout, read_timeout)
        self._base = urlsplit(base_url) if base_url else None
        self._instead_of = instead_of
        adapter = HTTPAdapter(max_retries=0, pool_maxsize=32)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        verb = method.decode() if isinstance(method, bytes) else method
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self._timeout
        kwargs["allow_redirects"] = verb.upper() in ("GET", "HEAD") and kwargs.get("allow_redirects", False)
        response = super().request(method, self._aim(url), *args, **kwargs)
        self.last_response = response
        return response

    def _aim(self, url: str | bytes) -> str:
        address = url.decode() if isinstance(url, bytes) else url
        if self._base is None:
            return address
        asked = urlsplit(address)
        if self._instead_of and asked.netloc != self._instead_of:
            return address
        path = self._base.path.rstrip("/") + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, asked.fragment))


@contextmanager
def transport_errors(network: str, *, write: bool) -> Iterator[None]:
    """Give the transport's own failures their meaning: did it leave or not?"""
    try:
        yield
    except ConnectorError:
        raise
    except requests.exceptions.ConnectTimeout as error:
        raise Transient(f"{network} could not be reached.", code="connect") from error
    except requests.exceptions.ConnectionError as error:
        if never_left(error) or not write:
            raise Transient(f"{network} could not be reached.", code="connect") from error
        raise Ambiguous(f"{network} closed the line before it answered.", code="reset") from error
    except requests.exceptions.Timeout as error:
        if not write:
            raise Transient(f"{network} did not answer in time.", code="timeout") from error
        raise Ambiguous(f"{network} did not answer in time.", code="timeout") from error
    except (requests.exceptions.RequestException, ValueError) as error:
        if not write:
            raise Transient(f"{network} gave an answer that cannot be read.", code="unreadable") from error
        raise Ambiguous(f"{network} gave an answer that cannot be read.", code="unreadable") from error


def never_left(error: requests.exceptions.ConnectionError) -> bool:
    """Whether the failure came before a connection stood, so that nothing can have arrived.

    Of the failures of TLS only a certificate that does not hold is certain; others may follow the request.
    """
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", reason)
    if isinstance(cause, urllib3_errors.SSLError) and cause.args:
        cause = cause.args[0]
    return isinstance(cause, BEFORE_A_CONNECTION)


def raise_for_status(
    response: requests.Response, network: str, *, write: bool, now: datetime, detail: str = ""
) -> None:
    """The default meaning of a status. `detail` is the network's sentence, already safe to show."""
    status = response.status_code
    said = f" It says: {detail}" if detail else ""
    code = str(status)
    if status < 300:
        return
    if status == 429:
        until = wait_until(response.headers, now)
        raise RateLimited(f"{network} asks us to wait.{said}", until=until, code=code)
    if status == 401:
        raise AuthExpired(f"{network} no longer accepts our sign-in.{said}", code=code)
    if status == 408 or status >= 500:
        if write:
            raise Ambiguous(f"{network} failed while it was working ({status}).{said}", code=code)
        raise Transient(f"{network} failed while it was working ({status}).{said}", code=code)
    if status < 400:
        raise Rejected(f"{network} sent us elsewhere ({status}), which we do not follow.", code=code)
    raise Rejected(f"{network} refused this ({status}).{said}", code=code)


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """When a 429 ends: Retry-After in seconds or as a date, at most a day ahead, by default a minute."""
    value = headers.get("Retry-After", "").strip()
    until = now + DEFAULT_WAIT
    if value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
        until = now + timedelta(seconds=min(int(value), int(LONGEST_WAIT.total_seconds())))
    elif value:
        until = _http_date(value) or until
    return min(max(until, now + timedelta(seconds=1)), now + LONGEST_WAIT)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


SessionFactory = Callable[[], requests.Session]
