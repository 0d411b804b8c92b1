"""Every request that we make, against X's own OpenAPI description."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from connectors.base import Accepted
from connectors.testing import MemoryJournal, make_trace, words
from tests.connectors.x.fake_x import Asked
from tests.connectors.x.rig import XRig
from tests.connectors.x.test_pictures import gif, media, with_media

RENAMED = {"tweet.fields": "post.fields"}  # the description has the new name only


@pytest.fixture(scope="module")
def described(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "contracts" / "x-openapi.json"
    if not path.exists():
        pytest.skip("X's OpenAPI description is not on this machine")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def everything(rig: XRig) -> Iterator[Asked]:
    """Use every verb, and give back what was asked of X."""
    connector, channel, sent_at = rig.connector, rig.channel, rig.clock.now()
    connector.verify(channel)
    post = rig.post(words(), thread=(words(), words()), pictures=4, link="https://example.com/book")
    options = {"reply_settings": "following", "made_with_ai": True, "paid_partnership": True}
    journal = MemoryJournal()
    published = connector.publish(rig.channel_with(options=options), post, journal)
    connector.lookup(channel, make_trace(post, journal, sent_at))
    assert not isinstance(published, Accepted)
    connector.measure(channel, [published.remote_id])
    connector.repost(channel, published.remote_id)
    connector.undo_repost(channel, published.remote_id, "")
    connector.retract(channel, published.remote_id)
    rig.fake.account.gif_polls = 1
    moving = with_media(rig, [media(gif(), "image/gif", "A tooth")])
    accepted = connector.publish(channel, moving, MemoryJournal())
    assert isinstance(accepted, Accepted)
    connector.lookup(channel, make_trace(moving, MemoryJournal(), sent_at, accepted.handle))
    yield from rig.fake.asked


def operation_of(asked: Asked, described: dict[str, Any]) -> dict[str, Any]:
    for path, operations in described["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[0-9]+", path)
        if re.fullmatch(pattern, asked.path) and asked.method.lower() in operations:
            operation: dict[str, Any] = operations[asked.method.lower()]
            return operation
    raise AssertionError(f"X does not know {asked.method} {asked.path}")


def resolved(value: Any, described: dict[str, Any]) -> Any:
    """*value* with its references filled in; OpenAPI's are no JSON Schema ids."""
    if isinstance(value, list):
        return [resolved(one, described) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        target: Any = described
        for name in value["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        return resolved(target, described)
    return {name: resolved(one, described) for name, one in value.items()}


def test_every_body_is_one_that_x_describes(rig: XRig, described: dict[str, Any]) -> None:
    checked = set()
    for asked in everything(rig):
        operation = operation_of(asked, described)
        if asked.body is None:
            assert "requestBody" not in operation, f"{asked.method} {asked.path} needs a body"
            continue
        content = operation["requestBody"]["content"]["application/json"]
        schema = resolved(content["schema"], described)
        errors = [error.message for error in Draft7Validator(schema).iter_errors(asked.body)]
        assert not errors, f"{asked.method} {asked.path}: {errors}"
        checked.add(operation["operationId"])
    assert checked == {
        "createPosts",
        "initializeMediaUpload",
        "appendMediaUpload",
        "createMediaMetadata",
        "repostPost",
    }


def test_every_query_parameter_is_one_that_x_describes(rig: XRig, described: dict[str, Any]) -> None:
    for asked in everything(rig):
        parameters = operation_of(asked, described).get("parameters", [])
        known = {one["name"] for one in resolved(parameters, described)}
        for name in asked.query:
            assert RENAMED.get(name, name) in known, f"{asked.method} {asked.path}?{name}"


def test_the_new_field_names_and_their_values_are_x_s(rig: XRig, described: dict[str, Any]) -> None:
    rig.fake.renamed = True
    for asked in everything(rig):
        if fields := asked.query.get("post.fields"):
            parameter = described["components"]["parameters"]["PostFieldsParameter"]
            assert set(fields.split(",")) <= set(parameter["schema"]["items"]["enum"])
    assert any("post.fields" in asked.query for asked in rig.fake.asked)
    rig.fake.violations.clear()  # the old names are tried first


def test_the_scopes_that_we_ask_for_are_x_s(rig: XRig, described: dict[str, Any]) -> None:
    flow = described["components"]["securitySchemes"]["OAuth2UserToken"]["flows"]["authorizationCode"]
    asked = frozenset().union(*rig.connector.spec.scopes.values())
    assert asked <= set(flow["scopes"])


def test_what_publishing_asks_for_covers_every_call(rig: XRig, described: dict[str, Any]) -> None:
    granted = set(rig.connector.spec.scopes["publish"])
    for asked in everything(rig):
        security = operation_of(asked, described)["security"]
        [needed] = [set(way["OAuth2UserToken"]) for way in security if "OAuth2UserToken" in way]
        assert needed <= granted, f"{asked.method} {asked.path} needs {needed - granted}"
