"""The example's month, act by act: people write, sign and stop; the daemon publishes; the numbers come in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from approval import guard
from channels.connecting import ChannelInput
from connectors.base import AuthKind, Connector
from domain.actor import Actor
from domain.content import Override
from domain.practice import PracticeSettings
from domain.states import Delivery
from domain.words import DecisionKind, HoldScope, PromotionMode, PromotionState, Severity
from drafting.posts import PictureUse, PostInput
from people.access import found_practice
from people.members import add_member
from rounds.demo.pictures import picture
from rounds.demo.script import ExampleChannel, ExamplePost, Fate, Script
from rounds.demo.stage import Stage

FOUNDED = timedelta(days=35)  # before today
SIGNERS = ("amara", "priya")
PUBLISHER = "priya"
LOOK = time(16)  # when the daemon looks each day, beside what is due
WATCHED = timedelta(days=8)  # later posts are looked at once more, an hour after their time
EVALUATED = time(16, 10)
LEARNED = 16  # days before today on which there is enough to compare with
UNDECIDED = timedelta(days=6)  # proposals of the last days wait for whoever looks around
CHOICES = PracticeSettings(promotion_mode=PromotionMode.EVERGREEN)  # a review a week, so that there is one
STOPPED_LABEL = "vaccines"
STOP_REASON = "The delivery is late. We tell people as soon as it is here."

Act = tuple[datetime, Callable[[], None]]


@dataclass
class Month:
    """Everything that happens in the example, in the order of time."""

    stage: Stage
    script: Script
    now: datetime
    people: dict[str, Actor] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)  # channel ids by key
    posts: dict[int, str] = field(default_factory=dict)  # post ids by their place in the script

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.script.zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def practice_id(self) -> str:
        return self.people[self.script.people[0].key].practice_id

    def play(self, password_hash: str) -> None:
        """Found the practice, then let the month pass."""
        self._found(password_hash)
        acts = chain(
            self._looks(),
            self._evaluations(),
            [self._stop()],
            *map(self._life, range(len(self.script.posts))),
        )
        for instant, act in sorted(acts, key=lambda happening: happening[0]):
            if instant <= self.now:
                self.stage.clock.turn_to(instant)
                act()
        self.stage.clock.turn_to(self.now)
        self.stage.work()
        self._evaluate()

    # ------------------------------------------------------------ the practice

    def _found(self, password_hash: str) -> None:
        house, founder = self.stage.house, self.script.people[0]
        with house.database.write() as work:
            admin = found_practice(
                work,
                house.clock.now(),
                practice=self.script.practice,
                zone=self.script.zone,
                name=founder.name,
                email=founder.email,
                password_hash=password_hash,
                demo=True,
            )
            self.people[founder.key] = admin
            for person in self.script.people[1:]:
                row = add_member(
                    work, admin, house.clock,
                    name=person.name, email=person.email, roles=person.roles, password_hash=password_hash,
                )  # fmt: skip
                self.people[person.key] = Actor(row.id, admin.practice_id, row.name, person.roles)
            work.commit()
        house.describing.set_profile(admin, self.script.profile)
        house.describing.set_settings(admin, CHOICES)
        for channel in self.script.channels:
            self.channels[channel.key] = self._connect(admin, channel)

    def _connect(self, admin: Actor, channel: ExampleChannel) -> str:
        connector = self._connector(channel)
        known = {"title": channel.name, "time_zone": self.script.zone, "language": "en-US"}
        options = {name: value for name, value in known.items() if name in connector.spec.options}
        given = ChannelInput(connector.spec.key, channel.name, {}, options=options)
        return self.stage.house.connecting.connect(admin, given)[0]

    def _connector(self, channel: ExampleChannel) -> Connector:
        """The first connector of this kind that needs no account anywhere."""
        return next(
            connector
            for connector in self.stage.house.registry.all()
            if connector.spec.auth is AuthKind.NONE and connector.spec.simulated == channel.simulated
        )

    # ------------------------------------------------------------ one post's life

    def _life(self, number: int) -> Iterator[Act]:
        """What happens to one post, each act with its instant."""
        post = self.script.posts[number]
        begun = post.begun(self.today)
        yield self._at(begun, time(14, 10), number), lambda: self._write(number)
        if post.fate is Fate.DRAFT:
            return
        yield self._at(begun, time(14, 35), number), lambda: self._submit(number)
        if post.fate is Fate.IN_REVIEW:
            return
        yield self._decided(post, number), lambda: self._decide(number)
        yield from self._afterwards(number)

    def _afterwards(self, number: int) -> Iterator[Act]:
        post = self.script.posts[number]
        begun, author = post.begun(self.today), self.people[post.author]
        later = self._at(begun + timedelta(days=1), time(15), number)
        house = self.stage.house
        match post.fate:
            case Fate.WITHDRAWN:
                yield later, lambda: house.drafts.withdraw(author, self.posts[number], post.reason)
            case Fate.CANCELLED:
                yield later, lambda: self._each(number, house.scheduling.cancel, Delivery.SCHEDULED)
            case Fate.RETRACTED:
                due = self._due(post)
                assert due is not None, "only a post that went out can be taken down"
                yield (
                    due + timedelta(hours=26),
                    lambda: self._each(number, house.deciding.retract, Delivery.PUBLISHED),
                )
            case _:
                return

    def _decided(self, post: ExamplePost, number: int) -> datetime:
        """The morning after it was written; for one that expires, hours after its time."""
        due = self._due(post)
        if post.fate is Fate.EXPIRED and due is not None:
            return due + timedelta(hours=3)
        return self._at(post.begun(self.today) + timedelta(days=1), time(10, 20), number)

    def _write(self, number: int) -> None:
        post = self.script.posts[number]
        author, drafts, due = self.people[post.author], self.stage.house.drafts, self._due(post)
        pictures: tuple[PictureUse, ...] = ()
        if post.picture:
            asset = drafts.add_picture(author, picture(post.picture), f"{post.picture}.png")
            pictures = (PictureUse(digest=asset.digest, alt_text=post.alt),)
        self.posts[number] = drafts.create(
            author,
            PostInput(
                title=post.title,
                text=post.text,
                thread=post.thread,
                link=post.link,
                first_comment=post.first_comment,
                pictures=pictures,
                channels=tuple(self.channels[key] for key in post.channels),
                overrides=self._overrides(post),
                campaign=post.campaign,
                labels=post.labels,
                wall=due.replace(tzinfo=None) if due else None,
                marker=due.utcoffset() if due else None,
            ),
        )

    def _overrides(self, post: ExamplePost) -> dict[str, Override]:
        """Channels that carry no first comment go without."""
        without = Override(first_comment="")
        return {
            self.channels[channel.key]: without
            for channel in self.script.channels
            if post.first_comment and not self._connector(channel).spec.carries_first_comment
        }

    def _submit(self, number: int) -> None:
        post, signoff = self.script.posts[number], self.stage.house.signoff
        author, post_id = self.people[post.author], self.posts[number]
        findings = signoff.check(author, post_id) if post.keep else ()
        warnings = [finding for finding in findings if finding.severity is Severity.WARN]
        signoff.submit(author, post_id, {guard.key(finding): post.keep for finding in warnings})

    def _decide(self, number: int) -> None:
        post, house = self.script.posts[number], self.stage.house
        signer = self.people[SIGNERS[number % len(SIGNERS)]]
        with house.database.read() as work:
            submission = work.practice(self.practice_id).signoffs.open_submission(self.posts[number])
        assert submission is not None, "the post was submitted before"
        kind = KINDS.get(post.fate, DecisionKind.APPROVE)
        house.signoff.decide(signer, submission.id, kind, submission.fingerprint, post.reason)
        house.scheduling.book_approved()
        if post.mishap is not None:
            self.stage.network.mishaps[self._first(number)] = post.mishap

    def _first(self, number: int) -> str:
        """The publication on the post's first channel."""
        wanted = self.channels[self.script.posts[number].channels[0]]
        with self.stage.house.database.read() as work:
            rows = work.practice(self.practice_id).publications.of_post(self.posts[number])
        return next(row.id for row in rows if row.channel_id == wanted)

    def _each(self, number: int, act: Callable[[Actor, str, str], None], state: Delivery) -> None:
        """Do the same with each publication of a post that stands so."""
        with self.stage.house.database.read() as work:
            rows = work.practice(self.practice_id).publications.of_post(self.posts[number])
        for row in rows:
            if row.state is state:
                act(self.people[PUBLISHER], row.id, self.script.posts[number].reason)

    # ------------------------------------------------------------ the days

    def _looks(self) -> Iterator[Act]:
        """When the daemon looks: once a day, at every post's time, and once more where it matters."""
        dues = [(post, due) for post in self.script.posts if (due := self._due(post)) is not None]
        days = [self._on(self.today - timedelta(days=number), LOOK) for number in range(FOUNDED.days)]
        soon = [due + timedelta(minutes=1) for post, due in dues if post.mishap is not None]
        later = [due + timedelta(hours=1) for _, due in dues if self.now - due < WATCHED]
        first = min(due for _, due in dues)
        looks = {instant for instant in (*days, *(due for _, due in dues), *soon, *later) if instant >= first}
        yield from ((instant, self.stage.work) for instant in looks)

    def _evaluations(self) -> Iterator[Act]:
        for number in range(LEARNED):
            yield self._on(self.today - timedelta(days=number), EVALUATED), self._evaluate

    def _evaluate(self) -> None:
        """Propose, and answer what was proposed; what is new today waits for whoever looks around."""
        house = self.stage.house
        house.promoting.evaluate(self.practice_id)
        if self.now - house.clock.now() < UNDECIDED:
            return
        signer = self.people[SIGNERS[0]]
        with house.database.read() as work:
            proposed = work.practice(self.practice_id).promotions.in_states([PromotionState.PROPOSED])
        for promotion in proposed:
            if house.clock.now().astimezone(self.zone).weekday() == 2:  # not everything on a Wednesday
                house.promoting.decline(signer, promotion.id, "Once is enough for this one.")
            else:
                house.promoting.approve(signer, promotion.id)

    def _stop(self) -> Act:
        """The one Stop that stands."""
        stopping, founder = self.stage.house.stopping, self.people[self.script.people[0].key]
        moment = self.now - timedelta(hours=9)
        return moment, lambda: _nothing(stopping.stop(founder, HoldScope.LABEL, STOPPED_LABEL, STOP_REASON))

    def _due(self, post: ExamplePost) -> datetime | None:
        return post.due(self.now, self.zone)

    def _at(self, day: date, clock: time, number: int) -> datetime:
        """A moment of a day; posts that share a day are minutes apart."""
        return self._on(day, clock) + timedelta(minutes=number % 20)

    def _on(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone)


def _nothing(_result: object) -> None:
    """An act gives nothing back."""


KINDS = {
    Fate.CHANGES_REQUESTED: DecisionKind.REQUEST_CHANGES,
    Fate.REJECTED: DecisionKind.REJECT,
}
