"""A post as it stands, in the shape in which a person writes one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.content import Content, Override
from drafting.posts import PictureUse, PostInput
from drafting.wallclock import Marker
from store.models import PostRow
from store.scope import PracticeScope


def written(scope: PracticeScope, post: PostRow) -> PostInput:
    """What saving again without a change would save. Reads the current revision in a few queries."""
    revision = scope.posts.revision(post.id, post.revision)
    base = Content.model_validate(revision.base)
    variants = scope.posts.variants(revision.id)
    overrides = {row.channel_id: Override.model_validate(row.override) for row in variants}
    return PostInput(
        title=post.title,
        text=base.text,
        thread=base.thread,
        link=base.link,
        first_comment=base.first_comment,
        pictures=tuple(PictureUse(digest=ref.digest, alt_text=ref.alt_text) for ref in base.assets),
        channels=tuple(row.channel_id for row in variants),
        overrides={key: override for key, override in overrides.items() if override != Override()},
        campaign=scope.posts.campaign_name(post.campaign_id),
        labels=scope.posts.labels(post.id),
        author_id=post.author_id,
        wall=datetime.fromisoformat(post.wall) if post.wall else None,
        zone=post.zone,
        marker=marker_of(post),
    )


def marker_of(post: PostRow) -> Marker | None:
    """The offset in force at the post's time, which settles a time that clocks show twice."""
    return post.due_at.astimezone(ZoneInfo(post.zone)).utcoffset() if post.due_at else None
