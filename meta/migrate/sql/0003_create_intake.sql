-- +goose Up
CREATE TABLE rejected (
    id          TEXT   NOT NULL PRIMARY KEY,
    source_id   TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    reason      TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    message_id  TEXT   NOT NULL,
    raw         TEXT   NOT NULL
);

CREATE TABLE rejected_counts (
    day       TEXT   NOT NULL,
    source_id TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    count     BIGINT NOT NULL,
    PRIMARY KEY (day, source_id, reason)
);

CREATE TABLE imports (
    source     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX imports_updated ON imports (updated_at);
