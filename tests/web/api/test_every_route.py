"""What holds for every address of the API, whatever it does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from domain.ids import new_id
from domain.words import HoldScope, PromotionMode, PromotionState
from promotion.budget import Allowance
from promotion.decide import Candidate, ChannelFacts, PromotionFacts, decide
from promotion.judge import RULES
from promotion.norm import learn
from store.models import Promotion, Publication
from tests.web.api.world import Caller, World, another_practice, png

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OPEN = {("POST", "/api/v1/tokens")}
FILES = {"Body_upload_picture", "Body_check_calendar", "Body_import_calendar"}


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the OpenAPI document tells it."""

    method: str
    path: str
    told: dict[str, Any]
    schemas: dict[str, Any]

    @property
    def body(self) -> str | None:
        """The name of the schema that it takes."""
        for content in self.told.get("requestBody", {}).get("content", {}).values():
            return str(content["schema"]["$ref"].rpartition("/")[2])
        return None

    @property
    def ids(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    def sent_with(self, client: httpx.Client, token: str, ids: dict[str, str]) -> httpx.Response:
        """The answer to the documented example."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        path = self.path.format_map(ids)
        if self.body in FILES:
            return client.request(self.method, path, headers=headers, files={"file": ("a.png", png())})
        example = self.schemas[self.body]["example"] if self.body else None
        return client.request(self.method, path, headers=headers, json=example)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield Operation(method.upper(), path, told, document["components"]["schemas"])


@pytest.fixture
def routes(api: World) -> list[Operation]:
    document = api.client.get("/api/openapi.json").json()
    return [each for each in operations(document) if each.path.startswith("/api/v1/")]


@ON_SQLITE
def test_every_route_is_described_in_full(routes: list[Operation]) -> None:
    names = [each.told["operationId"] for each in routes]
    assert len(names) == len(set(names)) > 45
    for each in routes:
        told, where = each.told, f"{each.method} {each.path}"
        assert told["summary"] and told["description"], where
        assert len(told["tags"]) == 1, where
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", told["operationId"]), where
        [done] = [answer for status, answer in told["responses"].items() if status.startswith("2")]
        assert "204" in told["responses"] or done["content"], where
        assert "$ref" in str(done.get("content", {"image/*": "$ref"})) or "image/*" in done["content"], where
        assert {"422", "503"} < set(told["responses"]), where
        if each.ids:
            assert "404" in told["responses"], where
        for status, answer in told["responses"].items():
            if status.startswith(("4", "5")):
                assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Fault"), where
        if (each.method, each.path) not in OPEN:
            assert told["security"] == [{"Token": []}], where


@ON_SQLITE
def test_every_body_has_an_example_and_every_name_is_short(routes: list[Operation]) -> None:
    for each in routes:
        assert not each.body or each.body in FILES or "example" in each.schemas[each.body], each.body
    assert not [name for name in routes[0].schemas if "__" in name or "-" in name]


@ON_SQLITE
def test_no_answer_shape_has_a_place_for_a_secret(routes: list[Operation]) -> None:
    kept = {"credentials", "password", "password_hash", "token_hash", "keep", "client_secret"}
    for each in routes:
        for shape in _given_back(each):
            assert not kept & set(each.schemas[shape].get("properties", {})) or shape == "Connector", shape


@ON_SQLITE
def test_without_a_token_every_route_answers_401(api: World, routes: list[Operation]) -> None:
    ids = dict.fromkeys({name for each in routes for name in each.ids}, "1")
    answers = {
        (each.method, each.path): each.sent_with(api.client, "", ids).status_code
        for each in routes
        if (each.method, each.path) not in OPEN
    }
    assert set(answers.values()) == {401}, answers


def test_every_route_knows_only_its_own_practice(api: World, routes: list[Operation]) -> None:
    ids = everything(api)
    other = api.as_(another_practice(api.practice.house))
    before = _record_length(api)
    answers = {
        f"{each.method} {each.path}": each.sent_with(api.client, other.token, ids)
        for each in routes
        if each.ids
    }
    assert {route: answer.text for route, answer in answers.items() if answer.status_code != 404} == {}
    for each in routes:
        if each.method == "GET" and not each.ids:
            told = each.sent_with(api.client, other.token, {}).text
            assert not [name for name in ids.values() if len(name) > 3 and name in told], each.path
    assert _record_length(api) == before


@ON_SQLITE
def test_the_same_ids_open_for_their_own_practice(api: World, routes: list[Operation]) -> None:
    ids, admin = everything(api), api.as_(api.practice.admin)
    for each in routes:
        if each.ids and each.method == "GET":
            assert each.sent_with(api.client, admin.token, ids).status_code == 200, each.path


def everything(api: World) -> dict[str, str]:
    """Ids of one of each kind in the practice, by the names that addresses use."""
    practice, house = api.practice, api.practice.house
    author: Caller = api.as_(practice.author)
    publication = practice.scheduled("A first post. Walk in any weekday.")
    waiting = practice.draft("A second post. Walk in on Mondays.")
    submission = practice.submit(waiting)
    picture = house.drafts.add_picture(practice.author, png(), "nurse.png")
    hold, _ = house.stopping.stop(practice.author, HoldScope.LABEL, "winter", "A storm.")
    return {
        "post_id": publication.post_id,
        "number": "1",
        "publication_id": publication.id,
        "submission_id": submission,
        "hold_id": hold.id,
        "channel_id": api.channel_id,
        "member_id": practice.author.member_id,
        "token_id": author.get("/tokens")["items"][0]["id"],
        "digest": picture.digest,
        "promotion_id": propose(api, publication),
    }


def propose(api: World, publication: Publication) -> str:
    """A promotion with a whole verdict."""
    now = api.practice.house.clock.now()
    channel = ChannelFacts(channel_id=publication.channel_id, norm=learn(()))
    candidate = Candidate(
        publication_id=publication.id, channel_id=publication.channel_id, published_at=publication.due_at
    )
    allowance = Allowance(practice=2, channels={publication.channel_id: 1})
    facts = PromotionFacts(
        now=now,
        rule=RULES[PromotionMode.NORMAL],
        allowance=allowance,
        channels=(channel,),
        candidates=(candidate,),
    )
    row = Promotion(
        id=new_id(),
        practice_id=publication.practice_id,
        publication_id=publication.id,
        channel_id=publication.channel_id,
        state=PromotionState.PROPOSED,
        mode=PromotionMode.NORMAL,
        reason="It does better than most.",
        verdict=decide(facts)[0].model_dump(mode="json"),
        fingerprint=publication.fingerprint,
        proposed_at=now,
    )
    with api.practice.house.database.write() as work:
        work.practice(publication.practice_id).promotions.add(row)
        work.commit()
    return row.id


def _given_back(each: Operation) -> set[str]:
    """Every schema that the answer of a route can hold."""
    waiting, found = [str(each.told["responses"])], set()
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(str(each.schemas[name]))
    return found


def _record_length(api: World) -> int:
    with api.practice.house.database.read() as work:
        return sum(1 for _ in work.practice(api.practice.id).audit.entries())
