"""What stands around every page: who is here, what waits for them, and whether publishing is alive."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from web.looks import N_, Tone

ARC_SPAN = timedelta(hours=1)  # the heartbeat's arc begins to fill this long before the next publication


class Theme(StrEnum):
    """AUTO follows the person's system."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Pulse(StrEnum):
    """What the heartbeat says."""

    ON_TIME = "on_time"
    LATE = "late"  # something due has not gone out
    STOPPED = "stopped"  # everything is held by a person
    SILENT = "silent"  # the publisher itself gives no sign


@dataclass(frozen=True)
class Heartbeat:
    """The publisher's state. Each pulse reads only its own facts."""

    pulse: Pulse
    next_at: datetime | None = None  # ON_TIME: the next publication, None when nothing is planned
    late: int = 0  # LATE: how many are due and not out
    oldest: timedelta = timedelta()  # LATE: how long the oldest has been due
    stopped_by: str = ""  # STOPPED
    stopped_at: datetime | None = None  # STOPPED
    silent_for: timedelta = timedelta()  # SILENT: since the publisher's last sign

    def arc(self, now: datetime) -> float:
        """How full the arc is, 0 to 1: full when the next publication is due."""
        if self.next_at is None:
            return 0.0
        return 1 - min(max((self.next_at - now) / ARC_SPAN, 0.0), 1.0)


@dataclass(frozen=True)
class Person:
    """A member as the page shows them; `detail` is their roles in words."""

    name: str
    detail: str = ""

    @property
    def initials(self) -> str:
        """Two letters: of the first and the last name, titles such as "Dr." left out."""
        names = [word for word in self.name.split() if not word.endswith(".") or len(word) == 2]
        return "".join(word[0] for word in (names or [self.name or "?"])[:: max(len(names) - 1, 1)]).upper()

    @property
    def tint(self) -> str:
        """One of four tints, always the same for one name."""
        return "abcd"[sum(map(ord, self.name)) % 4]


@dataclass(frozen=True)
class MenuItem:
    """One page. `go` is the letter that opens it after G."""

    key: str
    label: str
    icon: str
    href: str
    go: str = ""


@dataclass(frozen=True)
class MenuGroup:
    """Pages under one heading; the first group has none on the page, only a name for screen readers."""

    label: str
    items: tuple[MenuItem, ...]


MENU = (
    MenuGroup(
        N_("Work"),
        (
            MenuItem("today", N_("Today"), "today", "/today", "T"),
            MenuItem("calendar", N_("Calendar"), "calendar", "/calendar", "C"),
            MenuItem("review", N_("Review"), "sign", "/review", "R"),
            MenuItem("inbox", N_("Inbox"), "inbox", "/inbox", "I"),
            MenuItem("briefs", N_("Briefs"), "brief", "/briefs"),
            MenuItem("library", N_("Library"), "picture", "/library"),
        ),
    ),
    MenuGroup(
        N_("Practice"),
        (
            MenuItem("performance", N_("Performance"), "chart", "/performance", "P"),
            MenuItem("policies", N_("Policies & consents"), "shield", "/policies"),
            MenuItem("channels", N_("Channels"), "plug", "/channels"),
            MenuItem("record", N_("Record"), "log", "/record"),
            MenuItem("settings", N_("Settings"), "settings", "/settings"),
        ),
    ),
)
ON_THE_TAB_BAR = ("today", "calendar", "review", "inbox")


def menu(allowed: Collection[str]) -> tuple[MenuGroup, ...]:
    """The menu with only the pages whose keys are *allowed*; a group without any is left out."""
    kept = (MenuGroup(g.label, tuple(i for i in g.items if i.key in allowed)) for g in MENU)
    return tuple(group for group in kept if group.items)


@dataclass(frozen=True)
class Hold:
    """A Stop in force, as the banner tells it."""

    what: str  # "Everything is stopped"
    reason: str  # a sentence as its author wrote it
    by: str
    at: datetime
    href: str  # where someone looks and resumes it


@dataclass(frozen=True)
class Toast:
    """What was just done, with at most one way back. Errors are never toasts."""

    lead: str  # "Signed."
    text: str = ""
    tone: Tone = Tone.OK
    action: str = ""  # "Take back"
    action_url: str = ""  # takes a POST


@dataclass(frozen=True)
class Frame:
    """Everything that `base.html` reads besides `reader` and `csrf_token`."""

    practice: str
    person: Person
    heartbeat: Heartbeat
    practice_kind: str = ""  # the second line under the practice's name
    menu: tuple[MenuGroup, ...] = MENU
    waiting: Mapping[str, int] = field(default_factory=dict)  # per menu key: what waits for this person
    holds: tuple[Hold, ...] = ()
    toasts: tuple[Toast, ...] = ()
    theme: Theme = Theme.AUTO
    single_keys: bool = True  # single letters act as commands

    @property
    def tabs(self) -> tuple[MenuItem, ...]:
        """The pages that have a place on the phone's tab bar, in its order."""
        by_key = {item.key: item for group in self.menu for item in group.items}
        return tuple(by_key[key] for key in ON_THE_TAB_BAR if key in by_key)

    @property
    def waiting_beyond_tabs(self) -> int:
        """What waits on pages that a phone shows only behind More."""
        return sum(count for key, count in self.waiting.items() if key not in ON_THE_TAB_BAR)
