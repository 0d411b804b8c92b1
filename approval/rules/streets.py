"""What a street and a place look like in running text, North American first. Patterns only.

Streets need capitals, because headlines of the kind "5 steps to a walk in the park" must stay silent.
"""

import re

SAME = {
    "st": "street", "ave": "avenue", "av": "avenue", "rd": "road", "blvd": "boulevard", "dr": "drive",
    "ln": "lane", "ct": "court", "pl": "place", "ter": "terrace", "terr": "terrace", "cir": "circle",
    "hwy": "highway", "pkwy": "parkway", "sq": "square", "rte": "route", "trl": "trail", "cres": "crescent",
    "n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest",
    "se": "southeast", "sw": "southwest", "mt": "mount",
}  # fmt: skip
# Clear: the word means a street. Vague: an everyday word, so the number or what follows must help.
_CLEAR = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Terrace|Terr?|Highway|Hwy|Parkway|Pkwy"
    r"|Crescent|Cres|Turnpike|Tpke|Trl|Cir|Ct|Pl|Alley|Esplanade|Mews)"
)
_VAGUE = (
    r"(?:Drive|Court|Place|Way|Circle|Square|Sq|Trail|Row|Run|Path|Loop|Walk|Park|Point|Pike|Plaza|Hill|Close"
    r"|Gardens|Grove|Heights|Landing|Pass|Ridge|View|Bend|Cove|Crossing|Hollow|Green|Common|Route|Rte)"
)
_COMPASS = r"(?:[NSEW]\.?[EW]?\.?|North|South|East|West|Northeast|Northwest|Southeast|Southwest)"
# Words of headlines ("12 Meals Your Way"), which no street is called.
_HEADLINE = (
    r"(?!(?:Of|From|Your|To|For|With|In|On|And|By|At|Is|Are|You|My|Our|That|Every|How|Why|Best|Most|Top|Easy"
    r"|Healthy|Years?|Ways?|Things|Tips|Days?|Weeks?|Months?|Minutes?|Min|Hours?|Reasons|Steps|Foods|Signs"
    r"|Facts|Recipes|Moves|Exercises|Workouts?|Percent|Mg|People|Kids"
    r"|Women|Men|Million|Shades|Minute|Day|Year)\b)"
)
_NAME = rf"(?:(?:{_HEADLINE}[A-Z][\w'.-]{{0,30}}|\d{{1,3}}(?:st|nd|rd|th)|de|la|del|van|der)\s+)"
_HOUSE = r"(?<![\w$#.,:/-])\d{1,5}(?:-\d{1,4})?[A-Za-z]?"
_UNIT = r"(?:,?\s*(?:Apt|Apartment|Unit|Suite|Ste|Floor|Fl|Rm|Room|\#)\.?\s*\#?\s*[\w-]+)"
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]"
    r"|UT|V[AT]|W[AIVY])"
)
_TOWN = rf"(?:,?\s+[A-Z][\w'.-]+(?:\s[A-Z][\w'.-]+){{0,2}},?\s+{_STATE}\b(?:\s+\d{{5}}(?:-\d{{4}})?)?)"
_ENDS = rf"(?:{_UNIT})?(?:{_TOWN})?(?!\w)"
_AFTER_VAGUE = rf"(?=\s*(?:[,;)\n]|{_UNIT}|{_STATE}\b|$)|[.]\s*(?:$|[A-Z]))"

NUMBERED = (
    re.compile(rf"{_HOUSE}\s+(?:{_COMPASS}\s+)?{_NAME}{{1,4}}{_CLEAR}\b\.?{_ENDS}"),
    re.compile(rf"{_HOUSE}\s+(?:{_COMPASS}\s+)?{_NAME}{{1,3}}Dr\b(?!\.?\s[A-Z])\.?{_ENDS}"),
    re.compile(rf"{_HOUSE}\s+(?:{_COMPASS}\s+)?Broadway\b{_ENDS}"),
    re.compile(
        rf"(?<![\w$#.,:/-])\d{{2,5}}\s+(?:{_COMPASS}\s+)?{_NAME}{{1,3}}{_VAGUE}\b{_AFTER_VAGUE}{_ENDS}"
    ),
    re.compile(r"\bP\.?\s?O\.?\s?Box\s+\d+", re.IGNORECASE),
    re.compile(r"\b(?:PSC|Unit|CMR)\s\d{3,5},?\s+Box\s\d{3,5}|\b[AFD]PO,?\s+A[AEP]\s+\d{5}"),
    re.compile(r"\b(?:Apt|Apartment)\.?\s*#?\s*\d{1,5}[A-Z]?\b", re.IGNORECASE),
    re.compile(rf"{_HOUSE}\s+[^\W\d_][^\d\n|]{{2,40}}\s\d{{1,4}},?\s+(?:Suite|Unit|Ste)\.?\s\d+"),
    re.compile(
        r"\b(?-i:[A-ZÄÖÜÅØ])\w{3,}(?:straße|strasse|straat|gasse|allee|gatan|vägen|veien|laan|platz|vej)"
        r"\s\d{1,4}\b"
        r"|\b(?:Rue|Via|Calle|Rua|Avenida|Carrer|Piazza|Plaza)"
        r"\s(?:(?-i:[A-Z])\w+\s|d[aeiou]l?\s|la\s){1,4}\d{1,4}\b",
        re.IGNORECASE,
    ),
)
PLACES = (
    re.compile(rf"(?<![\w'.-])(?:\d{{1,5}}\s+)?{_NAME}{{1,3}}(?:{_CLEAR}|{_VAGUE})\b\.?{_ENDS}"),
    re.compile(
        rf"(?<![\w'.-])[A-Z][\w'.-]{{1,30}}(?:\s[A-Z][\w'.-]{{1,30}}){{0,2}},"
        rf"\s+{_STATE}\s+\d{{5}}(?:-\d{{4}})?\b"
    ),
    re.compile(
        r"(?<![\w#.,:/-])\d{1,5}\s(?:[a-z]+\s){1,3}(?:street|avenue|road|boulevard|lane|terrace|square|drive"
        r"|court|place|way|circle|ave|blvd|rd|st|ln)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bzip(?:\s?code)?\s*[:#]?\s*(?:is\s)?\d{5}\b", re.IGNORECASE),
)
