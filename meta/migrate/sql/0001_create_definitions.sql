-- +goose Up
CREATE TABLE definitions (
    kind       TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    etag       TEXT   NOT NULL,
    latest     BIGINT NOT NULL DEFAULT 0,
    live       TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT   NOT NULL,
    deleted_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)
);

CREATE TABLE versions (
    kind         TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    number       BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    etag         TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    published_by TEXT   NOT NULL,
    PRIMARY KEY (kind, id, number)
);
