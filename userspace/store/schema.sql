-- SPDX-License-Identifier: MIT
-- What Sentra remembers. Times are Unix nanoseconds. Applied whole, in one transaction, to a file
-- that is empty or of an earlier version, which then gets kSchemaVersion (open.cpp) as its
-- user_version. A later version adds tables and never takes any away: nothing here changes what is
-- there already.

-- One row a signal, in its latest form.
CREATE TABLE IF NOT EXISTS signals (
    uid       TEXT PRIMARY KEY CHECK (length(uid) = 64),
    id        TEXT NOT NULL,            -- what people type: the first 12 digits of uid
    first_ns  INTEGER NOT NULL,
    last_ns   INTEGER NOT NULL,
    rule      TEXT NOT NULL,
    state     TEXT NOT NULL,
    score     REAL NOT NULL,            -- whole hundredths, so equal scores compare equal
    count     INTEGER NOT NULL,
    revisions INTEGER NOT NULL,         -- how many forms it has had
    json      TEXT NOT NULL             -- the line that was emitted
) STRICT;
CREATE INDEX IF NOT EXISTS signals_by_time ON signals (last_ns, uid);

-- Every form a signal has been handed on in. A journal that is read twice brings the same forms
-- again, the earlier ones too; a form that is here is no news.
CREATE TABLE IF NOT EXISTS forms (
    uid   TEXT NOT NULL REFERENCES signals (uid) ON DELETE CASCADE,
    count INTEGER NOT NULL,
    state TEXT NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (uid, count, state, score)
) STRICT, WITHOUT ROWID;

-- The proof of the latest form, kept with the signal: raw events may be gone by the time of an audit.
CREATE TABLE IF NOT EXISTS evidence (
    uid     TEXT NOT NULL REFERENCES signals (uid) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    event   TEXT NOT NULL,
    text    TEXT NOT NULL,
    ref     TEXT NOT NULL,
    PRIMARY KEY (uid, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evidence_by_time ON evidence (time_ns);

-- Up to where everything has been taken in. One row, once there has been a commit.
CREATE TABLE IF NOT EXISTS position (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    cursor       TEXT NOT NULL,
    watermark_ns INTEGER NOT NULL,
    boot_id      TEXT NOT NULL,
    clean_stop   INTEGER NOT NULL
) STRICT;

-- What was seen before, for rules that ask whether something is new.
CREATE TABLE IF NOT EXISTS sightings (
    key      TEXT PRIMARY KEY,
    first_ns INTEGER NOT NULL,
    last_ns  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sightings_by_time ON sightings (last_ns);

-- When a source was not watched.
CREATE TABLE IF NOT EXISTS gaps (
    from_ns INTEGER NOT NULL,
    to_ns   INTEGER NOT NULL,
    source  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (from_ns, to_ns, source, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gaps_by_end ON gaps (to_ns);

-- How many events each run of the daemon lost, by the name of the loss.
CREATE TABLE IF NOT EXISTS losses (
    run   INTEGER NOT NULL,
    name  TEXT NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

-- One row a login session: who came, from where, what became of it.
CREATE TABLE IF NOT EXISTS sessions (
    id       TEXT PRIMARY KEY, -- session:<boot>:<audit session id>
    first_ns INTEGER NOT NULL,
    last_ns  INTEGER NOT NULL,
    json     TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_time ON sessions (last_ns, id);

-- What was decided, by whom and when, in order and for ever. hash is SHA-256 over the row's json,
-- which holds the hash of the row before it: a row that is changed or taken out shows.
CREATE TABLE IF NOT EXISTS ledger (
    number INTEGER PRIMARY KEY, -- 1, 2, 3, ...
    json   TEXT NOT NULL,
    hash   TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

-- Every form of a signal that was committed, in the order it is told in. A number is never used
-- twice, and a batch that fails uses none.
CREATE TABLE IF NOT EXISTS told (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    uid          TEXT NOT NULL,
    revision     INTEGER NOT NULL,     -- which form of the signal: 1, 2, ...
    committed_ns INTEGER NOT NULL,
    json         TEXT NOT NULL,
    ledger_head  TEXT NOT NULL DEFAULT '', -- the ledger's last entry then: number:hash
    UNIQUE (uid, revision)
) STRICT;
CREATE INDEX IF NOT EXISTS told_by_time ON told (committed_ns);

-- Who is told. Those that the configuration names no more keep their rows.
CREATE TABLE IF NOT EXISTS sinks (
    name         TEXT PRIMARY KEY,
    type         TEXT NOT NULL,
    in_use       INTEGER NOT NULL,
    delivered    INTEGER NOT NULL DEFAULT 0, -- how many, since the store was made
    delivered_ns INTEGER NOT NULL DEFAULT 0, -- the last one
    paused_by    TEXT NOT NULL DEFAULT '',   -- empty: it is not
    paused_why   TEXT NOT NULL DEFAULT '',
    paused_ns    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What is to be told to whom, and what became of it.
CREATE TABLE IF NOT EXISTS outbox (
    sink       TEXT NOT NULL,
    sequence   INTEGER NOT NULL REFERENCES told (sequence),
    state      TEXT NOT NULL DEFAULT 'pending', -- pending, delivered, dead, withheld
    attempts   INTEGER NOT NULL DEFAULT 0,
    queued_ns  INTEGER NOT NULL,                -- since when it waits
    next_ns    INTEGER NOT NULL DEFAULT 0,      -- pending: when it is tried again
    settled_ns INTEGER NOT NULL DEFAULT 0,      -- when it was tried last
    why        TEXT NOT NULL DEFAULT '',        -- it was not delivered
    PRIMARY KEY (sink, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_by_sequence ON outbox (sequence);
CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (sink, sequence) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS outbox_dead ON outbox (sink, sequence) WHERE state = 'dead';
CREATE INDEX IF NOT EXISTS outbox_settled ON outbox (settled_ns)
    WHERE state IN ('delivered', 'withheld');
