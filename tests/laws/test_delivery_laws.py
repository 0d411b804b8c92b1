"""The laws as a state machine over the real store and the real engine, on both databases.

People write, edit, sign and withdraw; the clock goes on; the network takes, loses, refuses and stays
silent; the daemon dies at any moment. Whatever happens: nothing unsigned goes out, nothing goes out
twice, nothing is lost.
"""

import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from connectors.base import Channel, LookupStrength, Post
from domain.actor import Actor
from domain.refusal import Refusal
from domain.states import NAMED_OUTCOMES, Delivery
from domain.words import DecisionKind, HoldScope, Role
from rounds.wiring import House
from scheduler.daemon import Daemon
from tests.support.clocks import SetClock
from tests.support.databases import PostgresqlTemplates, SqliteTemplates
from tests.support.practice import Practice, found
from tests.support.scripted import Plan, ScriptedNetwork

WORDS = st.sampled_from(["Flu shots are in.", "Walk in on Monday.", "Meet our nurses.", "New hours in May."])
NAMED_OR_SHOWN = NAMED_OUTCOMES | {Delivery.UNCERTAIN, Delivery.HELD}


class Laws(RuleBasedStateMachine):
    """Rules are what may happen; invariants are the laws."""

    open_database: Any  # a context manager that yields a fresh database's URL, given a folder
    lookup = LookupStrength.BY_KEY
    posts = Bundle("posts")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(tempfile.mkdtemp())
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        self.clock = SetClock()
        url = self.stack.enter_context(type(self).open_database(folder))
        self.network = ScriptedNetwork(self.clock, self.lookup, when_called=self.check_signed)
        self.practice: Practice = found(folder, url, self.clock, {"scripted": self.network}, ["scripted"] * 2)
        self.house: House = self.practice.house
        self.stack.callback(self.house.database.close)
        self.daemon: Daemon = self.begin_daemon()
        self.unsigned: list[str] = []

    def teardown(self) -> None:
        self.daemon.engine.drain()
        self.daemon.heartbeat.end()
        self.stack.close()

    def begin_daemon(self) -> Daemon:
        daemon = self.house.daemon()
        dead = daemon.heartbeat.begin()
        daemon.sweeper.sweep(dead)
        return daemon

    # ------------------------------------------------------------ people

    @rule(target=posts, words=WORDS, channels=st.integers(1, 2), ahead=st.integers(0, 90))
    def write(self, words: str, channels: int, ahead: int) -> Any:
        try:
            return self.practice.draft(
                words,
                channels=tuple(self.practice.channel_ids[:channels]),
                wall=self.practice.wall(timedelta(minutes=ahead)),
            )
        except Refusal:
            return multiple()

    @rule(target=posts, words=WORDS, channels=st.integers(1, 2), ahead=st.integers(0, 90))
    def write_and_sign(self, words: str, channels: int, ahead: int) -> Any:
        post = self.write(words, channels, ahead)
        if isinstance(post, str):
            self.submit(post)
            self.decide(post, "approver", DecisionKind.APPROVE)
        return post

    @rule(post=posts, words=WORDS)
    def edit(self, post: str, words: str) -> None:
        self.attempt(lambda: self.practice.edit(post, words + " Call us."))

    @rule(post=posts)
    def submit(self, post: str) -> None:
        self.attempt(lambda: self.practice.submit(post))

    @rule(
        post=posts,
        who=st.sampled_from(["approver", "author", "admin"]),
        kind=st.sampled_from([*DecisionKind, DecisionKind.APPROVE]),
    )
    def decide(self, post: str, who: str, kind: DecisionKind) -> None:
        actor: Actor = getattr(self.practice, who)
        self.attempt(lambda: self.practice.decide(actor, post, kind))

    @rule(post=posts)
    def withdraw(self, post: str) -> None:
        self.attempt(lambda: self.house.drafts.withdraw(self.practice.author, post, "not now"))

    @rule(post=posts)
    def cancel_one_channel(self, post: str) -> None:
        for publication in self.practice.publications(post)[:1]:
            self.attempt(partial(self.house.scheduling.cancel, self.practice.approver, publication.id, "no"))

    @rule(scope=st.sampled_from([HoldScope.PRACTICE, HoldScope.CHANNEL]))
    def stop(self, scope: HoldScope) -> None:
        target = self.practice.channel_ids[0] if scope is HoldScope.CHANNEL else None
        self.house.stopping.stop(self.practice.author, scope, target, "storm")

    @rule(send_late=st.booleans())
    def resume(self, send_late: bool) -> None:
        for hold in self.practice.open_holds():
            missed = [row.id for row in self.house.stopping.missed(self.practice.approver, hold.id)]
            self.house.stopping.resume(self.practice.approver, hold.id, missed if send_late else [])

    @rule(there=st.booleans())
    def resolve(self, there: bool) -> None:
        """A person looks at the network and answers truthfully."""
        for publication in self.practice.in_states(Delivery.UNCERTAIN)[:1]:
            stands = any(post.key == publication.id for post in self.network.taken)
            if stands and there:
                self.house.deciding.it_is_there(
                    self.practice.approver, publication.id, f"remote-{publication.id}"
                )
            elif not stands and not there:
                self.house.deciding.it_is_not_there(self.practice.approver, publication.id)

    @rule(keeps_role=st.sampled_from([True, True, True, False]))
    def change_the_approvers_role(self, keeps_role: bool) -> None:
        roles = {Role.APPROVER, Role.PUBLISHER} if keeps_role else {Role.PUBLISHER}
        self.house.members.set_roles(self.practice.admin, self.practice.approver.member_id, frozenset(roles))

    @rule()
    def reconnect(self) -> None:
        for channel_id in self.practice.channel_ids:
            self.house.connecting.verify(self.practice.admin, channel_id)

    # ------------------------------------------------------------ the world

    @rule(plan=st.sampled_from(Plan))
    def the_network_will(self, plan: Plan) -> None:
        self.network.plans.append(plan)

    @rule(minutes=st.integers(1, 60))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(minutes=st.integers(30, 60), plan=st.sampled_from(Plan))
    def time_passes_while_the_daemon_works(self, minutes: int, plan: Plan) -> None:
        self.network.plans.append(plan)
        self.time_passes(minutes)
        self.the_daemon_works()

    @rule()
    def the_daemon_works(self) -> None:
        self.house.scheduling.book_approved()
        self.practice.work(self.daemon)
        self.daemon.sweeper.sweep()

    @rule()
    def the_daemon_is_replaced(self) -> None:
        self.daemon.engine.drain()
        self.daemon.heartbeat.release()
        self.daemon = self.begin_daemon()

    @staticmethod
    def attempt(act: Callable[[], object]) -> None:
        """Somebody tries; being refused is an answer too."""
        with contextlib.suppress(Refusal):
            act()

    # ------------------------------------------------------------ the laws

    def check_signed(self, channel: Channel, post: Post) -> None:
        """Called at the very moment at which the network takes something."""
        with self.house.database.read() as work:
            row = work.session.execute(
                text(
                    "SELECT a.voided_at, v.fingerprint, d.member_id, r.author_id, v.channel_id"
                    " FROM publications p JOIN approvals a ON a.id = p.approval_id"
                    " JOIN approved_variants v ON v.approval_id = a.id AND v.channel_id = p.channel_id"
                    " JOIN decisions d ON d.submission_id = a.submission_id AND d.kind = 'approve'"
                    " JOIN revisions r ON r.id = a.revision_id WHERE p.id = :id"
                ),
                {"id": post.key},
            ).one_or_none()
        if row is None or row.voided_at is not None or row.member_id == row.author_id:
            self.unsigned.append(f"{post.key}: not approved")
        elif row.channel_id != channel.id:
            self.unsigned.append(f"{post.key}: another channel")

    @invariant()
    def nothing_unsigned_goes_out(self) -> None:
        assert self.unsigned == []
        approved = {
            publication.id: publication.fingerprint for publication in self.practice.all_publications()
        }
        assert all(approved.get(post.key) == post.fingerprint for post in self.network.taken)

    @invariant()
    def nothing_goes_out_twice(self) -> None:
        assert [
            key for key, times in Counter(post.key for post in self.network.taken).items() if times > 1
        ] == []

    @invariant()
    def what_is_said_to_be_published_stands(self) -> None:
        taken = {post.key for post in self.network.taken}
        assert {row.id for row in self.practice.in_states(Delivery.PUBLISHED)} <= taken

    def check_nothing_is_lost(self) -> None:
        """Let all troubles end: every publication reaches a named outcome, or is shown to a person."""
        self.network.plans.clear()
        self.change_the_approvers_role(keeps_role=True)
        self.resume(send_late=True)
        self.reconnect()
        for _ in range(12):
            self.clock.advance(timedelta(minutes=45))
            self.the_daemon_works()
        states = {row.id: row.state for row in self.practice.all_publications()}
        assert set(states.values()) <= NAMED_OR_SHOWN
        if self.lookup is LookupStrength.BY_KEY:
            assert Delivery.UNCERTAIN not in states.values()
        taken = {post.key for post in self.network.taken}
        assert taken == {key for key, state in states.items() if state is Delivery.PUBLISHED} or (
            self.lookup is LookupStrength.NONE
        )
        assert self.practice.broken_audit() is None


def machine(opener: Any, strength: LookupStrength) -> type[Laws]:
    class Machine(Laws):
        open_database = staticmethod(opener)
        lookup = strength

        def teardown(self) -> None:
            try:
                self.check_nothing_is_lost()
            finally:
                super().teardown()

    return Machine


def profile(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing story is short enough to read
    )


@pytest.mark.parametrize("strength", [LookupStrength.BY_KEY, LookupStrength.BY_CONTENT, LookupStrength.NONE])
def test_the_laws_hold_on_sqlite(sqlite_templates: SqliteTemplates, strength: LookupStrength) -> None:
    @contextmanager
    def opener(folder: Path) -> Iterator[str]:
        yield sqlite_templates.database(folder)

    run_state_machine_as_test(machine(opener, strength), settings=profile(20))


@pytest.mark.parametrize("strength", [LookupStrength.BY_KEY, LookupStrength.NONE])
def test_the_laws_hold_on_postgresql(
    postgresql_templates: PostgresqlTemplates, strength: LookupStrength
) -> None:
    @contextmanager
    def opener(_folder: Path) -> Iterator[str]:
        with postgresql_templates.database() as url:
            yield url

    run_state_machine_as_test(machine(opener, strength), settings=profile(8))
