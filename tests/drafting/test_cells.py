"""Words, names, links and files as cells hold them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafting.cells import read_text, runs_in_a_spreadsheet
from drafting.dates import Unfit
from drafting.table import Formula
from tests.drafting.calendars import only, read_row, the_error, warnings_of


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("https://evil.example","click")',
        " =A1",
        "\t=A1",
        "＝A1",
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "@SUM(A1:A3)",
        "-SUM(A1:A3)",
        "+sum(a1)",
        "-1+SUM(A1)",
        "+A1",
        "-A1",
        "- A1",
        "@A1",
        "+$A$1",
        "+A1+B2",
        "-A1*2",
        "+A1:B9",
        "+Sheet2!A1",
        "+(A1)",
        "--A1",
        "+-A1",
        "@IMPORTXML(CONCAT(a,b))",
        "＋SUM(A1)",
        "＠SUM(A1)",
        "+MSEXCEL|'\\..\\..\\x.exe'!''",
    ],
)
def test_what_a_spreadsheet_would_run_is_refused(text: str) -> None:
    assert runs_in_a_spreadsheet(text)
    with pytest.raises(Unfit, match="formula"):
        read_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "@clinic thanks for the visit",
        "@clinic",
        "@drsmith's tips",
        "- Flu shots\n- Travel advice",
        "- B12 and iron: who needs them?",
        "- A1C: know your number",
        "- B12 - why it matters",
        "-20% on sunscreen",
        "+1 for flu shots",
        "+1 555 010 0199 is our new number",
        "+49 30 1234567",
        "+ Open on Saturdays",
        "@B12 deficiency: what to know",
        "+++ News +++",
        "-- the team",
        "@clinic | New hours!",
        "- Free parking (2 hours)",
        "-",
        "a=b",
        "1+1 offer",
        "#flu season",
        "#1 question we hear",
        "5 > 3",
    ],
)
def test_prose_that_only_looks_like_it_is_kept(text: str) -> None:
    assert read_text(text) == text


@pytest.mark.parametrize(
    "column", ["title", "text", "first_comment", "campaign", "labels", "creator", "id", "channels"]
)
def test_no_column_of_words_lets_a_formula_in(column: str) -> None:
    problem = the_error(read_row(**{column: "=cmd|' /C calc'!A0"}))
    assert problem.column == column
    assert "formula" in problem.message


def test_a_formula_cell_is_refused_whatever_it_shows() -> None:
    with pytest.raises(Unfit, match="holds a formula"):
        read_text(Formula("=A1"))


@settings(deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd\u2028\u2029"), max_size=60
    )
)
def test_words_come_in_as_they_are_written(text: str) -> None:
    if runs_in_a_spreadsheet(text) or text.strip().startswith("#"):
        return
    assert read_text(text) == text.strip()


def test_line_breaks_become_plain_ones() -> None:
    assert read_text("a\r\nb\rc\vd\u2028e") == "a\nb\nc\nd\ne"


@pytest.mark.parametrize("text", ["a\0b", "a\x07b", "a\x1b[31m", "a\x85b", "a\ud800b"])
def test_control_characters_are_named_and_refused(text: str) -> None:
    with pytest.raises(Unfit, match=r"control character \(U\+[0-9A-F]{4}\) after “a”"):
        read_text(text)


def test_a_lost_letter_is_refused_where_it_stands() -> None:
    assert the_error(read_row(text="Caf\ufffd opens")).message.endswith("after “Caf”.")


@pytest.mark.parametrize("text", ["GroÃŸe Neuigkeiten", "CafÃ© hours", "Itâ€™s time"])
def test_garbled_letters_are_pointed_at(text: str) -> None:
    assert "letters gone wrong" in warnings_of(read_row(text=text))[0].message


def test_formatting_marks_are_pointed_at() -> None:
    assert warnings_of(read_row(text="Open <b>today</b>"))[0].message == "<b> will be published as it stands."
    assert warnings_of(read_row(text="5 < 7 and 8 > 3, a<b")) == []


def test_a_spreadsheets_error_is_refused() -> None:
    assert "error #REF!" in the_error(read_row(text="#REF!")).message
    assert only(read_row(text="#NoTobacco")).text == "#NoTobacco"


@pytest.mark.parametrize(
    "written", ["Facebook, X", "Facebook; X", "Facebook|X", "Facebook\nX", " Facebook ;; X; "]
)
def test_channels_may_be_separated_in_many_ways(written: str) -> None:
    assert only(read_row(channels=written)).channels == ("Facebook", "X")


def test_a_channel_named_twice_is_one() -> None:
    assert only(read_row(channels="Facebook; facebook")).channels == ("Facebook",)


def test_a_row_without_a_channel_is_refused() -> None:
    problem = the_error(read_row(channels=" "))
    assert (problem.column, problem.message) == ("channels", "There is no channel.")


def test_labels_lose_their_sharp() -> None:
    assert only(read_row(labels="#flu, winter")).labels == ("flu", "winter")


def test_hashtags_follow_the_words_once() -> None:
    post = only(read_row(text="Get your #flu shot.", hashtags="flu #prevention, #Flu"))
    assert post.text == "Get your #flu shot.\n\n#prevention"


def test_no_words_and_no_picture_is_no_post() -> None:
    assert the_error(read_row(text="")).message == "There are no words and no picture."
    assert only(read_row(text="", media="a.jpg")).text == ""


@pytest.mark.parametrize("written", ["a.jpg; b.jpg", "a.jpg\nb.jpg", "a.jpg|b.jpg", "a.jpg;b.jpg;"])
def test_pictures_may_be_separated_in_many_ways(written: str) -> None:
    assert only(read_row(media=written)).media == ("a.jpg", "b.jpg")


def test_a_picture_may_lie_in_a_folder() -> None:
    assert only(read_row(media=r"autumn\flu, large.jpg")).media == ("autumn/flu, large.jpg",)


@pytest.mark.parametrize(
    "written", ["../a.jpg", "/etc/a.jpg", r"C:\a.jpg", r"..\..\a.jpg", "x/../../a.jpg", r"\\host\a.jpg"]
)
def test_a_picture_never_leads_out_of_its_folder(written: str) -> None:
    assert the_error(read_row(media=written)).fix == "Write a.jpg."


@pytest.mark.parametrize(
    "written", ["https://example.org/a.jpg", "file:///etc/passwd", "data:image/png;base64,AA"]
)
def test_a_picture_is_not_fetched_from_anywhere(written: str) -> None:
    assert "not fetched" in the_error(read_row(media=written)).message


@pytest.mark.parametrize(
    "written", ["One\nTwo; with a semicolon", "One | Two; with a semicolon", "One; Two", "One; Two;\n"]
)
def test_each_picture_gets_its_alt_text(written: str) -> None:
    post = only(read_row(media="a.jpg; b.jpg", alt_text=written))
    assert len(post.alt_texts) == 2
    assert post.alt_texts[0] == "One"
    assert post.alt_texts[1].startswith("Two")


def test_one_picture_takes_the_whole_alt_text() -> None:
    post = only(read_row(media="a.jpg", alt_text="A nurse; she smiles,\nand waves | hello"))
    assert post.alt_texts == ("A nurse; she smiles, and waves | hello",)


def test_a_picture_without_its_alt_text_keeps_its_place() -> None:
    assert only(read_row(media="a.jpg; b.jpg; c.jpg", alt_text="One;; Three")).alt_texts == (
        "One",
        "",
        "Three",
    )
    assert only(read_row(media="a.jpg; b.jpg")).alt_texts == ()


@pytest.mark.parametrize(
    ("media", "alt_text", "message"),
    [
        ("a.jpg; b.jpg; c.jpg", "One; Two", "There are 3 pictures and 2 alt texts."),
        ("a.jpg; b.jpg", "One", "There are 2 pictures and 1 alt text."),
        ("", "One", "There is an alt text and no picture."),
    ],
)
def test_alt_texts_and_pictures_must_match(media: str, alt_text: str, message: str) -> None:
    problem = the_error(read_row(media=media, alt_text=alt_text))
    assert (problem.column, problem.message) == ("alt_text", message)


@pytest.mark.parametrize(
    "written", ["https://example.org", "http://example.org/a?b=c#d", "https://exämple.org/ü"]
)
def test_a_web_address_is_taken_as_it_is(written: str) -> None:
    assert only(read_row(link=written)).link == written


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("example.org/flu", "Write https://example.org/flu."),
        ("www.example.org", "Write https://www.example.org."),
        ("javascript:alert(1)", "Write one address that begins with https://."),
        ("ftp://example.org", "Write one address that begins with https://."),
        ("https://user:secret@example.org", "Write one address that begins with https://."),
        ("https://", "Write one address that begins with https://."),
        ("https://a.org https://b.org", "Write one address that begins with https://."),
        ("https://[bad.org", "Write one address that begins with https://."),
        ("https://a.org:port", "Write one address that begins with https://."),
        ("our site", "Write one address that begins with https://."),
    ],
)
def test_what_is_no_web_address_is_refused(written: str, fix: str) -> None:
    assert the_error(read_row(link=written)).fix == fix


def test_every_fault_of_a_row_is_said_at_once() -> None:
    reading = read_row(
        date="soon", time="25:00", channels="", text="=1", link="our site", media="../a.jpg", zone="x"
    )
    assert {problem.column for problem in reading.errors} == {
        "date",
        "time",
        "channels",
        "text",
        "link",
        "media",
        "zone",
    }
    assert reading.rows == ()
