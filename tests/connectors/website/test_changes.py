"""Editing, taking down, pinning and paging: every file follows."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Absent, Published
from connectors.errors import AuthExpired, Rejected
from connectors.testing import MemoryJournal, make_media, make_trace
from tests.connectors.website.practice import Page, Practice, a_file, a_post, check_consistent


def headlines(practice: Practice, name: str = "index.html") -> list[str]:
    return [text for tag, text in _links(Page(practice.read(name)))]


def _links(page: Page) -> list[tuple[str, str]]:
    return [(tag, text) for tag, text in page.texts if tag == "a" and text.startswith("Post ")]


def everything(practice: Practice) -> str:
    return "".join(data.decode(errors="replace") for data in practice.files().values())


# Editing in place


def test_publishing_a_key_again_edits_the_post_and_keeps_its_address(practice: Practice) -> None:
    first = practice.publish("Clinic opens at 8. Welcome.", key="one")
    second = practice.publish("Clinic opens at 9. Welcome.", key="one")
    assert (second.url, second.published_at) == (first.url, first.published_at)
    assert "opens at 8" not in everything(practice)
    assert [entry.title for entry in practice.atom().entries] == ["Clinic opens at 9."]
    assert practice.atom().entries[0].updated == "2027-03-01T09:02:00Z"


def test_publishing_the_very_same_post_again_changes_no_byte(practice: Practice) -> None:
    practice.publish("Flu shots are in.", key="one", pictures=1)
    before = practice.files()
    now = practice.clock.now()
    post = a_post("Flu shots are in.", "one", pictures=1)
    practice.connector.publish(practice.channel, post, MemoryJournal())
    assert practice.clock.now() == now
    assert practice.files() == before


def test_a_picture_that_no_post_shows_any_more_is_gone(practice: Practice) -> None:
    practice.publish("A square.", key="one", pictures=2)
    practice.publish("The same square.", key="two", pictures=1)
    practice.publish("No square.", key="one")
    [left] = (practice.public / "media").iterdir()
    assert left.read_bytes() == make_media(0).read()
    check_consistent(practice.public, practice.url)


# Taking down


def test_taking_a_post_down_takes_its_words_pictures_and_counter(practice: Practice) -> None:
    kept = practice.publish("Still here.", key="kept")
    gone = practice.publish("Secret words.", key="gone", pictures=1, title="Hush")
    practice.connector.retract(practice.channel, gone.remote_id)
    assert "Secret" not in everything(practice)
    assert "Hush" not in everything(practice)
    assert [entry.link for entry in practice.atom().entries] == [kept.url]
    assert not list((practice.public / "media").iterdir())
    assert not list((practice.private / "media").iterdir())
    assert len(list((practice.private / "posts").iterdir())) == 1
    assert len(list((practice.private / "views").iterdir())) == 1
    assert "Secret" not in "".join(path.read_text() for path in practice.private.glob("*.json"))
    check_consistent(practice.public, practice.url)


def test_a_post_that_was_taken_down_is_certainly_absent(practice: Practice) -> None:
    published = practice.publish("Flu shots are in.", key="one")
    trace = make_trace(a_post("Flu shots are in.", "one"), MemoryJournal(), practice.clock.now())
    assert practice.connector.lookup(practice.channel, trace) == Published(
        "one", published.url, published.published_at
    )
    practice.connector.retract(practice.channel, "one")
    assert practice.connector.lookup(practice.channel, trace) == Absent()


# Pinning


def test_a_pinned_post_goes_to_the_top_and_back(practice: Practice) -> None:
    for number in range(3):
        practice.publish(f"Post {number}", key=f"k{number}")
    repost_id = practice.connector.repost(practice.channel, "k0")
    assert headlines(practice) == ["Post 0", "Post 2", "Post 1"]
    assert [entry.title for entry in practice.atom().entries] == ["Post 0", "Post 2", "Post 1"]
    assert Page(practice.read("index.html")).text("span").startswith("Pinned")
    practice.connector.undo_repost(practice.channel, "k0", repost_id)
    assert headlines(practice) == ["Post 2", "Post 1", "Post 0"]
    assert "Pinned" not in everything(practice)


def test_the_latest_pin_is_the_topmost(practice: Practice) -> None:
    for number in range(3):
        practice.publish(f"Post {number}", key=f"k{number}")
    practice.connector.repost(practice.channel, "k0")
    practice.clock.advance(timedelta(hours=1))
    practice.connector.repost(practice.channel, "k1")
    assert headlines(practice) == ["Post 1", "Post 0", "Post 2"]


def test_a_pin_outlives_an_edit_and_lifts_even_the_oldest_post_into_the_feed(practice: Practice) -> None:
    for number in range(55):
        practice.publish(f"Post {number}", key=f"k{number}")
    practice.connector.repost(practice.channel, "k0")
    practice.publish("Post zero", key="k0")
    assert practice.atom().entries[0].title == "Post zero"
    assert len(practice.atom().entries) == 50
    assert len(headlines(practice)) == 21


def test_a_post_that_is_gone_cannot_be_pinned_but_can_be_let_go(practice: Practice) -> None:
    with pytest.raises(Rejected, match="no longer on the website"):
        practice.connector.repost(practice.channel, "never")
    practice.connector.undo_repost(practice.channel, "never", "never")


# Paging


def test_the_news_page_shows_twenty_and_leads_to_the_next_one(practice: Practice) -> None:
    for number in range(45):
        practice.publish(f"Post {number}", key=f"k{number}")
    assert headlines(practice) == [f"Post {number}" for number in range(44, 24, -1)]
    assert 'href="page/2.html#2027-03-01-post-24"' in practice.read("index.html")
    assert headlines(practice, "page/2.html") == [f"Post {number}" for number in range(39, 19, -1)]
    assert 'href="1.html"' in practice.read("page/2.html")
    assert 'href="3.html"' in practice.read("page/2.html")
    assert 'id="2027-03-01-post-24"' in practice.read("page/2.html")
    check_consistent(practice.public, practice.url)


def test_a_new_post_leaves_every_older_page_alone(practice: Practice) -> None:
    for number in range(41):
        practice.publish(f"Post {number}", key=f"k{number}")
    before = practice.files()
    practice.publish("Post 41", key="k41")
    changed = {name for name, data in practice.files().items() if before.get(name) != data}
    assert changed == {
        "index.html",
        "page/3.html",
        "p/2027-03-01-post-41.html",
        "feed.atom",
        "feed.json",
        "fragment.html",
        "embed.html",
    }


def test_taking_an_old_post_down_touches_its_own_page_only(practice: Practice) -> None:
    for number in range(65):
        practice.publish(f"Post {number}", key=f"k{number}")
    before = practice.files()
    practice.clock.advance(timedelta(minutes=1))
    practice.connector.retract(practice.channel, "k5")
    after = practice.files()
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"page/1.html", "p/2027-03-01-post-5.html", "feed.atom"}
    assert len(headlines(practice, "page/1.html")) == 19


def test_a_page_that_comes_to_nothing_leaves_no_dead_link(practice: Practice) -> None:
    for number in range(60):
        practice.publish(f"Post {number}", key=f"k{number}")
    for number in range(20, 40):
        practice.connector.retract(practice.channel, f"k{number}")
    assert not (practice.public / "page" / "2.html").exists()
    assert 'href="1.html"' in practice.read("page/3.html")
    assert 'href="3.html"' in practice.read("page/1.html")
    check_consistent(practice.public, practice.url)


# The truth is the records


def test_a_lost_index_is_made_anew_from_the_records(practice: Practice) -> None:
    for number in range(25):
        practice.publish(f"Post {number}", key=f"k{number}", pictures=number % 2)
    practice.connector.repost(practice.channel, "k3")
    before = practice.files()
    (practice.private / "index.json").write_text("{")
    practice.connector.undo_repost(practice.channel, "none", "none")
    practice.publish("Post 24", key="k24")
    after = practice.files()
    assert {name for name in before if before[name] != after[name]} <= {"feed.atom", "feed.json"}
    assert len(json.loads((practice.private / "index.json").read_text())["rows"]) == 25


def test_a_damaged_record_is_named_and_nothing_changes(practice: Practice) -> None:
    practice.publish("Post 1", key="k1")
    record = practice.private / "posts" / "k1.json"
    record.write_text('{"version": 1, "key": "k1"}')
    before = practice.files()
    with pytest.raises(AuthExpired, match=r"A record of the website is damaged: .*k1\.json\. Restore it"):
        practice.publish("Post 2", key="k2")
    assert practice.files() == before


def test_the_pages_come_back_when_the_folder_was_emptied_and_the_channel_is_checked(tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    practice.publish("Post 1", key="k1", pictures=1)
    before = practice.files()
    for path in [path for path in practice.public.rglob("*") if path.is_file()]:
        path.unlink()
    with pytest.raises(AuthExpired, match="has lost our pages"):
        practice.publish("Post 2", key="k2")
    assert practice.connector.verify(practice.channel).ok
    assert practice.files() == before


# What pages cannot show


@pytest.mark.parametrize(
    ("post", "sentence"),
    [
        (a_post(" ", "k"), "The post is empty."),
        (a_post("Hi.", "k", link="javascript:alert(1)"), "The link is not a web address."),
        (a_post("Hi.", "k", link="https://a b.example"), "The link is not a web address."),
        (a_post("Hi.", "k", link="http://[bad"), "The link is not a web address."),
        (a_post("Hi.", "k", media=(a_file(b"x", "image/png", " "),)), "has no description"),
        (a_post("Hi.", "k", media=(a_file(b"<svg/>", "image/svg+xml"),)), "cannot show a-file"),
        (a_post("Hi.", "k", pictures=11), "at most 10 pictures"),
    ],
)
def test_what_pages_cannot_show_is_refused_in_one_sentence(
    practice: Practice, post: object, sentence: str
) -> None:
    with pytest.raises(Rejected, match=sentence):
        practice.connector.publish(practice.channel, post, MemoryJournal())  # type: ignore[arg-type]
    assert not practice.private.exists()


def test_the_check_points_at_the_picture_without_a_description(practice: Practice) -> None:
    post = a_post("Hi.", "k", media=(a_file(b"x", "image/png"), a_file(b"y", "image/png", "")))
    [finding] = practice.connector.check(practice.channel, post.content)
    assert finding.span is not None
    assert (finding.span.field, finding.channel_id) == ("assets.1.alt_text", practice.channel.id)
