"""What the author is told before anybody signs."""

from typing import Any

import pytest

from connectors.base import Estimates
from connectors.providers.x.checks import findings
from domain.content import AssetRef, Content
from domain.words import Severity
from tests.connectors.x.rig import XRig


def rules(rig: XRig, content: Content, **options: Any) -> list[str]:
    return [finding.rule for finding in findings(rig.channel_with(options=options), content)]


def asset(media_type: str = "image/png", **facts: Any) -> AssetRef:
    return AssetRef(digest="0" * 64, media_type=media_type, **facts)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (Content(text="Flu shots are here"), []),
        (Content(text="It costs $5 or $12.50, not $300"), []),
        (Content(text="We like $ABC"), []),
        (Content(text="We like $ABC and $XYZ.A"), ["X-02"]),
        (Content(text="We like $ABC", thread=("and $XYZ",)), []),
        (Content(text="Flu\ufeff shots"), ["X-01"]),
        (Content(text="Same", thread=("Other", "Same")), ["X-03"]),
        (Content(text="Book", link="https://example.com/book"), ["X-07"]),
        (Content(text="One", thread=("two at example.com",)), ["X-07"]),
        (Content(text="Look", assets=(asset("image/gif"), asset())), ["X-04"]),
        (Content(text="Look", assets=(asset("image/gif", size=14_000_000),)), []),
        (Content(text="Look", assets=(asset("image/gif", size=15_000_001),)), ["X-05"]),
        (Content(text="Look", assets=(asset("image/gif", width=1281, height=10),)), ["X-05"]),
        (Content(text="Look", assets=(asset(width=4000, height=4000),)), []),
        (Content(text="Look", assets=(asset(size=5_000_001),)), ["X-05"]),
        (Content(text="Hi", options={"reply_settings": "nobody"}), ["X-06"]),
        (Content(text="Hi", options={"reply_settings": "following"}), []),
        (Content(text="Hi", options={"reply_settings": ""}), []),
    ],
)
def test_each_rule_of_x_is_told(rig: XRig, content: Content, found: list[str]) -> None:
    assert rules(rig, content) == found


def test_a_channels_own_choice_is_looked_at_too(rig: XRig) -> None:
    assert rules(rig, Content(text="Hi"), reply_settings="nobody") == ["X-06"]


def test_a_link_costs_more_and_stops_nobody(rig: XRig) -> None:
    [finding] = rig.connector.check(rig.channel, Content(text="Book at example.com"))
    assert finding.severity is Severity.NOTE
    assert finding.message == "A link makes this cost 0.20 instead of 0.015 USD."


def test_the_place_of_a_finding_is_named(rig: XRig) -> None:
    content = Content(text="One", thread=("$ABC $XYZ",))
    [finding] = rig.connector.check(rig.channel, content)
    assert finding.span is not None
    assert finding.span.field == "thread.0"


def test_the_price_is_known_before_anything_is_made(rig: XRig) -> None:
    assert isinstance(rig.connector, Estimates)
    assert rig.connector.estimate(rig.channel, Content(text="Flu shots")).micros == 15_000
    assert not rig.fake.asked
