"""LNK: links that tell too much, and links that anybody on the way can read."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from approval.rules.base import Hit, Rule, View
from approval.rules.fields import URL, fields
from domain.content import Content
from domain.pack import NoParameters
from domain.words import Span

# Names of query parameters, lower case and without marks, that carry a person or a key.
_TELLING = frozenset(
    {
        "name", "firstname", "lastname", "fname", "lname", "fullname", "surname", "patient", "patientid",
        "patientname", "patientno", "dob", "birthdate", "birthday", "dateofbirth", "ssn", "mrn", "chart",
        "chartid", "chartno", "member", "memberid", "policyno", "insuranceid", "accountno",
        "accountnumber", "email", "mail", "phone", "tel", "mobile", "address", "zip", "token",
        "accesstoken", "authtoken", "auth", "sessionid", "sid", "apikey", "password", "secret",
    }
)  # fmt: skip


def find_telling_links(view: View, _: NoParameters) -> Iterator[Hit]:
    """Links whose query names a person or holds a key, or that carry a sign-in."""
    for url, span in _links(view.content):
        if _tells(url):
            yield Hit(
                "This link carries details of a person or a key in its address.",
                "Use the plain link, without what follows the question mark.",
                span,
            )


def find_open_link(view: View, _: NoParameters) -> Iterator[Hit]:
    """A link field that is not https."""
    link = view.content.link
    if link and not _is_secure(link):
        yield _open(Span(field="link", start=0, end=len(link)))


def find_open_links_in_text(view: View, _: NoParameters) -> Iterator[Hit]:
    """Links inside the words that are plainly not https."""
    for url, span in _links(view.content):
        if span.field != "link" and re.match(r"(?:http|ftp)://", url, re.IGNORECASE):
            yield _open(span)


def _open(span: Span) -> Hit:
    return Hit(
        "This link does not begin with https://, so others can read or change what the reader sees.",
        "Use the page's https:// address.",
        span,
    )


def _is_secure(link: str) -> bool:
    parts = _split(link)
    return parts is not None and parts.scheme == "https" and bool(parts.hostname)


def _tells(url: str) -> bool:
    parts = _split(url)
    if parts is None or parts.username is not None:
        return True
    pairs = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
    return any(re.sub(r"[^a-z]", "", key.casefold()) in _TELLING or "@" in value for key, value in pairs)


def _split(url: str) -> SplitResult | None:
    """The parts of *url*, or None where it is not one."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _links(content: Content) -> Iterator[tuple[str, Span]]:
    """Every link with its place, the link field first."""
    if content.link:
        yield content.link, Span(field="link", start=0, end=len(content.link))
    for field in fields(content):
        for match in URL.finditer(field.text):
            url = match[0].rstrip(".,;:!?)]}'\"")
            yield url, field.span(match.start(), match.start() + len(url))


RULES = (
    Rule("LNK-01", "A link with a person's details or a key in its address", find_telling_links),
    Rule("LNK-02", "A link field that does not begin with https://", find_open_link),
    Rule("LNK-04", "A link in the text that does not begin with https://", find_open_links_in_text),
)
