"""Connecting accounts, typed; secrets never stand among the arguments."""

import threading
from urllib.request import urlopen

import pytest

from channels.connecting import CannotConnect
from rounds.commands.consent import answer_on_loopback
from tests.rounds.conftest import Office
from tests.support.servers import closed_port, listening_socket


def test_the_connectors_say_what_they_ask_for(office: Office) -> None:
    told = {row["connector"]: row for row in office.as_("author").json("channel", "connectors")}
    assert {"facebook", "rehearsal", "website", "x"} <= told.keys()
    assert "time_zone" in told["website"]["options"]
    assert told["rehearsal"]["simulated"] is True
    assert set(told["facebook"]["secrets"]) <= set(told["facebook"]["fields"])


def test_a_channel_is_connected_changed_checked_and_let_go(office: Office) -> None:
    admin = office.as_("admin")
    admin.ok("channel", "add", "website", "--name", "Blog", "--option", "title=Elm Street news")
    admin.ok("channel", "set", "blog", "--name", "Journal", "--option", "language=en-US")
    admin.ok("channel", "verify", "Journal")
    [row] = [row for row in admin.json("channel", "list") if row["name"] == "Journal"]
    assert row["options"] == {"title": "Elm Street news", "language": "en-US"}
    assert admin.json("channel", "disconnect", "Journal") == {"id": row["id"], "held": 0}
    assert {row["name"]: row["state"] for row in admin.json("channel", "list")}["Journal"] == "disconnected"


def test_a_secret_among_the_arguments_is_refused(office: Office) -> None:
    said = office.as_("admin").refused("channel", "add", "facebook", "--set", "access_token=abc")
    assert "is a secret" in said
    assert "abc" not in said


def test_secrets_come_through_a_pipe_and_are_never_shown(office: Office) -> None:
    fields = office.as_("admin").json("channel", "connectors")
    names = next(row["secrets"] for row in fields if row["connector"] == "x")
    lines = "".join(f"{name}=hush-{name}\n" for name in names[:2])
    result = office.as_("admin").run("channel", "app", "x", stdin="client_id=hush-id\n" + lines)
    assert result.exit_code == 0
    assert "hush" not in result.output


def test_an_app_without_anything_in_it_is_refused(office: Office) -> None:
    assert "no id and no secret yet" in office.as_("admin").refused("channel", "app", "facebook")


def test_what_a_network_or_a_name_does_not_know_is_one_sentence(office: Office) -> None:
    admin = office.as_("admin")
    assert "There is no connector called “myspace”." in admin.refused("channel", "add", "myspace")
    assert "has no option “colour”" in admin.refused("channel", "set", "News", "--option", "colour=red")
    assert "There is no channel “Blog” here." in admin.refused("channel", "verify", "Blog")
    assert "the role admin" in office.as_("author").refused("channel", "add", "website")


def test_a_sign_in_needs_the_practices_own_app_first(office: Office) -> None:
    assert "First save your app's id and secret" in office.as_("admin").refused(
        "channel", "connect", "facebook"
    )


def test_a_pasted_address_of_nobodys_sign_in_connects_nothing(office: Office) -> None:
    admin = office.as_("admin")
    admin.ok("channel", "app", "facebook", stdin="client_id=1\nclient_secret=2\n")
    said = admin.refused(
        "channel", "connect", "facebook", "--paste", stdin="https://localhost/?code=c&state=unknown\n"
    )
    assert "Open this address and agree there." in said
    assert said.endswith("This answer belongs to no sign-in that you began. Begin again.")


def test_the_answer_of_a_browser_is_taken_once_on_the_loopback_port() -> None:
    port = closed_port()
    said: list[object] = []
    waiting = threading.Thread(target=lambda: said.append(answer_on_loopback(port)))
    waiting.start()
    page = visit(f"http://127.0.0.1:{port}/?code=a%20b&state=s")
    waiting.join()
    assert said == [{"code": "a b", "state": "s"}]
    assert b"close this page" in page


def visit(address: str) -> bytes:
    """Open a page as soon as somebody answers there."""
    while True:
        try:
            with urlopen(address, timeout=10) as answer:
                page: bytes = answer.read()
                return page
        except ConnectionRefusedError:
            continue
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                raise


def test_a_taken_port_is_named_with_two_ways_on() -> None:
    with listening_socket() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotConnect, match=f"Port {port} cannot be used .* --port, or use --paste"):
            answer_on_loopback(port)
