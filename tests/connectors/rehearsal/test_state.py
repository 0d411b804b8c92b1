"""The network remembers: over restarts, from many threads, and from more than one process at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.providers.rehearsal.behaviour import Behaviour, Mishap, Planned
from connectors.providers.rehearsal.state import Comment, Entry, Picture, State
from connectors.testing import make_picture
from domain.ids import new_id

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "network.sqlite3"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    state = State(path)
    yield state
    state.close()


def entry(account_id: str, text: str = "Hello", key: str | None = None, reply_to: str | None = None) -> Entry:
    return Entry(new_id(), account_id, key, text, None, reply_to, (), NOW, NOW)


def test_everything_is_there_after_a_restart(path: Path) -> None:
    before = State(path)
    account = before.welcome("token", name="Riverside")
    before.behave(account.id, Behaviour(planned=(Planned(kind=Mishap.GARBAGE),)))
    before.add_picture(Picture(new_id(), account.id, "image/png", "A square", make_picture()))
    post = before.add_post(entry(account.id, key="k"))
    before.add_comment(post.id, Comment(new_id(), "Book online", NOW))
    before.repost(post.id, NOW)
    own = before.own_token("channel-1")
    before.close()

    after = State(path)
    again = after.account_for("token")
    assert again
    assert (again.id, again.name) == (account.id, "Riverside")
    assert again.behaviour.planned[0].kind is Mishap.GARBAGE
    assert after.post(post.id) == post
    assert [comment.text for comment in after.comments(post.id)] == ["Book online"]
    assert len(after.lifts(post.id)) == 1
    assert after.own_token("channel-1") == own
    after.close()


def test_one_key_gives_one_post_however_many_threads_and_processes_send_it(state: State, path: Path) -> None:
    account = state.welcome("token")
    neighbour = State(path)  # as another process would open it

    def send(number: int) -> str:
        return (state, neighbour)[number % 2].add_post(entry(account.id, key="once")).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(64)))
    neighbour.close()
    assert [post.id for post in state.posts(account.id)] == list(ids)


def test_each_planned_mishap_befalls_one_write_only(state: State, path: Path) -> None:
    account = state.welcome("token")
    account = state.behave(account.id, Behaviour(planned=(Planned(kind=Mishap.GARBAGE, times=10),)))
    neighbour = State(path)
    with ThreadPoolExecutor(8) as pool:
        befallen = list(
            pool.map(lambda number: (state, neighbour)[number % 2].next_misfortune(account), range(40))
        )
    neighbour.close()
    assert sum(misfortune is not None for misfortune in befallen) == 10


def test_a_token_is_never_kept_as_it_is(state: State, path: Path) -> None:
    state.welcome("a-token-that-nobody-may-see")
    state.close()
    assert not any(b"nobody-may-see" in file.read_bytes() for file in path.parent.iterdir())


def test_tokens_are_made_for_each_channel(state: State) -> None:
    assert state.own_token("1") == state.own_token("1")
    assert state.own_token("1") != state.own_token("2")


def test_a_new_token_joins_its_account_and_ends_the_expiry(state: State) -> None:
    account = state.welcome("old", name="Riverside")
    state.behave(account.id, Behaviour(token_expired=True, out_of_credit=True))
    assert state.welcome("old").behaviour.token_expired, "the old one does not come back to life"
    renewed = state.welcome("new", account_id=account.id)
    assert renewed.id == account.id
    assert renewed.behaviour == Behaviour(out_of_credit=True)


def test_a_token_for_an_account_that_is_unknown_opens_a_new_one(state: State) -> None:
    assert state.welcome("token", account_id="from elsewhere").id != "from elsewhere"


def test_a_thread_goes_down_with_its_first_part(state: State) -> None:
    account = state.welcome("token")
    first = state.add_post(entry(account.id, "1"))
    second = state.add_post(entry(account.id, "2", reply_to=first.id))
    third = state.add_post(entry(account.id, "3", reply_to=second.id))
    other = state.add_post(entry(account.id, "other"))
    assert [part.text for part in state.thread(first.id)] == ["1", "2", "3"]
    state.remove(second.id, NOW)
    removed = {post.text for post in state.posts(account.id) if post.removed_at}
    assert removed == {"2", "3"}
    state.remove(first.id, NOW + timedelta(hours=1))
    assert {post.id: post.removed_at for post in state.posts(account.id)} == {
        first.id: NOW + timedelta(hours=1),
        second.id: NOW,
        third.id: NOW,
        other.id: None,
    }


def test_a_repost_that_ended_can_be_begun_again(state: State) -> None:
    post = state.add_post(entry(state.welcome("token").id))
    first = state.repost(post.id, NOW)
    assert state.repost(post.id, NOW) == first
    state.end_repost(post.id, NOW + timedelta(hours=1))
    assert state.repost(post.id, NOW + timedelta(hours=2)) != first
    assert [lift.end for lift in state.lifts(post.id)] == [NOW + timedelta(hours=1), None]


def test_posts_are_found_by_time(state: State) -> None:
    account = state.welcome("token")
    post = state.add_post(entry(account.id))
    early, late = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    assert state.posts(account.id, since=early) == [post]
    assert state.posts(account.id, since=late) == []


def test_many_may_open_the_file_for_the_first_time_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda _: State(path), range(8)))
    tokens = {state.own_token("1") for state in states}
    for state in states:
        state.close()
    assert len(tokens) == 1
