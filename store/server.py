"""What belongs to the server rather than to one practice: sign-in, set-up, the queue, daemons."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.orm import Session as OrmSession

from domain.words import ChannelState
from store.models import (
    ApiToken,
    Approval,
    AuditEntry,
    Base,
    ChannelRow,
    Daemon,
    Member,
    PostRow,
    Practice,
    ProviderApp,
    Session,
    SetupLink,
    SignInFailure,
)
from store.queue import Queue
from store.repository import NotFound, add_in_order
from store.types import Instant


class ServerScope:
    """Questions that come before anybody is known to belong to a practice."""

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    @cached_property
    def queue(self) -> Queue:
        return Queue(self._session)

    def add(self, *rows: Base) -> None:
        """Write new rows in the order given."""
        add_in_order(self._session, rows)

    def practices(self) -> Sequence[Practice]:
        return self._session.scalars(select(Practice).order_by(Practice.created_at)).all()

    def member_by_email(self, email: str) -> Member | None:
        query = select(Member).where(Member.email == email.strip().lower())
        return self._session.scalars(query).one_or_none()

    def session(self, session_id: str) -> Session | None:
        return self._session.get(Session, session_id)

    def token(self, token_hash: str) -> ApiToken | None:
        return self._session.scalars(select(ApiToken).where(ApiToken.token_hash == token_hash)).one_or_none()

    def setup_link(self, token_hash: str) -> SetupLink | None:
        return self._session.get(SetupLink, token_hash, with_for_update=True)

    def forget_setup_links(self) -> None:
        self._session.execute(delete(SetupLink).where(SetupLink.used_at.is_(None)))

    def sign_in_failure(self, subject: str, now: datetime) -> SignInFailure:
        """What is counted for this subject, locked; begun at nought when it is new."""
        begin = text(
            "INSERT INTO sign_in_failures (subject, failures, last_at) VALUES (:subject, 0, :now)"
            " ON CONFLICT DO NOTHING"
        )
        typed = begin.bindparams(bindparam("now", type_=Instant()))
        self._session.execute(typed, {"subject": subject, "now": now})
        return self._session.get_one(SignInFailure, subject, with_for_update=True)

    def forget_failures(self, subject: str) -> None:
        self._session.execute(delete(SignInFailure).where(SignInFailure.subject == subject))

    def forget_before(self, moment: datetime) -> None:
        """Remove sessions and failed sign-ins that ended before an instant."""
        self._session.execute(delete(Session).where(Session.expires_at < moment))
        self._session.execute(delete(SignInFailure).where(SignInFailure.last_at < moment))

    def channel(self, channel_id: str, *, lock: bool = False) -> ChannelRow:
        query = select(ChannelRow).where(ChannelRow.id == channel_id)
        row = self._session.scalars(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("channel", channel_id)
        return row

    def channels(self, channel_ids: Sequence[str], *, lock: bool = False) -> dict[str, ChannelRow]:
        query = select(ChannelRow).where(ChannelRow.id.in_(channel_ids)).order_by(ChannelRow.id)
        rows = self._session.scalars(query.with_for_update() if lock else query)
        return {channel.id: channel for channel in rows}

    def all_channels(self) -> Sequence[ChannelRow]:
        return self._session.scalars(select(ChannelRow).order_by(ChannelRow.name)).all()

    def sealed(self) -> list[tuple[str, str]]:
        """Everything that is kept sealed: what it belongs to, and the sealed value."""
        apps = select(ProviderApp.provider, ProviderApp.credentials).order_by(ProviderApp.provider)
        channels = select(ChannelRow.name, ChannelRow.credentials).order_by(ChannelRow.name)
        return [
            *((f"the app at {provider}", value) for provider, value in self._session.execute(apps)),
            *((name, value) for name, value in self._session.execute(channels)),
        ]

    def latest_entry(self) -> datetime | None:
        """The instant of the latest audit entry of any practice."""
        return self._session.execute(select(func.max(AuditEntry.at))).scalar()

    def channels_expiring(self, before: datetime) -> Sequence[ChannelRow]:
        """Connected channels whose token ends before an instant."""
        query = select(ChannelRow).where(
            ChannelRow.token_expires_at.is_not(None),
            ChannelRow.token_expires_at < before,
            ChannelRow.state.in_([ChannelState.CONNECTED, ChannelState.WAITING]),
        )
        return self._session.scalars(query.order_by(ChannelRow.token_expires_at)).all()

    def channels_waiting(self, now: datetime) -> Sequence[ChannelRow]:
        """Channels whose wait has ended; locked."""
        query = select(ChannelRow).where(
            ChannelRow.state == ChannelState.WAITING, ChannelRow.resumes_at <= now
        )
        return self._session.scalars(query.with_for_update(skip_locked=True)).all()

    def posts_to_book(self, limit: int) -> Sequence[PostRow]:
        """Posts with a time and a standing approval whose publications are not in the calendar yet; locked.

        Only the post is locked, as everybody locks it first; the approval is to be looked at again.
        """
        query = (
            select(PostRow)
            .join(Approval, Approval.post_id == PostRow.id)
            .where(Approval.booked_at.is_(None), Approval.voided_at.is_(None), PostRow.due_at.is_not(None))
            .order_by(Approval.granted_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=PostRow)
        )
        return self._session.scalars(query).all()

    # ------------------------------------------------------------ daemons

    def daemon(self, daemon_id: str) -> Daemon | None:
        return self._session.get(Daemon, daemon_id)

    def last_beat(self) -> datetime | None:
        """The latest sign of any daemon, or None when none ever ran."""
        return self._session.execute(select(func.max(Daemon.beat_at))).scalar()

    def daemons(self) -> Sequence[Daemon]:
        """Daemons that have not said goodbye, the freshest heartbeat first."""
        query = select(Daemon).where(Daemon.stopped_at.is_(None)).order_by(Daemon.beat_at.desc())
        return self._session.scalars(query).all()
