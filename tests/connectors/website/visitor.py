"""Somebody who reads the pages that Rounds serves, over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.base import Published
from tests.connectors.website.practice import PUBLIC_URL, Practice
from tests.support.servers import serve

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


@dataclass(frozen=True)
class Visitor:
    practice: Practice
    server: str

    @property
    def site(self) -> str:
        return f"{self.server}/public/website/{self.practice.channel.id}"

    def get(self, address: str = "", *, method: str = "GET", **headers: str) -> requests.Response:
        """Ask for a path below the site, or for one of its public addresses."""
        path = address.removeprefix(f"{PUBLIC_URL}/public/website/{self.practice.channel.id}/")
        sent = {"User-Agent": BROWSER} | {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method, f"{self.site}/{path}", headers=sent, timeout=20, allow_redirects=False
        )

    def views(self, published: Published) -> int:
        readings = self.practice.connector.measure(self.practice.channel, [published.remote_id])
        return readings[published.remote_id].counts["views"]


@contextmanager
def visiting(practice: Practice) -> Iterator[Visitor]:
    """A Visitor of the practice's pages, mounted as the web room mounts them."""
    app = Starlette(routes=[Mount("/public/website", practice.connector.pages())])
    with serve(app) as server:
        yield Visitor(practice, server)
