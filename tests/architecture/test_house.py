"""House rules that import-linter cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.base import Account, Channel, Grant
from connectors.registry import OURS
from domain import states, words
from store.models import Base
from store.sealing import Seal
from tests.conftest import ROOT

ROOMS = (
    "domain",
    "config",
    "store",
    "connectors",
    "drafting",
    "people",
    "channels",
    "approval",
    "engagement",
    "promotion",
    "scheduler",
    "web",
    "rounds",
)
# Tables that come before anybody is known to belong to a practice, or that serve the whole server.
OF_THE_SERVER = {"practices", "sign_in_failures", "setup_links", "daemons"}
PRODUCT = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in str(path)
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_no_import_hides_inside_a_function(path: Path) -> None:
    hidden = [
        inner.lineno
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_only_the_clock_knows_now(path: Path) -> None:
    if named(path) == "domain/clock.py":
        return
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"datetime\.(?:now|utcnow|today)\(|date\.today\(", text)


def test_no_network_is_named_outside_its_own_folder() -> None:
    modules = [factory.__module__.split(".")[2] for factory in OURS]
    leaks = [
        (named(path), module)
        for path in PRODUCT
        for module in modules
        if not named(path).startswith(("connectors/providers/", "connectors/registry.py"))
        and re.search(rf"providers[./]{module}\b|[\"']{module}[\"']", path.read_text(encoding="utf-8"))
        and module not in ("website", "rehearsal", "x")  # plain words too; their imports are the linter's
    ]
    assert leaks == []


def test_every_table_of_a_practice_carries_its_id() -> None:
    without = {table.name for table in Base.metadata.sorted_tables if "practice_id" not in table.columns}
    assert without == OF_THE_SERVER


def test_no_secret_shows_in_a_repr() -> None:
    secret = "the-secret-itself"
    shown = [
        Channel("c", "p", "n", credentials={"token": secret}),
        Grant({"token": secret}),
        Account("r", "n", credentials={"token": secret}),
        Seal([b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]),
    ]
    assert not [value for value in shown if secret in repr(value) or "MDEy" in repr(value)]


def test_the_glossary_explains_every_word_of_the_closed_lists() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([a-z_]+)` \|", glossary, re.MULTILINE))
    spoken = {
        str(word)
        for kind in (
            states.Editorial,
            states.Delivery,
            words.Role,
            words.Severity,
            words.DecisionKind,
            words.LateRule,
            words.ChannelState,
            words.PromotionState,
            words.PromotionMode,
            words.HoldScope,
        )
        for word in kind
    }
    assert explained == spoken
