"""Members, roles, sign-ins and tokens of one practice."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from domain.words import Role
from store.models import ApiToken, Member, RoleGrant, Session
from store.repository import Repository


class People(Repository):
    def member(self, member_id: str) -> Member:
        return self._get(Member, member_id, "member")

    def members(self) -> Sequence[Member]:
        query = select(Member).where(Member.practice_id == self._practice_id).order_by(Member.name)
        return self._session.scalars(query).all()

    def named(self, name_or_email: str) -> Sequence[Member]:
        """Active members with this e-mail or this name, ignoring case."""
        wanted = name_or_email.strip().casefold()
        return [
            member
            for member in self.members()
            if member.active and wanted in (member.email.casefold(), member.name.casefold())
        ]

    def roles(self, member_id: str) -> frozenset[Role]:
        query = select(RoleGrant.role).where(
            RoleGrant.practice_id == self._practice_id, RoleGrant.member_id == member_id
        )
        return frozenset(self._session.scalars(query))

    def roles_by_member(self) -> dict[str, frozenset[Role]]:
        query = select(RoleGrant.member_id, RoleGrant.role).where(RoleGrant.practice_id == self._practice_id)
        roles: dict[str, set[Role]] = {}
        for member_id, role in self._session.execute(query):
            roles.setdefault(member_id, set()).add(role)
        return {member_id: frozenset(held) for member_id, held in roles.items()}

    def set_roles(self, member_id: str, roles: frozenset[Role], at: datetime) -> None:
        self.member(member_id)
        held = self.roles(member_id)
        self._session.execute(
            delete(RoleGrant).where(
                RoleGrant.practice_id == self._practice_id,
                RoleGrant.member_id == member_id,
                RoleGrant.role.in_(held - roles),
            )
        )
        self.add(
            *(
                RoleGrant(practice_id=self._practice_id, member_id=member_id, role=role, granted_at=at)
                for role in sorted(roles - held)
            )
        )

    def sessions(self, member_id: str) -> Sequence[Session]:
        query = select(Session).where(
            Session.practice_id == self._practice_id,
            Session.member_id == member_id,
            Session.ended_at.is_(None),
        )
        return self._session.scalars(query.order_by(Session.seen_at.desc())).all()

    def tokens(self, member_id: str) -> Sequence[ApiToken]:
        query = select(ApiToken).where(
            ApiToken.practice_id == self._practice_id, ApiToken.member_id == member_id
        )
        return self._session.scalars(query.order_by(ApiToken.created_at)).all()

    def token(self, token_id: str) -> ApiToken:
        return self._get(ApiToken, token_id, "token")
