"""What one call's outcome means for a Publication and its Channel. Pure: a decision, never a sleep.

An unknown outcome is looked up, and only a trustworthy *absent* allows another send.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Absent, Accepted, CannotTell, LookupStrength, Published
from connectors.errors import (
    DUPLICATE,
    AuthExpired,
    ConnectorError,
    OutOfCredit,
    PartlyPublished,
    RateLimited,
    Rejected,
    Transient,
)
from domain.states import Delivery
from domain.words import AttemptOutcome, ChannelState

MAX_TRIES = 6
DUPLICATES_BELIEVED = 3  # sends after which a network that keeps saying "duplicate" is a person's matter
FIRST_BACKOFF = timedelta(seconds=15)
LONGEST_BACKOFF = timedelta(minutes=30)
CREDIT_WAIT = timedelta(hours=1)
LOOKUP_DELAYS = tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 900, 3600))
LOOKUPS_END_AFTER = timedelta(days=3)
PROCESSING_ENDS_AFTER = timedelta(hours=24)
NEVER = timedelta(days=3650)  # not looked at again unless a person says so


@dataclass(frozen=True)
class ChannelEffect:
    """What the outcome says about the whole channel."""

    state: ChannelState
    reason: str
    resumes_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """The next state of a Publication, and when the engine looks at it again."""

    outcome: AttemptOutcome
    state: Delivery
    reason: str = ""
    code: str = ""
    run_at: datetime | None = None  # None: it is finished
    burned: bool = True  # whether this send counts against MAX_TRIES
    published: Published | None = None
    handle: str = ""
    steps: dict[str, str] = field(default_factory=dict)  # to build on when it is sent again
    found: tuple[tuple[str, str], ...] = ()
    channel: ChannelEffect | None = None


def backoff(tries: int, jitter: float) -> timedelta:
    """The wait after the given number of tries; `jitter` in [0, 1] spreads it over its upper half."""
    grown = min(max(tries - 1, 0), 8)  # more only make the number too large
    whole: timedelta = min(FIRST_BACKOFF * 4**grown, LONGEST_BACKOFF)
    return whole * (0.5 + jitter / 2)


def lookup_delay(lookups: int) -> timedelta:
    """The wait before the next look-up, after the given number of them."""
    return LOOKUP_DELAYS[min(lookups, len(LOOKUP_DELAYS) - 1)]


# ---------------------------------------------------------------- after a send


@dataclass(frozen=True)
class SendFacts:
    """What is known when a send came back."""

    now: datetime
    tries: int  # this one included
    lookup: LookupStrength
    jitter: float


def after_send(result: Published | Accepted | Exception, facts: SendFacts) -> Verdict:
    """What a publish call came to. Whatever is not a ConnectorError counts as Ambiguous."""
    match result:
        case Published():
            return Verdict(AttemptOutcome.PUBLISHED, Delivery.PUBLISHED, published=result)
        case Accepted(handle, poll_after):
            return Verdict(
                AttemptOutcome.ACCEPTED, Delivery.PROCESSING, run_at=facts.now + poll_after, handle=handle
            )
        case ConnectorError():
            return _after_error(result, facts)
        case _:
            return _doubt(
                f"Something unforeseen happened while sending ({type(result).__name__}).", "", facts
            )


def _after_error(error: ConnectorError, facts: SendFacts) -> Verdict:
    now = facts.now
    match error:
        case PartlyPublished():
            return Verdict(
                AttemptOutcome.PARTIAL,
                Delivery.PARTIAL,
                reason=error.message,
                code=error.code,
                published=Published(error.remote_id, error.url, cost=error.cost),
            )
        case Rejected():
            return Verdict(AttemptOutcome.REJECTED, Delivery.FAILED, reason=error.message, code=error.code)
        case RateLimited():
            return _channel_waits(AttemptOutcome.RATE_LIMITED, error, error.until)
        case OutOfCredit():
            return _channel_waits(AttemptOutcome.OUT_OF_CREDIT, error, now + CREDIT_WAIT)
        case AuthExpired():
            return Verdict(
                AttemptOutcome.AUTH_EXPIRED,
                Delivery.HELD,
                reason=error.message,
                code=error.code,
                burned=False,
                channel=ChannelEffect(ChannelState.NEEDS_RECONNECT, error.message),
            )
        case Transient():
            return _again_later(error, facts)
        case _:
            return _doubt(error.message, error.code, facts)


def _channel_waits(outcome: AttemptOutcome, error: ConnectorError, until: datetime) -> Verdict:
    return Verdict(
        outcome,
        Delivery.SCHEDULED,
        reason=error.message,
        code=error.code,
        run_at=until,
        burned=False,
        channel=ChannelEffect(ChannelState.WAITING, error.message, until),
    )


def _again_later(error: ConnectorError, facts: SendFacts) -> Verdict:
    if facts.tries >= MAX_TRIES:
        reason = f"{error.message} It was tried {facts.tries} times and certainly not received."
        return Verdict(AttemptOutcome.TRANSIENT, Delivery.FAILED, reason=reason, code=error.code)
    return Verdict(
        AttemptOutcome.TRANSIENT,
        Delivery.SCHEDULED,
        reason=error.message,
        code=error.code,
        run_at=facts.now + backoff(facts.tries, facts.jitter),
    )


def _doubt(message: str, code: str, facts: SendFacts) -> Verdict:
    stubborn = code == DUPLICATE and facts.tries >= DUPLICATES_BELIEVED
    can_ask = facts.lookup is not LookupStrength.NONE and not stubborn
    return Verdict(
        AttemptOutcome.AMBIGUOUS,
        Delivery.UNCERTAIN,
        reason=message,
        code=code,
        run_at=facts.now + (lookup_delay(0) if can_ask else NEVER),
    )


# ---------------------------------------------------------------- after a look-up


@dataclass(frozen=True)
class AskFacts:
    """What is known when a look-up came back."""

    now: datetime
    state: Delivery  # PROCESSING or UNCERTAIN
    reason: str  # why it is in doubt, kept until something better is known
    tries: int
    lookups: int  # this one included
    sent_at: datetime  # the latest send's start
    lookup: LookupStrength
    settles: timedelta
    taken: bool = False  # what was found already proves another publication


def after_ask(result: Published | Accepted | Absent | CannotTell | Exception, facts: AskFacts) -> Verdict:
    """What a look-up came to."""
    match result:
        case Published() if facts.taken:
            found = ((result.url or result.remote_id, "It already proves another post of this channel."),)
            return _still_unknown(AttemptOutcome.CANNOT_TELL, facts, found=found)
        case Published():
            return Verdict(AttemptOutcome.PUBLISHED, Delivery.PUBLISHED, published=result)
        case Accepted(handle, poll_after):
            return _still_processing(handle, poll_after, facts)
        case Absent():
            return _after_absent(result, facts)
        case CannotTell(reason, found):
            return _still_unknown(AttemptOutcome.CANNOT_TELL, facts, message=reason, found=found)
        case Rejected() if facts.state is Delivery.PROCESSING:
            return Verdict(AttemptOutcome.REJECTED, Delivery.FAILED, reason=result.message, code=result.code)
        case RateLimited():
            return _still_unknown(AttemptOutcome.RATE_LIMITED, facts, run_at=result.until)
        case AuthExpired():
            effect = ChannelEffect(ChannelState.NEEDS_RECONNECT, result.message)
            return _still_unknown(AttemptOutcome.AUTH_EXPIRED, facts, channel=effect)
        case PartlyPublished():
            return Verdict(
                AttemptOutcome.PARTIAL,
                Delivery.PARTIAL if facts.state is Delivery.UNCERTAIN else Delivery.UNCERTAIN,
                reason=result.message,
                published=Published(result.remote_id, result.url),
                run_at=None if facts.state is Delivery.UNCERTAIN else facts.now,
            )
        case _:
            return _still_unknown(AttemptOutcome.CANNOT_TELL, facts)


def _still_processing(handle: str, poll_after: timedelta, facts: AskFacts) -> Verdict:
    if facts.now - facts.sent_at > PROCESSING_ENDS_AFTER:
        reason = "The network has been working on this for a day. Look there, then decide."
        state = Delivery.UNCERTAIN
        return Verdict(
            AttemptOutcome.CANNOT_TELL, state, reason=reason, run_at=facts.now + NEVER, handle=handle
        )
    wait = max(poll_after, lookup_delay(min(facts.lookups, 3)))
    return Verdict(AttemptOutcome.ACCEPTED, Delivery.PROCESSING, run_at=facts.now + wait, handle=handle)


def _after_absent(absent: Absent, facts: AskFacts) -> Verdict:
    believed_from = facts.sent_at + facts.settles
    listed_late = facts.lookup is LookupStrength.BY_CONTENT and facts.state is not Delivery.PROCESSING
    if listed_late and facts.now < believed_from:
        # Not listed yet proves nothing: networks list a post some time after they take it.
        return _still_unknown(AttemptOutcome.ABSENT, facts, run_at=believed_from)
    steps = dict(absent.steps)
    if facts.tries >= MAX_TRIES:
        reason = f"It is certainly not there. It was tried {facts.tries} times."
        return Verdict(AttemptOutcome.ABSENT, Delivery.FAILED, reason=reason, steps=steps)
    return Verdict(
        AttemptOutcome.ABSENT,
        Delivery.SCHEDULED,
        reason="It was certainly not received, so it is sent again.",
        run_at=facts.now,
        steps=steps,
    )


def _still_unknown(
    outcome: AttemptOutcome,
    facts: AskFacts,
    *,
    message: str = "",
    run_at: datetime | None = None,
    found: tuple[tuple[str, str], ...] = (),
    channel: ChannelEffect | None = None,
) -> Verdict:
    over = facts.now - facts.sent_at > LOOKUPS_END_AFTER
    later = facts.now + (NEVER if over else lookup_delay(facts.lookups))
    return Verdict(
        outcome,
        facts.state,
        reason=message or facts.reason,
        run_at=max(run_at, later) if run_at and not over else later,
        found=found,
        channel=channel,
    )
