"""The website, by the sentences of the seam: real files, read over real HTTP."""

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.base import Channel, Checks, Measures, Reposts, Retracts, Serves, Surroundings
from connectors.providers.website import files
from connectors.providers.website.connector import Website
from connectors.testing import Conformance, Fault, MeasuredRig, Standing
from tests.support.servers import serve


class WebsiteRig(MeasuredRig):
    """One site on loopback. Its network is the disk: full, read-only, or failing at the very end."""

    def __init__(self, connector: Website, data_dir: Path, server: str, disk: pytest.MonkeyPatch) -> None:
        self._connector = connector
        self._channel = Channel("01site", "website", "News", options={"title": "News from Elm Street"})
        self._site = data_dir / "website" / self._channel.id
        self._server = server
        self._disk = disk

    @property
    def connector(self) -> Website:
        return self._connector

    @property
    def channel(self) -> Channel:
        return self._channel

    def standing(self) -> Sequence[Standing]:
        """What a reader of the feed sees, under the keys of the records."""
        answer = requests.get(f"{self._server}/{self._channel.id}/feed.json", timeout=20)
        shown = {Path(item["url"]).stem: item for item in answer.json()["items"]} if answer.ok else {}
        return [
            _standing(record["key"], shown[record["slug"]])
            for record in map(_read, (self._site / "posts").glob("*.json"))
            if record["slug"] in shown
        ]

    def arm(self, fault: Fault) -> None:
        if fault is Fault.REFUSE_CONNECTION:
            self._break("_write_through", errno.ENOSPC)
        elif fault is Fault.UNAUTHORIZED:
            self._break("_write_through", errno.EROFS)
        else:
            self._break("_sync_folder", errno.EIO, last=self._site / "public")

    def _break(self, function: str, number: int, last: Path | None = None) -> None:
        """The next call fails; with `last`, the one for that folder, when every file is in its place.

        The site stands already, as it does once a channel is connected: the write that fails is the post's.
        """
        assert self.connector.verify(self.channel).ok
        real = getattr(files, function)

        def failing(path: Path, *data: bytes) -> None:
            if last not in (None, path):
                return real(path, *data)  # type: ignore[no-any-return]
            self.disarm()
            raise OSError(number, os.strerror(number))

        self._disk.setattr(files, function, failing)

    def disarm(self) -> None:
        self._disk.undo()

    def remove(self, remote_id: str) -> None:
        (self._site / "posts" / f"{remote_id}.json").unlink()

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        """Nobody opened the page."""
        return {"views": 0}


def _read(record: Path) -> Any:
    return json.loads(record.read_bytes())


def _standing(key: str, item: Any) -> Standing:
    alt_texts = tuple(file["title"] for file in item.get("attachments", []))
    return Standing(key, item["content_text"], alt_texts)


class TestWebsite(Conformance):
    spec = Website.spec
    supports = frozenset({Fault.REFUSE_CONNECTION, Fault.UNAUTHORIZED, Fault.DROP_AFTER})
    facets = frozenset({Checks, Measures, Reposts, Retracts, Serves})

    @pytest.fixture
    def rig(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebsiteRig]:
        connector = Website(Surroundings(tmp_path, "http://127.0.0.1"))
        with serve(connector.pages()) as server:
            yield WebsiteRig(connector, tmp_path, server, monkeypatch)
