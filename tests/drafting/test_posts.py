"""Writing posts: every save is a Revision, every edit takes back what was signed, none saves over another."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from connectors.testing import make_picture
from domain.content import AssetRef, Override, revision_fingerprint
from domain.refusal import Refusal
from domain.states import Delivery, Editorial, IllegalMove
from domain.words import DecisionKind
from drafting.posts import CannotEdit, ChangedMeanwhile, NoSuchTime, PictureUse, PostInput, tidy, title_from
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan
from tests.support.together import at_once

WORDS = "Flu shots are in. Walk in any weekday."


def contents(practice: Practice, post_id: str) -> dict[str, dict[str, object]]:
    """What each channel of the current revision is to carry."""
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        revision = scope.posts.revision(post_id, scope.posts.get(post_id).revision)
        return {row.channel_id: dict(row.content) for row in scope.posts.variants(revision.id)}


# ---------------------------------------------------------------- writing


def test_a_draft_belongs_to_whoever_saved_it_and_begins_at_revision_one(practice: Practice) -> None:
    post = practice.post(practice.draft(WORDS))
    assert (post.state, post.revision) == (Editorial.DRAFT, 1)
    assert post.author_id == post.created_by == practice.author.member_id
    assert post.title == "Flu shots are in. Walk in any weekday."
    assert practice.audited(f"post:{post.id}") == ["revision_saved"]


def test_every_channel_gets_its_own_words_and_the_fingerprint_names_them_all(practice: Practice) -> None:
    first, second = practice.channel_ids
    post_id = practice.draft(
        WORDS, channels=(first, second), overrides={second: Override(text="Flu shots: in.").model_dump()}
    )
    carried = contents(practice, post_id)
    assert carried[first]["text"] == WORDS
    assert carried[second]["text"] == "Flu shots: in."
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        revision = scope.posts.revision(post_id, 1)
        prints = {row.channel_id: row.fingerprint for row in scope.posts.variants(revision.id)}
    assert revision.fingerprint == revision_fingerprint(prints)
    assert len(set(prints.values())) == 2


def test_every_save_is_one_more_revision_and_earlier_ones_stay(practice: Practice) -> None:
    post_id = practice.draft("First words.")
    practice.edit(post_id, "Second words.")
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        texts = [revision.base["text"] for revision in scope.posts.revisions(post_id)]
    assert texts == ["First words.", "Second words."]
    assert practice.post(post_id).revision == 2


def test_the_same_source_key_twice_is_one_post(practice: Practice) -> None:
    post = PostInput(text=WORDS)
    first = practice.house.drafts.create(practice.author, post, source_key="feed:7")
    second = practice.house.drafts.create(practice.author, post, source_key="feed:7")
    assert first == second


def test_the_same_source_key_twice_at_once_is_one_post(practice: Practice) -> None:
    made = at_once(
        *[lambda: practice.house.drafts.create(practice.author, PostInput(text=WORDS), source_key="feed:7")]
        * 3
    )
    assert len(set(map(str, made))) == 1
    assert isinstance(made[0], str)


def test_a_campaign_is_the_same_whatever_the_case_of_its_letters(practice: Practice) -> None:
    posts = [practice.draft(WORDS, campaign=name) for name in ("ÉTÉ 2027", "été 2027", "ÉTÉ 2027 ")]
    assert len({practice.post(post_id).campaign_id for post_id in posts}) == 1


def test_labels_are_replaced_by_those_of_the_latest_save(small_practice: Practice) -> None:
    post_id = small_practice.draft(WORDS, labels=("flu", " shots ", "flu"))
    with small_practice.house.database.read() as work:
        assert work.practice(small_practice.id).posts.labels(post_id) == ("flu", "shots")
    small_practice.house.drafts.edit(small_practice.author, post_id, PostInput(text=WORDS, labels=("new",)))
    with small_practice.house.database.read() as work:
        assert work.practice(small_practice.id).posts.labels(post_id) == ("new",)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\r\nb\rc  ", "a\nb\nc"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b", "ab"),
        ("two  spaces stay", "two  spaces stay"),
    ],
)
def test_text_is_kept_to_the_letter_but_for_line_ends_accents_and_nothing_around(
    typed: str, kept: str
) -> None:
    assert tidy(typed) == kept
    assert PostInput(text=typed).text == kept


def test_an_empty_part_of_a_thread_is_no_part() -> None:
    assert PostInput(thread=("one", "  ", "two")).thread == ("one", "two")


def test_a_blank_link_or_first_comment_is_none() -> None:
    post = PostInput(link="  ", first_comment="")
    assert (post.link, post.first_comment) == (None, None)


@pytest.mark.parametrize(
    "values",
    [
        {"title": "x" * 201},
        {"text": "x" * 100_001},
        {"labels": ("x" * 61,)},
        {"labels": ("x",) * 21},
        {"campaign": "x" * 121},
        {"wall": "2200-01-01T09:00"},
        {"wall": "1969-01-01T09:00"},
        {"colour": "red"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_what_no_post_can_be_is_refused_at_the_door(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PostInput.model_validate(values)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Untitled"),
        ("Hello\nmore", "Hello"),
        ("word " * 20, "word " * 11 + "word…"),
        ("x" * 90, "x" * 60 + "…"),
    ],
)
def test_a_post_without_a_title_is_called_by_its_first_line_cut_at_a_word(text: str, title: str) -> None:
    assert title_from(text) == title


# ---------------------------------------------------------------- time


def test_a_time_is_kept_as_the_person_meant_it_and_as_an_instant(small_practice: Practice) -> None:
    post = small_practice.post(
        small_practice.draft(WORDS, wall="2027-07-04T09:30:59", zone="America/Chicago")
    )
    assert (post.wall, post.zone) == ("2027-07-04T09:30", "America/Chicago")
    assert post.due_at is not None
    assert post.due_at.isoformat() == "2027-07-04T14:30:00+00:00"


@pytest.mark.parametrize(
    ("wall", "marker", "said"),
    [
        ("2027-03-14T02:30", None, "Choose 01:59 or 03:00"),
        ("2027-11-07T01:30", None, "twice"),
        ("2027-07-04T09:00", "EST", "not in force"),
    ],
)
def test_a_time_that_clocks_skip_or_show_twice_is_refused_with_a_way_out(
    small_practice: Practice, wall: str, marker: str | None, said: str
) -> None:
    with pytest.raises(NoSuchTime, match=said):
        small_practice.draft(WORDS, wall=wall, marker=marker)


def test_an_unknown_zone_is_refused_with_the_one_probably_meant(small_practice: Practice) -> None:
    with pytest.raises(NoSuchTime, match="America/New_York"):
        small_practice.draft(WORDS, zone="America/NewYork")


# ---------------------------------------------------------------- what is not here


def test_a_channel_an_author_or_a_picture_of_nobody_here_is_not_found(small_practice: Practice) -> None:
    for values in (
        {"channels": ("nowhere",)},
        {"author_id": "nobody"},
        {"pictures": (PictureUse(digest="0" * 64),)},
    ):
        with pytest.raises(NotFound):
            small_practice.draft(WORDS, **values)
    assert small_practice.audited().count("revision_saved") == 0


def test_the_facts_of_a_picture_are_those_stored_never_those_sent(small_practice: Practice) -> None:
    asset = small_practice.house.drafts.add_picture(small_practice.author, make_picture(), "ward.png")
    claimed = AssetRef(digest=asset.digest, media_type="image/gif", alt_text=" A ward ", width=1, size=1)
    channel = small_practice.channel_ids[0]
    post_id = small_practice.draft(WORDS, overrides={channel: Override(assets=(claimed,)).model_dump()})
    (carried,) = contents(small_practice, post_id)[channel]["assets"]  # type: ignore[misc]
    assert carried["media_type"] == asset.media_type
    assert (carried["width"], carried["size"]) == (asset.width, asset.size)
    assert carried["alt_text"] == "A ward"


def test_the_same_picture_twice_at_once_is_kept_once(practice: Practice) -> None:
    data = make_picture()
    assets = at_once(*[lambda: practice.house.drafts.add_picture(practice.author, data, "ward.png").id] * 3)
    assert len(set(map(str, assets))) == 1


# ---------------------------------------------------------------- editing


def test_who_saves_over_somebody_elses_save_is_told_so(practice: Practice) -> None:
    post_id = practice.draft("First words.")
    opened = practice.post(post_id).version
    practice.edit(post_id, "Somebody was faster.")
    with pytest.raises(ChangedMeanwhile):
        practice.house.drafts.edit(practice.author, post_id, PostInput(text="Mine."), version=opened)
    assert practice.post(post_id).revision == 2


def test_of_two_saves_at_once_one_is_kept_and_the_other_is_told(practice: Practice) -> None:
    post_id = practice.draft("First words.")
    opened = practice.post(post_id).version

    def save(text: str) -> int:
        return practice.house.drafts.edit(
            practice.author, post_id, PostInput(text=text), version=opened
        ).revision

    ends = at_once(lambda: save("One."), lambda: save("Other."))
    assert sorted(type(end).__name__ for end in ends) == ["ChangedMeanwhile", "int"]
    assert practice.post(post_id).revision == 2


def test_an_edit_under_review_ends_the_review(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    submission_id = practice.submit(post_id)
    practice.edit(post_id, "Other words.")
    assert practice.post(post_id).state is Editorial.DRAFT
    with practice.house.database.read() as work:
        submission = work.practice(practice.id).signoffs.submission(submission_id)
    assert submission.closed_at is not None
    with pytest.raises(Refusal, match="taken back meanwhile"):
        practice.decide(practice.approver, post_id)


def test_an_edit_takes_back_the_approval_and_cancels_what_has_not_left(practice: Practice) -> None:
    publication = practice.scheduled(channels=tuple(practice.channel_ids))
    practice.edit(publication.post_id, "Other words.")
    assert practice.post(publication.post_id).state is Editorial.DRAFT
    assert [row.state for row in practice.publications(publication.post_id)] == [Delivery.CANCELLED] * 2
    with practice.house.database.read() as work:
        assert work.practice(practice.id).signoffs.standing_approval(publication.post_id) is None
    assert "approval_voided" in practice.audited(f"post:{publication.post_id}")
    practice.clock.set(publication.due_at)
    practice.work()
    assert [row.state for row in practice.publications(publication.post_id)] == [Delivery.CANCELLED] * 2


def test_even_saving_the_same_words_again_takes_the_approval_back(practice: Practice) -> None:
    publication = practice.scheduled(WORDS)
    practice.edit(publication.post_id, WORDS)
    assert practice.post(publication.post_id).state is Editorial.DRAFT


@pytest.mark.parametrize(
    ("plan", "said"), [(Plan.LOST_BEFORE, "being sent right now"), (Plan.TAKE, "This post is published")]
)
def test_a_post_that_is_out_or_may_be_out_cannot_be_edited_or_withdrawn(
    practice: Practice, network: LivelyNetwork, plan: Plan, said: str
) -> None:
    network.plans.append(plan)
    publication = practice.published(WORDS)
    with pytest.raises(CannotEdit, match=said):
        practice.edit(publication.post_id, "Other words.")
    with pytest.raises(CannotEdit, match=said):
        practice.house.drafts.withdraw(practice.author, publication.post_id, "no")
    assert practice.publication(publication.id).state is publication.state


def test_what_was_withdrawn_never_leaves_and_can_be_written_again(practice: Practice) -> None:
    publication = practice.scheduled(WORDS)
    practice.house.drafts.withdraw(practice.author, publication.post_id, "the nurse is ill")
    assert practice.post(publication.post_id).state is Editorial.WITHDRAWN
    after = practice.publication(publication.id)
    assert (after.state, after.reason) == (Delivery.CANCELLED, "the nurse is ill")
    assert practice.audited(f"post:{publication.post_id}")[-1] == "post_withdrawn"
    practice.edit(publication.post_id, "Next week, then.")
    assert practice.post(publication.post_id).state is Editorial.DRAFT


def test_a_rejected_post_is_written_anew_before_it_can_be_withdrawn(small_practice: Practice) -> None:
    post_id = small_practice.draft(WORDS)
    small_practice.submit(post_id)
    small_practice.decide(small_practice.approver, post_id, DecisionKind.REJECT)
    with pytest.raises(IllegalMove):
        small_practice.house.drafts.withdraw(small_practice.author, post_id, "")
    small_practice.edit(post_id, "Better words.")
    small_practice.house.drafts.withdraw(small_practice.author, post_id, "")


def test_a_post_of_another_practice_is_not_found(small_practice: Practice) -> None:
    post_id = small_practice.draft(WORDS)
    stranger = replace(small_practice.author, practice_id="another")
    with pytest.raises(NotFound):
        small_practice.house.drafts.edit(stranger, post_id, PostInput(text="Mine now."))
    with pytest.raises(NotFound):
        small_practice.house.drafts.withdraw(stranger, post_id, "")


def test_an_edit_while_the_daemon_claims_either_stops_it_or_comes_too_late(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = practice.scheduled(WORDS)
    practice.clock.set(publication.due_at + timedelta(seconds=1))
    ends = at_once(practice.work, lambda: practice.edit(publication.post_id, "Other words."))
    practice.work()
    after = practice.publication(publication.id).state
    if isinstance(ends[1], CannotEdit):
        assert (after, len(network.taken)) == (Delivery.PUBLISHED, 1)
    else:
        assert (after, len(network.taken)) == (Delivery.CANCELLED, 0)
