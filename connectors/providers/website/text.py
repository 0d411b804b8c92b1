"""From plain text to what a page needs: clean characters, paragraphs with links, a headline, a slug."""

import re
import unicodedata

from markupsafe import Markup, escape

HEADLINE_MAX = 100  # characters
SLUG_MAX = 60  # characters, without the date

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABBREVIATED = "".join(
    rf"(?<!\b{word})" for word in ("[A-Za-z]", "Dr", "Mr", "Ms", "St", "No", "Mrs", "Prof")
)
_SENTENCE = re.compile(rf".*?{_ABBREVIATED}[.!?…]+[\"'”’»)]*(?=\s|$)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_URL = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_TRAILING = ".,;:!?…'’*_"


def clean(text: str) -> str:
    """*text* with plain line ends and without the control characters that no feed may carry."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_XML.sub("", lines).strip()


def paragraphs(text: str) -> list[Markup]:
    """The escaped paragraphs: blank lines part them, single line ends stay, web addresses become links."""
    blocks = [block.strip() for block in _BLANK_LINE.split(text)]
    return [Markup("<br>\n").join(map(linkified, block.split("\n"))) for block in blocks if block]


def linkified(line: str) -> Markup:
    """*line* escaped, each web address in it a link."""
    parts, end = [], 0
    for match in _URL.finditer(line):
        address = _without_punctuation(match[0])
        parts += [escape(line[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    return Markup("").join([*parts, escape(line[end:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener">{0}</a>').format(address)


def _without_punctuation(address: str) -> str:
    """*address* without what belongs to the sentence around it."""
    bare = address.rstrip(_TRAILING)
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1].rstrip(_TRAILING)
    return bare


def first_sentence(text: str) -> str:
    """The first sentence or line of *text*, shortened where it is too long for a headline."""
    line = text.split("\n", 1)[0]
    match = _SENTENCE.match(line)
    return shortened(match[0] if match else line, HEADLINE_MAX)


def after_headline(text: str, headline: str) -> str:
    """*text* without the *headline* that it opens with; all of it where it opens otherwise."""
    rest = text.removeprefix(headline)
    opens = len(rest) < len(text) and (not rest or rest[0].isspace())
    return rest.strip() if opens and not _URL.search(headline) else text


def shortened(text: str, limit: int) -> str:
    """At most *limit* characters, cut between words, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    between_words = cut.rsplit(None, 1)[0] if " " in cut else cut
    return between_words.rstrip(" .,;:–—-") + "…"


def slug(words: str) -> str:
    """*words* for an address: lower-case Latin letters, digits and hyphens; “post” where none are left."""
    latin = unicodedata.normalize("NFKD", words.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", latin)).strip("-")
    if len(kept) > SLUG_MAX:
        kept = kept[: SLUG_MAX + 1].rsplit("-", 1)[0][:SLUG_MAX]
    return kept or "post"
