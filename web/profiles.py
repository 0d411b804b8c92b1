"""A practice's profile as people type it: one fact a line, each checked where it is typed. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from domain.profile import Profile, StaffMember
from domain.refusal import Refusal

CERTIFIED = "certified:"


class BadLine(Refusal):
    """One line cannot be used; the message says which and what works."""


def phone(line: str, region: str) -> str:
    """A number that can be dialled from *region*; short ones such as 911 too."""
    if not _diallable(line, region):
        raise BadLine(f"“{line}” is not a phone number. Write it as people dial it.")
    return line


def _diallable(line: str, region: str) -> bool:
    try:
        number = phonenumbers.parse(line, region)
    except phonenumbers.NumberParseException:
        return False
    short = phonenumbers.is_possible_short_number_for_region(number, region)
    return short or phonenumbers.is_possible_number(number)


def email(line: str, region: str) -> str:
    try:
        checked = validate_email(line, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadLine(f"“{line}” is not an e-mail address. Write it as name@example.org.") from None
    return checked.normalized.lower()


def domain(line: str, region: str) -> str:
    """A host name, also out of a whole address."""
    host = (urlsplit(line).hostname if "://" in line else line.split("/", maxsplit=1)[0].lower()) or ""
    labels = host.split(".")
    if len(labels) < 2 or not all(label.replace("-", "").isalnum() for label in labels):
        raise BadLine(f"“{line}” is not the address of a site. Write it as example.org.")
    return host


def handle(line: str, region: str) -> str:
    if " " in line:
        raise BadLine(f"“{line}” has a space in it. Write the handle alone, such as @harbourlane.")
    return line


def words(line: str, region: str) -> str:
    return line


@dataclass(frozen=True)
class Lines:
    """One field of the profile: a text of several lines."""

    name: str
    label: str
    hint: str
    check: Callable[[str, str], str] = words


GROUPS: Sequence[tuple[str, str, Sequence[Lines]]] = (
    (
        "How people reach you",
        "These may stand in any post. Another number or address could be a patient’s, so it is stopped.",
        (
            Lines("phones", "Phone numbers", "One a line, as people dial them.", phone),
            Lines("faxes", "Fax numbers", "One a line.", phone),
            Lines("emails", "E-mail addresses", "One a line.", email),
            Lines("addresses", "Street addresses", "One a line, as on your letterhead."),
        ),
    ),
    (
        "Where you are online",
        "Links and mentions of these are your own.",
        (
            Lines("domains", "Sites", "One a line, such as harbourlane.example.", domain),
            Lines("handles", "Handles", "One a line, such as @harbourlane.", handle),
        ),
    ),
    (
        "Who may be named",
        "A name that is not here could be a patient’s.",
        (
            Lines(
                "staff",
                "Staff",
                "One a line: name, title. A third part may say what they are board certified in: "
                "Amara Osei, MD; certified: pediatrics",
            ),
            Lines("partners", "Partners", "Hospitals, laboratories and others you work with. One a line."),
            Lines("public_figures", "Public figures", "Whom you may quote or congratulate. One a line."),
            Lines("awards", "Awards", "What you may call yourselves, as it was given. One a line."),
        ),
    ),
    (
        "What is always right, and what never is",
        "",
        (
            Lines("public_hotlines", "Public hotlines", "Numbers anybody may give, such as 911.", phone),
            Lines("banned_topics", "Topics to keep out", "Words that no post may hold. One a line."),
        ),
    ),
)
FIELDS = tuple(lines for _, _, group in GROUPS for lines in group)


def written(profile: Profile) -> dict[str, str]:
    """The profile as its form shows it, by field."""
    shown = {lines.name: "\n".join(map(str, getattr(profile, lines.name))) for lines in FIELDS}
    shown["staff"] = "\n".join(_written_member(member) for member in profile.staff)
    return {**shown, "region": profile.region}


def read(name: str, typed: Mapping[str, str]) -> tuple[Profile | None, dict[str, str]]:
    """The profile that was typed, or None and a sentence for each field that cannot be used."""
    region = typed.get("region", "").strip().upper()
    problems: dict[str, str] = {}
    if region not in phonenumbers.SUPPORTED_REGIONS:
        problems["region"] = f"“{region}” is not a country. Use its two letters, such as US or CA."
        region = "US"
    facts: dict[str, Sequence[object]] = {}
    for lines in FIELDS:
        try:
            checked = [lines.check(line, region) for line in _lines(typed.get(lines.name, ""))]
            facts[lines.name] = [_member(line) for line in checked] if lines.name == "staff" else checked
        except BadLine as problem:
            problems[lines.name] = str(problem)
    if problems:
        return None, problems
    return Profile.model_validate({"name": name, "region": region, **facts}), {}


def _lines(text: str) -> Iterable[str]:
    """The lines that say something, each once."""
    return dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())


def _member(line: str) -> StaffMember:
    who, _, more = line.partition(";")
    name, _, title = who.partition(",")
    if not name.strip():
        raise BadLine(f"“{line}” begins with no name. Write it as: Amara Osei, MD")
    certified = more.strip()
    if certified and not certified.lower().startswith(CERTIFIED):
        raise BadLine(f"After the semicolon of “{line}” write “certified:” and in what.")
    fields = [each.strip() for each in certified[len(CERTIFIED) :].split(",") if each.strip()]
    return StaffMember(name=name.strip(), title=title.strip(), certified=tuple(fields))


def _written_member(member: StaffMember) -> str:
    line = f"{member.name}, {member.title}" if member.title else member.name
    return f"{line}; {CERTIFIED} {', '.join(member.certified)}" if member.certified else line
