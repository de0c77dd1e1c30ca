-- +goose Up
CREATE TABLE sources (
    id                TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL,
    platform          TEXT   NOT NULL,
    write_key         TEXT   NOT NULL UNIQUE,
    max_batch_bytes   BIGINT NOT NULL,
    max_batch_events  BIGINT NOT NULL,
    events_per_second BIGINT NOT NULL,
    created_at        BIGINT NOT NULL,
    disabled_at       BIGINT NOT NULL
);

CREATE TABLE tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    hash         TEXT   NOT NULL UNIQUE,
    hint         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL
);
