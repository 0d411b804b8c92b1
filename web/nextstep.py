"""What happens to a post next, in one sentence with the person, the day and the minute. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.states import Delivery, Editorial
from domain.words import DecisionKind
from store.models import Publication
from store.views.lives import Life
from web.directory import Directory, listed
from web.reader import Reader
from web.standing import standing


def next_step(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    """*signers* are the names of those who may decide an open submission now."""
    state = standing(life.post.state, (row.state for row in life.standing))
    if isinstance(state, Delivery):
        return _DELIVERY[state](_concerned(life, state), known, reader)
    return _EDITORIAL[state](life, known, reader, signers)


def _concerned(life: Life, state: Delivery) -> list[Publication]:
    return [row for row in life.standing if row.state is state]


# ---------------------------------------------------------------- until it is signed


def _draft(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    if not life.variants:
        return "This is a draft without a channel. Choose where it goes, then submit it."
    if life.post.due_at is None:
        return "This is a draft without a time. Submit it for sign-off when it is ready."
    when = reader.wall(life.post.due_at)
    if life.post.due_at < reader.now:
        return f"This draft was meant for {when}, which has passed. Give it a new time, then submit it."
    return f"This is a draft for {when}. Submit it, so that it is signed in time."


def _in_review(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    who = listed(signers, "or") if signers else "somebody who may sign it"
    if life.post.due_at is None:
        return f"It waits for {who}, and has no time yet."
    when = reader.wall(life.post.due_at)
    if life.post.due_at < reader.now:
        return f"It was meant for {when} and still waits for {who}."
    return f"It waits for {who}, and goes out {when} once it is signed."


def _changes(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    return _answered(life, known, "asked for changes", DecisionKind.REQUEST_CHANGES) + (
        " Edit it, then submit it again."
    )


def _rejected(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    return _answered(life, known, "rejected it", DecisionKind.REJECT) + " Edit it to begin again."


def _answered(life: Life, known: Directory, did: str, kind: DecisionKind) -> str:
    last = next((row for row in reversed(life.decisions) if row.kind is kind), None)
    return f"{known.name(last.member_id)} {did}: “{last.reason}”" if last else f"Somebody {did}."


def _approved(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    if life.post.due_at is None:
        until = life.approval.not_after if life.approval else None
        end = f" The signature holds until {reader.wall(until)}." if until else ""
        return f"It is signed and has no time yet. Choose when it goes out.{end}"
    return "It is signed, and is being put in the calendar."


def _withdrawn(life: Life, known: Directory, reader: Reader, signers: Sequence[str]) -> str:
    return "It was withdrawn. Edit it to bring it back."


_EDITORIAL: Mapping[object, Callable[[Life, Directory, Reader, Sequence[str]], str]] = {
    Editorial.DRAFT: _draft,
    Editorial.IN_REVIEW: _in_review,
    Editorial.CHANGES_REQUESTED: _changes,
    Editorial.REJECTED: _rejected,
    Editorial.APPROVED: _approved,
    Editorial.WITHDRAWN: _withdrawn,
}


# ---------------------------------------------------------------- once it is


def _where(rows: Iterable[Publication], known: Directory, word: str = "and") -> str:
    return listed(sorted({known.channels[row.channel_id].name for row in rows}), word)


def _scheduled(rows: Sequence[Publication], known: Directory, reader: Reader) -> str:
    when = min(row.due_at for row in rows)
    if when <= reader.now:
        return f"It is due, and goes out on {_where(rows, known)} any moment."
    return f"Goes out {reader.wall(when)} on {_where(rows, known)}."


def _published(rows: Sequence[Publication], known: Directory, reader: Reader) -> str:
    since = min(row.published_at or row.due_at for row in rows)
    return f"It stands on {_where(rows, known)} since {reader.wall(since)}."


def _uncertain(rows: Sequence[Publication], known: Directory, reader: Reader) -> str:
    return f"We don’t know if {_where(rows, known, 'or')} took it. Look, then say what you found."


def _with_reason(sentence: str, then: str) -> Callable[[Sequence[Publication], Directory, Reader], str]:
    """*sentence* about the channels, the reason as it was given, and what to do."""

    def told(rows: Sequence[Publication], known: Directory, reader: Reader) -> str:
        parts = [f"{sentence} {_where(rows, known)}.", rows[0].reason, then]
        return " ".join(part for part in parts if part)

    return told


_DELIVERY: Mapping[Delivery, Callable[[Sequence[Publication], Directory, Reader], str]] = {
    Delivery.SCHEDULED: _scheduled,
    Delivery.PUBLISHED: _published,
    Delivery.UNCERTAIN: _uncertain,
    Delivery.DISPATCHING: _with_reason("It is being sent to", ""),
    Delivery.PROCESSING: _with_reason("It was taken, and is still being worked on by", ""),
    Delivery.PARTIAL: _with_reason("Only some parts stand on", "Look, then say how to go on."),
    Delivery.HELD: _with_reason("It is held for", ""),
    Delivery.FAILED: _with_reason("It failed on", "Edit it, and have it signed again."),
    Delivery.EXPIRED: _with_reason("Its time passed before it could go out on", "Give it a new time."),
    Delivery.CANCELLED: _with_reason("It was cancelled for", "Edit it to plan it again."),
    Delivery.RETRACTED: _with_reason("It was taken down from", ""),
}
