"""Who sits at the command line: a named member, by token, over the same services as the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.actor import Actor
from domain.refusal import Refusal
from rounds import observability
from rounds.wiring import House, build
from store.database import StoreUnavailable
from store.scope import PracticeScope
from web.reader import Reader

QUIET = "ERROR"


class SignInFirst(Refusal):
    """Nobody has said who they are."""

    def __init__(self) -> None:
        super().__init__("Sign in first: rounds login")


@dataclass(frozen=True)
class Desk:
    """One member at work."""

    house: House
    actor: Actor

    @contextmanager
    def looking(self) -> Iterator[PracticeScope]:
        """The member's practice, to read from."""
        with self.house.database.read() as work:
            yield work.practice(self.actor.practice_id)

    def reader(self, scope: PracticeScope) -> Reader:
        """How this practice sees time."""
        return Reader(ZoneInfo(scope.practices.get().zone), self.house.clock.now())


@contextmanager
def opened(*, talkative: bool = False) -> Iterator[House]:
    """A house over the environment's settings; closed again at the end. A talkative one logs as they say."""
    house = build()
    observability.configure(house.settings.log_format, house.settings.log_level if talkative else QUIET)
    try:
        yield house
    finally:
        if "database" in house.__dict__:
            house.database.close()


@contextmanager
def signed_in() -> Iterator[Desk]:
    """The member whose token is at hand; raises SignInFirst, NotAllowed or StoreUnavailable."""
    with opened() as house:
        token = token_at_hand(house)
        if not token:
            raise SignInFirst
        check_ready(house)
        yield Desk(house, house.access.by_token(token))


def token_at_hand(house: House) -> str:
    """The token of the environment, else the one that `rounds login` kept, else nothing."""
    named = house.settings.token.get_secret_value().strip()
    return named or kept_token(house)


def kept_token(house: House) -> str:
    try:
        return token_file(house).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreUnavailable(
            f"The token in {token_file(house)} cannot be read ({error.strerror}). Sign in again: rounds login"
        ) from None


def token_file(house: House) -> Path:
    return house.settings.token_file.expanduser()


def check_ready(house: House) -> None:
    """Raises StoreUnavailable unless there is a database and its schema is this Rounds' own."""
    database = house.database
    if database.is_sqlite and not Path(str(database.engine.url.database)).exists():
        raise StoreUnavailable(
            f"There is no Rounds in {house.settings.data_dir.resolve()} yet. Start it (rounds up), or name "
            "its folder in ROUNDS_DATA_DIR."
        )
    database.check_not_newer()
    if not database.is_current():
        raise StoreUnavailable(
            "The database was last used by an older Rounds. Start this one once: rounds up"
        )
