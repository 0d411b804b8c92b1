"""What the author is told before anybody signs."""

import pytest

from connectors.base import Channel
from connectors.providers.facebook.connector import Facebook
from connectors.testing import make_post
from domain.content import Content
from domain.words import Severity

CHANNEL = Channel(id="01channel", provider="facebook", name="Our Page")


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (make_post("Both", pictures=1, link="https://practice.example").content, ["FB-01"]),
        (Content(text="Look", link="practice.example"), ["FB-02"]),
        (Content(text="Look", link="javascript:alert(1)"), ["FB-02"]),
        (Content(text=" \n"), ["FB-03"]),
        (Content(text="Look", link="https://practice.example/flu"), []),
        (Content(link="https://practice.example/flu"), []),
        (make_post("", pictures=10).content, []),
    ],
)
def test_what_facebook_minds_is_found_and_blocked(
    facebook: Facebook, content: Content, rules: list[str]
) -> None:
    found = facebook.check(CHANNEL, content)
    assert [finding.rule for finding in found] == rules
    assert all(finding.severity is Severity.BLOCK and finding.remedy for finding in found)


def test_the_spec_declares_what_facebook_takes() -> None:
    media = Facebook.spec.media
    assert (Facebook.spec.text_limit, media.max_assets, media.max_bytes) == (63_206, 10, 4_000_000)
    assert media.types == {"image/jpeg", "image/png"}
