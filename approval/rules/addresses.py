"""PHI-03: a street or a place tied to a person, as against the practice's own address or a venue.

A street with a number is flagged unless it is the practice's own or the words around it make it a venue. A
street without a number, or a town with a postal code, is flagged only where the words before it say that
somebody lives there. Words that say so outweigh a venue.
"""

import re
from collections.abc import Iterator

from approval.rules.base import Hit, Rule, View
from approval.rules.contacts import EMAIL, names_any
from approval.rules.fields import fields, sentence_around
from approval.rules.streets import NUMBERED, PLACES, SAME
from domain.pack import NoParameters
from domain.profile import Profile

_PERSON = (
    r"(?:(?:the|a|an|this|that|one|his|her|their|my)\s(?:[\w-]+\s){0,2}"
    r"(?:patient|man|woman|boy|girl|toddler|baby|family|kids?|child|children"
    r"|resident|lady|gentleman|couple|mother|father|mom|dad|neighbou?r)"
    r"|(?:Mr|Mrs|Ms|Miss)\.?\s\w+|(?<!your\s)(?:patient|family|families|kids|neighbou?rs?)|he|she)"
)
_LIVES = re.compile(
    rf"""\b(?:
          (?:(?:live[sd]?|living|resid(?:es?|ed|ing)|residents?|dwells?|stay(?:s|ed|ing)|found\s\w+|picked\sup
            |next\sdoor|(?<!our\s)(?:home|house|household|apartment)(?:\sis)?)
            |{_PERSON}(?:\s(?:who|that))?(?:\s(?:is|was|comes?|came))?)
          \s(?:in|at|on|of|from|near|off)
        | (?:(?<!we\s)(?<!have\s)(?<!'ve\s)moved|transported|brought|called|sent)\s(?:\w+\s)?to
        )\s(?:the\s)?(?:corner\sof\s)?(?-i:[A-Z][\w.]*,?\s){{0,3}}\(?$""",
    re.IGNORECASE | re.VERBOSE,
)
_HOME = re.compile(r"\bap(?:t|artment)\b", re.IGNORECASE)
_CARED_FOR = re.compile(
    r"\b(?:tested\spositive|was\s(?:diagnosed|admitted|discharged|infected|seen|treated)|passed\saway"
    r"|(?:is|'s)\s(?:recovering|doing)"
    r"|(?:his|her)\s(?:surgery|diagnosis|treatment|results?|procedure|appointment))\b",
    re.IGNORECASE,
)
_AT_SOMEWHERE = re.compile(r"\bat\s(?:the\s)?[A-Z][\w'&.-]*(?:\s[A-Z&][\w'&.-]*){0,4},\s*$")
_VENUE = re.compile(
    r"\b(?:join|visit(?:\sus)?|see\s(?:you|us)|come|stop\sby|drop\s(?:by|in|off)|meet|find\sus|rsvp|register"
    r"|sign\sup|events?|fairs?|clinics?|opens?|opening|open\shouse|class(?:es)?|workshops?|seminars?|talks?"
    r"|race|marathon|5k|parade|market|festival|fundraiser|drives?|screenings?"
    r"|hosts?|hosted|held|hosting|doors|tickets"
    r"|locat(?:ed|ions?)|parking|entrance|office|directions|turn\s(?:left|right)|across\sfrom"
    r"|moved\sto\sa\snew|moving|relocat\w+|headquarters|campus"
    r"|our\s(?:new\s)?(?:address|home|location)|hall|library|school|church|cent(?:er|re)|gym|ymca|museum"
    r"|hotel|pharmacy|hospital|arena|restaurant|store|stadium|theat(?:er|re))\b",
    re.IGNORECASE,
)
_NEAR = 120  # characters either side in which a word can make a street a venue

_MESSAGE = (
    "This looks like a street or place of somebody who is not the practice, which can identify a patient."
)
_REMEDY = "Take the place out, or say plainly which event or venue it is."


def find_addresses(view: View, _: NoParameters) -> Iterator[Hit]:
    """Streets and places that are neither the practice's own nor a venue."""
    for field in fields(view.content):
        text = field.without_links().without(EMAIL).text
        for start, end in _foreign(text, view.profile):
            yield Hit(_MESSAGE, _REMEDY, field.span(start, end))


def _foreign(text: str, profile: Profile) -> Iterator[tuple[int, int]]:
    done = 0
    for start, end, numbered in sorted(_candidates(text)):
        if start < done:
            continue
        lived_in = bool(_HOME.search(text[start:end]) or _LIVES.search(text[max(0, start - 80) : start]))
        if _is_own(text[start:end], profile):
            done = end
        elif lived_in or (numbered and not _is_venue(text, start, end, profile)):
            done = end
            yield start, end


def _candidates(text: str) -> Iterator[tuple[int, int, bool]]:
    for patterns, numbered in ((NUMBERED, True), (PLACES, False)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield *match.span(), numbered


def _is_venue(text: str, start: int, end: int, profile: Profile) -> bool:
    if _CARED_FOR.search(" ".join(sentence_around(text, start, end))):
        return False
    if _AT_SOMEWHERE.search(text[:start]):
        return True
    around = text[max(0, start - _NEAR) : start] + " | " + text[end : end + _NEAR]
    return bool(_VENUE.search(around)) or names_any((profile.name, *profile.partners), text, start, end)


def _is_own(candidate: str, profile: Profile) -> bool:
    """Whether *candidate* is one of the practice's addresses, a part of one, or one with more detail."""
    words = _words(candidate)
    for address in profile.addresses:
        street = _words(address.split(",")[0])
        if _contains(_words(address), words) or _contains(words, street):
            return True
    return False


def _contains(whole: list[str], part: list[str]) -> bool:
    rest = iter(whole)
    return len(part) > 1 and all(word in rest for word in part)


def _words(text: str) -> list[str]:
    return [SAME.get(word, word) for word in re.findall(r"\w+", text.casefold())]


RULES = (
    Rule(
        "PHI-03",
        "A street or place that is neither the practice's own nor a venue",
        find_addresses,
        needs_profile=True,
    ),
)
