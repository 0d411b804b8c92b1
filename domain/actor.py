"""Who is asking: always a named member of one practice, never a nameless root."""

from dataclasses import dataclass

from domain.refusal import Refusal
from domain.words import Role


class NotAllowed(Refusal):
    """This member may not do that; the message says who may."""


@dataclass(frozen=True)
class Actor:
    """One signed-in member."""

    member_id: str
    practice_id: str
    name: str
    roles: frozenset[Role]
    authenticated_by: str = "password"  # password, token or setup

    @property
    def audit_name(self) -> str:
        return f"member:{self.member_id}"

    def may(self, *roles: Role) -> bool:
        """Whether this member holds one of these roles; an admin does not sign in anybody's stead."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role, what: str) -> None:
        """Raises NotAllowed unless this member holds one of these roles. `what` completes "may …"."""
        if not self.may(*roles):
            names = " or ".join(sorted(roles))
            raise NotAllowed(f"Only somebody with the role {names} may {what}. Ask an admin for it.")
