"""Counting how often a post is opened: one byte per view, and nothing about who reads.

A counter is a file that views are appended to, so its size is the number. It is made with the post and goes
with it; a view of anything else counts nowhere.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_NOT_A_PERSON = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|externalhit|embed|fetch|monitor|check|scan|archiv|feed|headless"
    r"|curl|wget|python|java/|okhttp|go-http|libwww|httpx?\b|node|axios|lighthouse",
    re.IGNORECASE,
)


def is_a_view(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request looks like a person who opens the page. Nothing of it is kept."""
    agent = headers.get("user-agent", "")
    ahead = headers.get("sec-purpose", "") + headers.get("purpose", "") + headers.get("x-moz", "")
    return method == "GET" and bool(agent) and "prefetch" not in ahead and not _NOT_A_PERSON.search(agent)


def add_view(counter: Path) -> None:
    """Count one view. A counter that is not there stays away, and no view is worth an error page."""
    with suppress(OSError):
        handle = os.open(counter, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, b".")
        finally:
            os.close(handle)


def read_views(counter: Path) -> int | None:
    """How often it was opened; None where nobody counts."""
    with suppress(FileNotFoundError):
        return counter.stat().st_size
    return None
