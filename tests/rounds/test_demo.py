"""The example practice: made whole beside a real one, true to every law, and gone without a trace."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from domain.clock import SystemClock
from domain.states import Delivery, Editorial
from domain.words import HoldScope, PromotionState, Role
from people.access import actor_of
from rounds import demo
from rounds.demo.script import ExamplePost, Fate, Mishap, load_script
from rounds.wiring import House, prepare
from store.models import Base, Practice
from store.removal import NotADemo, remove_demo
from tests.rounds.conftest import Line, people
from tests.support.databases import SqliteTemplates

pytestmark = pytest.mark.xdist_group("example")  # one worker plays the month once

FEW = (
    ExamplePost(title="Out", text="Out.", channels=("town", "site"), day=-3, picture="sun", alt="A sun."),
    ExamplePost(title="Refused", text="Refused.", channels=("town",), day=-2, mishap=Mishap.REFUSED),
    ExamplePost(title="Lost", text="Lost.", channels=("team",), day=-6, mishap=Mishap.LOST),
    ExamplePost(title="Twice", text="Sent twice.", channels=("team",), day=-5, mishap=Mishap.HICCUP),
    ExamplePost(title="Down", text="Down.", channels=("town",), day=-4, fate=Fate.RETRACTED, reason="x"),
    ExamplePost(title="Void", text="Gone.", channels=("town",), day=4, fate=Fate.WITHDRAWN, reason="x"),
    ExamplePost(title="Ahead", text="Ahead.", channels=("town",), day=4, labels=("vaccines",)),
)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A server with a real practice on it."""
    made = House(Settings(data_dir=tmp_path, database_url=database_url), SystemClock())
    prepare(made)
    people(made)
    yield made
    made.database.close()


def rows(house: House) -> Mapping[str, int]:
    """How many rows there are in each table."""
    with house.database.read() as work:
        counted = {
            table.name: work.session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in counted.items() if count}


def files(house: House) -> set[str]:
    """What lies in the data folder of any practice; the network's own database stays, empty of it."""
    folder = house.settings.data_dir
    places = (folder / "media", folder / "website")
    return {str(place) for kept in places for place in kept.rglob("*")}


def remembered(house: House) -> int:
    """What the rehearsal network still holds."""
    with sqlite3.connect(house.settings.data_dir / "rehearsal" / "network.sqlite3") as network:
        tables = ("accounts", "tokens", "posts", "media", "comments", "reposts")
        return sum(network.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)


def test_an_example_beside_a_real_practice_comes_and_goes_without_a_trace(house: House) -> None:
    before = rows(house)
    script = load_script().model_copy(update={"posts": FEW})
    made = demo.build(house, script)
    with house.database.read() as work:
        [example] = [practice for practice in work.server.practices() if practice.demo]
        states = Counter(
            row.state for row in work.practice(example.id).publications.in_states(list(Delivery))
        )
        assert work.practice(example.id).audit.verify() is None
    assert states == {
        Delivery.PUBLISHED: 3,
        Delivery.FAILED: 1,
        Delivery.UNCERTAIN: 1,
        Delivery.RETRACTED: 1,
        Delivery.CANCELLED: 1,
        Delivery.HELD: 1,
    }
    assert files(house)
    with pytest.raises(demo.DemoThere):
        demo.build(house, script)
    assert demo.remove(house) == made.practice
    assert rows(house) == before
    assert files(house) == set()
    assert remembered(house) == 0
    with pytest.raises(demo.NoDemo):
        demo.remove(house)


def test_a_real_practice_is_never_removed(house: House) -> None:
    before = rows(house)
    with house.database.write() as work:
        [practice] = work.server.practices()
        with pytest.raises(NotADemo, match="is a real practice"):
            remove_demo(work, practice)
        work.session.expunge(practice)
        forged = Practice(id=practice.id, name=practice.name, demo=True)
        with pytest.raises(Exception, match="never deleted"):
            remove_demo(work, forged)
    assert rows(house) == before


def test_an_address_that_somebody_here_uses_leaves_everything_as_it_was(house: House) -> None:
    script = load_script()
    taken = script.people[1].model_copy(update={"email": "author@office.example"})
    before = rows(house)
    with pytest.raises(demo.AddressTaken, match="signs in as author@"):
        demo.build(house, script.model_copy(update={"people": (script.people[0], taken)}))
    assert rows(house) == before


def test_a_month_that_ends_early_leaves_nothing_behind(house: House) -> None:
    before = rows(house)
    broken = ExamplePost(title="Broken", text="x", channels=("town",), day=1, author="nobody")
    script = load_script().model_copy(update={"posts": (*FEW[:1], broken)})
    with pytest.raises(KeyError):
        demo.build(house, script)
    assert rows(house) == before
    assert files(house) == set()


# ---------------------------------------------------------------- the month as it ships


@pytest.fixture(scope="module")
def example(
    tmp_path_factory: pytest.TempPathFactory, sqlite_templates: SqliteTemplates
) -> Iterator[tuple[House, demo.Made]]:
    folder = tmp_path_factory.mktemp("example")
    sqlite_templates.database(folder)
    house = House(Settings(data_dir=folder), SystemClock())
    prepare(house)
    yield house, demo.build(house)
    house.database.close()


def scope_of(house: House, work: Any) -> Any:
    [practice] = work.server.practices()
    return work.practice(practice.id)


def test_every_page_has_something_true_to_show(example: tuple[House, demo.Made]) -> None:
    house, _ = example
    with house.database.read() as work:
        scope = scope_of(house, work)
        assert set(scope.posts.count_by_state()) == set(Editorial)
        standing = {row.state for row in scope.publications.in_states(list(Delivery), 1000)}
        assert standing >= set(Delivery) - {Delivery.DISPATCHING, Delivery.PROCESSING, Delivery.PARTIAL}
        promotions = {row.state for row in scope.promotions.in_states(list(PromotionState))}
        assert promotions >= {PromotionState.PROPOSED, PromotionState.ENDED}
        assert [hold.scope for hold in scope.publications.open_holds()] == [HoldScope.LABEL]
        assert {role for roles in scope.people.roles_by_member().values() for role in roles} == set(Role)
        assert len(scope.posts.campaigns()) >= 3


def test_what_is_out_has_its_receipt_and_its_numbers_are_marked(example: tuple[House, demo.Made]) -> None:
    house, _ = example
    now = house.clock.now()
    with house.database.read() as work:
        scope = scope_of(house, work)
        out = scope.metrics.published_since(now.replace(year=now.year - 1))
        assert len(out) > 40
        assert all(scope.publications.receipt(row.id).published_at == row.published_at for row in out)
        assert all(row.published_at <= now for row in out)
        assert all(row.url.startswith(f"{house.address}/public/") for row in out)
        networks = {row.id: house.registry[row.provider].spec for row in out}
        read = scope.metrics.of_publications([row.id for row in out])
        assert all(each.simulated is networks[key].simulated for key, rows in read.items() for each in rows)


def test_nothing_is_late_and_the_record_is_whole(example: tuple[House, demo.Made]) -> None:
    house, _ = example
    with house.database.read() as work:
        scope = scope_of(house, work)
        assert scope.publications.pulse(house.clock.now()).late == 0
        assert scope.audit.verify() is None
        ats = [entry.at for entry in scope.audit.entries()]
    assert ats == sorted(ats)


def test_its_people_sign_in_with_the_password_that_is_told_once(example: tuple[House, demo.Made]) -> None:
    house, made = example
    actor, _ = house.access.sign_in(made.people[1][1], made.password)
    assert actor.name == made.people[1][0]
    assert made.password not in repr(made)
    assert {email.rpartition("@")[2] for _, email, _ in made.people} == {"harbourlane.example"}


def test_the_set_up_link_goes_on_working_beside_it(example: tuple[House, demo.Made]) -> None:
    house, _ = example
    assert house.access.new_setup_link() is not None


@pytest.fixture
def tom(example: tuple[House, demo.Made], tmp_path: Path) -> Line:
    """The command line in the hands of the practice's manager."""
    house, _ = example
    with house.database.read() as work:
        member = work.server.member_by_email("tom@harbourlane.example")
        assert member is not None
        actor = actor_of(work, member, "token")
    _, token = house.access.make_token(actor, "tests")
    data = str(house.settings.data_dir)
    return Line({"ROUNDS_DATA_DIR": data, "ROUNDS_TOKEN": token, "ROUNDS_TOKEN_FILE": str(tmp_path / "none")})


def test_its_numbers_are_shown_as_simulated_with_a_sparkline(tom: Line) -> None:
    [post] = [row for row in tom.json("post", "list") if row["title"] == "New opening hours"]
    told = tom.ok("metrics", post["id"])
    assert "Harbour Lane in town (simulated)" in told
    assert "News on our website\n" in told
    assert "█" in told
    [town] = [each for each in tom.json("metrics", post["id"]) if each["channel"] == "Harbour Lane in town"]
    ages = [reading["age_hours"] for reading in town["readings"]]
    assert ages == sorted(ages)
    assert all(reading["engagement"] <= reading["impressions"] for reading in town["readings"])
    [draft] = [row for row in tom.json("post", "list") if row["state"] == "changes_requested"]
    assert "not published yet" in tom.ok("metrics", draft["id"])


def test_its_promotions_are_read_approved_and_declined(tom: Line) -> None:
    waiting = tom.json("promotions", "list", "--state", "proposed")
    assert waiting[0]["reason"] in tom.json("promotions", "show", waiting[0]["id"])["reason"]
    assert "Probability" in tom.ok("promotions", "show", waiting[0]["id"])
    tom.ok("promotions", "approve", waiting[0]["id"])
    assert "is approved already" in tom.refused("promotions", "decline", waiting[0]["id"])
    for row in waiting[1:]:  # how many the month deserves depends on its invented audience
        tom.ok("promotions", "decline", row["id"], "--reason", "Once is enough.")
    assert tom.json("promotions", "list", "--state", "proposed") == []
    assert tom.json("promotions", "evaluate") == {"proposed": 0}


def test_its_unknown_outcome_is_settled_by_a_person(tom: Line) -> None:
    [row] = tom.json("uncertain", "list")
    calls = tom.json("publication", "show", row["id"])["attempts"]
    assert [call["kind"] for call in calls[:2]] == ["publish", "lookup"]
    told = tom.json("uncertain", "resolve", row["id"], "--there", "--url", "https://town.example/p/1")
    assert (told["state"], told["url"]) == ("published", "https://town.example/p/1")
    assert "by a person who looked" in tom.ok("publication", "show", row["id"])


def test_a_second_example_is_refused_and_the_first_goes_by_its_command(tom: Line) -> None:
    assert "is there already" in tom.refused("demo")
    assert tom.json("demo", "--remove") == {"removed": "Harbour Lane Family Practice"}
    assert "There is no example here." in tom.refused("demo", "--remove")
