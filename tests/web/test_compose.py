"""The composer: nothing typed is lost, and what will happen is said before it does."""

import io
import re
from typing import Any

import pytest
from PIL import Image

from domain.actor import Actor
from domain.content import Content, Override
from domain.words import Role, Severity
from drafting.written import written
from store.models import PostRow
from tests.support.desk import Desk, Visit

NUMBER = "Call her on 902 555 0199."  # not the practice's own: blocked


def typed(desk: Desk, **more: Any) -> dict[str, Any]:
    """A form as a browser sends it."""
    return {
        "title": "Flu week",
        "text": "Flu shots are in. Walk in any weekday.",
        "channel": desk.practice.channel_ids[:1],
        "day": "2027-03-04",
        "time": "09:30",
    } | more


def made(desk: Desk, visit: Visit, **more: Any) -> str:
    """The id of a post that was saved on the page."""
    answer = visit.post("/posts/new", typed(desk, **more))
    assert answer.status_code == 303, answer.text
    return str(re.fullmatch(r"/posts/(\w+)/edit", answer.headers["location"])[1])  # type: ignore[index]


def stored(desk: Desk, post_id: str) -> PostRow:
    with desk.practice.house.database.read() as work:
        return work.practice(desk.practice.id).posts.get(post_id)


def carried(desk: Desk, post_id: str) -> dict[str, Content]:
    """What each channel carries now."""
    with desk.practice.house.database.read() as work:
        posts = work.practice(desk.practice.id).posts
        revision = posts.revision(post_id, posts.get(post_id).revision)
        return {row.channel_id: Content.model_validate(row.content) for row in posts.variants(revision.id)}


def test_a_new_post_is_saved_as_it_was_typed(on_both: Desk) -> None:
    practice = on_both.practice
    visit = on_both.visit(practice.author)
    post_id = made(on_both, visit, campaign="Autumn", labels="flu, prevention", part=["More tomorrow."])
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        post = written(scope, scope.posts.get(post_id))
    assert (post.title, post.campaign, post.labels) == ("Flu week", "Autumn", ("flu", "prevention"))
    assert post.thread == ("More tomorrow.",)
    assert post.author_id == practice.author.member_id
    assert stored(on_both, post_id).wall == "2027-03-04T09:30"


def test_a_refused_form_keeps_everything_that_was_typed(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite, day="", labels="flu", part=["And more."]))
    assert answer.status_code == 422
    assert "There is a time but no day" in answer.text
    for words in ("Flu shots are in. Walk in any weekday.", "And more.", 'value="flu"', 'value="09:30"'):
        assert words in answer.text, words


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("zone", "Boston", "America/New_York"),
        ("day", "2027-02-30", "This is no day of the calendar"),
        ("time", "25:00", "This is no time of day"),
        ("labels", "x" * 61, "Use at most 60 characters"),
        ("title", "x" * 201, "Use at most 200 characters"),
        ("author_id", "01M82RN8ABCDEFGHJKMNPQRSTV", "There is no member"),
        ("channel", ["01M82RN8ABCDEFGHJKMNPQRSTV"], "There is no channel"),
    ],
)
def test_what_cannot_be_used_is_said(on_sqlite: Desk, field: str, value: Any, said: str) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite) | {field: value})
    assert answer.status_code in (404, 422)
    assert said in answer.text


def test_the_same_words_again_make_no_revision(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    post_id = made(on_sqlite, visit)
    visit.post(f"/posts/{post_id}/edit", typed(on_sqlite))
    assert stored(on_sqlite, post_id).revision == 1
    visit.post(f"/posts/{post_id}/edit", typed(on_sqlite, text="Other words."))
    assert stored(on_sqlite, post_id).revision == 2


def test_one_channels_own_words_differ_and_the_others_stay_as_they_are(on_sqlite: Desk) -> None:
    first, second = on_sqlite.practice.channel_ids
    visit = on_sqlite.visit(on_sqlite.practice.author)
    own = {"own": [second], f"text.{second}": "For the second one.", f"text.{first}": "Not ticked."}
    post_id = made(on_sqlite, visit, channel=[first, second], **own)
    words = {channel: content.text for channel, content in carried(on_sqlite, post_id).items()}
    assert words == {first: "Flu shots are in. Walk in any weekday.", second: "For the second one."}


def test_an_override_that_the_page_does_not_show_is_kept(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    channel = practice.channel_ids[0]
    override = Override(options={"reply_settings": "following"})
    post_id = practice.draft("Flu shots are in.", overrides={channel: override})
    on_sqlite.visit(practice.author).post(f"/posts/{post_id}/edit", typed(on_sqlite))
    assert carried(on_sqlite, post_id)[channel].options == {"reply_settings": "following"}


def test_two_editors_never_lose_words(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    post_id = practice.draft("The clinic opens at eight.")
    mine = on_sqlite.visit(practice.author)
    opened = mine.get(f"/posts/{post_id}/edit").text
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version is not None
    theirs = on_sqlite.visit(practice.admin)
    theirs.post(f"/posts/{post_id}/edit", typed(on_sqlite, text="The clinic opens at nine."))
    ours = typed(on_sqlite, text="The clinic opens at seven.", version=version[1])
    answer = mine.post(f"/posts/{post_id}/edit", ours)
    assert answer.status_code == 422
    assert "Tom Becker saved this post after you opened it" in answer.text
    assert "The clinic opens at seven." in answer.text
    assert ">nine</del>" in answer.text
    fresh = re.search(r'name="version" value="(\d+)"', answer.text)
    assert fresh is not None
    assert mine.post(f"/posts/{post_id}/edit", ours | {"version": fresh[1]}).status_code == 303
    with practice.house.database.read() as work:
        revisions = work.practice(practice.id).posts.revisions(post_id)
    texts = [revision.base["text"] for revision in revisions]
    assert texts == [
        "The clinic opens at eight.",
        "The clinic opens at nine.",
        "The clinic opens at seven.",
    ]


# ---------------------------------------------------------------- looking while somebody types


def test_a_look_marks_the_very_words_and_leaves_the_fields_alone(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    form = typed(on_sqlite, text=f"Ask us. {NUMBER}", do="look")
    answer = visit.post("/posts/new", form, headers={"HX-Request": "true"})
    assert re.search(r'<mark class="f block"[^>]*>902 555 0199</mark>', answer.text)
    assert "1 thing to fix" in answer.text
    assert "<textarea" not in answer.text
    assert "<html" not in answer.text


def test_characters_are_counted_by_the_channels_own_count(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite, text="é" * 510, do="look"))
    assert "10 over" in answer.text
    assert "This is 10 over the 500 characters" in answer.text


def test_a_look_saves_nothing(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    on_sqlite.visit(practice.author).post("/posts/new", typed(on_sqlite, do="look"))
    with practice.house.database.read() as work:
        assert work.practice(practice.id).posts.list() == []


def test_an_empty_page_blames_nobody(on_sqlite: Desk) -> None:
    page = on_sqlite.visit(on_sqlite.practice.author).get("/posts/new")
    assert "to fix" not in page.text
    assert "Here is how it will look" in page.text


@pytest.mark.parametrize("do", ["add-part:", "drop-part::0", "drop-picture:x", "use:nothing", "check", "?"])
def test_every_other_button_shows_the_form_again_with_all_words(on_sqlite: Desk, do: str) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite, do=do, part=["One.", "Two."]))
    assert answer.status_code == 200
    assert "Flu shots are in. Walk in any weekday." in answer.text
    assert "Two." in answer.text
    assert ("One." in answer.text) is (do != "drop-part::0")


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return data.getvalue()


def test_a_picture_is_added_without_saving_and_asks_for_its_description(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    form = typed(on_sqlite, do="upload")
    shown = visit.post("/posts/new", form, files={"file": ("nurse.png", picture())})
    digest = re.search(r'name="picture" value="(\w{64})"', shown.text)
    assert digest is not None
    assert "Describe what matters in the picture" in shown.text
    post_id = made(
        on_sqlite, visit, picture=[digest[1]], **{f"alt.{digest[1]}": "A nurse at the front desk."}
    )
    (content,) = carried(on_sqlite, post_id).values()
    assert [(ref.digest, ref.alt_text) for ref in content.assets] == [
        (digest[1], "A nurse at the front desk.")
    ]


def test_a_file_that_is_no_picture_is_refused_and_the_words_stay(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    form = typed(on_sqlite, do="upload")
    answer = visit.post("/posts/new", form, files={"file": ("nurse.png", b"no picture")})
    assert answer.status_code == 422
    assert "“nurse.png” is not a picture" in answer.text
    assert "Flu shots are in." in answer.text


# ---------------------------------------------------------------- submitting


def test_what_passes_is_saved_and_submitted_in_one_go(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite, do="submit"))
    assert answer.status_code == 303
    post_id = answer.headers["location"].rpartition("/")[2]
    assert stored(on_sqlite, post_id).state == "in_review"


def test_what_is_blocked_is_kept_as_a_draft_and_shown_with_its_cause(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    visit = on_sqlite.visit(practice.author)
    answer = visit.post("/posts/new", typed(on_sqlite, text=NUMBER, do="submit"))
    assert answer.status_code == 422
    with practice.house.database.read() as work:
        (draft,) = work.practice(practice.id).posts.list()
    assert draft.state == "draft"
    assert f'action="/posts/{draft.id}/edit"' in answer.text
    assert NUMBER.rstrip(".").split()[-1] in answer.text


def test_a_warning_is_kept_with_a_reason_or_not_at_all(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    on_sqlite.practice.scheduled("Flu shots are in. Walk in any weekday.")
    twice = typed(on_sqlite, do="submit")
    first = visit.post("/posts/new", twice)
    keep = re.search(r'name="(keep\.[^"]+)"', first.text)
    assert keep is not None
    assert first.status_code == 422
    post_id = re.search(r'action="/posts/(\w+)/edit"', first.text)
    assert post_id is not None
    again = visit.post(f"/posts/{post_id[1]}/edit", twice | {keep[1]: "It is asked every week."})
    assert again.status_code == 303
    with on_sqlite.practice.house.database.read() as work:
        signoffs = work.practice(on_sqlite.practice.id).signoffs
        submission = signoffs.last_submission(post_id[1])
        assert submission is not None
        warned = [row for row in signoffs.findings(submission.id) if row.severity is Severity.WARN]
    assert warned[0].kept_reason == "It is asked every week."


def test_editing_what_is_signed_says_what_it_costs(on_sqlite: Desk) -> None:
    publication = on_sqlite.practice.scheduled()
    page = on_sqlite.visit(on_sqlite.practice.author).get(f"/posts/{publication.post_id}/edit")
    assert "This post is signed. Saving a change ends the signature" in page.text


def test_who_may_not_write_is_told_so(on_sqlite: Desk) -> None:
    house, admin = on_sqlite.practice.house, on_sqlite.practice.admin
    row = house.members.add(
        admin, name="Ada Audit", email="ada@harbourlane.example", roles=frozenset({Role.AUDITOR})
    )
    auditor = Actor(row.id, admin.practice_id, row.name, frozenset({Role.AUDITOR}), "password")
    assert on_sqlite.visit(auditor).get("/posts/new").status_code == 403


def test_a_post_of_another_practice_is_not_there(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    assert visit.get("/posts/01M82RN8ABCDEFGHJKMNPQRSTV/edit").status_code == 404
