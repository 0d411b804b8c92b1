"""The verdict over one run: what the network truly accepted, held against what the store says. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from domain.states import NAMED_OUTCOMES, Delivery
from tests.chaos.filling import Planned
from tests.chaos.network import Accepted

SHOWN = frozenset({Delivery.UNCERTAIN, Delivery.HELD})  # a page shows these to a person, with what is known
NEVER_LEFT = frozenset({Delivery.FAILED, Delivery.EXPIRED, Delivery.CANCELLED})


@dataclass(frozen=True)
class Stored:
    """What the store says of one publication at the end."""

    state: Delivery
    remote_id: str = ""


@dataclass(frozen=True)
class Tally:
    """Counts of one run; tallies of several runs add up."""

    publications: int = 0
    lost: int = 0  # neither on the network nor told to a person, or called published without being there
    doubled: int = 0  # posts on the network beyond the one that was signed
    unapproved: int = 0  # posts on the network that nobody signed, or that were taken back before the claim
    unresolved: int = 0  # neither a named outcome nor shown to a person
    misnamed: int = 0  # the store's word contradicts the network
    shown: int = 0  # left to a person: uncertain or held
    worst_late_ms: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        sums = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return Tally(**sums | {"worst_late_ms": max(self.worst_late_ms, other.worst_late_ms)})

    @property
    def clean(self) -> bool:
        """Nothing lost, doubled, unapproved, misnamed or left without an outcome."""
        return not (self.lost or self.doubled or self.unapproved or self.unresolved or self.misnamed)


def judge(
    planned: Sequence[Planned],
    stored: Mapping[str, Stored],
    accepted: Sequence[Accepted],
    forbidden: Collection[str] = (),
) -> Tally:
    """Compare. *forbidden* are ids of publications that people took back before any claim."""
    standing: dict[tuple[str, str], list[Accepted]] = defaultdict(list)
    for post in accepted:
        standing[post.account_id, post.text].append(post)
    known = {(plan.account_id, text) for plan in planned for text in plan.content.parts}
    strangers = sum(len(posts) for place, posts in standing.items() if place not in known)
    verdicts = (_judge_one(plan, stored.get(plan.publication_id), standing, forbidden) for plan in planned)
    return sum(verdicts, Tally(unapproved=strangers))


def _judge_one(
    plan: Planned,
    row: Stored | None,
    standing: Mapping[tuple[str, str], list[Accepted]],
    forbidden: Collection[str],
) -> Tally:
    parts = [standing.get((plan.account_id, text), []) for text in plan.content.parts]
    whole, some = all(parts), any(parts)
    state = row.state if row else None
    taken_back = plan.publication_id in forbidden
    told = state in SHOWN or state is Delivery.CANCELLED or (taken_back and state in NEVER_LEFT)
    first = [post for post in parts[0] if row and post.remote_id == row.remote_id]
    return Tally(
        publications=1,
        lost=int(not (whole or told)),
        doubled=sum(max(len(posts) - 1, 0) for posts in parts),
        unapproved=int(some and (taken_back or state is Delivery.CANCELLED)),
        unresolved=int(state not in NAMED_OUTCOMES | SHOWN),
        misnamed=int((some and state in NEVER_LEFT) or (state is Delivery.PUBLISHED and not first)),
        shown=int(state in SHOWN),
        worst_late_ms=max((_milliseconds(post.at - plan.due_at) for post in parts[0][:1]), default=0),
    )


def _milliseconds(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))


def worst(moments: Mapping[str, datetime], since: Mapping[str, datetime]) -> int:
    """The longest wait in ms between two instants of the same key."""
    waits = [_milliseconds(moments[key] - since[key]) for key in moments.keys() & since.keys()]
    return max(waits, default=0)


def counted(rows: Mapping[str, Stored]) -> dict[str, int]:
    """How many publications are in each state, for a person who looks into a run."""
    return dict(Counter(str(row.state) for row in rows.values()))
