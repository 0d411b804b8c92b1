"""Rule packs and workflows at the door."""

from pathlib import Path

import pytest

from approval.guard import PARAMETERS, RULES
from config.policies import PolicyError, load_pack, load_workflow
from domain.words import Role, Severity

PACK = 'name = "own"\nversion = 2\n'
STAGE = '[[stages]]\nname = "one"\nroles = ["approver"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_base_pack_runs_every_rule_there_is() -> None:
    pack = load_pack("base", PARAMETERS)
    assert pack.ref == "base@1"
    assert set(pack.rules) == set(RULES)


def test_severity_and_parameters_come_from_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, f'{PACK}[rules.RPT-01]\nseverity = "note"\nwindow_days = 7\n')
    pack = load_pack(path, PARAMETERS)
    assert pack.ref == "own@2"
    assert pack.rules["RPT-01"].severity is Severity.NOTE
    assert pack.rules["RPT-01"].parameters.model_dump() == {"window_days": 7}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{PACK}[rules.PHI-99]\nseverity = "block"\n', "there is no rule PHI-99"),
        (f'{PACK}[rules.RPT-01]\nseverity = "loud"\n', "rules.RPT-01.severity"),
        (f'{PACK}[rules.RPT-01]\nseverity = "note"\nwindow_days = 0\n', "rules.RPT-01.window_days"),
        (f'{PACK}[rules.RPT-01]\nseverity = "note"\nwindow = 9\n', "rules.RPT-01.window"),
        (f"{PACK}[rules.RPT-01]\n", "rules.RPT-01.severity"),
        (f"{PACK}[rules]\n", "rules"),
        ('name = "own"\nversion = 0\n[rules.PHI-05]\nseverity = "note"\n', "version"),
        ('name = "Own Pack"\nversion = 1\n[rules.PHI-05]\nseverity = "note"\n', "name"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_pack_that_cannot_be_used_is_refused_with_file_and_place(
    tmp_path: Path, text: str, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PolicyError) as refused:
        load_pack(path, PARAMETERS)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(PolicyError, match=r"absent\.toml cannot be read"):
        load_pack("absent", PARAMETERS)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match="not valid TOML"):
        load_workflow(path)


def test_the_default_workflow_asks_for_one_approver() -> None:
    workflow = load_workflow()
    assert workflow.ref == "default@1"
    [stage] = workflow.stages
    assert (stage.roles, stage.count, stage.separate) == (frozenset({Role.APPROVER}), 1, True)


def test_a_workflow_may_have_stages_of_several_roles_and_people(tmp_path: Path) -> None:
    second = '[[stages]]\nname = "two"\nroles = ["approver", "admin"]\ncount = 2\nseparate = false\n'
    workflow = load_workflow(written(tmp_path, f"{PACK}{STAGE}{second}"))
    assert [stage.count for stage in workflow.stages] == [1, 2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PACK, "stages"),
        (f"{PACK}{STAGE}{STAGE}", "a name of its own"),
        (f"{PACK}{STAGE}count = 0\n", "stages.0.count"),
        (f'{PACK}[[stages]]\nname = "one"\nroles = []\n', "stages.0.roles"),
        (f'{PACK}[[stages]]\nname = "one"\nroles = ["boss"]\n', "stages.0.roles"),
        (f"{PACK}{STAGE}quorum = 2\n", "stages.0.quorum"),
    ],
)
def test_a_workflow_that_cannot_be_used_is_refused_with_file_and_place(
    tmp_path: Path, text: str, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PolicyError) as refused:
        load_workflow(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)
