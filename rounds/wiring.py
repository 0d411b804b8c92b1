"""The only composition root: settings in, a house with every service out."""

import errno
import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from approval.guard import PARAMETERS
from approval.service import SignOff
from channels.connecting import Connecting
from channels.refreshing import Refreshing
from config.policies import load_pack, load_workflow
from config.settings import Settings
from connectors.base import Surroundings
from connectors.registry import Registry, load
from domain.clock import Clock, SystemClock
from drafting.importing import Importing
from drafting.posts import Drafts
from people.access import Access
from people.describing import Describing
from people.members import Members
from promotion.service import Promoting
from rounds import __version__
from scheduler.booking import Scheduling
from scheduler.daemon import Daemon, Routine
from scheduler.deciding import Deciding
from scheduler.dispatch import Engine
from scheduler.heartbeat import Heartbeat
from scheduler.housekeeping import Housekeeping
from scheduler.sidework import SideWorker
from scheduler.stopping import Stopping
from scheduler.sweeping import Sweeper
from store.blobs import Blobs
from store.database import Database, StoreUnavailable
from store.sealing import Seal, load_seal
from store.uploads import Uploads


@dataclass(frozen=True)
class House:
    """Every service of one running Rounds, made on first use."""

    settings: Settings
    clock: Clock
    inner_url: str = ""  # where this process reaches its own pages; empty: at their public address

    @property
    def address(self) -> str:
        return self.settings.address()

    @cached_property
    def database(self) -> Database:
        own_clock = None if isinstance(self.clock, SystemClock) else self.clock
        return Database(self.settings.sqlalchemy_url(), own_clock)

    @cached_property
    def seal(self) -> Seal:
        return load_seal(self.settings.data_dir / "seal.key")

    @cached_property
    def blobs(self) -> Blobs:
        return Blobs(self.settings.data_dir / "media")

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self.settings.data_dir / "uploads", self.clock)

    @cached_property
    def registry(self) -> Registry:
        return load(
            Surroundings(
                data_dir=self.settings.data_dir.resolve(),
                public_url=self.address,
                clock=self.clock,
                inner_url=self.inner_url,
            )
        )

    # ------------------------------------------------------------ services

    @cached_property
    def access(self) -> Access:
        return Access(self.database, self.clock, timedelta(hours=self.settings.session_hours))

    @cached_property
    def members(self) -> Members:
        return Members(self.database, self.clock)

    @cached_property
    def describing(self) -> Describing:
        return Describing(self.database, self.clock)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.database, self.clock, self.blobs)

    @cached_property
    def importing(self) -> Importing:
        return Importing(self.database, self.clock, self.blobs)

    @cached_property
    def signoff(self) -> SignOff:
        return SignOff(
            self.database, self.clock, self.registry, load_pack("base", PARAMETERS), load_workflow()
        )

    @cached_property
    def scheduling(self) -> Scheduling:
        return Scheduling(self.database, self.clock)

    @cached_property
    def deciding(self) -> Deciding:
        return Deciding(self.database, self.clock, self.registry)

    @cached_property
    def stopping(self) -> Stopping:
        return Stopping(self.database, self.clock)

    @cached_property
    def connecting(self) -> Connecting:
        return Connecting(self.database, self.clock, self.seal, self.registry)

    @cached_property
    def promoting(self) -> Promoting:
        return Promoting(self.database, self.clock, self.registry)

    # ------------------------------------------------------------ the daemon

    def daemon(self) -> Daemon:
        """A daemon of its own id, not yet started."""
        heartbeat = Heartbeat(self.database, self.clock, __version__)
        owner = heartbeat.id
        engine = Engine(
            self.database, self.clock, self.registry, self.seal, self.blobs, self.signoff.pack, owner
        )
        side = SideWorker(self.database, self.clock, self.registry, self.seal, owner)
        refreshing = Refreshing(self.database, self.clock, self.seal, self.registry, owner)
        housekeeping = Housekeeping(self.database, self.clock, owner)
        return Daemon(
            engine,
            heartbeat,
            Sweeper(self.database, self.clock, owner),
            (
                Routine("book approved posts", timedelta(seconds=1), self.scheduling.book_approved),
                Routine("side work", timedelta(seconds=1), side.run_due),
                Routine("wake channels", timedelta(seconds=5), housekeeping.wake_channels),
                Routine("refresh tokens", timedelta(minutes=1), refreshing.refresh_due),
                Routine("evaluate promotions", timedelta(minutes=15), self.promoting.evaluate_all),
                Routine("verify the audit chain", timedelta(hours=24), housekeeping.verify_audit),
                Routine("housekeeping", timedelta(hours=1), housekeeping.tidy),
            ),
        )


def build(settings: Settings | None = None, clock: Clock | None = None) -> House:
    """A house over these settings, or over the environment's. Touches nothing yet."""
    return House(settings or Settings(), clock or SystemClock())


def settings_for(**values: object) -> Settings:
    """Settings with these values laid over the environment's."""
    return Settings.model_validate({**Settings().model_dump(), **values})


def prepare(house: House) -> None:
    """Make the data folder, the key and the schema; raises StoreUnavailable with one clear sentence."""
    folder = house.settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_folder(folder)
        house.database.migrate()
        _ = house.seal
    except OSError as error:
        raise StoreUnavailable(_folder_sentence(folder, error)) from error


def check_folder(folder: Path) -> None:
    """Raises StoreUnavailable unless files can be made in *folder*."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(b"rounds")
        probe.unlink()
    except OSError as error:
        raise StoreUnavailable(_folder_sentence(folder, error)) from error


def _folder_sentence(folder: Path, error: OSError) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"The data folder {folder} cannot be written. Give this user write access to it."
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk that holds {folder} is full. Free some space and start again."
        case errno.ENOTDIR | errno.EEXIST:
            return f"{folder} is a file, not a folder. Name another data folder in ROUNDS_DATA_DIR."
        case _:
            return f"The data folder {folder} cannot be used: {error.strerror}."
