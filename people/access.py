"""Set-up, sign-in, sessions and API tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from domain.actor import Actor, NotAllowed
from domain.clock import Clock
from domain.ids import new_id
from domain.practice import PracticeSettings
from domain.profile import Profile
from domain.refusal import Refusal
from domain.words import Role
from people.fields import BadField
from people.members import checked_email, checked_name
from people.secrets import hash_password, new_token, password_fits, token_hash
from store.database import Database, UnitOfWork
from store.models import ApiToken, Member, Practice, RoleGrant, Session, SetupLink, SignInFailure

SETUP_LASTS = timedelta(hours=24)
TOKEN_LASTS = timedelta(days=90)
FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_TOKEN_NAME = 100


class SignInRefused(Refusal):
    """The e-mail and password do not go together, or the account is closed, or it is too soon."""


class TooManyTries(SignInRefused):
    """Guessing is slowed down; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries with this e-mail. Wait {seconds} s, then try again.")
        self.seconds = seconds


class SetupRefused(Refusal):
    """The set-up link is unknown, used or too old, or somebody has set this server up already."""


@dataclass(frozen=True)
class Access:
    """Opens the door, or says why not."""

    database: Database
    clock: Clock
    session_lasts: timedelta = timedelta(hours=12)

    # ------------------------------------------------------------ set-up

    def is_set_up(self) -> bool:
        with self.database.read() as work:
            return any(not practice.demo for practice in work.server.practices())

    def new_setup_link(self) -> str | None:
        """A fresh one-time token, or None when this server is set up; earlier links end."""
        if self.is_set_up():
            return None
        token = new_token()
        with self.database.write() as work:
            work.server.forget_setup_links()
            work.server.add(SetupLink(token_hash=token_hash(token), created_at=self.clock.now()))
            work.commit()
        return token

    def check_setup_link(self, token: str) -> None:
        """Raises SetupRefused unless this link still opens the set-up."""
        with self.database.write() as work:
            self._open_link(work, token)

    def set_up(self, token: str, *, practice: str, zone: str, name: str, email: str, password: str) -> Actor:
        """Make the practice and its first member, who is its admin. Nothing is kept when a field is bad."""
        now = self.clock.now()
        hashed = hash_password(password)
        with self.database.write() as work:
            link = self._open_link(work, token)
            actor = found_practice(
                work, now, practice=practice, zone=zone, name=name, email=email, password_hash=hashed
            )
            link.used_at = now
            work.commit()
        return actor

    def _open_link(self, work: UnitOfWork, token: str) -> SetupLink:
        if any(not practice.demo for practice in work.server.practices()):
            raise SetupRefused("This server is set up already. Sign in instead.")
        link = work.server.setup_link(token_hash(token))
        if link is None or link.used_at is not None:
            raise SetupRefused("This link is not the newest one. Use the link that Rounds printed last.")
        if self.clock.now() - link.created_at > SETUP_LASTS:
            raise SetupRefused("This link is older than a day. Start Rounds again to get a new one.")
        return link

    # ------------------------------------------------------------ sign-in

    def sign_in(self, email: str, password: str) -> tuple[Actor, str]:
        """The member and a new session's token; raises SignInRefused."""
        now = self.clock.now()
        subject = token_hash(email.strip().casefold())
        self._count_try(subject, now)
        with self.database.read() as work:
            member = work.server.member_by_email(email)
        # Between transactions: it takes its time, and no other writer should have to wait for it.
        fits = password_fits(password, member.password_hash if member else None)
        if member is None or not fits or not member.active:
            raise SignInRefused("This e-mail and password do not go together. Try again.")
        with self.database.write() as work:
            work.server.forget_failures(subject)
            token = self._open_session(work, member, now)
            actor = actor_of(work, member, "password")
            work.practice(member.practice_id).audit.record(
                actor.audit_name, "signed_in", f"member:{member.id}", now
            )
            work.commit()
        return actor, token

    def _count_try(self, subject: str, now: datetime) -> None:
        """Every try counts before it is looked at, so that many at once are slowed like many in a row."""
        with self.database.write() as work:
            failure = work.server.sign_in_failure(subject, now)
            self._check_pace(failure, now)
            failure.failures += 1
            failure.last_at = now
            work.commit()

    def _check_pace(self, failure: SignInFailure, now: datetime) -> None:
        if failure.failures < FREE_FAILURES:
            return
        wait = min(timedelta(seconds=2 ** min(failure.failures - FREE_FAILURES, 20)), LONGEST_WAIT)
        if now < failure.last_at + wait:
            raise TooManyTries(int((failure.last_at + wait - now).total_seconds()) + 1)

    def _open_session(self, work: UnitOfWork, member: Member, now: datetime) -> str:
        token = new_token()
        work.server.add(
            Session(
                id=token_hash(token),
                practice_id=member.practice_id,
                member_id=member.id,
                created_at=now,
                seen_at=now,
                expires_at=now + self.session_lasts,
            )
        )
        return token

    def who(self, session_token: str, *, extend: bool = True) -> Actor | None:
        """The member of a live session; using it keeps it alive, unless told otherwise."""
        now = self.clock.now()
        with self.database.read() as work:
            session = work.server.session(token_hash(session_token))
            if session is None or session.ended_at is not None or session.expires_at <= now:
                return None
            member = work.practice(session.practice_id).people.member(session.member_id)
            if not member.active:
                return None
            actor = actor_of(work, member, "password")
        if extend and now - session.seen_at > timedelta(minutes=1):
            self._keep_alive(session.id, now)
        return actor

    def _keep_alive(self, session_id: str, now: datetime) -> None:
        with self.database.write() as work:
            session = work.server.session(session_id)
            if session is not None and session.ended_at is None:
                session.seen_at = now
                session.expires_at = now + self.session_lasts
                work.commit()

    def sign_out(self, session_token: str) -> None:
        with self.database.write() as work:
            session = work.server.session(token_hash(session_token))
            if session is not None and session.ended_at is None:
                session.ended_at = self.clock.now()
                work.commit()

    def end_sessions(self, actor: Actor, session_ids: Collection[str]) -> int:
        """End sign-ins of one's own, by the ids that `people.sessions` gives; returns how many."""
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            ending = [each for each in scope.people.sessions(actor.member_id) if each.id in session_ids]
            for session in ending:
                session.ended_at = now
            if ending:
                scope.audit.record(
                    actor.audit_name, "sessions_ended", f"member:{actor.member_id}", now, count=len(ending)
                )
            work.commit()
        return len(ending)

    # ------------------------------------------------------------ tokens

    def make_token(self, actor: Actor, name: str, lasts: timedelta = TOKEN_LASTS) -> tuple[str, str]:
        """(token id, token) that acts as this member. The token is shown once and never again."""
        if not name.strip():
            raise BadField("name", "The token has no name. Name it after the place that will use it.")
        if len(name.strip()) > LONGEST_TOKEN_NAME:
            raise BadField("name", f"The name is longer than {LONGEST_TOKEN_NAME} characters. Shorten it.")
        now = self.clock.now()
        token = new_token()
        row = ApiToken(
            id=new_id(),
            practice_id=actor.practice_id,
            member_id=actor.member_id,
            name=name.strip(),
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + lasts,
        )
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            scope.people.add(row)
            scope.audit.record(actor.audit_name, "token_made", f"token:{row.id}", now, name=row.name)
            work.commit()
        return row.id, token

    def revoke_token(self, actor: Actor, token_id: str) -> None:
        """Members revoke their own tokens, admins everybody's."""
        now = self.clock.now()
        with self.database.write() as work:
            scope = work.practice(actor.practice_id)
            row = scope.people.token(token_id)
            if row.member_id != actor.member_id:
                actor.require(Role.ADMIN, what="revoke other people's tokens")
            if row.revoked_at is None:
                row.revoked_at = now
                scope.audit.record(actor.audit_name, "token_revoked", f"token:{row.id}", now)
                work.commit()

    def by_token(self, token: str) -> Actor:
        """The member a token acts as; raises NotAllowed."""
        now = self.clock.now()
        with self.database.read() as work:
            row = work.server.token(token_hash(token))
            if row is None or row.revoked_at is not None:
                raise NotAllowed("This token is not known here. Sign in again: rounds login")
            if row.expires_at <= now:
                raise NotAllowed("This token has ended. Sign in again: rounds login")
            member = work.practice(row.practice_id).people.member(row.member_id)
            if not member.active:
                raise NotAllowed("This account is closed. Ask an admin.")
            actor = actor_of(work, member, "token")
        if row.used_at is None or now - row.used_at > timedelta(minutes=1):
            self._note_use(row, now)
        return actor

    def _note_use(self, token: ApiToken, now: datetime) -> None:
        with self.database.write() as work:
            work.practice(token.practice_id).people.token(token.id).used_at = now
            work.commit()


def actor_of(work: UnitOfWork, member: Member, authenticated_by: str) -> Actor:
    roles = work.practice(member.practice_id).people.roles(member.id)
    return Actor(member.id, member.practice_id, member.name, roles, authenticated_by)


def checked_zone(zone: str) -> str:
    """An IANA zone name, or BadField."""
    if zone not in available_timezones():
        raise BadField("zone", f"“{zone}” is not a time zone. Use a name such as America/New_York.")
    return str(ZoneInfo(zone))


def found_practice(
    work: UnitOfWork,
    now: datetime,
    *,
    practice: str,
    zone: str,
    name: str,
    email: str,
    password_hash: str | None,
    demo: bool = False,
) -> Actor:
    """Add a practice with one member who holds the roles that get it going. Does not commit."""
    if not practice.strip():
        raise BadField("practice", "The practice has no name. Write it as patients know it.")
    practice_row = Practice(
        id=new_id(),
        name=practice.strip()[:200],
        zone=checked_zone(zone),
        profile=Profile(name=practice.strip()).model_dump(mode="json"),
        settings=PracticeSettings().model_dump(mode="json"),
        demo=demo,
        created_at=now,
    )
    member = Member(
        id=new_id(),
        practice_id=practice_row.id,
        email=checked_email(work, email),
        name=checked_name(name),
        password_hash=password_hash,
        active=True,
        created_at=now,
    )
    work.server.add(practice_row, member)
    roles = frozenset({Role.ADMIN, Role.AUTHOR, Role.APPROVER, Role.PUBLISHER})
    work.server.add(
        *(
            RoleGrant(practice_id=practice_row.id, member_id=member.id, role=role, granted_at=now)
            for role in sorted(roles)
        )
    )
    actor = Actor(member.id, practice_row.id, member.name, roles, "setup")
    work.practice(practice_row.id).audit.record(
        actor.audit_name, "practice_founded", f"practice:{practice_row.id}", now, name=practice_row.name
    )
    return actor
