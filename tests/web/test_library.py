"""The pictures, and the files themselves."""

import io
import re

from PIL import Image

from drafting.posts import PictureUse
from tests.support.desk import Desk


def picture(colour: str = "teal") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    return data.getvalue()


def test_a_picture_is_added_described_and_found_where_it_is_used(on_both: Desk) -> None:
    practice = on_both.practice
    visit = on_both.visit(practice.author)
    assert visit.post("/library", files=[("file", ("nurse.png", picture()))]).status_code == 303
    before = visit.get("/library").text
    assert "nurse.png" in before and "In no post" in before
    digest = re.search(r"/media/(\w{64})", before)
    assert digest is not None
    use = PictureUse(digest=digest[1], alt_text="A nurse at the desk.")
    practice.draft("Come in.", title="Flu week", pictures=(use,))
    after = visit.get("/library").text
    assert 'alt="A nurse at the desk."' in after
    assert "Flu week</a>" in after


def test_several_files_are_added_and_the_unsound_one_is_named(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    files = [("file", ("good.png", picture())), ("file", ("bad.png", b"no picture"))]
    answer = visit.post("/library", files=files)
    assert answer.status_code == 422
    assert "“bad.png” is not a picture" in answer.text
    assert "good.png" in answer.text


def test_nothing_chosen_is_said(on_sqlite: Desk) -> None:
    answer = on_sqlite.visit(on_sqlite.practice.author).post("/library", files=[("file", ("", b""))])
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_a_file_is_served_to_members_only_and_may_be_kept(on_sqlite: Desk) -> None:
    practice = on_sqlite.practice
    asset = practice.house.drafts.add_picture(practice.author, picture(), "nurse.png")
    served = on_sqlite.visit(practice.approver).get(f"/media/{asset.digest}")
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(served.content)).size == (40, 30)
    assert on_sqlite.visit().get(f"/media/{asset.digest}").status_code == 303


def test_a_file_that_is_not_ours_is_not_there(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    assert visit.get(f"/media/{'0' * 64}").status_code == 404
    assert visit.get("/media/..%2f..%2frounds.db").status_code == 404


def test_many_pictures_come_in_parts_with_the_same_number_of_queries(on_sqlite: Desk) -> None:
    practice, visit = on_sqlite.practice, on_sqlite.visit(on_sqlite.practice.author)
    counts = []
    for more in (1, 29):
        for number in range(more):
            name = f"{more}-{number}.png"
            practice.house.drafts.add_picture(practice.author, picture(f"#{more:02}{number:02}77"), name)
        with on_sqlite.counting() as seen:
            page = visit.get("/library").text
        counts.append(len(seen.statements))
    assert counts[0] == counts[1]
    assert "1 to 24 of 30" in page
    assert "25 to 30 of 30" in visit.get("/library?part=2").text
    assert "25 to 30 of 30" in visit.get("/library?part=99").text
