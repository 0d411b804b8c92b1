"""PHI-05: numbers that name one person in somebody's files.

Every code-like value is read together with the words just before it: a label, words of its company, a tail of
markers and fillers, then the value. Some labels are only ever used for one person's number ("MRN") and
suffice. Others have everyday uses ("record", "plan", "case"): they need a marker in the tail ("number", "#",
"ID", a colon) or a value that is plainly a code.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from approval.rules.base import Hit, Rule, View
from approval.rules.contacts import EMAIL
from approval.rules.fields import fields
from approval.rules.phones import without_own_phones
from domain.content import Frozen

RECORD = "a medical record or patient number"
SOCIAL = "a social security number"
INSURANCE = "an insurance or member number"
ACCOUNT = "an account number"
DRIVER = "a driving licence or plate number"
PASSPORT = "a passport number"
CASE = "a case, specimen or reference number"
PERSONAL = "somebody's personal number"
CARD = "a payment card number"
BANK = "a bank account number"

# A space stands for any spacing, with or without a full stop before it.
_SUFFICIENT = {
    RECORD: r"m r n|[ep]mr|med(?:ical)? rec(?:ord)?s?|(?:medical|patient|dental) chart|nhs|hospital number",
    SOCIAL: r"s s n|soc(?:ial)? sec(?:urity)?|itin",
    INSURANCE: r"hicn|mbi|hbn|subscriber",
    DRIVER: r"driv(?:er|ing)'?s?'? (?:licen[cs]e|lic|permit)|(?:licen[cs]e|registration) plate",
}
_WITH_A_MARK = {
    RECORD: r"ehr|records?|chart|file|(?:patient|pt)(?:'s)?|hospital|unit",
    SOCIAL: r"ss|social",
    INSURANCE: (
        r"insur(?:ance)?|ins|coverage|policy ?(?:holder)?|plan|group|member(?:ship)?|beneficiary|insured"
        r"|medicare|medicaid|tricare|bcbs|blue cross|blue shield|aetna"
        r"|anthem|cigna|humana|kaiser|uhc|claim|pre-?auth(?:orization)?|health"
    ),
    ACCOUNT: r"account|acct?|invoice|bill",
    DRIVER: r"d ?l|plate",
    PASSPORT: r"passport|visa",
    CASE: (
        r"case|specimen|accession|sample|requisition|pathology|biopsy|lab|visit|encounter|admission"
        r"|ref(?:erence)?|prescription|rx|referral|confirmation"
    ),
}
_COMPANY = r"insurance|policy|plan|health|record|file|chart|card|case|claim|group|member|report|order"
_MARK = (
    r"\b(?:number(?:ed)?|num|nbr|nr|no|id|identifier|identification|code)\b"
    r"|\bend(?:s|ing)(?: (?:in|with))?\b|[#:=]"
)
_FILLER = r"\b(?:is|was|are|reads?|last (?:four|4)|digits|as|under|includes)\b"
_TAIL = re.compile(rf"(?:[\s(\[\"'.*-]|{_MARK}|{_FILLER})*$", re.IGNORECASE)
_MARKED = re.compile(_MARK, re.IGNORECASE)
_NAMED = re.compile(r"\b(?:number|num|no|id)\b|#", re.IGNORECASE)
_ID = re.compile(r"\b(?:id|identification)\b", re.IGNORECASE)
# An ID of these names no person: "meeting ID", "tax ID".
_IMPERSONAL = re.compile(
    r"\b(?:zoom|teams|meeting|webinar|event|conference|room|class|course|session|tax|employer|ein|provider"
    r"|npi|vendor|company|organi[sz]ation|store|shop|product|model|device|item|catalog(?:ue)?"
    r"|lot|app|apple|job"
    r"|posting|vacancy|campaign|page|video|gift|promo|coupon|study|trial|grant|permit)\W*$",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"""(?<![\w$€£@./,&-])\#?
        (?P<value>(?:[x*]{2,4}-){0,2}                 # XXX-XX-1234
          [a-z]{0,6}-?\d[a-z\d]*(?:[-.][a-z\d]+)*     # AB-123456, 12345-XYZ, 123.456
          (?:[ ]\d{2,}(?:-\d+)*(?![\w/:.,%-]))*)      # 123 456 789
        (?![\w%°@/]|[,.:]\d|-\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_A_CODE = re.compile(
    r"""(?:19|20)\d\d(?:\s?-\s?(?:(?:19|20)?\d\d))?               # a year or a span of years
      | [0-3]?\d[-.][0-3]?\d[-.](?:\d\d|(?:19|20)\d\d)             # a date
      | (?:19|20)\d\d[-.][01]?\d[-.][0-3]?\d
      | [\d.]+(?:st|nd|rd|th|s|k|m|h|hr|am|pm|m?c?g|kg|ml|iu|[ckm]m|x|yo|yr)s?  # a measure
      | \d{1,4}-(?:\d{1,3}-)?(?-i:[a-z]{2,})                            # 18-month, 5-year-old
      | (?:nct|isbn|pmc|pmid|doi|cpt|cdt|icd|ndc|hcpcs|npi|hr|sb|covid|sars|h\dn)-?[\w.-]*  # a public scheme
      | \d+\.\d{1,2}""",
    re.IGNORECASE | re.VERBOSE,
)
_COUNTED = re.compile(
    r"\s(?:(?:new|more|of|active|confirmed)\s)?(?:people|patients|families|kids|children|adults|vaccin\w+"
    r"|doses|shots|cases|visits|members|steps|dollars|million|billion|thousand|percent|hours|days|deaths"
    r"|infections|calories|words|points)\b",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}")
_PREFIXED = re.compile(r"[A-Z]{1,6}-?\d{5,}[A-Z\d-]*")
_BARE_SOCIAL = re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-]|\.\d)")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])")
_CARD_LABEL = re.compile(r"\b(?:card|cc|visa|mastercard|amex|discover)\b[^!\d]{0,20}$", re.IGNORECASE)
_CARD_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[4-9]|6[0245]")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b")
_REACH = 70  # characters around a value that say what it is


def _ending(labels: str) -> re.Pattern[str]:
    words = labels.replace(" ", r"\.?\s*")
    return re.compile(rf"(?<![\w@])(?:{words})(?:[\s-](?:{_COMPANY})){{0,3}}$", re.IGNORECASE)


_SUFFICIENT_ENDINGS = tuple((kind, _ending(labels)) for kind, labels in _SUFFICIENT.items())
_MARK_ENDINGS = tuple((kind, _ending(labels)) for kind, labels in _WITH_A_MARK.items())
_NEARBY = re.compile(
    r"\b(?:insurance|policy|plan|medicare|medicaid|record|account|case)\b[a-z' ]{0,25}$", re.IGNORECASE
)


class IdentifierParameters(Frozen):
    """`also` are labels of this practice's own systems, each enough by itself, for example "Chart Pal"."""

    also: tuple[str, ...] = ()


def find_identifiers(view: View, parameters: IdentifierParameters) -> Iterator[Hit]:
    """Labelled numbers, social security numbers, payment cards and bank accounts."""
    for field in fields(view.content):
        plain = without_own_phones(field.without_links().without(EMAIL), view.profile)
        for start, end, kind in _apart(_identifiers(plain.text, parameters.also)):
            yield Hit(
                f"This looks like {kind}, which can identify a patient.",
                "Take it out; nothing public needs it.",
                field.span(start, end),
            )


def _identifiers(text: str, also: tuple[str, ...]) -> Iterable[tuple[int, int, str]]:
    return chain(_labelled(text, also), _social(text), _cards(text), _banks(text))


def _labelled(text: str, also: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Label and value together: that is what has to go."""
    for match in _VALUE.finditer(text):
        value = match["value"]
        if _digits(value) < 3:
            continue
        at = match.start("value")
        reach = max(0, at - _REACH)
        before = text[reach:at].rpartition("\n\n")[2]
        found = _read(before, value, text[match.end() : match.end() + _REACH], also)
        if found:
            kind, back = found
            yield at - back, match.end("value"), kind


def _read(before: str, value: str, after: str, also: tuple[str, ...]) -> tuple[str, int] | None:
    """What *value* is, going by the words around it, and how far back its label begins."""
    head, tail = _split(before)
    for words in also:
        if head.casefold().endswith(words.casefold()):
            return PERSONAL, len(words) + len(tail)
    ordinary = _is_ordinary(value, after)
    named = bool(_NAMED.search(tail))
    if label := _label(head, _SUFFICIENT_ENDINGS):
        return None if ordinary and not named else (label[0], label[1] + len(tail))
    if ordinary or not _is_long_enough(value, named):
        return None
    if (_is_marked(tail, value) or _is_plainly_a_code(value)) and (label := _label(head, _MARK_ENDINGS)):
        return label[0], label[1] + len(tail)
    if _is_bare_id(head, tail, value):
        return PERSONAL, len(tail.lstrip())
    return (CASE, 0) if _PREFIXED.fullmatch(value) and _NEARBY.search(before) else None


def _split(before: str) -> tuple[str, str]:
    """The words before a value, and the tail of markers and fillers that joins them to it."""
    tail = _TAIL.search(before)
    cut = tail.start() if tail else len(before)
    return before[:cut], before[cut:]


def _label(head: str, endings: Iterable[tuple[str, re.Pattern[str]]]) -> tuple[str, int] | None:
    """The kind of the label that *head* ends with, and the label's length."""
    found = ((kind, ending.search(head)) for kind, ending in endings)
    return next(((kind, len(match[0])) for kind, match in found if match), None)


def _is_bare_id(head: str, tail: str, value: str) -> bool:
    """An "ID" is somebody's, unless the word before it says whose it is not."""
    return bool(_ID.search(tail)) and _digits(value) >= 5 and not _IMPERSONAL.search(head)


def _is_long_enough(value: str, named: bool) -> bool:
    return _digits(value) >= (3 if named and not value.isdigit() else 4)


def _is_marked(tail: str, value: str) -> bool:
    """A colon alone introduces counts too, so a short plain number does not suffice after it."""
    marks = set(_MARKED.findall(tail))
    return bool(marks - {":", "="}) or (bool(marks) and not (value.isdigit() and len(value) < 5))


def _is_ordinary(value: str, after: str) -> bool:
    """A year, a date, a measure, a count or a telephone number."""
    if _NOT_A_CODE.fullmatch(value) or _TELEPHONE.fullmatch(value):
        return True
    return value.isdigit() and bool(_COUNTED.match(after))


def _is_plainly_a_code(value: str) -> bool:
    if value.isdigit():
        return len(value) >= 5 and not value.endswith("00")
    return _digits(value) >= 5


def _social(text: str) -> Iterator[tuple[int, int, str]]:
    return ((*match.span(), SOCIAL) for match in _BARE_SOCIAL.finditer(text))


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        labelled = _CARD_LABEL.search(text[: match.start()])
        if labelled or (len(digits) >= 13 and _CARD_ISSUERS.match(digits) and _passes_luhn(digits)):
            yield *match.span(), CARD


def _banks(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _IBAN.finditer(text):
        account = match[0].replace(" ", "")
        moved = account[4:] + account[:4]
        if int("".join(str(int(char, 36)) for char in moved)) % 97 == 1:
            yield *match.span(), BANK


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _digits(value: str) -> int:
    return sum(char.isdigit() for char in value)


def _apart(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Without those that overlap one already given."""
    given: list[tuple[int, int]] = []
    for start, end, kind in found:
        if not any(start < stop and begin < end for begin, stop in given):
            given.append((start, end))
            yield start, end, kind


RULES = (
    Rule(
        "PHI-05",
        "A number that names one person: record, insurance, account, social security, licence, case, card",
        find_identifiers,
        IdentifierParameters,
    ),
)
