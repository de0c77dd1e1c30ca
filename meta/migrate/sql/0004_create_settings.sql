-- +goose Up
CREATE TABLE settings (
    workspace TEXT NOT NULL PRIMARY KEY,
    body      TEXT NOT NULL,
    etag      TEXT NOT NULL
);
