"""PHI-02: telephone, fax and e-mail that are not the practice's own."""

import re
from collections.abc import Iterable, Iterator

from approval.rules.base import Hit, Rule, View
from approval.rules.fields import Field, fields, sentence_around
from approval.rules.phones import find_phones, is_public
from domain.pack import NoParameters
from domain.profile import Profile

EMAIL = re.compile(
    r"""(?<![\w.+%'-])[\w.+%'-]*\w
        (?:@|\s?[(\[]\s?at\s?[)\]]\s?)                                   # also name (at) example
        \w[\w-]*(?:(?:\.|\s?[(\[]\s?dot\s?[)\]]\s?)\w[\w-]*)+""",
    re.VERBOSE | re.IGNORECASE,
)
_AT = re.compile(r"\s?[(\[]\s?at\s?[)\]]\s?", re.IGNORECASE)
_DOT = re.compile(r"\s?[(\[]\s?dot\s?[)\]]\s?", re.IGNORECASE)

_PHONE = "This telephone or fax number is not in the practice's profile, so it may belong to a patient."
_EMAIL = "This e-mail address is not in the practice's profile, so it may belong to a patient."
_REMEDY = "Use the practice's own contact, or add it to the profile under Settings if it is public."


def find_contacts(view: View, _: NoParameters) -> Iterator[Hit]:
    """Ways to reach somebody who is neither the practice, a hotline nor a partner named beside them."""
    for field in fields(view.content):
        plain = field.without_links()
        for start, end in _foreign_phones(plain, view.profile):
            yield Hit(_PHONE, _REMEDY, field.span(start, end))
        for start, end in _foreign_emails(plain, view.profile):
            yield Hit(_EMAIL, _REMEDY, field.span(start, end))


def names_any(names: Iterable[str], text: str, start: int, end: int) -> bool:
    """Whether the sentence around [start, end) holds one of *names*."""
    sentence = " ".join(sentence_around(text, start, end)).casefold()
    return any(name.casefold() in sentence for name in names if name)


def _foreign_phones(field: Field, profile: Profile) -> Iterator[tuple[int, int]]:
    text = EMAIL.sub(lambda match: "|" * len(match[0]), field.text)
    for phone in find_phones(text, profile.region):
        if not is_public(phone, profile) and not names_any(profile.partners, text, phone.start, phone.end):
            yield phone.start, phone.end


def _foreign_emails(field: Field, profile: Profile) -> Iterator[tuple[int, int]]:
    own = {address.casefold() for address in profile.emails}
    domains = tuple(domain.casefold().removeprefix("www.") for domain in profile.domains)
    for match in EMAIL.finditer(field.text):
        address = _DOT.sub(".", _AT.sub("@", match[0])).casefold()
        host = address.rpartition("@")[2]
        at_home = any(host == domain or host.endswith(f".{domain}") for domain in domains)
        if address not in own and not at_home and not names_any(profile.partners, field.text, *match.span()):
            yield match.span()


RULES = (
    Rule(
        "PHI-02",
        "A telephone, fax or e-mail that is not the practice's own, a partner's or a hotline",
        find_contacts,
        needs_profile=True,
    ),
)
