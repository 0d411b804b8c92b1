"""An example practice with a month of posts around today, to look around in; and taking it away again."""

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from channels.opening import open_channel
from connectors.base import Channel, Forgets
from domain.refusal import Refusal
from people.secrets import hash_password
from rounds.demo.month import FOUNDED, Month
from rounds.demo.script import Script, load_script
from rounds.demo.stage import set_stage
from rounds.wiring import House
from store.models import Practice
from store.removal import remove_demo
from store.transfer import transfer


class DemoThere(Refusal):
    """There is an example already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The example “{name}” is there already. Take it away first: rounds demo --remove")


class NoDemo(Refusal):
    """There is no example."""

    def __init__(self) -> None:
        super().__init__("There is no example here. Make one: rounds demo")


class AddressTaken(Refusal):
    """Somebody here signs in with one of the example's addresses."""

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Somebody here signs in as {email}, so the example cannot use it. Nothing was changed."
        )


@dataclass(frozen=True)
class Made:
    """The example that was made. The password is known only now."""

    practice: str
    people: Sequence[tuple[str, str, Sequence[str]]]  # name, e-mail address, roles
    password: str = field(repr=False)


def build(house: House, script: Script | None = None) -> Made:
    """Play the month on a stage of its own, then carry the practice over in one transaction."""
    script = script or load_script()
    _check_free(house, script)
    password = secrets.token_urlsafe(12)
    now = house.clock.now()
    with set_stage(house, now - FOUNDED) as playing, ExitStack() as undo:
        month = Month(playing, script, now)
        undo.callback(_forget_what_is_there, month)
        month.play(hash_password(password))
        with playing.house.database.read() as source, house.database.write() as target:
            transfer(source, target, month.practice_id)
            target.commit()
        undo.pop_all()
    people = [(person.name, person.email, sorted(person.roles)) for person in script.people]
    return Made(script.practice, people, password)


def remove(house: House) -> str:
    """Take the example away with all its rows and files; returns its name."""
    with house.database.write() as work:
        practice = _demo(work.server.practices())
        if practice is None:
            raise NoDemo
        channels = [open_channel(row, house.seal) for row in work.practice(practice.id).channels.all()]
        remove_demo(work, practice)
        work.commit()
    _forget(house, practice.id, channels)
    return practice.name


def _check_free(house: House, script: Script) -> None:
    with house.database.read() as work:
        there = _demo(work.server.practices())
        if there is not None:
            raise DemoThere(there.name)
        for person in script.people:
            if work.server.member_by_email(person.email) is not None:
                raise AddressTaken(person.email)


def _demo(practices: Sequence[Practice]) -> Practice | None:
    return next((practice for practice in practices if practice.demo), None)


def _forget_what_is_there(month: Month) -> None:
    """After a month that ended early: the files of what was played so far."""
    if not month.people:
        return
    house = month.stage.house
    with house.database.read() as work:
        channels = [open_channel(row, house.seal) for row in work.practice(month.practice_id).channels.all()]
    _forget(house, month.practice_id, channels)


def _forget(house: House, practice_id: str, channels: Sequence[Channel]) -> None:
    """Remove the practice's pictures, and what connectors keep for its channels."""
    house.blobs.remove_practice(practice_id)
    for channel in channels:
        connector = house.registry[channel.provider]
        if isinstance(connector, Forgets):
            connector.forget(channel)
