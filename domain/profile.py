"""What a practice is publicly known by. The guard compares every post with it."""

from typing import Annotated

from pydantic import Field

from domain.content import Frozen


class StaffMember(Frozen):
    """A person whose name may stand in a post because they work here."""

    name: str
    title: str = ""
    certified: tuple[str, ...] = ()


class Profile(Frozen):
    """The practice's own, public facts: allowed in any post, unlike the same kind of fact about a patient."""

    name: str = ""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"  # where unprefixed phone numbers are read
    phones: tuple[str, ...] = ()
    faxes: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    partners: tuple[str, ...] = ()
    awards: tuple[str, ...] = ()
    public_figures: tuple[str, ...] = ()
    public_hotlines: tuple[str, ...] = ("911", "988", "1-800-222-1222")
    banned_topics: tuple[str, ...] = ()
