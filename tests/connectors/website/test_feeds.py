"""Both feeds, read by a real parser and against the whole of JSON Feed 1.1."""

from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.connectors.website.practice import Practice

ADDRESS = {"type": "string", "pattern": r"^https?://[^\s]+$"}
WORDS = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
LANGUAGE = {"type": "string", "pattern": r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {"minProperties": 1, **closed([], name=WORDS, url=ADDRESS, avatar=ADDRESS)},
}
ATTACHMENT = closed(
    ["url", "mime_type"],
    url=ADDRESS,
    mime_type={"type": "string", "pattern": r"^\w+/[\w.+-]+$"},
    title=WORDS,
    size_in_bytes={"type": "integer", "minimum": 0},
    duration_in_seconds={"type": "number"},
)
ITEM = {
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    **closed(
        ["id"],
        id=WORDS,
        url=ADDRESS,
        external_url=ADDRESS,
        title=WORDS,
        content_html={"type": "string"},
        content_text=WORDS,
        summary=WORDS,
        image=ADDRESS,
        banner_image=ADDRESS,
        date_published=MOMENT,
        date_modified=MOMENT,
        authors=AUTHORS,
        tags={"type": "array", "items": WORDS},
        language=LANGUAGE,
        attachments={"type": "array", "items": ATTACHMENT},
    ),
}
JSON_FEED = closed(
    ["version", "title", "items"],
    version={"const": "https://jsonfeed.org/version/1.1"},
    title=WORDS,
    home_page_url=ADDRESS,
    feed_url=ADDRESS,
    description=WORDS,
    user_comment=WORDS,
    next_url=ADDRESS,
    icon=ADDRESS,
    favicon=ADDRESS,
    authors=AUTHORS,
    language=LANGUAGE,
    expired={"type": "boolean"},
    hubs={"type": "array"},
    items={"type": "array", "items": ITEM},
)


def filled(tmp_path: Path) -> Practice:
    practice = Practice(tmp_path, language="en-US", description="From Elm Street.", author="The team")
    practice.publish("Just a word.")
    practice.publish("", pictures=1)
    practice.publish("Flu & co. <are> in.\n\nWalk in.", link="https://booking.example/?a=1&b=2", pictures=2)
    return practice


def test_the_json_feed_is_valid_to_the_letter(tmp_path: Path) -> None:
    practice = filled(tmp_path)
    Draft202012Validator(JSON_FEED).validate(practice.json_feed())
    [first, second, third] = practice.json_feed()["items"]
    assert first["content_text"] == "Flu & co. <are> in.\n\nWalk in."
    assert first["external_url"] == "https://booking.example/?a=1&b=2"
    assert [file["mime_type"] for file in first["attachments"]] == ["image/png", "image/png"]
    assert first["image"] == first["attachments"][0]["url"]
    assert second["title"] == "A plain square, number 1"
    assert third["url"] == f"{practice.url}/p/2027-03-01-just-a-word.html"


def test_the_schema_of_the_json_feed_is_strict() -> None:
    minimal: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": []}
    validator = Draft202012Validator(JSON_FEED)
    assert validator.is_valid(minimal)
    assert not validator.is_valid(minimal | {"author": {"name": "old style"}})
    assert not validator.is_valid(minimal | {"items": [{"id": "1"}]})


def test_the_atom_feed_is_read_whole_by_a_real_parser(tmp_path: Path) -> None:
    practice = filled(tmp_path)
    feed = practice.atom()
    assert feed.version == "atom10"
    assert feed.feed.title == "Elm Street News"
    assert feed.feed.subtitle == "From Elm Street."
    assert feed.feed.author == "The team"
    assert feed.feed.updated == "2027-03-01T09:03:00Z"
    assert feed.feed.id.startswith("urn:uuid:")
    entry = feed.entries[0]
    assert entry.title == "Flu &amp; co." or entry.title == "Flu & co."
    assert entry.link == f"{practice.url}/p/2027-03-01-flu-co.html"
    assert entry.published == entry.updated == "2027-03-01T09:03:00Z"
    assert "<p>Flu &amp; co. &lt;are&gt; in.</p>" in entry.content[0].value
    assert [link.type for link in entry.links if link.rel == "enclosure"] == ["image/png", "image/png"]
    assert [link.href for link in entry.links if link.rel == "related"] == [
        "https://booking.example/?a=1&b=2"
    ]


def test_both_feeds_name_the_same_posts_by_the_same_ids(tmp_path: Path) -> None:
    practice = filled(tmp_path)
    ids = [item["id"] for item in practice.json_feed()["items"]]
    assert ids == [entry.id for entry in practice.atom().entries]
    assert len(set(ids)) == 3


def test_an_id_survives_an_edit_and_a_change_of_address(tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    practice.publish("Flu shots are in.", key="one")
    before = practice.atom()
    moved = Practice(tmp_path, site_url="https://elm.example/news")
    moved.publish("Flu shots are here.", key="one")
    after = moved.atom()
    assert (after.feed.id, after.entries[0].id) == (before.feed.id, before.entries[0].id)
    assert after.entries[0].link == "https://elm.example/news/p/2027-03-01-flu-shots-are-in.html"


def test_a_feed_holds_the_newest_fifty(practice: Practice) -> None:
    for number in range(52):
        practice.publish(f"Post number {number}.")
    titles = [entry.title for entry in practice.atom().entries]
    assert titles == [f"Post number {number}." for number in range(51, 1, -1)]
    assert [item["title"] for item in practice.json_feed()["items"]] == titles


def test_text_in_any_script_comes_through_unchanged(practice: Practice) -> None:
    written = "Vacuna 💉 disponible: ¡ven! 流感疫苗 — “hoy”\u200f עכשיו"
    practice.publish(written)
    assert practice.json_feed()["items"][0]["content_text"] == written
    assert written in practice.atom().entries[0].content[0].value
