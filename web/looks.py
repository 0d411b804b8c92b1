"""How each state looks: an icon, a word, and only then a colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.states import Delivery, Editorial
from domain.words import ChannelState, PromotionState, Severity


class Tone(StrEnum):
    """The hues of the style sheet; each is a class there."""

    QUIET = "quiet"
    ACCENT = "accent"
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class Look:
    """One state on the page. `short` is the word where a calendar card has little room."""

    icon: str
    word: str
    tone: Tone
    short: str = ""


def N_(message: str) -> str:  # noqa: N802 - the name by which message extraction finds it
    """*message*, marked for translation; the template translates it when it shows it."""
    return message


STATES: Mapping[StrEnum, Look] = {
    Editorial.DRAFT: Look("draft", N_("Draft"), Tone.QUIET),
    Editorial.IN_REVIEW: Look("half", N_("In review"), Tone.INFO),
    Editorial.CHANGES_REQUESTED: Look("return", N_("Changes asked"), Tone.WARN, N_("Changes")),
    Editorial.APPROVED: Look("approved", N_("Approved"), Tone.ACCENT),
    Editorial.REJECTED: Look("rejected", N_("Rejected"), Tone.DANGER),
    Editorial.WITHDRAWN: Look("undo", N_("Withdrawn"), Tone.QUIET),
    Delivery.SCHEDULED: Look("clock", N_("Scheduled"), Tone.ACCENT),
    Delivery.DISPATCHING: Look("send", N_("Sending"), Tone.INFO),
    Delivery.PROCESSING: Look("processing", N_("Processing"), Tone.INFO),
    Delivery.PUBLISHED: Look("done", N_("Published"), Tone.OK),
    Delivery.PARTIAL: Look("partial", N_("Partly published"), Tone.WARN, N_("Partly")),
    Delivery.UNCERTAIN: Look("uncertain", N_("Uncertain"), Tone.WARN),
    Delivery.HELD: Look("held", N_("Held"), Tone.WARN),
    Delivery.FAILED: Look("warning", N_("Failed"), Tone.DANGER),
    Delivery.EXPIRED: Look("hourglass", N_("Expired"), Tone.QUIET),
    Delivery.CANCELLED: Look("cancelled", N_("Cancelled"), Tone.QUIET),
    Delivery.RETRACTED: Look("undo", N_("Taken down"), Tone.QUIET),
    ChannelState.CONNECTED: Look("done", N_("Healthy"), Tone.OK),
    ChannelState.NEEDS_RECONNECT: Look("plug", N_("Reconnect"), Tone.WARN),
    ChannelState.WAITING: Look("hourglass", N_("Waiting"), Tone.INFO),
    ChannelState.DISCONNECTED: Look("cancelled", N_("Disconnected"), Tone.QUIET),
    PromotionState.PROPOSED: Look("half", N_("Proposed"), Tone.INFO),
    PromotionState.DECLINED: Look("rejected", N_("Declined"), Tone.QUIET),
    PromotionState.ACTIVE: Look("repost", N_("Running"), Tone.OK),
    PromotionState.ENDED: Look("approved", N_("Ended"), Tone.QUIET),
    PromotionState.LAPSED: Look("hourglass", N_("Lapsed"), Tone.QUIET),
}

SEVERITIES: Mapping[Severity, Look] = {
    Severity.BLOCK: Look("warning", N_("Must be fixed"), Tone.DANGER),
    Severity.WARN: Look("warning", N_("Worth a look"), Tone.WARN),
    Severity.NOTE: Look("info", N_("Good to know"), Tone.QUIET),
}


def look(state: StrEnum) -> Look:
    """How *state* looks. States that share a word, such as approved, share its look."""
    return STATES[state]
