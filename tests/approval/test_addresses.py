"""Streets and places: the practice's own, venues, headlines, and where somebody lives."""

from collections.abc import Callable

import pytest

from domain.profile import Profile

Marked = Callable[..., list[str]]

LIVED_IN = """
The family at 15 Spruce Lane tested positive for chickenpox on Friday.
lives at 123 Elm St, Springfield
the patient lives at 55 Broadway
who resides at 44 maple street
Mr. Hill of 9 Oak Ct came to our clinic
Rosa, 61 Beckett St, is doing well after surgery
found unresponsive at 112 Elm Street, New York, NY
Robert from 789 Elm St, Boston
our patient from Bangor, ME 04401
He lives in Miami (ZIP: 33101)
the family on Spruce Lane has measles
the gentleman who lives on Vesper Street did great
kids next door at 7 Birch Way, Westbrook
lives near the corner of Pine Street and Oak Avenue
Meals for the Hansens: drop off at 212 Spring St, Apt 3
1420 NE 54th Street
44 W. 12th Ave.
Mail it to PO Box 1123
house at 120 Ocean Drive
Sie wohnt in der Lindenstraße 12
""".strip().splitlines()

OPEN = """
Visit us at 77 Beacon Road, Suite 2, Portland, ME 04101
77 Beacon Rd. is easy to find
Our patients love 77 Beacon Rd, Suite 2, Floor 1
We are in Portland, ME 04101
Casco Bay YMCA, 70 Forest Avenue, has a pool
Join us at 120 Main Street for our flu clinic
Bring your family to the fair at 70 Forest Avenue
Blood drive at First Parish Church, 425 Congress Street
flu shots at Walgreens, 33 Market Street
Dr. Lin moved to a new office at 12 Elm Street
Meet at Deering Oaks Park, Portland, ME 04102
serving patients in Portland, ME 04101
5 Ways To Get To The Park
7 Foods Dr. Oz Loves
12 Healthy Meals Your Way
25 Best Recipes From Wall Street
30 Years of Sesame Street
50 Shades Of Green
St. Patrick's Day is March 17
School bus safety: drivers on Congress Street stop for kids
Kids who live near busy streets have more asthma
Suite 200 has a new entrance
Lakeside Family Practice, 35 Foden Road, is our new home
Directions: turn left on Main Street, just past 400 Congress St.
""".strip().splitlines()


@pytest.mark.parametrize("text", LIVED_IN)
def test_where_somebody_lives_is_found(marked: Marked, text: str) -> None:
    assert marked("PHI-03", text) != []


@pytest.mark.parametrize("text", OPEN)
def test_own_addresses_venues_and_headlines_pass(marked: Marked, text: str) -> None:
    assert marked("PHI-03", text) == []


def test_an_event_does_not_excuse_a_patients_address(marked: Marked) -> None:
    text = "Join us! The boy at 12 Howard St was treated at our clinic."
    assert marked("PHI-03", text) == ["12 Howard St"]


def test_an_own_town_does_not_excuse_another_street(marked: Marked) -> None:
    assert marked("PHI-03", "lives at 12 Howard St, Portland, ME 04101") != []


def test_without_addresses_in_the_profile_every_street_is_foreign(marked: Marked) -> None:
    assert marked("PHI-03", "Write to 77 Beacon Road", profile=Profile(name="New")) == ["77 Beacon Road"]
