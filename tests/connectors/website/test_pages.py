"""What stands on a page: the words once, the pictures described, the facts for search engines."""

import json
import re
from pathlib import Path

from connectors.testing import make_media
from tests.connectors.website.practice import Page, Practice, a_file, a_post, check_consistent

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_a_permalink_says_what_it_is_to_people_and_to_machines(tmp_path: Path) -> None:
    practice = Practice(tmp_path, language="en-US", author="Dr. Ada Lee")
    published = practice.publish("Flu shots are in. Walk in any weekday.", pictures=1)
    page, address = practice.page_of(published), f"{practice.url}/p/2027-03-01-flu-shots-are-in.html"
    picture = page.meta("og:image")
    assert published.url == address
    assert page.text("title") == "Flu shots are in. · Elm Street News"
    assert page.text("h1") == "Flu shots are in."
    assert page.meta("description") == page.meta("og:description") == "Walk in any weekday."
    assert page.meta("og:type") == "article"
    assert page.meta("og:title") == "Flu shots are in."
    assert page.meta("og:url") == address
    assert page.meta("og:site_name") == "Elm Street News"
    assert page.meta("og:locale") == "en_US"
    assert page.meta("og:image:alt") == "A plain square, number 1"
    assert page.meta("article:published_time") == "2027-03-01T09:01:00Z"
    assert page.meta("article:modified_time") == "2027-03-01T09:01:00Z"
    assert {"rel": "canonical", "href": address} in page.all("link")
    assert json.loads(page.text("script")) == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": "Flu shots are in.",
        "description": "Walk in any weekday.",
        "datePublished": "2027-03-01T09:01:00Z",
        "dateModified": "2027-03-01T09:01:00Z",
        "inLanguage": "en-US",
        "url": address,
        "mainEntityOfPage": address,
        "author": {"@type": "Person", "name": "Dr. Ada Lee"},
        "publisher": {"@type": "Organization", "name": "Elm Street News", "url": f"{practice.url}/"},
        "image": [picture],
    }


def test_the_headline_and_the_text_below_it_say_everything_once(practice: Practice) -> None:
    page = practice.page_of(practice.publish("Flu shots are in. Walk in any weekday."))
    assert page.text("h1") == "Flu shots are in."
    assert page.source.count("Walk in any weekday.</p>") == 1
    assert "<p>Flu shots are in." not in page.source


def test_a_title_of_its_own_stands_above_the_whole_text(practice: Practice) -> None:
    page = practice.page_of(practice.publish("Flu shots are in.", title="News\nfor the autumn"))
    assert page.text("h1") == "News for the autumn"
    assert "<p>Flu shots are in.</p>" in page.source


def test_every_picture_carries_its_description_and_its_size(practice: Practice) -> None:
    page = practice.page_of(practice.publish("Two squares.", pictures=2))
    assert [image["alt"] for image in page.all("img")] == [
        "A plain square, number 1",
        "A plain square, number 2",
    ]
    assert {(image["width"], image["height"]) for image in page.all("img")} == {("8", "8")}


def test_a_video_is_played_by_the_page_and_described(practice: Practice) -> None:
    film = a_file(b"not really a film", "video/mp4", "How to wash your hands")
    page = practice.page_of(practice.publish("Watch.", media=(film,)))
    [video] = page.all("video")
    assert video["aria-label"] == "How to wash your hands"
    assert (practice.public / "p" / video["src"]).read_bytes() == film.read()


def test_the_link_is_a_call_to_action_that_names_its_host(practice: Practice) -> None:
    page = practice.page_of(practice.publish("Book online.", link="https://www.booking.example/elm?x=1&y=2"))
    [call] = [link for link in page.all("a") if link.get("class") == "cta"]
    assert call["href"] == "https://www.booking.example/elm?x=1&y=2"
    assert "More at booking.example" in page.text("a")


def test_markup_from_any_field_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    practice = Practice(tmp_path, title=ATTACK, description=ATTACK, author=ATTACK)
    media = a_file(make_media(0).read(), "image/png", ATTACK)
    link = f"https://booking.example/{ATTACK.replace(' ', '')}"
    published = practice.publish(ATTACK, title=ATTACK, media=(media,), link=link)
    pages = [
        Page(practice.read(name)) for name in ("index.html", "fragment.html", "embed.html", "page/1.html")
    ]
    for page in [*pages, practice.page_of(published)]:
        assert {tag.get("type") for tag in page.all("script")} <= {"application/ld+json"}
        assert not [tag for tag in page.all("img") if "onerror" in tag]
    for entry in [
        practice.atom().entries[0].content[0].value,
        practice.json_feed()["items"][0]["content_html"],
    ]:
        assert {tag for tag, _ in Page(entry).tags} <= {"figure", "img", "p", "a"}


def test_no_page_carries_an_inline_style_or_script_or_handler(practice: Practice) -> None:
    practice.publish("Flu shots are in. Walk in.", pictures=2, link="https://booking.example")
    for name, source in practice.files().items():
        if name.endswith(".html"):
            page = Page(source.decode())
            assert not page.all("style"), name
            assert not [tag for tag in page.all("script") if tag.get("type") != "application/ld+json"], name
            assert not [
                key for _, tag in page.tags for key in tag if key == "style" or key.startswith("on")
            ], name


def test_no_page_loads_anything_from_an_outside_host(practice: Practice) -> None:
    practice.publish("See https://cdc.gov/flu for more.", pictures=1, link="https://booking.example")
    for name, source in practice.files().items():
        if name.endswith(".html"):
            page = Page(source.decode())
            loads = [tag["src"] for _, tag in page.tags if "src" in tag]
            loads += [tag["href"] for tag in page.all("link") if tag["rel"] == "stylesheet"]
            assert not [address for address in loads if re.match(r"\w+:|//", address)], name
    assert not re.search(r"url\(|@import", practice.read("site.css"))


def test_a_page_forbids_itself_whatever_it_does_not_need(practice: Practice) -> None:
    page = practice.page_of(practice.publish("Flu shots are in."))
    [policy] = [
        tag["content"] for tag in page.all("meta") if tag.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert page.meta("referrer") == "same-origin"


def test_a_long_post_is_cut_on_the_news_page_and_whole_on_its_own(practice: Practice) -> None:
    published = practice.publish("Closed on Friday. " + "We are sorry for the trouble. " * 40 + "The end.")
    assert "The end." not in practice.read("index.html")
    assert "Read on" in Page(practice.read("index.html")).text("a")
    assert "The end." in practice.page_of(published).source


def test_an_edited_post_says_when(practice: Practice) -> None:
    practice.publish("Flu shots come in May.", key="one")
    practice.clock.set(practice.clock.now().replace(day=9))
    page = practice.page_of(practice.publish("Flu shots come in June.", key="one"))
    assert "Updated March 9, 2027" in page.text("span")
    assert page.meta("article:modified_time") == "2027-03-09T09:02:00Z"
    assert page.meta("article:published_time") == "2027-03-01T09:01:00Z"


def test_the_fragment_is_a_list_of_whole_addresses_without_styles(practice: Practice) -> None:
    for number in range(7):
        practice.publish(f"Post {number}. More.")
    fragment = Page(practice.read("fragment.html"))
    assert [tag for tag, _ in fragment.tags][:2] == ["section", "ul"]
    assert len(fragment.all("li")) == 5
    assert fragment.text("a").startswith("Post 6. Post 5.")
    assert all(address.startswith(f"{practice.url}/p/") for address in fragment.addresses())


def test_the_page_for_a_frame_opens_its_links_in_the_page_around_it(practice: Practice) -> None:
    practice.publish("Flu shots are in.")
    embed = Page(practice.read("embed.html"))
    assert [link["target"] for link in embed.all("a")] == ["_top"]


def test_a_site_without_posts_stands_from_the_first_day(practice: Practice) -> None:
    assert practice.connector.verify(practice.channel).ok
    assert "Nothing here yet." in practice.read("index.html")
    assert practice.atom().entries == practice.json_feed()["items"] == []
    check_consistent(practice.public, practice.url)


def test_two_posts_with_one_headline_get_an_address_each(practice: Practice) -> None:
    first = practice.publish("We are closed.", key="a")
    second = practice.publish("We are closed.", key="b")
    assert [first.url, second.url] == [
        f"{practice.url}/p/2027-03-01-we-are-closed.html",
        f"{practice.url}/p/2027-03-01-we-are-closed-2.html",
    ]


def test_a_key_can_never_leave_the_records(practice: Practice) -> None:
    post = a_post("Hello there.", "../../../up")
    published = practice.publish("Hello there.", key=post.key)
    assert published.remote_id == "../../../up"
    assert [path.name for path in (practice.private / "posts").iterdir()] == ["..%2F..%2F..%2Fup.json"]
