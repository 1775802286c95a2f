-- +goose Up

-- How far work that comes back again and again has come; what at means is the
-- matter of who keeps it (mark.go). tenant '': of the installation.
CREATE TABLE mark (
  tenant TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) WITHOUT ROWID;

-- Each word begins with a tag of its tenant now, so that a search reads what is
-- the tenant's own: the index is made anew, behind the messages.
DROP TABLE message_text;
CREATE VIRTUAL TABLE message_text USING fts5(words, content='', contentless_delete=1, tokenize='ascii', detail=none);
DELETE FROM text_pending;
DELETE FROM text_backlog;
INSERT INTO text_backlog SELECT 0 FROM message LIMIT 1;

-- The rows of one person, who is to be forgotten.
CREATE INDEX bulk_row_recipient ON bulk_row (recipient);
