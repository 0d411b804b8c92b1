"""The door: nobody unknown is read, nothing too large is read, and nothing that no database keeps."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from drafting import media
from tests.web.api.world import Caller, World
from web.api.door import FORM, JSON_LIMIT, MEGABYTE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHUNK = b" " * (64 * 1024)


class Stream:
    """A body that comes in pieces, without its length announced; counts what was asked for."""

    def __init__(self, size: int) -> None:
        self.size, self.sent = size, 0

    def __iter__(self) -> Iterator[bytes]:
        while self.sent < self.size:
            self.sent += len(CHUNK)
            yield CHUNK


def test_a_body_that_fits_is_read_and_one_byte_more_is_not(author: Caller) -> None:
    json = {"Content-Type": "application/json"}
    at_most = b'{"text": "Fits."}'.ljust(JSON_LIMIT)
    assert author.call("POST", "/posts", content=at_most, headers=json).status_code == 201
    refused = author.refused(413, "POST", "/posts", content=at_most + b" ", headers=json)
    assert (
        refused["error"] == "The request is larger than 1 MB, the most that is taken here. Send less at once."
    )


def test_a_stream_is_cut_long_before_its_end(author: Caller) -> None:
    endless = Stream(200 * MEGABYTE)
    try:
        answer = author.call("POST", "/posts", content=iter(endless))
    except httpx.WriteError:  # the server hung up while we were still sending
        pass
    else:
        assert answer.status_code == 413
    assert endless.sent < 50 * MEGABYTE


def test_an_announced_size_is_refused_before_a_byte_is_sent(api: World, author: Caller) -> None:
    for path, limit in (("pictures", media.MAX_BYTES + FORM), ("imports/check", 50 * MEGABYTE + FORM)):
        told = announced(api, f"/api/v1/{path}", author.token, limit + 1)
        assert told.startswith("HTTP/1.1 413")
        assert f"larger than {limit // MEGABYTE} MB" in told


def test_a_stranger_is_refused_before_a_byte_is_sent(api: World) -> None:
    assert announced(api, "/api/v1/pictures", "no token", 20 * MEGABYTE).startswith("HTTP/1.1 401")


def announced(api: World, path: str, token: str, size: int) -> str:
    """The answer to a request whose body never comes."""
    where = urlsplit(str(api.client.base_url))
    with socket.create_connection((where.hostname, where.port), timeout=20) as wire:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {size}\r\n\r\n"
        )
        wire.sendall(head.encode())
        answer = wire.recv(65536)
        while b"\r\n\r\n" not in answer or answer.endswith(b"\r\n\r\n"):
            answer += wire.recv(65536)
    return answer.decode()


BODIES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"content": b"{"}, "The body is not JSON"),
    ({"content": b"[" * 100_000}, "The body cannot be read."),
    ({"content": b'"\xff"'}, "The body cannot be read."),
    ({"content": b""}, "The request has no body."),
    ({"content": b'{"text": "\\ud800"}'}, "“text” is not sound text."),
    ({"json": {"text": "a\x00b"}}, "A text holds a NUL character"),
    ({"json": {"overrides": {"x": {"options": {"a": "b\x00"}}}}}, "A text holds a NUL character"),
    ({"json": []}, "The body is not a JSON object."),
    ({"json": {"text": 5}}, "“text” is not text. Write it in quotation marks."),
    ({"json": {"txt": "x"}}, "There is no “txt” here. Correct its name, or leave it out."),
    ({"json": {"labels": ["a" * 61]}}, "“labels.0” has more than 60 characters. Shorten it."),
    ({"json": {"wall": "soon"}}, "“wall” is not a time. Write it as 2027-03-01T14:30."),
    ({"json": {"wall": 1803000000}}, "“wall” is not a time."),
    ({"json": {"wall": "2027-03-02T09:30Z"}}, "“wall” is a time on the wall, without a zone."),
    ({"json": {"wall": "0001-01-01T00:00"}}, "“wall” is too small."),
    ({"json": {"pictures": [{"digest": "short"}]}}, "“pictures.0.digest” is not written as it should be."),
    ({"json": {"version": 1}}, "There is no “version” here."),
)
ADDRESSES = (
    ("/posts?state=lost", "“state.0” is none of its words. Use 'draft', 'in_review'"),
    ("/posts?stat=draft", "There is no “stat” here."),
    ("/posts?limit=0", "“limit” is too small. Use 1 or more."),
    ("/posts?offset=9999999999999999999", "“offset” is too large. Use 1000000 or less."),
    ("/posts?since=2027-03-01T00:00:00", "“since” says no zone. Write it as 2027-03-01T14:30:00Z."),
    ("/posts?since=0001-01-01T00:00:00%2B14:00", "“since” is too small."),
    ("/posts?until=0.5", "“until” is not a time."),
    ("/posts?label=a%00b", "The address holds a NUL character"),
    ("/posts/a%00b", "The address holds a NUL character"),
    ("/posts/1/revisions/99999999999999999999", "“number” is too large."),
    ("/audit?before=0", "“before” is too small."),
)


def test_what_cannot_be_read_is_said_in_one_sentence(author: Caller) -> None:
    json = {"Content-Type": "application/json"}
    answers = [(told, author.call("POST", "/posts", headers=json, **sent)) for sent, told in BODIES]
    assert {answer.status_code for _, answer in answers} == {400, 422}
    said = [(told, answer.json()["error"]) for told, answer in answers]
    assert [error for told, error in said if not error.startswith(told)] == []


def test_an_address_that_cannot_be_used_is_said_in_one_sentence(author: Caller) -> None:
    said = [(told, author.refused(422, "GET", path)["error"]) for path, told in ADDRESSES]
    assert [error for told, error in said if not error.startswith(told)] == []


def test_an_address_or_method_that_is_not_there_is_told_as_json(api: World, author: Caller) -> None:
    assert "/api/openapi.json" in author.refused(404, "GET", "/nothing")["error"]
    answer = author.call("DELETE", "/posts")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_a_browser_on_another_site_may_not_use_a_token(author: Caller) -> None:
    answer = author.call("POST", "/posts", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, list(answer.json())) == (403, ["error"])
