"""Reads rule packs and workflows, the TOML files beside this module or a practice's own."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.content import Frozen
from domain.pack import Pack, PackRule
from domain.words import Severity
from domain.workflow import Workflow

M = TypeVar("M", bound=BaseModel)

FOLDER = Path(__file__).resolve().parent


class PolicyError(ValueError):
    """A policy file cannot be used; the message says which file, where in it, and what to change."""


class _RuleEntry(BaseModel):
    """One `[rules.ID]` table; whatever is not the severity is a parameter of that rule."""

    model_config = ConfigDict(extra="allow", frozen=True)

    severity: Severity


class _PackFile(Frozen):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    version: Annotated[int, Field(ge=1)]
    title: str = ""
    rules: Annotated[dict[str, _RuleEntry], Field(min_length=1)]


def load_pack(name_or_path: str | Path, known: Mapping[str, type[Frozen]]) -> Pack:
    """The rule pack of that name or at that path.

    *known* holds the parameters of every rule there is, by rule id. Raises PolicyError for a file that is
    missing or malformed, a rule that is not known, and a parameter that its rule does not take.
    """
    path = _find(name_or_path)
    file = _validated(_PackFile, _read(path), path)
    rules = {rule: _pack_rule(rule, entry, known, path) for rule, entry in file.rules.items()}
    return Pack(name=file.name, version=file.version, title=file.title, rules=rules)


def load_workflow(name_or_path: str | Path = "workflow") -> Workflow:
    """The workflow of that name or at that path; raises PolicyError when it cannot be used."""
    path = _find(name_or_path)
    return _validated(Workflow, _read(path), path)


def _find(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    return path if path.suffix == ".toml" else FOLDER / f"{name_or_path}.toml"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path} cannot be read; check the name and the file's permissions.") from error
    except ValueError as error:
        raise PolicyError(f"{path} is not valid TOML: {error}.") from error


def _pack_rule(rule: str, entry: _RuleEntry, known: Mapping[str, type[Frozen]], path: Path) -> PackRule:
    if rule not in known:
        raise PolicyError(f"{path}: there is no rule {rule}; the rules are {', '.join(sorted(known))}.")
    parameters = _validated(known[rule], entry.model_extra or {}, path, "rules", rule)
    return PackRule(severity=entry.severity, parameters=parameters)


def _validated(model: type[M], data: Mapping[str, Any], path: Path, *where: str) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise PolicyError(f"{path}: {_sentence(error, where)}") from error


def _sentence(error: ValidationError, where: tuple[str, ...]) -> str:
    faults = (
        f"{'.'.join(map(str, (*where, *fault['loc']))) or 'the file'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return f"{'; '.join(faults)}."
