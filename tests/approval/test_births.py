"""Dates of birth, and dates that only look like one."""

from collections.abc import Callable

import pytest

Marked = Callable[..., list[str]]

SOMEBODYS = """
DOB: 04/22/1955
D.O.B. 4-22-55
Emma (d.o.b. 6/3/21)
date of birth: 3 April 1958
Date of birth 1958-04-03
with a birth date of April 15, 1958
dob 20190402
https://forms.example/intake?dob=2019-04-02
She was born on 2/8/1935
Baby Mia was born on November 3 at 7 lbs
Welcome baby Theo, born Nov. 20, 2026
Little Leo was born at 3 am on May 4th
born the 4th of July 2015
Born: 03.04.2012
her birthday is April 2nd
April 2 is Maya's birthday
Happy birthday to Maya on April 2!
her bday: 4/22
The Lopez twins turn 5 on March 12
Please tell me your date of birth. It's 6/24/1991
""".strip().splitlines()

NOBODYS = """
She was born in 1980
We never ask for birth dates
International Nurses Day is May 12, Nightingale's birthday
Elizabeth Blackwell, born February 3, 1821, was a pioneer
Our practice's 10th birthday is May 4
We turn 10 on May 4
Medicare turns 60 on July 30
Adults born between 1945 and 1965 need a hepatitis C test
Babies born after May 1, 2026 can get the RSV shot
World Birth Defects Day is March 3
Happy birthday, America! We are closed July 4
Born to run: 5k on May 3
Childbirth class May 4
Grace Lin was born on May 3
""".strip().splitlines()


@pytest.mark.parametrize("text", SOMEBODYS)
def test_somebodys_date_of_birth_is_found(marked: Marked, text: str) -> None:
    assert len(marked("PHI-04", text)) == 1


@pytest.mark.parametrize("text", NOBODYS)
def test_years_observances_history_and_staff_pass(marked: Marked, text: str) -> None:
    assert marked("PHI-04", text) == []


def test_how_old_history_is_comes_from_the_pack(marked: Marked) -> None:
    text = "He was born on May 3, 1930"
    assert len(marked("PHI-04", text)) == 1
    assert marked("PHI-04", text, history_years=90) == []
