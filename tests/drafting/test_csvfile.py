"""Delimited text as spreadsheets and people save it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drafting.calendars import only, read_bytes, read_lines, read_row, the_error, warnings_of

HEAD = "date,time,channels,text"
ROW = "2026-12-24,09:00,Facebook,"


def saved(text: str, codec: str) -> bytes:
    return f"{HEAD}\n{ROW}{text}\n".encode(codec)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_with_or_without_its_mark(codec: str) -> None:
    reading = read_bytes(saved("Café für Großeltern – “Grippe” 🩺", codec))
    assert only(reading).text == "Café für Großeltern – “Grippe” 🩺"
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        ("Café für Großeltern – “Grippe” €5", "cp1252", "Windows-1252"),
        ("Café für Großeltern", "latin-1", "Windows-1252"),
        ("Caf\xe9", "cp1252", "Windows-1252"),
        ("Прививка от гриппа для всей семьи в нашей клинике", "cp1251", "cp1251"),
    ],
)
def test_an_older_encoding_is_recognised_and_said(text: str, codec: str, named: str) -> None:
    reading = read_bytes(saved(text, codec))
    assert only(reading).text == text
    [warning] = warnings_of(reading)
    assert named in warning.message
    assert "line 2" in warning.fix


def test_two_encodings_in_one_file_are_refused_by_line() -> None:
    data = f"{HEAD}\n{ROW}Café\n".encode() + f"{ROW}plain\n{ROW}Café\n".encode("cp1252")
    problem = the_error(read_bytes(data))
    assert problem.message == "Line 4 was saved in another encoding than the lines before or after it."
    assert problem.fix == "Save it again as “CSV UTF-8”, or as .xlsx."


def test_an_encoding_that_goes_wrong_far_behind_is_found_too() -> None:
    rows = f"{ROW}Café\n".encode() * 60_000
    problem = the_error(read_bytes(f"{HEAD}\n".encode() + rows + f"{ROW}Café\n".encode("cp1252")))
    assert "Line 60002 " in problem.message


def test_bytes_without_any_encoding_are_refused() -> None:
    noise = bytes(range(128, 256)) * 40
    assert "in an encoding nobody can tell" in the_error(read_bytes(saved("", "ascii") + noise)).message


def test_nul_bytes_are_refused_by_line() -> None:
    data = f"{HEAD}\n{ROW}plain\n{ROW}a\0b and more words\n".encode()
    assert the_error(read_bytes(data)).message == "Line 3 holds NUL bytes, so this isn't a text file."


def test_unicode_that_breaks_off_is_refused() -> None:
    assert "breaks off" in the_error(read_bytes(saved("Café", "utf-16") + b"x")).message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = (["date", "time", "channels", "text"], ["2026-12-24", "09:00", "X", "Words"])
    assert only(read_lines(*map(delimiter.join, lines))).text == "Words"


def test_the_delimiter_is_found_although_another_is_more_frequent() -> None:
    reading = read_lines("date;time;channels;text", "2026-12-24;09:00;X;a, b, c, d, e, f, g, h")
    assert only(reading).text == "a, b, c, d, e, f, g, h"


@pytest.mark.parametrize("hint", ["sep=;", "SEP=;\r"])
def test_a_spreadsheets_own_hint_is_followed_and_not_counted(hint: str) -> None:
    post = only(read_lines(hint, "date;time;channels;text", "2026-12-24;09:00;X;Words"))
    assert (post.row, post.line, post.text) == (2, 3, "Words")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(end: str) -> None:
    data = end.join([HEAD, f'{ROW}"two', 'lines"', f"{ROW}one"]).encode()
    reading = read_bytes(data)
    assert [post.text for post in reading.rows] == ["two\nlines", "one"]


def test_rows_are_counted_as_the_spreadsheet_shows_them_and_lines_as_the_file_has_them() -> None:
    reading = read_lines(HEAD, f'{ROW}"a', "b", 'c"', "", f"{ROW}d", ",,,", f"{ROW}e")
    assert [(post.row, post.line) for post in reading.rows] == [(2, 2), (4, 6), (6, 8)]


def test_quoted_text_keeps_its_delimiters_quotes_and_lines() -> None:
    assert only(read_lines(HEAD, f'{ROW}"Hello, ""friends"";\nwelcome"')).text == 'Hello, "friends";\nwelcome'


def test_text_with_a_bare_comma_is_refused_before_it_is_cut_off() -> None:
    problem = the_error(read_lines(HEAD, f"{ROW}Hello, friends", f"{ROW}fine"))
    assert (problem.row, problem.message) == (2, "This row has more values than there are column names.")
    assert problem.fix == "Put text that holds a comma in quotation marks, or take the comma out."


def test_a_value_under_no_name_is_refused_too() -> None:
    assert the_error(read_lines(HEAD + ",", f"{ROW}Hello, friends")).row == 2
    assert only(read_lines(HEAD + ",,", f"{ROW}Hello,,,,")).text == "Hello"


def test_a_row_may_end_early() -> None:
    assert only(read_lines(HEAD + ",link,media", f"{ROW}Hello")).link is None


def test_a_quotation_mark_that_never_closes_is_found_where_it_opens() -> None:
    problem = the_error(read_lines(HEAD, f"{ROW}fine", f'{ROW}"open', f"{ROW}more"))
    assert (problem.row, problem.message) == (3, "A quotation mark that opens in line 3 is never closed.")


def test_a_quotation_mark_inside_quoted_text_is_found() -> None:
    problem = the_error(read_lines(HEAD, f'{ROW}"He said "hi" to us"'))
    assert (problem.row, problem.message) == (2, "Line 2 has words right after a closing quotation mark.")


def test_a_heading_may_stand_above_the_names() -> None:
    post = only(read_lines("Content calendar 2026,,,", "", "made by Mia,,,", HEAD, f"{ROW}Words"))
    assert (post.row, post.text) == (5, "Words")


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\u2028\u2029"),
    min_size=1,
).map(lambda text: "x" + text + "x")


@settings(deadline=None)
@given(st.lists(cells, min_size=1, max_size=5, unique=True), st.sampled_from(",;\t|"), st.booleans())
def test_what_a_spreadsheet_writes_is_read_back(texts: list[str], delimiter: str, mark: bool) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["date", "time", "channels", "text"])
    for text in texts:
        writer.writerow(["2026-12-24", "09:00", "X", text])
    reading = read_bytes(out.getvalue().encode("utf-8-sig" if mark else "utf-8"))
    assert [post.text for post in reading.rows] == texts


@pytest.mark.parametrize(
    "header",
    [
        "post date",
        "Post_Date",
        "POST-DATE",
        "postDate",
        " Post  Date ",
        "Post date (required)",
        "*Publish date",
    ],
)
def test_names_of_columns_are_read_generously(header: str) -> None:
    reading = read_lines(f"{header},Time,Platforms,Caption", f"{ROW}Words")
    assert only(reading).text == "Words"
    assert reading.headers["date"] == header.strip()


def test_a_problem_names_the_column_as_the_file_does() -> None:
    assert the_error(read_lines("Post Date,Time,Platforms,Caption", "soon,09:00,X,a")).column == "Post Date"


def test_an_unknown_column_is_said_with_the_nearest_name() -> None:
    reading = read_lines(HEAD + ",Campain,Budget", f"{ROW}a,autumn,100")
    assert only(reading).campaign == ""
    assert [(problem.column, problem.fix) for problem in warnings_of(reading)] == [
        ("Campain", "Rename it to “campaign” if that is what it holds."),
        ("Budget", "Nothing to do if it is only for people."),
    ]


def test_two_columns_for_one_thing_are_refused() -> None:
    problem = the_error(read_lines(HEAD + ",Caption", f"{ROW}a,b"))
    assert problem.message == "The columns “text” and “Caption” both hold the text."


def test_a_missing_column_is_said_once_and_not_for_every_row() -> None:
    reading = read_lines("date,time,chanels,text", *[f"{ROW}{number}" for number in range(50)])
    problem = the_error(reading)
    assert problem.message == "There is no column for the channels."
    assert problem.fix == "Rename the column “chanels” to “channels”."
    assert reading.rows == ()


def test_a_file_without_names_is_refused() -> None:
    problem = the_error(read_lines(f"{ROW}a", f"{ROW}b"))
    assert problem.message == "None of the columns has a known name."


def test_a_file_with_names_and_no_rows_is_refused() -> None:
    assert "no rows" in the_error(read_lines(HEAD)).message
    assert "no rows" in the_error(read_lines(HEAD, ",,,", "", " , , , ")).message


@pytest.mark.parametrize("data", [b"", b"\n\n", b" , ,\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert the_error(read_bytes(data)).message == "The file is empty."


def test_every_column_arrives() -> None:
    post = only(
        read_row(
            id="P-17",
            zone="Europe/Berlin",
            title="Flu week",
            link="https://example.org/flu",
            media="a.jpg; b.jpg",
            alt_text="One; Two",
            first_comment="See you there",
            campaign="Autumn",
            labels="flu; team",
            creator="mia@example.org",
        )
    )
    assert post.source_id == "P-17"
    assert (post.title, post.link, post.campaign) == ("Flu week", "https://example.org/flu", "Autumn")
    assert (post.media, post.alt_texts) == (("a.jpg", "b.jpg"), ("One", "Two"))
    assert (post.labels, post.creator, post.first_comment) == (
        ("flu", "team"),
        "mia@example.org",
        "See you there",
    )
