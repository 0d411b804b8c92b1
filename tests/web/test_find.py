"""Find or do, and the list of keys."""

from tests.support.desk import Desk


def test_posts_are_found_by_words_of_their_text_in_any_case_and_order(on_both: Desk) -> None:
    practice = on_both.practice
    practice.draft("Flu shots are in.\nWalk in any weekday, 100% free.", title="Autumn")
    practice.draft("Closed on Friday.")
    visit = on_both.visit(practice.author)
    found = visit.get("/find", params={"q": "WEEKDAY flu"}).text
    assert "Autumn" in found
    assert "Closed on Friday." not in found
    assert "Autumn" in visit.get("/find", params={"q": "100%"}).text
    assert "Autumn" not in visit.get("/find", params={"q": "50%"}).text


def test_channels_and_commands_are_found_too(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.admin)
    found = visit.get("/find", params={"q": "scripted"}).text
    assert f"/channels/{on_sqlite.practice.channel_ids[0]}" in found
    assert 'href="/keys"' in visit.get("/find", params={"q": "shortcuts"}).text


def test_people_are_found_by_an_admin_only(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    assert "amara@" in on_sqlite.visit(practice.admin).get("/find", params={"q": "amara"}).text
    assert "amara@" not in on_sqlite.visit(practice.author).get("/find", params={"q": "amara"}).text


def test_while_typing_only_the_results_are_sent(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    headers = {"HX-Request": "true", "HX-Target": "found"}
    part = visit.get("/find", params={"q": "zebra <b>"}, headers=headers).text
    assert "Nothing has “zebra &lt;b&gt;” in it" in part
    assert "<dialog" not in part
    assert "<dialog" in visit.part("/find").text


def test_the_keys_open_as_a_dialog_and_as_a_page(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    assert visit.part("/keys").text.startswith("<dialog")
    assert "<h1>Keyboard</h1>" in visit.get("/keys").text
