"""What a channel cannot carry is said before it is sent, in the channel's own terms."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from approval.rules.base import Hit
from connectors.base import MediaRules
from domain.content import AssetRef, Content
from domain.words import Span
from tests.approval.practice import SPEC

Hits = Callable[..., list[Hit]]

SHORT = replace(SPEC, text_limit=10)


def picture(media_type: str = "image/png", **facts: object) -> AssetRef:
    return AssetRef(digest="0" * 64, media_type=media_type, **facts)


def test_a_text_at_the_limit_fits(hits: Hits) -> None:
    assert hits("CHN-01", "x" * 10, spec=SHORT) == []


def test_a_text_over_the_limit_is_marked_from_where_it_no_longer_fits(hits: Hits) -> None:
    [hit] = hits("CHN-01", "x" * 13, spec=SHORT)
    assert hit.span == Span(field="text", start=10, end=13)
    assert hit.message == "This is 3 over the 10 characters that Wall c1 takes."


def test_length_is_counted_the_channels_way(hits: Hits) -> None:
    in_bytes = replace(SHORT, count_text=lambda text: len(text.encode()))
    assert hits("CHN-01", "é" * 5, spec=in_bytes) == []
    [hit] = hits("CHN-01", "é" * 6, spec=in_bytes)
    assert hit.span == Span(field="text", start=5, end=6)


def test_a_link_without_a_place_of_its_own_counts_towards_the_text(hits: Hits) -> None:
    content = Content(text="12345678", link="https://a.example")
    roomy = replace(SPEC, text_limit=26, carries_link=False)
    assert hits("CHN-01", content, spec=roomy) == []
    [hit] = hits("CHN-01", content, spec=replace(roomy, text_limit=20))
    assert hit.span == Span(field="text", start=2, end=8)
    assert hits("CHN-01", content, spec=replace(roomy, text_limit=20, carries_link=True)) == []


def test_every_part_of_a_thread_has_the_limit_to_itself(hits: Hits) -> None:
    [hit] = hits("CHN-01", Content(text="x" * 10, thread=("y", "z" * 11)), spec=SHORT)
    assert hit.span == Span(field="thread.1", start=10, end=11)


@pytest.mark.parametrize(("most", "words"), [(1, "takes no threads"), (2, "threads of at most 2 posts")])
def test_a_thread_longer_than_the_channel_takes(hits: Hits, most: int, words: str) -> None:
    content = Content(text="a", thread=("b", "c"))
    [hit] = hits("CHN-02", content, spec=replace(SPEC, thread_max=most))
    assert words in hit.message
    assert hit.span is not None
    assert hit.span.field == f"thread.{most - 1}"
    assert hits("CHN-02", content, spec=replace(SPEC, thread_max=3)) == []


def test_more_pictures_than_the_channel_takes(hits: Hits) -> None:
    content = Content(assets=(picture(),) * 5)
    [hit] = hits("CHN-03", content)
    assert hit.span == Span(field="assets.4")
    [hit] = hits("CHN-03", content, spec=replace(SPEC, media=MediaRules()))
    assert "takes no pictures" in hit.message


def test_a_file_of_the_wrong_type(hits: Hits) -> None:
    [hit] = hits("CHN-04", Content(assets=(picture(), picture("video/mp4"))))
    assert hit.span == Span(field="assets.1")
    assert "image/jpeg, image/png" in hit.remedy


def test_a_file_that_is_too_large(hits: Hits) -> None:
    assert hits("CHN-05", Content(assets=(picture(size=5_000_000),))) == []
    [hit] = hits("CHN-05", Content(assets=(picture(size=7_400_000),)))
    assert hit.message == "This file has 7.4 MB; Wall c1 takes 5.0 MB."


def test_a_description_that_is_too_long(hits: Hits) -> None:
    [hit] = hits("CHN-06", Content(assets=(picture(alt_text="x" * 104),)))
    assert hit.span == Span(field="assets.0.alt_text", start=100, end=104)


def test_a_first_comment_that_would_be_dropped(hits: Hits) -> None:
    content = Content(text="a", first_comment="more")
    assert hits("CHN-07", content) == []
    assert len(hits("CHN-07", content, spec=replace(SPEC, carries_first_comment=False))) == 1


@pytest.mark.parametrize("content", [Content(), Content(text=" \n")])
def test_a_post_of_nothing_is_stopped(hits: Hits, content: Content) -> None:
    assert len(hits("CHN-08", content)) == 1


def test_a_picture_alone_is_something_and_an_empty_thread_part_is_nothing(hits: Hits) -> None:
    assert hits("CHN-08", Content(assets=(picture(),))) == []
    [hit] = hits("CHN-08", Content(text="a", thread=("b", " ")))
    assert hit.span == Span(field="thread.1")


def test_a_link_that_joins_the_text_is_pointed_out(hits: Hits) -> None:
    content = Content(text="a", link="https://a.example")
    assert hits("CHN-09", content) == []
    assert len(hits("CHN-09", content, spec=replace(SPEC, carries_link=False))) == 1


def test_a_description_that_the_channel_drops_is_pointed_out(hits: Hits) -> None:
    content = Content(assets=(picture(alt_text="A dog"),))
    silent = replace(SPEC, media=replace(SPEC.media, alt_text_max=None))
    assert hits("CHN-10", content) == []
    assert len(hits("CHN-10", content, spec=silent)) == 1


@pytest.mark.parametrize("alt_text", ["", "  ", "IMG_2041.JPG"])
def test_a_picture_without_a_description_is_pointed_out(hits: Hits, alt_text: str) -> None:
    assert len(hits("IMG-06", Content(assets=(picture(alt_text=alt_text),)))) == 1


def test_descriptions_are_asked_for_only_where_they_are_carried_and_only_of_pictures(hits: Hits) -> None:
    silent = replace(SPEC, media=replace(SPEC.media, alt_text_max=None))
    assert hits("IMG-06", Content(assets=(picture(),)), spec=silent) == []
    assert hits("IMG-06", Content(assets=(picture("video/mp4"),))) == []
    assert hits("IMG-06", Content(assets=(picture(alt_text="A nurse with a puppet"),))) == []
