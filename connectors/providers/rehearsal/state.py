"""What the rehearsal network remembers: one SQLite file of its own, shared by threads and processes."""

import hmac
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.providers.rehearsal.audience import Lift, numbers
from connectors.providers.rehearsal.behaviour import Behaviour, Misfortune, next_misfortune
from domain.ids import new_id

SCHEMA = Path(__file__).with_name("schema.sql")
BUSY_TIMEOUT = 10.0  # seconds that a writer waits for another process


@dataclass(frozen=True)
class Account:
    """One account of the network. `page` is the secret part of its timeline's address."""

    id: str
    handle: str
    name: str
    page: str = field(repr=False)
    behaviour: Behaviour = field(default_factory=Behaviour)


@dataclass(frozen=True)
class Picture:
    id: str
    account_id: str
    media_type: str
    alt_text: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """One post as the network took it."""

    id: str
    account_id: str
    key: str | None
    text: str
    link: str | None
    reply_to: str | None
    media_ids: tuple[str, ...]
    published_at: datetime
    ready_at: datetime
    removed_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        return self.removed_at is None and self.ready_at <= now

    def says_the_same_as(self, other: "Entry") -> bool:
        """Whether both carry the same words, link and place; pictures are compared by their number."""
        mine = (self.text, self.link, self.reply_to, len(self.media_ids))
        return mine == (other.text, other.link, other.reply_to, len(other.media_ids))


@dataclass(frozen=True)
class Comment:
    id: str
    text: str
    written_at: datetime


class State:
    """Every method is safe from any thread. With no *path* everything stays in memory."""

    def __init__(self, path: Path | None = None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            path or ":memory:", timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
        self._db.executescript(SCHEMA.read_text(encoding="utf-8"))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # Accounts

    def welcome(self, token: str, *, account_id: str = "", name: str = "") -> Account:
        """The account that *token* opens. A new token joins *account_id*, or opens a new account.

        A new token on an account whose token had expired makes it work again, as reconnecting does.
        """
        with self._transaction():
            if known := self.account_for(token):
                return known
            account = self.account(account_id) or self._open_account(token, name)
            row = (_digest(token), account.id)
            self._db.execute("INSERT INTO tokens (digest, account_id) VALUES (?, ?)", row)
            behaviour = account.behaviour.model_copy(update={"token_expired": False})
            return self.behave(account.id, behaviour)

    def own_token(self, channel_id: str) -> str:
        """A token that only those who can read this file can make, always the same for one Channel."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO network SELECT ? WHERE NOT EXISTS (SELECT 1 FROM network)",
                (secrets.token_hex(32),),
            )
            [secret] = self._db.execute("SELECT secret FROM network").fetchone()
        return hmac.new(secret.encode(), channel_id.encode(), sha256).hexdigest()

    def account(self, account_id: str) -> Account | None:
        return self._account("SELECT * FROM accounts WHERE id = ?", account_id)

    def account_on(self, page: str) -> Account | None:
        return self._account("SELECT * FROM accounts WHERE page = ?", page)

    def account_for(self, token: str) -> Account | None:
        sql = "SELECT accounts.* FROM accounts JOIN tokens ON account_id = id WHERE digest = ?"
        return self._account(sql, _digest(token))

    def behave(self, account_id: str, behaviour: Behaviour) -> Account:
        """Replace the behaviour of one account; the account as it is then."""
        row = (behaviour.model_dump_json(), account_id)
        self._run("UPDATE accounts SET behaviour = ? WHERE id = ?", *row)
        account = self.account(account_id)
        assert account is not None, "behaviour belongs to an account that exists"
        return account

    def next_misfortune(self, account: Account) -> Misfortune | None:
        """What befalls the write that *account* makes now; used up at once."""
        if not account.behaviour.counts_writes:
            return None
        with self._transaction():
            row = self._db.execute("SELECT * FROM accounts WHERE id = ?", (account.id,)).fetchone()
            befalls, after = next_misfortune(_account(row).behaviour, row["writes"])
            self._db.execute(
                "UPDATE accounts SET behaviour = ?, writes = writes + 1 WHERE id = ?",
                (after.model_dump_json(), account.id),
            )
        return befalls

    def forget(self, account_id: str) -> None:
        """Remove the account with everything it ever posted."""
        with self._transaction():
            for statement in _FORGET_ACCOUNT:
                self._db.execute(statement, (account_id,))

    # Posts

    def add_picture(self, picture: Picture) -> None:
        row = (picture.id, picture.account_id, picture.media_type, picture.alt_text, picture.data)
        self._run("INSERT INTO media VALUES (?, ?, ?, ?, ?)", *row)

    def picture(self, media_id: str) -> Picture | None:
        rows = self._rows("SELECT * FROM media WHERE id = ?", media_id)
        return Picture(**dict(rows[0])) if rows else None

    def alt_texts(self, media_ids: Sequence[str]) -> dict[str, str]:
        """Alt texts by media id; ids that nobody uploaded are left out."""
        sql = "SELECT id, alt_text FROM media WHERE id IN (SELECT value FROM json_each(?))"
        rows = self._rows(sql, json.dumps(media_ids))
        return {row["id"]: row["alt_text"] for row in rows}

    def owned_media(self, account_id: str, media_ids: Sequence[str]) -> set[str]:
        """Those of *media_ids* that this account uploaded."""
        sql = "SELECT id FROM media WHERE account_id = ? AND id IN (SELECT value FROM json_each(?))"
        return {row["id"] for row in self._rows(sql, account_id, json.dumps(media_ids))}

    def add_post(self, entry: Entry) -> Entry:
        """Keep *entry*; if its key was used before, the entry that stands under it, unchanged."""
        row = (
            entry.id,
            entry.account_id,
            entry.key,
            entry.text,
            entry.link,
            entry.reply_to,
            json.dumps(entry.media_ids),
            _stamp(entry.published_at),
            _stamp(entry.ready_at),
        )
        sql = "INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING"
        if self._run(sql, *row):
            return entry
        [earlier] = self.posts_by_key(entry.account_id, entry.key or "")
        return earlier

    def post(self, post_id: str) -> Entry | None:
        rows = self._rows("SELECT * FROM posts WHERE id = ?", post_id)
        return _entry(rows[0]) if rows else None

    def posts_by_key(self, account_id: str, key: str) -> list[Entry]:
        """None or one."""
        sql = "SELECT * FROM posts WHERE account_id = ? AND key = ?"
        return [_entry(row) for row in self._rows(sql, account_id, key)]

    def posts(self, account_id: str, *, since: datetime | None = None, most: int = -1) -> list[Entry]:
        """Everything the network ever accepted from this account, newest first, removed ones included."""
        sql = "SELECT * FROM posts WHERE account_id = ? AND published_at >= ? ORDER BY rowid DESC LIMIT ?"
        return [_entry(row) for row in self._rows(sql, account_id, _stamp(since) if since else "", most)]

    def thread(self, first_id: str) -> list[Entry]:
        """The post and whatever its author hung below it, in order."""
        return [_entry(row) for row in self._rows(_SELECT_THREAD, first_id)]

    def remove(self, first_id: str, now: datetime) -> None:
        """Take the post down, and with it what its author hung below."""
        self._run(_REMOVE_THREAD, first_id, _stamp(now))

    # What gathers around a post

    def add_comment(self, post_id: str, comment: Comment) -> None:
        row = (comment.id, post_id, comment.text, _stamp(comment.written_at))
        self._run("INSERT INTO comments VALUES (?, ?, ?, ?)", *row)

    def comments(self, post_id: str) -> list[Comment]:
        rows = self._rows("SELECT * FROM comments WHERE post_id = ? ORDER BY rowid", post_id)
        return [Comment(row["id"], row["text"], _instant(row["written_at"])) for row in rows]

    def repost(self, post_id: str, now: datetime) -> str:
        """Lift the post unless it is lifted; the id of the repost that is under way."""
        sql = "INSERT INTO reposts VALUES (?, ?, ?, NULL) ON CONFLICT DO NOTHING"
        self._run(sql, new_id(), post_id, _stamp(now))
        [row] = self._rows("SELECT id FROM reposts WHERE post_id = ? AND ended_at IS NULL", post_id)
        return str(row["id"])

    def end_repost(self, post_id: str, now: datetime) -> None:
        sql = "UPDATE reposts SET ended_at = ? WHERE post_id = ? AND ended_at IS NULL"
        self._run(sql, _stamp(now), post_id)

    def lifts(self, post_id: str) -> list[Lift]:
        rows = self._rows("SELECT * FROM reposts WHERE post_id = ? ORDER BY rowid", post_id)
        return [
            Lift(_instant(row["started_at"]), _instant(row["ended_at"]) if row["ended_at"] else None)
            for row in rows
        ]

    def numbers(self, account: Account, entry: Entry, now: datetime) -> dict[str, int]:
        """What the invented audience of *account* made of a post that stands."""
        return numbers(
            f"{account.handle}|{entry.text}|{_stamp(entry.published_at)}",
            entry.ready_at.astimezone(ZoneInfo(account.behaviour.zone)),
            now,
            pictures=len(entry.media_ids),
            has_link=entry.link is not None,
            lifts=self.lifts(entry.id),
        )

    # The file

    def _account(self, sql: str, value: str) -> Account | None:
        rows = self._rows(sql, value)
        return _account(rows[0]) if rows else None

    def _open_account(self, token: str, name: str) -> Account:
        handle = f"rehearsal-{_digest(token)[:8]}"
        account = Account(new_id(), handle, name or "Rehearsal", secrets.token_urlsafe(16))
        row = (account.id, account.handle, account.name, account.page)
        self._run("INSERT INTO accounts (id, handle, name, page) VALUES (?, ?, ?, ?)", *row)
        return account

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _run(self, sql: str, *values: object) -> int:
        """How many rows changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


_SELECT_THREAD = """
WITH RECURSIVE thread (id) AS (
    VALUES (?) UNION SELECT posts.id FROM posts JOIN thread ON posts.reply_to = thread.id
)
SELECT * FROM posts WHERE id IN thread ORDER BY rowid"""

_FORGET_ACCOUNT = (
    "DELETE FROM comments WHERE post_id IN (SELECT id FROM posts WHERE account_id = ?)",
    "DELETE FROM reposts WHERE post_id IN (SELECT id FROM posts WHERE account_id = ?)",
    "DELETE FROM posts WHERE account_id = ?",
    "DELETE FROM media WHERE account_id = ?",
    "DELETE FROM tokens WHERE account_id = ?",
    "DELETE FROM accounts WHERE id = ?",
)

_REMOVE_THREAD = """
WITH RECURSIVE thread (id) AS (
    VALUES (?) UNION SELECT posts.id FROM posts JOIN thread ON posts.reply_to = thread.id
)
UPDATE posts SET removed_at = ? WHERE id IN thread AND removed_at IS NULL"""


def _account(row: sqlite3.Row) -> Account:
    behaviour = Behaviour.model_validate_json(row["behaviour"])
    return Account(row["id"], row["handle"], row["name"], row["page"], behaviour)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        account_id=row["account_id"],
        key=row["key"],
        text=row["text"],
        link=row["link"],
        reply_to=row["reply_to"],
        media_ids=tuple(json.loads(row["media_ids"])),
        published_at=_instant(row["published_at"]),
        ready_at=_instant(row["ready_at"]),
        removed_at=_instant(row["removed_at"]) if row["removed_at"] else None,
    )


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _stamp(instant: datetime) -> str:
    """UTC at a fixed width, so that the text sorts by time."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
