"""A connected channel on a strict X of this test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.x.fake_x import FakeX
from tests.connectors.x.rig import OAUTH1, XRig, rigged


@pytest.fixture
def fake() -> FakeX:
    return FakeX()


@pytest.fixture
def rig(tmp_path: Path, fake: FakeX) -> Iterator[XRig]:
    with rigged(tmp_path, fake, OAUTH1) as rig:
        yield rig
