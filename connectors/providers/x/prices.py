"""What X charges, in millionths of a US dollar, as its price list says. The practice pays per call."""

from connectors.providers.x.composing import parts_of
from connectors.providers.x.counting import links
from domain.content import Content
from domain.words import Money

CREATE = 15_000
CREATE_WITH_LINK = 200_000
ALT_TEXT = 5_000
OWN_READ = 1_000  # each own post returned


def price(content: Content) -> Money:
    """What publishing *content* costs: each part, dearer with a link, and each alt text."""
    parts = sum(CREATE_WITH_LINK if links(part) else CREATE for part in parts_of(content))
    alt_texts = sum(ALT_TEXT for asset in content.assets if asset.alt_text)
    return dollars(parts + alt_texts)


def dollars(micros: int) -> Money:
    return Money(micros=micros, currency="USD")
