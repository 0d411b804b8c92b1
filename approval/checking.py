"""What the guard is shown: facts gathered from rows, the same way at sign-off and at dispatch."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from approval.rules.base import ChannelFacts, RecentPost
from connectors.base import Channel, Checks, Connector, Spec
from domain.content import Content, Option, canonical_json
from domain.pack import Pack
from domain.words import Finding
from store.models import ChannelRow

TEXT_LIMIT_OPTION = "text_limit"


def channel_facts(
    connector: Connector, row: ChannelRow, content: Content, recent: Sequence[RecentPost] = ()
) -> ChannelFacts:
    """One channel and what it is to carry, with what its own network has to say."""
    return ChannelFacts(
        channel_id=row.id,
        name=row.name,
        spec=with_own_limit(connector.spec, row.options),
        content=content,
        own=_own_findings(connector, row, content),
        recent=tuple(recent),
    )


def with_own_limit(spec: Spec, options: Mapping[str, Option]) -> Spec:
    """The Spec with the account's own text limit, where its channel names one: some accounts may say more."""
    limit = str(options.get(TEXT_LIMIT_OPTION, ""))
    return replace(spec, text_limit=int(limit)) if limit.isdecimal() else spec


def _own_findings(connector: Connector, row: ChannelRow, content: Content) -> tuple[Finding, ...]:
    if not isinstance(connector, Checks):
        return ()
    channel = Channel(
        id=row.id,
        provider=row.provider,
        name=row.name,
        handle=row.handle,
        remote_id=row.remote_id,
        base_url=row.base_url,
        options=row.options,
    )
    return tuple(connector.check(channel, content))


def digest_of(pack: Pack, profile: object, connector: Connector, row: ChannelRow) -> str:
    """SHA-256 over everything but the content that a check depends on; `profile` as it is stored.

    The guard is a pure function: while this digest and the fingerprint stay the same, so does its answer.
    """
    spec = connector.spec
    limits = [spec.key, spec.text_limit, spec.thread_max, spec.carries_link, spec.carries_first_comment]
    media = [spec.media.max_assets, sorted(spec.media.types), spec.media.max_bytes, spec.media.alt_text_max]
    inputs = [repr(pack), profile, limits, media, row.options]
    return hashlib.sha256(canonical_json(inputs)).hexdigest()
