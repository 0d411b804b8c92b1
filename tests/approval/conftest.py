"""Ways to put words before the guard."""

from collections.abc import Callable

import pytest

from approval.guard import PARAMETERS, RULES, ChannelFacts, GuardFacts, RecentPost, check
from approval.rules.base import Hit, View
from config.policies import load_pack
from connectors.base import Spec
from domain.content import Content
from domain.pack import Pack
from domain.profile import Profile
from domain.words import Finding
from tests.approval.practice import NOW, PROFILE, SPEC


@pytest.fixture(scope="session")
def profile() -> Profile:
    return PROFILE


@pytest.fixture(scope="session")
def base_pack() -> Pack:
    return load_pack("base", PARAMETERS)


@pytest.fixture(scope="session")
def channel() -> Callable[..., ChannelFacts]:
    """A channel "c1" that carries the given content; keywords replace its facts."""

    def make(content: Content | str = "", channel_id: str = "c1", **facts: object) -> ChannelFacts:
        carried = Content(text=content) if isinstance(content, str) else content
        chosen = {"name": f"Wall {channel_id}", "spec": SPEC, **facts}
        return ChannelFacts(channel_id=channel_id, content=carried, **chosen)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def guarded(base_pack: Pack) -> Callable[..., tuple[Finding, ...]]:
    """What the base pack says of some channels; keywords replace the facts."""

    def run(*channels: ChannelFacts, pack: Pack = base_pack, **facts: object) -> tuple[Finding, ...]:
        chosen = {"profile": PROFILE, "channels": channels, "now": NOW, **facts}
        return check(GuardFacts(**chosen), pack)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def hits(channel: Callable[..., ChannelFacts]) -> Callable[..., list[Hit]]:
    """What one rule finds in a content or text on a channel of its own."""

    def run(
        rule: str,
        content: Content | str,
        *,
        profile: Profile = PROFILE,
        spec: Spec = SPEC,
        recent: tuple[RecentPost, ...] = (),
        **parameters: object,
    ) -> list[Hit]:
        facts = channel(content, spec=spec, recent=recent)
        view = View(profile, facts, NOW, post_id="p1")
        return list(RULES[rule].find(view, RULES[rule].parameters(**parameters)))

    return run


@pytest.fixture(scope="session")
def marked(hits: Callable[..., list[Hit]]) -> Callable[..., list[str]]:
    """The words that one rule marks in a text."""

    def run(rule: str, text: str, **parameters: object) -> list[str]:
        spans = [hit.span for hit in hits(rule, text, **parameters)]
        return [text[span.start : span.end] for span in spans if span is not None]

    return run
