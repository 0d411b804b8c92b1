"""Every parameter that leaves, and every one that the fake knows, exists in Meta's own specification."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import connectors.providers.facebook as package
from connectors.base import Channel
from connectors.providers.facebook.connector import Facebook
from connectors.testing import MemoryJournal, make_post, make_trace
from domain.clock import SystemClock
from tests.connectors.facebook.fake_graph import Call, FakeGraph
from tests.connectors.facebook.fake_page import FIELDS, PAGING, READS, WRITES

EVERYWHERE = PAGING | {"appsecret_proof"}  # the specification does not repeat them for each edge
DEAD = frozenset({"get_objects", "search", "get_all_connections", "get_user_from_cookie", "get_version"})
NODES = {
    "feed": "Page",
    "photos": "Page",
    "published_posts": "Page",
    "comments": "PagePost",
    "insights": "PagePost",
}

Contract = Mapping[str, Any]
SOURCES = sorted(Path(package.__path__[0]).glob("*.py"))


@pytest.fixture(scope="module")
def contract(shared_data: Path) -> Contract:
    file = shared_data / "contracts" / "meta-contract.json"
    if not file.is_file():
        pytest.skip("the specification of the Graph is not on this machine")
    nodes: Contract = json.loads(file.read_text())["nodes"]
    return nodes


def parameters(contract: Contract, method: str, edge: str) -> dict[str, dict[str, Any]]:
    """By name, of one edge; `source` of photos is missing in the specification itself."""
    [found] = [
        entry
        for entry in contract[NODES[edge]]["edges"]
        if (entry["method"], entry["edge"]) == (method, edge)
    ]
    return dict(found["params"])


def known_edge(call: Call) -> str:
    """The edge of a call, or nothing for nodes, sign-in and batches."""
    edge = call.path.partition("/")[2]
    return edge if edge in NODES else ""


@pytest.fixture
def everything(facebook: Facebook, channel: Channel, graph: FakeGraph) -> list[Call]:
    """Every kind of call that the connector makes to a Page."""
    journal, album = MemoryJournal(), make_post("Two rooms", pictures=2)
    sent_at = SystemClock().now()
    remote_id = facebook.publish(channel, album, journal).remote_id
    facebook.publish(channel, make_post("Read on", link="https://practice.example/flu"), MemoryJournal())
    facebook.lookup(channel, make_trace(album, MemoryJournal(), sent_at))
    facebook.comment(channel, remote_id, "Book online")
    facebook.find_comment(channel, remote_id, "Book online")
    facebook.measure(channel, [remote_id])
    facebook.undo_repost(channel, remote_id, facebook.repost(channel, remote_id))
    facebook.retract(channel, remote_id)
    return graph.calls


def test_every_parameter_that_leaves_is_in_the_specification(
    contract: Contract, everything: list[Call]
) -> None:
    checked = 0
    for call in everything:
        if edge := known_edge(call):
            sent = {*call.query, *call.form} - EVERYWHERE
            assert sent <= parameters(contract, call.method, edge).keys(), f"{call.method} {edge}"
            checked += len(sent)
    assert checked > 10


def test_every_value_that_leaves_has_the_type_of_the_specification(
    contract: Contract, everything: list[Call]
) -> None:
    types = set()
    for call in everything:
        if edge := known_edge(call):
            for name, value in {**call.query, **call.form}.items():
                kind = parameters(contract, call.method, edge).get(name, {}).get("type", "")
                types.add(kind)
                assert kind != "bool" or value in ("true", "false")
                assert not kind.startswith("list") or name == "metric" or isinstance(json.loads(value), list)
    assert {"bool", "string", "list<Object>"} <= types


@pytest.mark.parametrize(("method", "known"), [("POST", WRITES), ("GET", READS)])
def test_the_fake_knows_no_parameter_that_the_specification_lacks(
    contract: Contract, method: str, known: Mapping[str, frozenset[str]]
) -> None:
    for edge, names in known.items():
        assert names - EVERYWHERE <= parameters(contract, method, edge).keys(), edge


@pytest.mark.parametrize("node", ["Page", "PagePost", "Photo", "Comment"])
def test_the_fake_knows_no_field_that_the_specification_lacks(contract: Contract, node: str) -> None:
    edges = {entry["edge"] for entry in contract[node]["edges"] if entry["method"] == "GET"}
    of_a_persons_list = {"tasks"} if node == "Page" else set()
    assert FIELDS[node] - of_a_persons_list <= contract[node]["fields"].keys() | edges


# What the SDK still offers and the Graph no longer takes


def test_no_verb_that_the_graph_has_dropped_is_called() -> None:
    used = {
        node.attr
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert "put_object" in used, "the sources were read"
    assert not used & DEAD


def test_the_version_of_the_graph_stands_in_one_place() -> None:
    lines = [
        f"{source.name}: {line.strip()}"
        for source in SOURCES
        for line in source.read_text().splitlines()
        if "26.0" in line
    ]
    assert lines == ['graph.py: GRAPH_VERSION = "v26.0"']
