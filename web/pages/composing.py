"""From the fields of the composer to a post and back. Pure.

A field that belongs to one channel's own wording carries the channel's id after a dot: text.<id>, part.<id>.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pydantic import ValidationError

from approval.guard import key
from connectors.base import Spec
from domain.content import Override
from domain.words import Finding, Span
from drafting.posts import PictureUse, PostInput, tidy
from web.pages.forms import Form, Unfit, sentences

SpecOf = Callable[[str], Spec | None]  # by channel id


# ---------------------------------------------------------------- there


def as_form(post: PostInput) -> Form:
    """*post* as its author would have typed it."""
    fields: dict[str, tuple[str, ...]] = {
        "title": (post.title,),
        "text": (post.text,),
        "part": post.thread,
        "link": (post.link or "",),
        "first_comment": (post.first_comment or "",),
        "channel": post.channels,
        "own": tuple(channel for channel in post.channels if _has_own_words(post, channel)),
        "picture": tuple(use.digest for use in post.pictures),
        "campaign": (post.campaign,),
        "labels": (", ".join(post.labels),),
        "author_id": (post.author_id or "",),
        "day": (post.wall.date().isoformat() if post.wall else "",),
        "time": (post.wall.strftime("%H:%M") if post.wall else "",),
        "zone": (post.zone,),
    }
    fields |= {f"alt.{use.digest}": (use.alt_text,) for use in post.pictures}
    for channel in fields["own"]:
        own = post.overrides[channel]
        fields[f"text.{channel}"] = (own.text if own.text is not None else post.text,)
        fields[f"part.{channel}"] = own.thread if own.thread is not None else post.thread
    return Form(fields)


def _has_own_words(post: PostInput, channel: str) -> bool:
    own = post.overrides.get(channel, Override())
    return own.text is not None or own.thread is not None


# ---------------------------------------------------------------- and back


def as_post(form: Form, stored: PostInput, spec_of: SpecOf) -> PostInput:
    """What was typed, but for its time. What the composer does not show stays as *stored*; raises Unfit."""
    comment = tidy(form.value("first_comment"))
    chosen = tuple(dict.fromkeys(form.values("channel")))
    overrides = {
        channel: _override(
            form, channel, stored.overrides.get(channel, Override()), spec_of(channel), comment
        )
        for channel in chosen
    }
    try:
        return PostInput(
            title=form.value("title"),
            text=form.value("text"),
            thread=form.values("part"),
            link=form.value("link"),
            first_comment=comment,
            pictures=tuple(
                PictureUse(digest=digest, alt_text=tidy(form.value(f"alt.{digest}")))
                for digest in dict.fromkeys(form.values("picture"))
            ),
            channels=chosen,
            overrides={channel: own for channel, own in overrides.items() if own != Override()},
            campaign=form.value("campaign").strip(),
            labels=_labels(form.value("labels")),
            author_id=form.value("author_id") or None,
        )
    except ValidationError as error:
        raise Unfit(sentences(error)) from None


def _override(form: Form, channel: str, stored: Override, spec: Spec | None, comment: str) -> Override:
    """Where this channel differs: in words of its own, and in a first comment that it cannot carry."""
    own = channel in form.values("own")
    parts = tuple(part for part in map(tidy, form.values(f"part.{channel}")) if part)
    carries = spec is None or spec.carries_first_comment
    left_out = "" if comment else None
    return stored.model_copy(
        update={
            "text": tidy(form.value(f"text.{channel}")) if own else None,
            "thread": parts if own else None,
            "first_comment": (stored.first_comment or None) if carries else left_out,
        }
    )


def _labels(typed: str) -> tuple[str, ...]:
    return tuple(sorted({label.strip() for label in typed.split(",") if label.strip()}))


# ---------------------------------------------------------------- one change at a time


def put(form: Form, name: str, values: Iterable[str]) -> Form:
    """*form* with other values in one field."""
    return replace(form, typed={**form.typed, name: tuple(values)})


def with_part(form: Form, channel: str) -> Form:
    """One more, empty part of the thread."""
    name = _of("part", channel)
    return put(form, name, (*form.values(name), ""))


def without_part(form: Form, channel: str, number: int) -> Form:
    name = _of("part", channel)
    return put(form, name, (part for place, part in enumerate(form.values(name)) if place != number))


def with_pictures(form: Form, digests: Iterable[str]) -> Form:
    return put(form, "picture", dict.fromkeys((*form.values("picture"), *digests)))


def without_picture(form: Form, digest: str) -> Form:
    return put(form, "picture", (each for each in form.values("picture") if each != digest))


def with_wording(form: Form, findings: Iterable[Finding], chosen: str) -> Form:
    """The suggestion of the finding whose key was chosen, in place of the words it stands at."""
    for finding in findings:
        if key(finding) == chosen and finding.span and finding.suggestion is not None:
            return _replaced(form, finding.span, finding.channel_id or "", finding.suggestion)
    return form


def _replaced(form: Form, span: Span, channel: str, wording: str) -> Form:
    name, place = _field(form, span, channel)
    values = list(form.values(name))
    if place >= len(values):
        return form
    text = tidy(values[place])
    values[place] = text[: span.start] + wording + text[span.end :]
    return put(form, name, values)


def _field(form: Form, span: Span, channel: str) -> tuple[str, int]:
    """The field that a finding stands in, and which of its values."""
    own = channel if channel in form.values("own") else ""
    kind, _, rest = span.field.partition(".")
    match kind:
        case "text":
            return _of("text", own), 0
        case "thread":
            name = _of("part", own)
            written = [place for place, part in enumerate(form.values(name)) if tidy(part)]
            return name, written[int(rest)] if int(rest) < len(written) else len(form.values(name))
        case "assets":
            pictures, number = form.values("picture"), int(rest.partition(".")[0])
            return (f"alt.{pictures[number]}" if number < len(pictures) else ""), 0
        case _:
            return kind, 0


def _of(name: str, channel: str) -> str:
    return f"{name}.{channel}" if channel else name


def kept(form: Form) -> Mapping[str, str]:
    """The reasons typed beside warnings, by the finding's key."""
    return {
        name.removeprefix("keep."): values[-1]
        for name, values in form.typed.items()
        if name.startswith("keep.") and values[-1].strip()
    }
