"""Secrets at rest: sealed with a key that lies beside the database."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store.database import StoreUnavailable
from store.sealing import Seal, WrongKey, load_seal


def test_what_is_sealed_opens_and_shows_nothing_meanwhile() -> None:
    seal = Seal([Fernet.generate_key()])
    sealed = seal.close({"token": "s3cret"})
    assert "s3cret" not in sealed
    assert seal.open(sealed) == {"token": "s3cret"}
    assert seal.close({"token": "s3cret"}) != sealed


def test_nothing_sealed_is_nothing() -> None:
    assert Seal([Fernet.generate_key()]).open("") == {}


@pytest.mark.parametrize("damage", ["another key", "cut short", "no seal at all"])
def test_what_was_sealed_with_another_key_says_what_to_do(damage: str) -> None:
    seal = Seal([Fernet.generate_key()])
    sealed = {
        "another key": Seal([Fernet.generate_key()]).close({"token": "s"}),
        "cut short": seal.close({"token": "s"})[:-9],
        "no seal at all": "gibberish",
    }[damage]
    with pytest.raises(WrongKey, match=r"Put the original seal\.key back"):
        seal.open(sealed)


def test_an_older_key_still_opens_and_the_first_one_seals() -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    sealed = Seal([old]).close({"token": "s"})
    rotated = Seal([new, old])
    assert rotated.open(sealed) == {"token": "s"}
    with pytest.raises(WrongKey):
        Seal([old]).open(rotated.close({"token": "s"}))


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    sealed = load_seal(path).close({"token": "s"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_seal(path).open(sealed) == {"token": "s"}


def test_a_key_file_without_a_key_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "seal.key").write_text("\n")
    with pytest.raises(StoreUnavailable, match="holds no key"):
        load_seal(tmp_path / "seal.key")


def test_a_seal_shows_no_key() -> None:
    key = Fernet.generate_key()
    assert key.decode() not in repr(Seal([key]))
    assert key.decode() not in str(vars(Seal([key])))
