-- The rehearsal network's own memory. It is an outside system: Rounds' store knows nothing of it.
CREATE TABLE IF NOT EXISTS network (secret TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS accounts (
    id        TEXT PRIMARY KEY,
    handle    TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    page      TEXT NOT NULL UNIQUE, -- names the timeline's address and cannot be guessed
    behaviour TEXT NOT NULL DEFAULT '{}',
    writes    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS tokens (
    digest     TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts
);

CREATE TABLE IF NOT EXISTS media (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts,
    media_type TEXT NOT NULL,
    alt_text   TEXT NOT NULL,
    data       BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS posts (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts,
    key          TEXT, -- the sender's own; no two posts of an account share one
    text         TEXT NOT NULL,
    link         TEXT,
    reply_to     TEXT REFERENCES posts,
    media_ids    TEXT NOT NULL, -- JSON
    published_at TEXT NOT NULL,
    ready_at     TEXT NOT NULL, -- later than published_at while the network pretends to work
    removed_at   TEXT,
    UNIQUE (account_id, key)
);
CREATE INDEX IF NOT EXISTS posts_by_time ON posts (account_id, published_at);
CREATE INDEX IF NOT EXISTS posts_by_parent ON posts (reply_to) WHERE reply_to IS NOT NULL;

CREATE TABLE IF NOT EXISTS comments (
    id         TEXT PRIMARY KEY,
    post_id    TEXT NOT NULL REFERENCES posts,
    text       TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS comments_by_post ON comments (post_id);

CREATE TABLE IF NOT EXISTS reposts (
    id         TEXT PRIMARY KEY,
    post_id    TEXT NOT NULL REFERENCES posts,
    started_at TEXT NOT NULL,
    ended_at   TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS one_repost_at_a_time ON reposts (post_id) WHERE ended_at IS NULL;
