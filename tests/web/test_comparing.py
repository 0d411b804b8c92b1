"""What changed between two revisions, and what did not."""

from domain.content import AssetRef, Content, Override
from web.comparing import Changed, Told, compare

PICTURE = AssetRef(digest="a" * 64, media_type="image/png", alt_text="A nurse.")


def told(number: int, text: str, *, own: str | None = None, channel: str = "X", **more: object) -> Told:
    base = Content.model_validate({"title": "Flu shots", "text": text, **more})
    return Told(number, base, {channel: Override(text=own)})


def test_only_the_words_that_changed_are_told_and_the_rest_is_named() -> None:
    found = compare(told(1, "Old words."), told(3, "New words."))
    assert (found.before, found.after) == (1, 3)
    assert found.words == (Changed("Text", "Old words.", "New words."),)
    assert found.unchanged == ("Title", "Channels")


def test_one_letter_of_a_description_counts() -> None:
    before = told(1, "Words.", assets=(PICTURE,))
    after = told(2, "Words.", assets=(PICTURE.model_copy(update={"alt_text": "A nurse!"}),))
    found = compare(before, after)
    assert found.words == (Changed("Alt text", "A nurse.", "A nurse!"),)
    assert found.pictures is None
    assert "Pictures" in found.unchanged


def test_a_channels_own_words_are_compared_with_those_it_carried_before() -> None:
    found = compare(told(1, "Shared."), told(2, "Shared.", own="Its own."))
    assert found.words == (Changed("On X", "Shared.", "Its own."),)


def test_other_pictures_stand_side_by_side() -> None:
    found = compare(told(1, "Words.", assets=(PICTURE,)), told(2, "Words."))
    assert found.pictures == ((PICTURE,), ())


def test_channels_come_and_go() -> None:
    found = compare(told(1, "Words.", channel="X"), told(2, "Words.", channel="Website"))
    assert (found.channels_added, found.channels_removed) == (("Website",), ("X",))
    assert not found.nothing


def test_the_same_words_are_no_change() -> None:
    assert compare(told(1, "Words."), told(2, "Words.")).nothing
