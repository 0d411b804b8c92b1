"""A list costs as many queries with many rows as with few."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.web.api.test_every_route import everything
from tests.web.api.world import Caller, World

LISTS = (
    "/posts",
    "/submissions",
    "/publications",
    "/holds",
    "/channels",
    "/campaigns",
    "/promotions",
    "/members",
    "/tokens",
    "/audit",
)


@contextmanager
def counted(api: World) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    engine = api.practice.house.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def costs(api: World, caller: Caller, paths: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for path in paths:
        with counted(api) as seen:
            caller.get(path)
        found[path] = len(seen)
    return found


def test_no_list_asks_once_more_for_each_row(api: World, admin: Caller) -> None:
    ids = everything(api)
    api.practice.draft("In a campaign.", campaign="Autumn")
    details = (f"/posts/{ids['post_id']}", f"/submissions/{ids['submission_id']}")
    paths = (*LISTS, *details)
    costs(api, admin, paths)  # the first use of a token is noted
    few = costs(api, admin, paths)
    for number in range(3):
        title, campaign = f"Post {number}", f"Campaign {number}"
        api.practice.scheduled(f"{number} Walk in.", title=title, campaign=campaign, labels=("a", "b"))
        api.practice.submit(api.practice.draft(f"{number} Walk in on Mondays.", campaign=campaign))
        api.as_(api.practice.admin)
    assert costs(api, admin, paths) == few
    assert max(few.values()) <= 16
