"""Numbers that name one person, in the many ways people write them, and numbers that name nobody."""

from collections.abc import Callable

import pytest

from approval.rules.base import Hit
from domain.content import AssetRef, Content
from domain.words import Span

Marked = Callable[..., list[str]]
Hits = Callable[..., list[Hit]]

PERSONAL = """
MRN: 123-45-678
M.R.N. 0099321
under MRN 12345-JS
mrn#MP98765
MRN – 99231
MRN№ 99231
EMR: 456123789
Medical Record No.: 7712
Med. Rec# CC-789654
pt listed under record #99881-BCH
Chart no. 44821 is ready
the chart numbered 44821
Record number 771204 is missing a shot date
File no. 2231-B
patient #20331
Pt ID 20331
patient ID #AB-987654
NHS number 943 476 5919
Hospital number H99221
SSN: XXX-XX-6789
his social is 123-45-6789
Social Security No. 123456789
last four of her SSN are 6789
ssn 123 45 6789
Member ID: XJB992817
member no 883-22-1
Subscriber ID W123456789
Group no. 0045512
insurance plan #DB-2345678
Ins. policy #BC-654321
Insurance ID: ABC123
Health Plan: HP-998877
any insurance issues with HMO-234567
Medicare number 1EG4-TE5-MK73
Medicaid ID 99812234A
HICN: B123456789
policy holder 8827-11-03
claim number 2024-118223
account ending in 4431
Acct#: GRM-998877
invoice 100442 is overdue
driver's license D1234567
DL# B2234412
licence plate: 7XYZ123
passport 512345678
Passport No: X1234567
Case number 22-10443
Specimen #S24-1188
Accession No. 24-CY-00921
Rx# 1234567
lab order 2217764
ref. code: EM-2554
her ID is 44552211
identification number 5542118
charge 4111 1111 1111 1111
My card 4131034282458809939 is expiring
from GB82 WEST 1234 5698 7654 32
""".strip().splitlines()

IMPERSONAL = """
Record 412 families came in 2024
A record number of patients in 2025
Record number: 12000 vaccines given
Insurance plan 2025-2026 open enrollment
Medicare 2026 changes start January 1
policy effective 01-01-2026
Case 2: a 45-year-old with asthma
COVID case numbers hit 100,000
Cases: 12345 this week
Member since 2019
Our 1,000th patient
Follow account @clinic2024
Zoom meeting ID: 845 1234 5678
Tax ID 12-3456789
NPI 1234567893
CPT code 99213 is covered by insurance
insurance form 1095-A
Lot number 12345A is recalled
Use code FLU2025
Account line (207) 555-0119
Medicare: 1-800-633-4227
study NCT01234567 is enrolling
H.R. 1234 insurance bill
patients 65+
Chart 3 shows 12500 visits
group 18-24
Reference: JAMA 2024;331:1123-1130
ref. 45 CFR 164.508
Your plan: 1500 calories a day
lab results in 24-48 hours
Medicaid expansion covers 450000 adults
visit 1234 Main Street
Text STOP to 55501
The sample size was 12450 adults
Rx 500 mg
https://lakeside.example/patient/20331
""".strip().splitlines()


@pytest.mark.parametrize("text", PERSONAL)
def test_a_number_that_names_a_person_is_found(marked: Marked, text: str) -> None:
    assert len(marked("PHI-05", text)) == 1


@pytest.mark.parametrize("text", IMPERSONAL)
def test_a_number_that_names_nobody_passes(marked: Marked, text: str) -> None:
    assert marked("PHI-05", text) == []


def test_label_and_value_are_marked_together(marked: Marked) -> None:
    assert marked("PHI-05", "Call us (MRN: CS-987654) today") == ["MRN: CS-987654"]


def test_each_number_is_marked_once(marked: Marked) -> None:
    assert marked("PHI-05", "SSN 123-45-6789 and 987-65-4321") == ["SSN 123-45-6789", "987-65-4321"]


def test_the_practices_own_number_is_no_identifier(marked: Marked) -> None:
    assert marked("PHI-05", "Patient ID questions? Patient number 207-555-0119") == []


def test_a_practice_may_add_labels_of_its_own_systems(marked: Marked) -> None:
    assert marked("PHI-05", "ChartPal 551-20") == []
    assert marked("PHI-05", "ChartPal 551-20", also=["chartpal"]) == ["ChartPal 551-20"]


def test_every_field_that_the_public_reads_is_checked(hits: Hits) -> None:
    asset = AssetRef(digest="0" * 64, media_type="image/png", alt_text="A form, MRN 5512")
    content = Content(
        text="ok",
        thread=("ok", "MRN 5512"),
        assets=(asset,),
        first_comment="MRN 5512",
        options={"note": "MRN 5512", "count": 5512},
    )
    places = {hit.span.field for hit in hits("PHI-05", content) if hit.span}
    assert places == {"thread.1", "first_comment", "assets.0.alt_text", "options.note"}


def test_places_count_code_points_of_the_original(hits: Hits) -> None:
    text = "🎉\u200b Ｍ\u00adＲＮ ５５１２!"
    [hit] = hits("PHI-05", text)
    assert hit.span == Span(field="text", start=3, end=12)
    assert text[3:12] == "Ｍ\u00adＲＮ ５５１２"
