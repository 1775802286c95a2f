-- +goose Up

-- "WCHF": tells a data file of ours from any other.
PRAGMA application_id = 1464027206;

-- Keys named key are shard << 53 | id. Instants are microseconds since 1970
-- UTC, 0 for none. History and attempts are lines of JSON, appended only.
CREATE TABLE message (
  key         INTEGER PRIMARY KEY,
  tenant      TEXT    NOT NULL,
  ref         TEXT    NOT NULL,
  direction   TEXT    NOT NULL,
  sender      TEXT    NOT NULL,
  recipient   TEXT    NOT NULL,
  also        TEXT    NOT NULL, -- JSON, '' for none; so are media, carrier_ids and route
  text        TEXT    NOT NULL,
  media       TEXT    NOT NULL,
  mms         INTEGER NOT NULL,
  encoding    TEXT    NOT NULL,
  segments    INTEGER NOT NULL,
  status      TEXT    NOT NULL,
  carrier     TEXT    NOT NULL,
  carrier_ids TEXT    NOT NULL,
  route       TEXT    NOT NULL,
  lane        TEXT    NOT NULL, -- the queue that it waits in, '' for none
  queue_at    INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  dialect     TEXT    NOT NULL,
  hops        INTEGER NOT NULL,
  history     TEXT    NOT NULL
);
CREATE INDEX message_queue ON message (lane, queue_at, key) WHERE lane <> '';

-- A carrier's id of a segment leads to its message.
CREATE TABLE carrier_id (
  carrier TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (carrier, id)
) WITHOUT ROWID;

-- Receipts that match nothing yet.
CREATE TABLE parked_receipt (
  seq     INTEGER PRIMARY KEY,
  carrier TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  doc     TEXT    NOT NULL
);
CREATE INDEX parked_receipt_id ON parked_receipt (carrier, id);

-- What a carrier may have got without our knowing its answer: message keys,
-- 8 octets each, big-endian.
CREATE TABLE in_flight (
  carrier  TEXT PRIMARY KEY,
  messages BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE part (
  shard     INTEGER NOT NULL,
  carrier   TEXT    NOT NULL,
  sender    TEXT    NOT NULL,
  recipient TEXT    NOT NULL,
  ref       INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  since     INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  text      TEXT    NOT NULL,
  raw       TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (shard, carrier, sender, recipient, ref, total, since, seq)
) WITHOUT ROWID;

CREATE TABLE answer (
  shard       INTEGER NOT NULL,
  tenant      TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL,
  body        BLOB    NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (shard, tenant, key)
) WITHOUT ROWID;
CREATE INDEX answer_at ON answer (at);

CREATE TABLE delivery (
  key          INTEGER PRIMARY KEY,
  tenant       TEXT    NOT NULL,
  message      INTEGER NOT NULL, -- its id, 0 for none
  kind         TEXT    NOT NULL,
  destination  TEXT    NOT NULL,
  profile      TEXT    NOT NULL,
  event        TEXT    NOT NULL,
  method       TEXT    NOT NULL,
  content_type TEXT    NOT NULL,
  header       TEXT    NOT NULL, -- JSON, '' for none
  body         BLOB    NOT NULL,
  status       TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  next_at      INTEGER NOT NULL,
  tries        INTEGER NOT NULL,
  attempts     TEXT    NOT NULL
);
CREATE INDEX delivery_pending ON delivery (tenant, kind, destination, next_at, key) WHERE status = 'pending';
CREATE INDEX delivery_message ON delivery (message) WHERE message <> 0;

CREATE TABLE entity (
  shard  INTEGER NOT NULL,
  tenant TEXT    NOT NULL,
  kind   TEXT    NOT NULL,
  key    TEXT    NOT NULL,
  doc    TEXT    NOT NULL,
  PRIMARY KEY (shard, tenant, kind, key)
) WITHOUT ROWID;

CREATE TABLE number (
  number TEXT PRIMARY KEY,
  shard  INTEGER NOT NULL,
  tenant TEXT    NOT NULL,
  doc    TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX number_tenant ON number (shard, tenant);

CREATE TABLE opt_out (
  shard   INTEGER NOT NULL,
  tenant  TEXT    NOT NULL,
  number  TEXT    NOT NULL,
  handset TEXT    NOT NULL,
  word    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (shard, tenant, number, handset)
) WITHOUT ROWID;

CREATE TABLE balance (
  shard  INTEGER NOT NULL,
  tenant TEXT    NOT NULL,
  amount INTEGER NOT NULL, -- millionths
  PRIMARY KEY (shard, tenant)
) WITHOUT ROWID;

CREATE TABLE media (
  token      TEXT PRIMARY KEY,
  shard      INTEGER NOT NULL,
  tenant     TEXT    NOT NULL,
  message    INTEGER NOT NULL,
  ext        TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  size       INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX media_expires ON media (expires_at);

-- The one row that a check of health writes.
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL
);
