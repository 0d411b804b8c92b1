"""Telephone, fax and e-mail: the practice's own in any dress, and everybody else's."""

from collections.abc import Callable

import pytest

from domain.profile import Profile

Marked = Callable[..., list[str]]

FOREIGN = """
Call Maya's mom at 207-555-0188
text (207)555 0188 for details
Cell: 2075550188
reach him on 555-0188
her number is 555 0188
+1 207 555 0188
207.555.0188
+44 7700 900123
Fax results to 207 555 0199
(207) 555-0188 ext. 12
207–555–0188
２０７-555-0188
phone 207/555-0188
tel:+12075550188
WhatsApp +49 151 23456789
mail jane.doe@gmail.com
jane.doe (at) gmail (dot) com
E-mail: JANE@EXAMPLE.ORG
mailto:jane@example.org
hello@lakeside.example.org
""".strip().splitlines()

HARMLESS = """
Call (207) 555-0119
207.555.0119 or 2075550119 or +1 207-555-0119 x3
dial 555-0119
Fax 207–555–0120
text HOME to 741741
Call 911 or 988
Poison help: 1-800-222-1222
1-888-555-1234 is toll free
Open 8:00-5:00, 12/24/2026-12/26/2026
call by 12-24-2026
Dial 9-1-1 or 2-1-1
Vaccinated 1234567 people
10-15-20 minute walks, the 5-3-2-1-0 rule
call 24/7, 365 days
reach 10,000-12,000 steps
contact lens 8.6 14.2 -2.25
GPS 43.6591, -70.2568
$1,200,000 - $2,500,000
https://lakeside.example/2075550188
hello@lakeside.example or HELLO@Lakeside.Example
billing@portal.lakeside.example
@LakesideFamily
Ask Casco Bay YMCA at 207-555-0142 or swim@ymca.example
""".strip().splitlines()


@pytest.mark.parametrize("text", FOREIGN)
def test_somebody_elses_contact_is_found(marked: Marked, text: str) -> None:
    assert len(marked("PHI-02", text)) == 1


@pytest.mark.parametrize("text", HARMLESS)
def test_own_contacts_hotlines_partners_and_plain_numbers_pass(marked: Marked, text: str) -> None:
    assert marked("PHI-02", text) == []


def test_a_partner_in_another_sentence_does_not_help(marked: Marked) -> None:
    assert marked("PHI-02", "We love Casco Bay YMCA. Call Liam at 207-555-0142.") == ["207-555-0142"]


def test_numbers_without_a_prefix_are_read_in_the_practices_region(marked: Marked) -> None:
    here = Profile(name="Praxis am See", region="DE", phones=("030 5550119",))
    assert marked("PHI-02", "Ruft an: +49 30 5550119", profile=here) == []
    assert marked("PHI-02", "Ruft Mia an: 0151 23456789", profile=here) == ["0151 23456789"]


def test_a_profile_entry_that_is_no_number_hurts_nobody(marked: Marked) -> None:
    odd = Profile(name="Lakeside", phones=("ask at the desk",))
    assert marked("PHI-02", "Call 207-555-0188", profile=odd) == ["207-555-0188"]
