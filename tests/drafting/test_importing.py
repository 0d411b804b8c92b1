"""Bringing a calendar in: look first, then all or nothing, and the same file twice changes nothing."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.testing import make_picture
from domain.states import Editorial
from domain.words import Role
from drafting.importing import HasProblems, Imported, Plan, folder_source, upload_source
from drafting.reading import MAX_BYTES
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.together import at_once

HEADER = "date,time,channels,text,media,alt text,campaign,labels,creator,id\n"
ROW = "2027-04-{day:02},09:00,scripted 1,Flu shots are in ({day}).,,,,,,\n"


def calendar(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def days(*numbers: int) -> bytes:
    return calendar(*(ROW.format(day=number) for number in numbers))


def row(**cells: str) -> bytes:
    """A calendar of one sound row with some cells laid over it."""
    values = dict.fromkeys(HEADER.strip().split(","), "")
    values |= {"date": "2027-04-01", "time": "09:00", "channels": "scripted 1", "text": "Flu shots are in."}
    values |= {name.replace("_", " "): cell for name, cell in cells.items()}
    return calendar(",".join(f'"{cell}"' for cell in values.values()) + "\n")


def look(
    practice: Practice, data: bytes | Path, media: dict[str, bytes] | None = None, name: str = "plan.csv"
) -> Plan:
    return practice.house.importing.look(practice.author, data, name, upload_source(media or {}))


def bring(practice: Practice, data: bytes, *, valid_rows: bool = False) -> Imported:
    return practice.house.importing.apply(practice.author, look(practice, data), valid_rows=valid_rows)


def posts(practice: Practice) -> int:
    with practice.house.database.read() as work:
        return sum(work.practice(practice.id).posts.count_by_state().values())


def sentences(plan: Plan) -> list[str]:
    return [problem.sentence for problem in plan.problems]


# ---------------------------------------------------------------- all or nothing


def test_looking_writes_nothing(practice: Practice) -> None:
    plan = look(practice, days(1, 2, 3))
    assert (len(plan.new_rows), plan.errors) == (3, ())
    assert posts(practice) == 0
    assert "imported" not in practice.audited()


def test_every_row_becomes_a_draft_with_its_time_and_the_run_is_remembered(practice: Practice) -> None:
    data = days(1, 2, 3)
    assert bring(practice, data) == Imported(created=3, unchanged=0, refused=0)
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        rows = scope.posts.list()
        (entry,) = [entry for entry in scope.audit.entries() if entry.action == "imported"]
    assert [row.wall for row in rows] == [f"2027-04-0{day}T09:00" for day in (1, 2, 3)]
    assert {row.state for row in rows} == {Editorial.DRAFT}
    assert entry.detail["digest"] == hashlib.sha256(data).hexdigest()


def test_one_bad_row_keeps_the_whole_file_out_unless_the_valid_rows_are_asked_for(practice: Practice) -> None:
    data = calendar(ROW.format(day=1), "2027-04-02,09:00,scripted 9,Unknown channel.,,,,,,\n")
    plan = look(practice, data)
    with pytest.raises(HasProblems, match="1 problem, so nothing was imported") as refused:
        practice.house.importing.apply(practice.author, plan)
    assert refused.value.plan is plan
    assert posts(practice) == 0
    assert bring(practice, data, valid_rows=True) == Imported(created=1, unchanged=0, refused=1)


def test_when_a_channel_goes_away_between_look_and_import_nothing_is_brought_in(practice: Practice) -> None:
    plan = look(practice, days(1, 2))
    gone = plan.rows[1].post.model_copy(update={"channels": ("gone",)})
    broken = replace(plan, rows=(plan.rows[0], replace(plan.rows[1], post=gone)))
    with pytest.raises(NotFound):
        practice.house.importing.apply(practice.author, broken)
    assert posts(practice) == 0
    assert practice.broken_audit() is None


# ---------------------------------------------------------------- twice


def test_the_same_file_twice_changes_nothing(practice: Practice) -> None:
    bring(practice, days(1, 2))
    again = look(practice, days(1, 2))
    assert again.new_rows == ()
    assert practice.house.importing.apply(practice.author, again) == Imported(0, 2, 0)
    assert posts(practice) == 2


def test_rows_that_are_new_in_a_longer_file_are_the_only_ones_made(practice: Practice) -> None:
    bring(practice, days(1, 2))
    assert bring(practice, days(1, 2, 3)) == Imported(created=1, unchanged=2, refused=0)


def test_the_same_file_twice_at_once_makes_each_post_once(practice: Practice) -> None:
    plans = [look(practice, days(1, 2)) for _ in range(2)]
    ends = at_once(
        *[lambda plan=plan: practice.house.importing.apply(practice.author, plan) for plan in plans]
    )
    assert sorted(end.created for end in ends if isinstance(end, Imported)) == [0, 2]
    assert posts(practice) == 2


def test_a_post_that_was_edited_since_is_not_made_again(small_practice: Practice) -> None:
    bring(small_practice, days(1))
    with small_practice.house.database.read() as work:
        (post,) = work.practice(small_practice.id).posts.list()
    small_practice.edit(post.id, "Better words.")
    assert bring(small_practice, days(1)) == Imported(created=0, unchanged=1, refused=0)


def test_a_long_id_is_told_apart_to_its_last_letter(small_practice: Practice) -> None:
    stem = "x" * 127
    assert bring(small_practice, row(id=stem + "a")).created == 1
    assert bring(small_practice, row(id=stem + "b")).created == 1


# ---------------------------------------------------------------- what rows name


def test_problems_carry_the_files_own_headers(small_practice: Practice) -> None:
    data = (
        b"Day;Hour;Social network;Post copy;Image;Alt;Owner\n"
        b"2027-04-01;09:00;scripted 9;Hello.;lost.png;;Nobody\n"
    )
    said = sentences(look(small_practice, data))
    assert [line.split(":")[0] for line in said] == [
        "Row 2, column “Social network”",
        "Row 2, column “Owner”",
        "Row 2, column “Image”",
    ]


def test_problems_of_a_calendar_file_count_events(small_practice: Practice) -> None:
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
        "DTSTART:20270401T090000Z\r\nSUMMARY:Flu\r\nDESCRIPTION:Flu shots.\r\nCATEGORIES:flu\r\n"
        "X-ROUNDS-CHANNELS:scripted 9\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    said = sentences(look(small_practice, event.encode(), name="plan.ics"))
    assert said
    assert all(line.startswith("Event 1") for line in said)


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ("scripted 3", "Did you mean “scripted 1”|Did you mean “scripted 2”"),
        ("scripted", "could be several channels"),
        ("Instagram", "There are: “scripted 1”, “scripted 2”"),
    ],
)
def test_a_channel_that_is_not_here_is_named_with_a_way_on(
    small_practice: Practice, channels: str, said: str
) -> None:
    (problem,) = look(small_practice, row(channels=channels)).errors
    assert any(part in problem.sentence for part in said.split("|"))


def test_a_channel_may_be_named_by_its_id_and_in_any_case(small_practice: Practice) -> None:
    plan = look(small_practice, row(channels=f"SCRIPTED 1; {small_practice.channel_ids[1].lower()}"))
    assert plan.rows[0].post.channels == tuple(small_practice.channel_ids)


def test_a_creator_may_be_named_by_e_mail_or_name_but_must_be_one_person_who_writes(
    small_practice: Practice,
) -> None:
    house, admin = small_practice.house, small_practice.admin
    house.members.add(admin, name="Maya Lindqvist", email="other@x.example", roles=frozenset({Role.AUTHOR}))
    house.members.add(admin, name="Vera Kent", email="vera@x.example", roles=frozenset({Role.AUDITOR}))
    by_mail = look(small_practice, row(creator="MAYA@harbourlane.example"))
    assert by_mail.rows[0].post.author_id == small_practice.author.member_id
    assert "several people" in sentences(look(small_practice, row(creator="Maya Lindqvist")))[0]
    assert "nobody here who may write" in sentences(look(small_practice, row(creator="Vera Kent")))[0]


def test_pictures_are_found_cleaned_once_and_asked_for_a_description(small_practice: Practice) -> None:
    media = {"photos/Ward.png": make_picture()}
    plan = look(small_practice, row(media="ward.png"), media)
    assert [problem.severity for problem in plan.problems] == ["warning"]
    assert "no description" in plan.problems[0].message
    assert len(plan.pictures) == 1
    assert small_practice.house.importing.apply(small_practice.author, plan).created == 1
    (use,) = plan.rows[0].post.pictures
    assert small_practice.house.blobs.get(small_practice.id, use.digest)


def test_a_picture_that_is_missing_or_unsound_keeps_its_row_out(small_practice: Practice) -> None:
    for media in ({}, {"ward.png": b"no picture at all"}):
        plan = look(small_practice, row(media="ward.png", alt_text="A ward"), media)
        assert (len(plan.rows), len(plan.errors)) == (0, 1)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"text": "x" * 100_001}, "column “text”: It has more than 100,000 characters. Shorten it."),
        ({"campaign": "x" * 121}, "column “campaign”: It has more than 120 characters."),
        ({"labels": "x" * 61}, "column “labels”: It has more than 60 characters."),
        ({"labels": ";".join(f"l{n}" for n in range(21))}, "column “labels”: It names more than 20."),
    ],
    ids=["text", "campaign", "label", "labels"],
)
def test_what_no_post_can_be_is_a_problem_of_its_row(
    small_practice: Practice, cells: dict[str, str], said: str
) -> None:
    (problem,) = look(small_practice, row(**cells)).errors
    assert said in problem.sentence


# ---------------------------------------------------------------- files


def test_a_file_that_is_refused_as_a_whole_is_not_read_again_for_its_digest(
    small_practice: Practice, tmp_path: Path
) -> None:
    path = tmp_path / "plan.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    plan = look(small_practice, path)
    assert (plan.digest, plan.rows, len(plan.errors)) == ("", (), 1)


def test_names_in_a_calendar_never_lead_out_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "calendar"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "ward.png").write_bytes(b"ward")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    find = folder_source(folder)
    assert find("ward.png") == b"ward"
    for name in ("../secret.png", "..\\secret.png", str(tmp_path / "secret.png"), "link.png", "", "."):
        assert find(name) is None


def test_uploaded_files_are_found_by_bare_name_in_any_case() -> None:
    find = upload_source({"C:\\photos\\Ward.PNG": b"ward"})
    assert find("pictures/ward.png") == b"ward"
    assert find("other.png") is None
