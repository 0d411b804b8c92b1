"""Content and its fingerprint: one changed byte, one changed channel, another name."""

from hypothesis import given
from hypothesis import strategies as st

from domain.content import (
    AssetRef,
    Content,
    Override,
    canonical_json,
    revision_fingerprint,
    text_key,
    variant_fingerprint,
)

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
assets = st.builds(
    AssetRef,
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    media_type=st.sampled_from(["image/png", "image/jpeg"]),
    alt_text=words,
)
contents = st.builds(
    Content,
    title=words,
    text=words,
    thread=st.lists(words, max_size=2).map(tuple),
    assets=st.lists(assets, max_size=2).map(tuple),
    link=st.none() | words,
    first_comment=st.none() | words,
    options=st.dictionaries(words, st.booleans() | st.integers(-5, 5) | words, max_size=2),
)


@given(contents)
def test_content_survives_its_way_through_json_to_the_letter(content: Content) -> None:
    again = Content.model_validate_json(content.model_dump_json())
    assert variant_fingerprint("c", again) == variant_fingerprint("c", content)


@given(contents, contents)
def test_different_contents_have_different_fingerprints(one: Content, other: Content) -> None:
    same = canonical_json(one.model_dump(mode="json")) == canonical_json(other.model_dump(mode="json"))
    assert (variant_fingerprint("c", one) == variant_fingerprint("c", other)) == same


@given(contents, words, words)
def test_the_channel_is_part_of_the_fingerprint(content: Content, one: str, other: str) -> None:
    assert (variant_fingerprint(one, content) == variant_fingerprint(other, content)) == (one == other)


def test_each_part_of_a_content_is_signed() -> None:
    base = Content(text="a", thread=("b",), link="https://c.example", first_comment="d", options={"e": "f"})
    asset = AssetRef(digest="0" * 64, media_type="image/png", alt_text="g")
    variants = [
        base,
        base.model_copy(update={"title": "a"}),
        base.model_copy(update={"text": "a "}),
        base.model_copy(update={"thread": ("b", "c")}),
        base.model_copy(update={"link": "https://c.example/"}),
        base.model_copy(update={"first_comment": None}),
        base.model_copy(update={"options": {"e": True}}),
        base.model_copy(update={"assets": (asset,)}),
        base.model_copy(update={"assets": (asset.model_copy(update={"alt_text": "h"}),)}),
        base.model_copy(update={"assets": (asset.model_copy(update={"digest": "1" * 64}),)}),
    ]
    assert len({variant_fingerprint("c", content) for content in variants}) == len(variants)


@given(st.dictionaries(words, st.text("0123456789abcdef", min_size=64, max_size=64), max_size=4))
def test_a_revision_fingerprint_does_not_depend_on_the_order_of_channels(variants: dict[str, str]) -> None:
    reversed_order = dict(reversed(list(variants.items())))
    assert revision_fingerprint(variants) == revision_fingerprint(reversed_order)


@given(contents, st.builds(Override, text=st.none() | words, link=st.none() | words))
def test_an_override_changes_what_it_names_and_nothing_else(base: Content, override: Override) -> None:
    laid = override.apply(base)
    assert laid.text == (base.text if override.text is None else override.text)
    assert laid.link == (base.link if override.link is None else override.link)
    assert (laid.assets, laid.thread, laid.first_comment) == (base.assets, base.thread, base.first_comment)


def test_words_that_read_the_same_have_the_same_key() -> None:
    one = Content(text="Flu shots are in!  Walk in, any weekday.")
    other = Content(text="flu shots are in\nWALK IN any weekday")
    assert text_key(one) == text_key(other)
    assert text_key(one) != text_key(Content(text="Flu shots are out. Walk in any weekday."))
