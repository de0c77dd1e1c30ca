-- +goose Up
ALTER TABLE imports ADD COLUMN cancelled_at BIGINT NOT NULL DEFAULT 0;
