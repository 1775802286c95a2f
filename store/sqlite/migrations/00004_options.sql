-- +goose Up

-- What a request asked for beside the text, as JSON, '' for nothing, and the
-- project that a message belongs to, '' for the tenant's first.
ALTER TABLE message ADD COLUMN property TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN options  TEXT NOT NULL DEFAULT '';

-- Sent in chunks, without a length.
ALTER TABLE delivery ADD COLUMN chunked INTEGER NOT NULL DEFAULT 0;
