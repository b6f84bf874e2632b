-- SPDX-License-Identifier: MIT
-- The table of the clickhouse sink. A signal's form is named by (uid, revision): one that was
-- delivered twice is merged into one, and counts once at any time with FINAL.
CREATE TABLE IF NOT EXISTS sentra.signals
(
    uid String,
    revision UInt64,
    sequence UInt64,
    is_test UInt8,
    time DateTime,
    first_ms UInt64,
    last_ms UInt64,
    id String,
    tenant String,
    host_id String,
    host String,
    rule String,
    intent String,
    state String,
    risk Float64,
    title String,
    narrative String,
    document String
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (uid, revision)
