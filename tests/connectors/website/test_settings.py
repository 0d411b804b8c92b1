"""A channel's options are checked at the door, and the sentence says how to mend them."""

from pathlib import Path

import pytest

from tests.connectors.website.practice import Practice


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"language": "klingon"}, "language “klingon” is not known; try en-US, es or de"),
        ({"time_zone": "Mars/Olympus"}, "time_zone “Mars/Olympus” is not known; try America/Chicago"),
        ({"time_zone": "../secret"}, "time_zone “../secret” is not known; try America/Chicago"),
        ({"site_url": "elm.example"}, "site_url must look like https://www.example.org/news"),
        ({"site_url": "https://me:pw@elm.example"}, "site_url must look like https://www.example.org/news"),
        ({"site_url": "https://elm.example/?a=1"}, "site_url must look like https://www.example.org/news"),
        ({"count_views": "perhaps"}, "count_views: Input should be a valid boolean"),
        ({"folder": "out"}, "a folder but no site_url"),
        ({"folder": "../out", "site_url": "https://elm.example"}, "leaves the data folder"),
        ({"folder": ".", "site_url": "https://elm.example"}, "holds Rounds' own data"),
        ({"folder": "website/01site", "site_url": "https://elm.example"}, "holds Rounds' own data"),
        ({"folder": "/", "site_url": "https://elm.example"}, "holds Rounds' own data"),
    ],
)
def test_an_option_that_does_not_work_is_told_in_one_sentence(
    tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    practice = Practice(tmp_path, **options)
    health = practice.connector.verify(practice.channel)
    assert not health.ok
    assert sentence in health.detail
    assert not practice.private.exists()


def test_an_empty_option_counts_as_left_out(tmp_path: Path) -> None:
    practice = Practice(tmp_path, folder="", site_url="", language="", time_zone="", count_views="", title="")
    assert practice.connector.verify(practice.channel).ok
    assert "<title>Elm Street News</title>" in practice.read("index.html")


def test_dates_are_shown_in_the_practices_zone_and_language(tmp_path: Path) -> None:
    practice = Practice(tmp_path, language="de", time_zone="Pacific/Auckland")
    practice.clock.set(practice.clock.now().replace(hour=20))
    published = practice.publish("Die Grippeimpfung ist da.")
    assert published.url == f"{practice.url}/p/2027-03-02-die-grippeimpfung-ist-da.html"
    page = practice.page_of(published)
    assert page.text("time") == "2. März 2027"
    assert "Alle Neuigkeiten" in page.text("a")


def test_a_language_written_from_right_to_left_turns_the_page(tmp_path: Path) -> None:
    practice = Practice(tmp_path, language="ar")
    practice.publish("مرحبا")
    assert '<html lang="ar" dir="rtl">' in practice.read("index.html")


def test_changed_settings_show_on_every_page_at_the_next_publication(tmp_path: Path) -> None:
    before = Practice(tmp_path, title="Old name")
    old = before.publish("An older post.")
    after = Practice(tmp_path, title="New name")
    after.publish("A newer post.")
    assert "Old name" not in "".join(map(str, after.files().values()))
    assert "New name" in after.page_of(old).text("title")
