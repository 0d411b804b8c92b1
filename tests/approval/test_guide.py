"""The guide says of every rule what the code does."""

from pathlib import Path

from approval.guard import NO_CHANNEL, NO_PROFILE, RULES
from domain.pack import Pack

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "guard.md").read_text(encoding="utf-8")


def test_the_guides_table_is_the_base_pack(base_pack: Pack) -> None:
    _, _, rest = GUIDE.partition(f"<!-- rules of {base_pack.ref} -->")
    assert rest, f"the guide describes another version than {base_pack.ref}"
    rows = rest.partition("<!-- end of rules -->")[0].strip().splitlines()[2:]
    assert rows == [
        f"| {rule} | {RULES[rule].title} | {setting.severity} |" for rule, setting in base_pack.rules.items()
    ]


def test_every_parameter_is_explained() -> None:
    for rule in RULES.values():
        for parameter in rule.parameters.model_fields:
            assert f"| {rule.id} | `{parameter}` |" in GUIDE


def test_the_guards_own_findings_are_explained() -> None:
    assert f"`{NO_PROFILE}`" in GUIDE
    assert f"`{NO_CHANNEL}`" in GUIDE
