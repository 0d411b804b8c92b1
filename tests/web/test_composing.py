"""From the composer's fields to a post and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approval.guard import key
from connectors.base import AuthKind, Spec
from domain.content import AssetRef, Override
from domain.words import Finding, Severity, Span
from drafting.posts import PictureUse, PostInput, tidy
from web.pages import composing
from web.pages.forms import Form, Unfit

DIGEST = "b" * 64
PLAIN = Spec(key="plain", label="Plain", auth=AuthKind.NONE, text_limit=100)
COMMENTING = Spec(
    key="chatty", label="Chatty", auth=AuthKind.NONE, text_limit=100, carries_first_comment=True
)


def spec_of(channel: str) -> Spec:
    return COMMENTING if channel == "c2" else PLAIN


def post(**more: object) -> PostInput:
    return PostInput.model_validate({"title": "Flu", "text": "Shots are in.", "channels": ("c1",), **more})


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)


@settings(max_examples=40, deadline=None)
@given(
    text=words, part=words, own=words, labels=st.lists(st.sampled_from(["flu", "prevention"]), unique=True)
)
def test_what_was_written_comes_back_as_it_was(text: str, part: str, own: str, labels: list[str]) -> None:
    written = post(
        text=text,
        thread=(part,),
        channels=("c1", "c2"),
        overrides={"c2": Override(text=tidy(own), thread=())},
        pictures=(PictureUse(digest=DIGEST, alt_text="A nurse."),),
        labels=tuple(sorted(labels)),
    )
    assert composing.as_post(composing.as_form(written), written, spec_of) == written


def test_the_time_stands_in_fields_of_its_own() -> None:
    form = composing.as_form(post(wall="2027-03-02T09:30", zone="America/New_York"))
    assert (form.value("day"), form.value("time")) == ("2027-03-02", "09:30")


def test_a_first_comment_is_left_out_where_no_channel_carries_it() -> None:
    form = composing.as_form(post(channels=("c1", "c2"), first_comment="Call the desk."))
    overrides = composing.as_post(form, post(), spec_of).overrides
    assert overrides == {"c1": Override(first_comment="")}


def test_what_the_composer_does_not_show_stays() -> None:
    kept = Override(options={"reply_settings": "following"}, assets=(AssetRef(digest=DIGEST, media_type=""),))
    stored = post(overrides={"c1": kept})
    assert composing.as_post(composing.as_form(stored), stored, spec_of).overrides == {"c1": kept}


def test_a_title_that_is_too_long_is_told_beside_its_field() -> None:
    form = composing.put(composing.as_form(post()), "title", ("x" * 201,))
    with pytest.raises(Unfit) as refused:
        composing.as_post(form, post(), spec_of)
    assert list(refused.value.problems) == ["title"]


# ---------------------------------------------------------------- one change at a time


def finding(field: str, start: int, end: int, channel: str | None = None) -> Finding:
    return Finding(
        rule="CLM-02",
        pack="base@1",
        severity=Severity.WARN,
        message="A promise.",
        remedy="Say what usually happens.",
        channel_id=channel,
        span=Span(field=field, start=start, end=end),
        suggestion="may help",
    )


def replaced(form: Form, found: Finding) -> Form:
    return composing.with_wording(form, [found], key(found))


def test_a_wording_takes_the_place_of_the_very_words() -> None:
    form = replaced(Form({"text": ("  It will cure you.\r\n",)}), finding("text", 3, 12))
    assert form.value("text") == "It may help you."


def test_a_wording_goes_to_the_channels_own_words_where_it_has_some() -> None:
    form = Form({"text": ("It will cure you.",), "text.c1": ("It will cure you.",), "own": ("c1",)})
    changed = replaced(form, finding("text", 3, 12, "c1"))
    assert changed.value("text.c1") == "It may help you."
    assert changed.value("text") == "It will cure you."


def test_a_wording_finds_its_part_although_an_empty_one_stands_before_it() -> None:
    changed = replaced(Form({"part": ("", "It will cure you.")}), finding("thread.0", 3, 12))
    assert changed.values("part") == ("", "It may help you.")


def test_a_wording_finds_the_description_of_its_picture() -> None:
    form = Form({"picture": (DIGEST,), f"alt.{DIGEST}": ("It will cure you.",)})
    assert replaced(form, finding("assets.0.alt_text", 3, 12)).value(f"alt.{DIGEST}") == "It may help you."


def test_a_wording_for_words_that_are_gone_changes_nothing() -> None:
    form = Form({"text": ("Short.",)})
    assert replaced(form, finding("thread.3", 0, 4)) == form
    assert composing.with_wording(form, [], "CLM-02:*:text:0-4") == form


def test_parts_and_pictures_come_and_go() -> None:
    form = composing.with_part(Form({"part.c1": ("One.",)}), "c1")
    assert form.values("part.c1") == ("One.", "")
    assert composing.without_part(form, "c1", 0).values("part.c1") == ("",)
    pictures = composing.with_pictures(Form({"picture": ("a",)}), ["b", "a"])
    assert pictures.values("picture") == ("a", "b")
    assert composing.without_picture(pictures, "a").values("picture") == ("b",)


def test_reasons_are_read_by_the_key_of_their_finding() -> None:
    form = Form({"keep.CLM-02:*:text:3-12": (" Our leaflet. ",), "keep.X": (" ",), "text": ("Words.",)})
    assert composing.kept(form) == {"CLM-02:*:text:3-12": " Our leaflet. "}
