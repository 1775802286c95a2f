-- +goose Up

-- A number that is changed by two at once is changed by one of them.
ALTER TABLE number ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;

-- What happened to numbers, for good.
CREATE TABLE number_event (
  shard  INTEGER NOT NULL,
  number TEXT    NOT NULL,
  id     INTEGER NOT NULL,
  tenant TEXT    NOT NULL,
  doc    TEXT    NOT NULL,
  PRIMARY KEY (number, id)
) WITHOUT ROWID;
CREATE INDEX number_event_tenant ON number_event (shard, tenant, id);
CREATE INDEX number_event_id ON number_event (id);

-- Numbers that can be bought, packed (package offer). Those that were sold are
-- in the table of numbers, too, and that is what counts.
CREATE TABLE offer_source (
  name        TEXT PRIMARY KEY,
  fingerprint BLOB    NOT NULL,
  count       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE offer_block (
  source TEXT    NOT NULL,
  seq    INTEGER NOT NULL,
  block  BLOB    NOT NULL,
  PRIMARY KEY (source, seq)
);
