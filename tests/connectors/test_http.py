"""The hardened session and the meaning of what comes back, over real lines."""

import logging
import os
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Transient
from connectors.http import LONGEST_WAIT, HardenedSession, raise_for_status, transport_errors, wait_until
from tests.support.proxy import FaultProxy, drop_after, drop_before, slow
from tests.support.servers import closed_port, listening_socket, serve

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NOBODY_ANSWERS = "http://192.0.2.1"  # reserved for documentation


async def tell(request: Request) -> Response:
    """What arrived: method, path, query and a few headers."""
    kept = {
        name: request.headers.get(name) for name in ("user-agent", "authorization", "proxy-authorization")
    }
    return JSONResponse({"method": request.method, "path": str(request.url.path), **kept})


async def elsewhere(_request: Request) -> Response:
    return RedirectResponse("/there", 307)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    methods = ["GET", "HEAD", "POST", "DELETE"]
    routes = [
        Route("/elsewhere", elsewhere, methods=methods),
        Route("/{path:path}", tell, methods=methods),
    ]
    with serve(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture
def proxy(server: str) -> Iterator[FaultProxy]:
    with FaultProxy(server) as proxy:
        yield proxy


@pytest.fixture
def session() -> Iterator[HardenedSession]:
    with HardenedSession() as session:
        yield session


@pytest.fixture
def impatient() -> Iterator[HardenedSession]:
    with HardenedSession(read_timeout=0.3) as session:
        yield session


class TestTheSession:
    def test_names_itself(self, server: str, session: HardenedSession) -> None:
        assert session.get(f"{server}/").json()["user-agent"].startswith("Rounds/")

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_never_follows_a_redirect_of_a_write(
        self, server: str, session: HardenedSession, method: str
    ) -> None:
        answer = session.request(method, f"{server}/elsewhere", allow_redirects=True)
        assert answer.status_code == 307

    def test_follows_a_redirect_of_a_read_only_when_asked(
        self, server: str, session: HardenedSession
    ) -> None:
        assert session.get(f"{server}/elsewhere", allow_redirects=False).status_code == 307
        assert session.get(f"{server}/elsewhere", allow_redirects=True).json()["path"] == "/there"

    def test_ignores_the_proxies_of_its_surroundings(
        self, server: str, session: HardenedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
        assert session.get(f"{server}/").status_code == 200

    def test_sends_a_write_once_however_the_line_breaks(
        self, proxy: FaultProxy, session: HardenedSession
    ) -> None:
        proxy.arm(drop_before())
        proxy.arm(drop_after())
        for _ in range(2):
            with pytest.raises(requests.exceptions.ConnectionError):
                session.post(f"{proxy.url}/posts", data=b"once")
        assert len(proxy.seen) == 2

    def test_gives_up_on_an_answer_that_does_not_come(
        self, proxy: FaultProxy, impatient: HardenedSession
    ) -> None:
        proxy.arm(slow(seconds=30))
        with pytest.raises(requests.exceptions.ReadTimeout):
            impatient.post(f"{proxy.url}/posts")

    def test_remembers_the_last_answer(self, server: str, session: HardenedSession) -> None:
        session.get(f"{server}/here")
        assert session.last_response is not None
        assert session.last_response.json()["path"] == "/here"

    def test_answers_from_the_base_in_place_of_every_host(self, server: str) -> None:
        with HardenedSession(base_url=f"{server}/fake/") as session:
            assert session.get("https://network.example/v1/posts?a=1").json()["path"] == "/fake/v1/posts"

    def test_can_replace_one_host_only(self, server: str) -> None:
        with HardenedSession(base_url=f"{server}/fake", instead_of="network.example") as session:
            assert session.get("https://network.example/v1").json()["path"] == "/fake/v1"
            assert session.get(f"{server}/v1").json()["path"] == "/v1"


@contextmanager
def stranger() -> Iterator[int]:
    """A TLS server that nobody vouches for; it reads the request and answers with bytes that are no TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as pem:
        pem.write(self_signed())
        pem.flush()
        context.load_cert_chain(pem.name)

    def answer(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with suppress(OSError), line:
            encrypted = context.wrap_socket(line, server_side=True)
            with encrypted:
                encrypted.recv(65536)
                os.write(encrypted.fileno(), b"HTTP/1.1 200 OK\r\n\r\n")  # past the encryption
                encrypted.recv(65536)

    with listening_socket() as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def self_signed() -> bytes:
    """A key and a certificate for 127.0.0.1 that it signed itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
class TestTransportErrors:
    @pytest.mark.parametrize("write", [True, False])
    def test_a_refused_connection_is_transient(self, session: HardenedSession, write: bool) -> None:
        with pytest.raises(Transient, match="could not be reached"), transport_errors("Net", write=write):
            session.post(f"http://127.0.0.1:{closed_port()}/")

    @pytest.mark.parametrize("write", [True, False])
    def test_a_name_that_nobody_has_is_transient(self, session: HardenedSession, write: bool) -> None:
        with pytest.raises(Transient), transport_errors("Net", write=write):
            session.post("http://nobody.invalid/")

    def test_a_connection_that_takes_too_long_is_transient(self) -> None:
        with (
            HardenedSession(connect_timeout=0.05) as session,
            pytest.raises(Transient),
            transport_errors("Net", write=True),
        ):
            session.post(NOBODY_ANSWERS)

    @pytest.mark.parametrize("plan", [drop_before(), drop_after()], ids=["before", "after"])
    def test_a_line_cut_under_a_write_is_ambiguous(
        self, proxy: FaultProxy, session: HardenedSession, plan: object
    ) -> None:
        proxy.arm(plan)  # type: ignore[arg-type]
        with pytest.raises(Ambiguous) as caught, transport_errors("Net", write=True):
            session.post(f"{proxy.url}/posts")
        assert caught.value.code == "reset"

    def test_a_line_cut_under_a_read_is_transient(self, proxy: FaultProxy, session: HardenedSession) -> None:
        proxy.arm(drop_after(), when=lambda line: line.startswith("GET "))
        with pytest.raises(Transient), transport_errors("Net", write=False):
            session.get(f"{proxy.url}/posts")

    @pytest.mark.parametrize(("write", "meaning"), [(True, Ambiguous), (False, Transient)])
    def test_silence_after_a_write_is_ambiguous_and_after_a_read_transient(
        self, proxy: FaultProxy, impatient: HardenedSession, write: bool, meaning: type[Exception]
    ) -> None:
        proxy.arm(slow(seconds=30))
        with pytest.raises(meaning) as caught, transport_errors("Net", write=write):
            impatient.post(f"{proxy.url}/posts")
        assert caught.value.code == "timeout"  # type: ignore[attr-defined]

    def test_a_certificate_that_does_not_hold_is_transient(self, session: HardenedSession) -> None:
        with (
            stranger() as port,
            pytest.raises(Transient),
            transport_errors("Net", write=True),
        ):
            session.post(f"https://127.0.0.1:{port}/")

    def test_an_encrypted_line_that_breaks_after_the_request_is_ambiguous(
        self, session: HardenedSession
    ) -> None:
        with (
            stranger() as port,
            pytest.raises(Ambiguous) as caught,
            transport_errors("Net", write=True),
        ):
            session.post(f"https://127.0.0.1:{port}/", verify=False)
        assert isinstance(caught.value.__cause__, requests.exceptions.SSLError)

    @pytest.mark.parametrize(("write", "meaning"), [(True, Ambiguous), (False, Transient)])
    def test_an_answer_that_cannot_be_read_tells_nothing_about_a_write(
        self, write: bool, meaning: type[Exception]
    ) -> None:
        with pytest.raises(meaning), transport_errors("Net", write=write):
            raise ValueError("no JSON")

    def test_an_error_of_the_seam_passes_unchanged(self) -> None:
        refused = Rejected("No.")
        with pytest.raises(Rejected) as caught, transport_errors("Net", write=True):
            raise refused
        assert caught.value is refused

    def test_an_error_of_the_program_is_not_dressed_up(self) -> None:
        with pytest.raises(KeyError), transport_errors("Net", write=True):
            raise KeyError("typo")


def answer(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


class TestStatus:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_a_2xx_is_good(self, status: int) -> None:
        raise_for_status(answer(status), "Net", write=True, now=NOW)

    @pytest.mark.parametrize(
        ("status", "meaning"),
        [
            (301, Rejected),
            (307, Rejected),
            (400, Rejected),
            (401, AuthExpired),
            (403, Rejected),
            (404, Rejected),
            (408, Ambiguous),
            (422, Rejected),
            (429, RateLimited),
            (500, Ambiguous),
            (502, Ambiguous),
            (503, Ambiguous),
        ],
    )
    def test_each_status_of_a_write_has_one_meaning(self, status: int, meaning: type[Exception]) -> None:
        with pytest.raises(meaning) as caught:
            raise_for_status(answer(status), "Net", write=True, now=NOW)
        assert caught.value.code == str(status)  # type: ignore[attr-defined]

    @pytest.mark.parametrize("status", [408, 500, 503])
    def test_a_failing_server_under_a_read_is_transient(self, status: int) -> None:
        with pytest.raises(Transient):
            raise_for_status(answer(status), "Net", write=False, now=NOW)

    def test_the_networks_own_sentence_is_passed_on(self) -> None:
        with pytest.raises(Rejected, match=r"refused this \(422\). It says: Too long."):
            raise_for_status(answer(422), "Net", write=True, now=NOW, detail="Too long.")

    def test_a_rate_limit_carries_its_end(self) -> None:
        with pytest.raises(RateLimited) as caught:
            raise_for_status(answer(429, Retry_After="90"), "Net", write=True, now=NOW)
        assert caught.value.until == NOW + timedelta(seconds=90)


class TestTheWait:
    def test_seconds_are_taken_as_they_are(self) -> None:
        assert wait_until({"Retry-After": " 120 "}, NOW) == NOW + timedelta(minutes=2)

    def test_a_date_is_taken_as_an_instant(self) -> None:
        later = NOW + timedelta(hours=1)
        assert wait_until({"Retry-After": format_datetime(later, usegmt=True)}, NOW) == later

    @pytest.mark.parametrize(
        "value", ["", "soon", "-5", "1.5", "²", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 -2359"]
    )
    def test_what_cannot_be_read_means_a_minute(self, value: str) -> None:
        assert wait_until({"Retry-After": value} if value else {}, NOW) == NOW + timedelta(minutes=1)

    def test_a_date_in_the_past_still_waits_a_moment(self) -> None:
        earlier = format_datetime(NOW - timedelta(hours=1), usegmt=True)
        assert wait_until({"Retry-After": earlier}, NOW) == NOW + timedelta(seconds=1)

    @given(st.text(max_size=40) | st.integers().map(str) | st.datetimes().map(format_datetime))
    def test_whatever_the_network_says_the_wait_is_bounded(self, value: str) -> None:
        until = wait_until({"Retry-After": value}, NOW)
        assert NOW < until <= NOW + LONGEST_WAIT


def test_a_bearer_token_never_reaches_the_log(
    server: str, session: HardenedSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session.get(f"{server}/", headers={"Authorization": "Bearer hush"})
    assert "GET" in caplog.text
    assert "hush" not in caplog.text
