"""A practice with a public face, a network with every limit, and an instant."""

from datetime import UTC, datetime

from connectors.base import AuthKind, MediaRules, Spec
from domain.profile import Profile, StaffMember

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SPEC = Spec(
    key="wall",
    label="Wall",
    auth=AuthKind.NONE,
    text_limit=None,
    carries_first_comment=True,
    thread_max=5,
    media=MediaRules(
        max_assets=4, types=frozenset({"image/jpeg", "image/png"}), max_bytes=5_000_000, alt_text_max=100
    ),
)
PROFILE = Profile(
    name="Lakeside Family Practice",
    phones=("(207) 555-0119",),
    faxes=("(207) 555-0120",),
    emails=("hello@lakeside.example",),
    addresses=("77 Beacon Road, Suite 2, Portland, ME 04101",),
    domains=("lakeside.example",),
    staff=(StaffMember(name="Grace Lin", title="MD"),),
    partners=("Casco Bay YMCA",),
)
