-- +goose Up
ALTER TABLE versions ADD COLUMN pins TEXT NOT NULL DEFAULT '[]';
