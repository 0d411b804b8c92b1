"""Members and their roles. Who leaves, or loses a role, takes the approvals that rest on them along."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from domain.actor import Actor
from domain.clock import Clock
from domain.ids import new_id
from domain.words import Role
from people.fields import BadField
from people.secrets import hash_password, password_fits
from store.database import Database, UnitOfWork
from store.models import Member


@dataclass(frozen=True)
class Members:
    """What an admin does about people."""

    database: Database
    clock: Clock

    def add(
        self, actor: Actor, *, name: str, email: str, roles: frozenset[Role], password: str | None = None
    ) -> Member:
        """A new member of the actor's practice; without a password they cannot sign in yet."""
        actor.require(Role.ADMIN, what="add people")
        hashed = hash_password(password) if password is not None else None
        with self.database.write() as work:
            member = add_member(
                work, actor, self.clock, name=name, email=email, roles=roles, password_hash=hashed
            )
            work.commit()
        return member

    def set_roles(self, actor: Actor, member_id: str, roles: frozenset[Role]) -> None:
        """Give exactly these roles. The last admin stays one."""
        actor.require(Role.ADMIN, what="change roles")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            before = scope.people.roles(member_id)
            if Role.ADMIN in before - roles:
                self._keep_an_admin(work, actor.practice_id, member_id)
            scope.people.set_roles(member_id, roles, now)
            scope.audit.record(
                actor.audit_name,
                "roles_changed",
                f"member:{member_id}",
                now,
                before=sorted(before),
                after=sorted(roles),
            )
            work.commit()

    def set_password(self, actor: Actor, member_id: str, password: str) -> None:
        """Members set their own; admins set one for whoever cannot."""
        if member_id != actor.member_id:
            actor.require(Role.ADMIN, what="set other people's passwords")
        hashed = hash_password(password)
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            scope.people.member(member_id).password_hash = hashed
            for session in scope.people.sessions(member_id):
                session.ended_at = now
            scope.audit.record(actor.audit_name, "password_set", f"member:{member_id}", now)
            work.commit()

    def change_password(self, actor: Actor, current: str, fresh: str) -> None:
        """Replace one's own password, proving that one knows the old one; every sign-in ends."""
        with self.database.read() as work:
            known = work.practice(actor.practice_id).people.member(actor.member_id).password_hash
        if not password_fits(current, known):
            raise BadField("current", "That is not your password. Write the one you sign in with today.")
        self.set_password(actor, actor.member_id, fresh)

    def rename(self, actor: Actor, name: str) -> None:
        """Change one's own name, as colleagues and the record show it from now on."""
        wanted, now = checked_name(name), self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            member = scope.people.member(actor.member_id)
            before, member.name = member.name, wanted
            scope.audit.record(
                actor.audit_name, "member_renamed", f"member:{member.id}", now, before=before, after=wanted
            )
            work.commit()

    def set_active(self, actor: Actor, member_id: str, *, active: bool) -> None:
        """Close or reopen an account; its history stays."""
        actor.require(Role.ADMIN, what="close accounts")
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            member = scope.people.member(member_id)
            if not active and Role.ADMIN in scope.people.roles(member_id):
                self._keep_an_admin(work, actor.practice_id, member_id)
            member.active = active
            for session in [] if active else scope.people.sessions(member_id):
                session.ended_at = now
            action = "account_reopened" if active else "account_closed"
            scope.audit.record(actor.audit_name, action, f"member:{member_id}", now)
            work.commit()

    def _keep_an_admin(self, work: UnitOfWork, practice_id: str, leaving: str) -> None:
        scope = work.practice(practice_id)
        scope.practices.lock()  # two admins who dismiss each other at once come one after the other
        people = scope.people
        active = {member.id for member in people.members() if member.active}
        admins = {member_id for member_id, roles in people.roles_by_member().items() if Role.ADMIN in roles}
        if not (admins & active) - {leaving}:
            raise BadField("roles", "This is the last admin. Make somebody else an admin first.")


def add_member(
    work: UnitOfWork,
    actor: Actor,
    clock: Clock,
    *,
    name: str,
    email: str,
    roles: frozenset[Role],
    password_hash: str | None,
) -> Member:
    """Add a member with roles; does not commit."""
    now = clock.now()
    scope = work.practice(actor.practice_id)
    member = Member(
        id=new_id(),
        practice_id=actor.practice_id,
        email=checked_email(work, email),
        name=checked_name(name),
        password_hash=password_hash,
        active=True,
        created_at=now,
    )
    scope.people.add(member)
    scope.people.set_roles(member.id, roles, now)
    scope.audit.record(
        actor.audit_name, "member_added", f"member:{member.id}", now, name=member.name, roles=sorted(roles)
    )
    return member


def checked_name(name: str) -> str:
    if not name.strip():
        raise BadField("name", "The name is empty. Write the person's name as colleagues know it.")
    return name.strip()[:200]


def checked_email(work: UnitOfWork, email: str) -> str:
    """A well-formed address that nobody here uses yet, or BadField."""
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadField(
            "email", f"“{email}” is not an e-mail address. Write it as name@example.org."
        ) from None
    address = checked.normalized.lower()
    if work.server.member_by_email(address) is not None:
        raise BadField("email", f"Somebody already signs in as {address}. Use another address.")
    return address
