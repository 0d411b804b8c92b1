"""Writing posts: a new draft, another version of one, a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from channels.connecting import channel_of
from domain.content import Content, Override
from drafting.posts import PictureUse, PostInput, title_from
from rounds.commands import asking
from rounds.commands.options import spread
from rounds.commands.posts import PostId, posts, whole_record
from rounds.desk import Desk, signed_in
from rounds.screen import AsJson, answer
from store.models import PostRow
from store.scope import PracticeScope

At = Annotated[str | None, typer.Option(metavar="TIME", help=asking.TIME_HELP)]
Texts = list[str] | None


@dataclass(frozen=True)
class Written:
    """What a person types of a post. None: not named."""

    channel: Annotated[
        Texts, typer.Option(metavar="NAME", help="A channel's name; several times for several.")
    ] = None
    text: Annotated[str | None, typer.Option(metavar="WORDS", help="The words.")] = None
    text_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with the words; - is standard input.")
    ] = None
    part: Annotated[Texts, typer.Option(metavar="WORDS", help="A further part of a thread; in order.")] = None
    text_for: Annotated[Texts, typer.Option(metavar="CHANNEL=WORDS", help="Other words on this channel.")] = (
        None
    )
    at: At = None
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The time's zone. Left out: the practice's.")
    ] = None
    title: Annotated[
        str | None, typer.Option(metavar="WORDS", help="For the calendar. Left out: the first line.")
    ] = None
    link: Annotated[str | None, typer.Option(metavar="ADDRESS", help="The address to link to.")] = None
    first_comment: Annotated[
        str | None, typer.Option(metavar="WORDS", help="What we say in the first comment.")
    ] = None
    picture: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A picture; several times for several.")
    ] = None
    alt: Annotated[
        Texts, typer.Option(metavar="WORDS", help="The picture in words, for who cannot see it; one each.")
    ] = None
    campaign: Annotated[str | None, typer.Option(metavar="NAME", help="The campaign it belongs to.")] = None
    label: Annotated[Texts, typer.Option(metavar="LABEL", help="A label; several times for several.")] = None


def new_post(written: Written, as_json: AsJson = False) -> None:
    """Write a new draft. Nothing is published before somebody else has approved it."""
    with signed_in() as desk:
        post = PostInput.model_validate(_fields(desk, written))
        _tell_saved(desk, desk.house.drafts.create(desk.actor, post), as_json)


def edit_post(post: PostId, written: Written, as_json: AsJson = False) -> None:
    """Change what is named, keep the rest. What was in review or approved becomes a draft again."""
    with signed_in() as desk:
        fields = _fields(desk, written)
        with desk.looking() as scope:
            row = scope.posts.get(post)
            before = as_written(scope, row)
        desk.house.drafts.edit(desk.actor, post, PostInput.model_validate({**before, **fields}), row.version)
        _tell_saved(desk, post, as_json)


def copy_post(post: PostId, at: At = None, as_json: AsJson = False) -> None:
    """Begin a new draft with the words of another post; it has no time unless you give one."""
    with signed_in() as desk:
        with desk.looking() as scope:
            written = as_written(scope, scope.posts.get(post))
        time = _time(at) if at else {"wall": None, "marker": None}
        copied = PostInput.model_validate({**written, **time, "author_id": desk.actor.member_id})
        _tell_saved(desk, desk.house.drafts.create(desk.actor, copied), as_json)


def _tell_saved(desk: Desk, post_id: str, as_json: bool) -> None:
    with desk.looking() as scope:
        record = whole_record(desk, scope, post_id)
    when = f" for {record['due']}" if record["due"] else ", without a time yet"
    said = f"Draft {post_id} is saved{when}: {record['title']}"
    answer(
        as_json, record, said, f"Look it over (rounds check {post_id}), then: rounds post submit {post_id}"
    )


def _fields(desk: Desk, written: Written) -> dict[str, Any]:
    """The fields of a PostInput that the person named."""
    if written.text is not None and written.text_file is not None:
        raise typer.BadParameter("Give the words once: with --text or with --text-file.")
    words = asking.words_of(written.text_file) if written.text_file is not None else written.text
    channels, overrides = _channels(desk, written)
    pictures = _pictures(desk, written.picture, written.alt or []) if written.picture else None
    given = {
        "channels": channels,
        "overrides": overrides,
        "text": words,
        "thread": written.part,
        "zone": written.zone,
        "title": written.title,
        "link": written.link,
        "first_comment": written.first_comment,
        "pictures": pictures,
        "campaign": written.campaign,
        "labels": written.label,
    }
    time = _time(written.at) if written.at else {}
    return {name: value for name, value in given.items() if value is not None} | time


def _channels(desk: Desk, written: Written) -> tuple[list[str] | None, dict[str, Override] | None]:
    """Channel ids, and what some of them say otherwise."""
    own_words = asking.pairs(written.text_for or [], "--text-for")
    with desk.looking() as scope:
        ids = [channel_of(scope, name).id for name in written.channel or []]
        overrides = {channel_of(scope, name).id: Override(text=words) for name, words in own_words.items()}
    return ids or None, overrides or None


def _time(at: str) -> dict[str, Any]:
    wall, marker = asking.wall_time(at)
    return {"wall": wall, "marker": marker}


def _pictures(desk: Desk, files: Sequence[Path], alts: Sequence[str]) -> list[PictureUse]:
    if len(alts) > len(files):
        raise typer.BadParameter("There are more descriptions (--alt) than pictures (--picture).")
    described = [*alts, *[""] * (len(files) - len(alts))]
    return [
        PictureUse(
            digest=desk.house.drafts.add_picture(desk.actor, asking.bytes_of(file), file.name).digest,
            alt_text=words,
        )
        for file, words in zip(files, described, strict=True)
    ]


def as_written(scope: PracticeScope, row: PostRow) -> dict[str, Any]:
    """The fields of a PostInput that would save this post as it stands."""
    revision = scope.posts.revision(row.id, row.revision)
    base = Content.model_validate(revision.base)
    variants = scope.posts.variants(revision.id)
    campaigns = {campaign.id: campaign.name for campaign in scope.posts.campaigns()}
    return {
        "title": "" if row.title == title_from(base.text) else row.title,
        "text": base.text,
        "thread": base.thread,
        "link": base.link,
        "first_comment": base.first_comment,
        "pictures": [PictureUse(digest=ref.digest, alt_text=ref.alt_text) for ref in base.assets],
        "channels": [variant.channel_id for variant in variants],
        "overrides": {variant.channel_id: Override.model_validate(variant.override) for variant in variants},
        "campaign": campaigns.get(row.campaign_id or "", ""),
        "labels": scope.posts.labels(row.id),
        "author_id": row.author_id,
        "wall": datetime.fromisoformat(row.wall) if row.wall else None,
        "zone": row.zone,
        "marker": row.due_at.astimezone(ZoneInfo(row.zone)).utcoffset() if row.due_at else None,
    }


def register(_app: typer.Typer) -> None:
    """These hang below `rounds post`."""
    posts.command("new")(spread(new_post))
    posts.command("edit")(spread(edit_post))
    posts.command("copy")(copy_post)
