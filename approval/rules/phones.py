"""Telephone numbers in running text, and which of them are the practice's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, PhoneNumber, PhoneNumberMatcher, PhoneNumberType

from approval.rules.fields import Field
from domain.profile import Profile

# Words that make the digits after them a telephone number, whatever their shape.
_LABEL = (
    r"(?:phones?|telephone|tel|fax|cell|mobile|landline|hotline|whatsapp|call|text|dial|ring|reach|contact"
    r"|answering|pager|voicemail|desk|(?:my|his|her|their)\snumber)"
)
_LABELLED = re.compile(
    rf"\b{_LABEL}\b\.?[^\d\n|]{{0,30}}?\n?\s*(?P<number>\+?\(?\d[\d().\- /]{{5,20}}\d)(?![\w-])",
    re.IGNORECASE,
)
_WRITTEN_AS_PHONE = re.compile(
    r"""(?:\+|00)\d                              # an international prefix
      | \(\d{2,4}\)\s?\d                         # an area code in brackets
      | ^(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}    # the North American shape
    """,
    re.VERBOSE,
)
_DATE_LIKE = re.compile(r"(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?![-/.\d])")
_YEARS = re.compile(r"(?:19|20)\d\d\s*[-/ ]\s*(?:19|20)\d\d$")
_FREE = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }
)


@dataclass(frozen=True)
class Phone:
    """A number found at folded characters [start, end)."""

    start: int
    end: int
    digits: str
    number: PhoneNumber | None  # None: only the words before it say that it is one


def find_phones(text: str, region: str) -> Iterator[Phone]:
    """Telephone and fax numbers in *text*, unprefixed ones read as of *region* (two letters)."""
    seen: list[range] = []
    labelled = [match.span("number") for match in _LABELLED.finditer(text)]
    for match in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE):
        if _is_convincing(match.raw_string, match.number, _starts(match.start, labelled)):
            seen.append(range(match.start, match.end))
            yield Phone(match.start, match.end, _digits(match.raw_string), match.number)
    for start, end in labelled:
        raw = text[start:end]
        if not any(start < one.stop and one.start < end for one in seen) and _could_be_dialled(raw):
            yield Phone(start, end, _digits(raw), None)


def is_public(phone: Phone, profile: Profile) -> bool:
    """Whether it is the practice's own, a hotline, or of a kind that no private person has."""
    if phone.number is not None and phonenumbers.number_type(phone.number) in _FREE:
        return True
    return any(_same(phone, own, profile.region) for own in _own(profile))


def without_own_phones(field: Field, profile: Profile) -> Field:
    """The field with the practice's own numbers and the hotlines blanked out."""
    text = field.text
    for phone in find_phones(field.text, profile.region):
        if is_public(phone, profile):
            text = text[: phone.start] + "|" * (phone.end - phone.start) + text[phone.end :]
    return Field(field.name, text, field.origins)


def _own(profile: Profile) -> tuple[str, ...]:
    return (*profile.phones, *profile.faxes, *profile.public_hotlines)


def _same(phone: Phone, own: str, region: str) -> bool:
    if phone.digits == _digits(own):
        return True
    try:
        number = phonenumbers.parse(own, region)
    except phonenumbers.NumberParseException:
        return False
    national = str(number.national_number)
    if phone.number is None:
        return phone.digits.lstrip("0") == national
    theirs = str(phone.number.national_number)
    same_line = theirs == national and phone.number.country_code == number.country_code
    return same_line or (len(theirs) == 7 and national.endswith(theirs))  # its own number without area code


def _is_convincing(raw: str, number: PhoneNumber, labelled: bool) -> bool:
    if _DATE_LIKE.match(raw) or _YEARS.match(raw):
        return False
    if labelled and _could_be_dialled(raw):
        return True
    return phonenumbers.is_valid_number(number) or bool(_WRITTEN_AS_PHONE.search(raw))


def _could_be_dialled(raw: str) -> bool:
    """Groups of one digit are a count or a measure, unless the group is a prefix."""
    groups = re.findall(r"\d+", raw)
    grouped = all(len(group) > 1 for group in groups[2:] or groups)
    return grouped and 7 <= len(_digits(raw)) <= 15 and not _DATE_LIKE.match(raw) and not _YEARS.match(raw)


def _starts(start: int, spans: list[tuple[int, int]]) -> bool:
    return any(begin <= start + 1 and start < end for begin, end in spans)


def _digits(raw: str) -> str:
    return re.sub(r"\D", "", re.split(r"(?i)x|ext", raw)[0])
