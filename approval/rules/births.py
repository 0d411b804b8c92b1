"""PHI-04: somebody's date of birth. A year alone is allowed, and so are observances and history."""

import re
from collections.abc import Iterator

from approval.rules.base import Hit, Rule, View
from approval.rules.fields import fields, sentence_around
from domain.content import Frozen
from domain.profile import Profile

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:(?:18|19|20)\d\d|'?\d\d)"
_DATE = rf"""(?P<date>
      {_MONTH}\s*{_DAY}(?:\s*,?\s*{_YEAR})?(?!\w)
    | {_DAY}[\s-]*(?:of\s)?{_MONTH}(?:[\s,-]*{_YEAR})?(?!\w)
    | (?<!\d)\d{{1,2}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)(?:\d{{4}}|\d\d)(?!\d)
    | (?<!\d)(?:18|19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?!\d)
    | (?<!\d)\d{{1,2}}/\d{{1,2}}(?![\d/])
    )"""
_LABEL = r"(?:\bd\.?\s?o\.?\s?b\b\.?|\bdate[\s_-]?of[\s_-]?birth|\bbirth[\s_-]?dates?|\bgeburtsdatum)"
_PERSON = (
    r"(?:s?he|who|baby|patient|boy|girl|son|daughter|grand(?:ma|pa|mother|father)|mom|dad|kids?|toddler|child"
    r"|twins)"
)
_FLAGS = re.IGNORECASE | re.VERBOSE

_LABELLED = re.compile(rf"{_LABEL}[^\w|]*(?:(?:is|was|of|on|it'?s|listed|as)\b[^\w|]*){{0,3}}{_DATE}", _FLAGS)
_BORN = re.compile(
    rf"""(?:\bborn(?:\s(?:(?!in\b)\w+\b,?\s?){{0,5}})?[\s:,(]*(?:on\s)?(?:\w+day,?\s)?
        |\b(?:arrived|welcomed\s\w+|delivered)\son\s
        |\b(?:birthday|b[.-]?\s?day)\b[^\w|]*(?:(?:is|was|on|falls|this|next|\w+day|of)\b[^\w|]*){{0,4}}
        |\bhappy\s(?:\d+\w+\s)?birthday\sto\s(?!our\b|all\b|the\b|every)(?:[\w.]+,?\s){{1,3}}(?:on\s)?
        |\b{_PERSON}\s(?:\w+\s){{0,2}}turn(?:s|ed|ing)?\s\d{{1,3}}\s(?:years\sold\s)?on\s){_DATE}""",
    _FLAGS,
)
_DATE_FIRST = re.compile(
    rf"{_DATE}[^\w|]*(?:(?:is|was|marks|for|of|his|her|their|the|day|our|\w+'s)\b[^\w|]*){{0,4}}"
    rf"(?:birthday\b|birth\b|b-?day\b|\bborn\b)",
    _FLAGS,
)
_NOT_A_PATIENT = re.compile(
    r"""\b(?:our|practice'?s|clinic'?s|hospital'?s|office'?s|company'?s)\s(?:\w+\s){0,2}(?:birthday|b-?day)
      | \bwe\s(?:were|are|turn(?:ed)?)\b | \bwe're\b
      | \b(?:founder|founded|pioneer|inventor|discover(?:ed|er)|historic\w*|history|honou?r(?:s|ing)?
          |memory|celebrates?\sthe\slife|nightingale|national|international|world|observ\w+|holiday
          |anniversary|president|century|nobel|awareness|recall\w*
          |infants?\sborn|babies\sborn|adults\sborn|people\sborn
          |anyone\sborn|everyone\sborn|those\sborn|children\sborn|kids\sborn
          |born\s(?:before|after|between|since))\b""",
    _FLAGS,
)


class BirthParameters(Frozen):
    """A birth further back than `history_years` belongs to history: nobody living is that old."""

    history_years: int = 120


_MESSAGE = "This looks like somebody's date of birth, which can identify a patient."
_REMEDY = "Take the date out; an age or a year alone is enough."


def find_births(view: View, parameters: BirthParameters) -> Iterator[Hit]:
    """A labelled date of birth, or a date with a person's birth or birthday."""
    oldest = view.now.year - parameters.history_years
    for field in fields(view.content):
        spans = {match.span() for match in _LABELLED.finditer(field.text)}
        spans |= {match.span() for match in _told(field.text, view.profile, oldest)}
        for start, end in sorted(spans):
            yield Hit(_MESSAGE, _REMEDY, field.span(start, end))


def _told(text: str, profile: Profile, oldest: int) -> Iterator[re.Match[str]]:
    """Births and birthdays told in a sentence, observances, history and the practice's own people aside."""
    for pattern in (_BORN, _DATE_FIRST):
        for match in pattern.finditer(text):
            before, after = sentence_around(text, *match.span())
            sentence = f"{before}{match[0]}{after}"
            if not (
                _NOT_A_PATIENT.search(sentence)
                or _is_history(match["date"], oldest)
                or _is_known(sentence, profile)
            ):
                yield match


def _is_history(date: str, oldest: int) -> bool:
    year = re.search(r"(?:18|19|20)\d\d", date)
    return year is not None and int(year[0]) < oldest


def _is_known(sentence: str, profile: Profile) -> bool:
    names = (*(member.name for member in profile.staff), *profile.public_figures, profile.name)
    return any(name.casefold() in sentence.casefold() for name in names if name)


RULES = (Rule("PHI-04", "Somebody's date of birth", find_births, BirthParameters),)
