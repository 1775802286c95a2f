-- +goose Up

-- Threads between a number of ours and a peer. The key is that of the first
-- message; last and read are ids of messages. What there was before counts as read.
CREATE TABLE conversation (
  key            INTEGER PRIMARY KEY,
  tenant         TEXT    NOT NULL,
  number         TEXT    NOT NULL,
  peer           TEXT    NOT NULL,
  last           INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  last_text      TEXT    NOT NULL,
  last_direction TEXT    NOT NULL,
  read           INTEGER NOT NULL,
  unread         INTEGER NOT NULL,
  archived       INTEGER NOT NULL,
  assignee       INTEGER NOT NULL,
  labels         TEXT    NOT NULL, -- JSON, '' for none
  auto_reply_at  INTEGER NOT NULL,
  created_at     INTEGER NOT NULL
);

-- The key of its conversation, 0 for none.
ALTER TABLE message ADD COLUMN conversation INTEGER NOT NULL DEFAULT 0;

INSERT INTO conversation
  SELECT min(key), tenant, number, peer, max(key) & 9007199254740991, 0, '', '', max(key) & 9007199254740991, 0, 0, 0, '', 0, 0
  FROM (
    SELECT key, tenant, iif(direction = 'outbound', sender, recipient) AS number, iif(direction = 'outbound', recipient, sender) AS peer
    FROM message
  )
  GROUP BY tenant, number, peer;
UPDATE conversation SET created_at = message.created_at FROM message WHERE message.key = conversation.key;
UPDATE conversation SET last_at = message.created_at, last_text = substr(message.text, 1, 120), last_direction = message.direction
  FROM message WHERE message.key = ((conversation.key >> 53) << 53) | conversation.last;

CREATE UNIQUE INDEX conversation_pair ON conversation (tenant, peer, number);

UPDATE message SET conversation = (
  SELECT c.key FROM conversation AS c WHERE c.tenant = message.tenant
    AND c.number = iif(message.direction = 'outbound', message.sender, message.recipient)
    AND c.peer = iif(message.direction = 'outbound', message.recipient, message.sender)
);

-- The inbox: what it can be filtered by is looked at in the index alone.
CREATE INDEX conversation_inbox ON conversation (tenant, last, archived, assignee, number, labels);
CREATE INDEX conversation_unread ON conversation (tenant, last, archived, assignee) WHERE unread > 0;
CREATE INDEX conversation_auto_reply ON conversation (auto_reply_at) WHERE auto_reply_at > 0;
-- In order of the message keys, as every index is in the end.
CREATE INDEX message_conversation ON message (conversation);

CREATE TABLE conversation_entry (
  conversation INTEGER NOT NULL, -- key
  id           INTEGER NOT NULL,
  kind         TEXT    NOT NULL,
  who          TEXT    NOT NULL,
  text         TEXT    NOT NULL,
  message      INTEGER NOT NULL, -- id, 0 for none; so is delivery
  delivery     INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (conversation, id)
) WITHOUT ROWID;
CREATE INDEX conversation_entry_id ON conversation_entry (id);

CREATE TABLE contact (
  key     INTEGER PRIMARY KEY,
  tenant  TEXT    NOT NULL,
  sort    TEXT    NOT NULL, -- the name, for the order
  search  TEXT    NOT NULL, -- name, company, mail address, phones
  labels  TEXT    NOT NULL,
  blocked INTEGER NOT NULL,
  doc     TEXT    NOT NULL
);
CREATE INDEX contact_name ON contact (tenant, sort, key);
CREATE INDEX contact_blocked ON contact (tenant, sort, key) WHERE blocked = 1;

-- A peer is one contact of a tenant.
CREATE TABLE contact_phone (
  shard   INTEGER NOT NULL,
  tenant  TEXT    NOT NULL,
  phone   TEXT    NOT NULL,
  contact INTEGER NOT NULL, -- key
  PRIMARY KEY (shard, tenant, phone)
) WITHOUT ROWID;
CREATE INDEX contact_phone_contact ON contact_phone (contact);

-- Who changed what: entries are only ever added.
CREATE TABLE audit (
  key     INTEGER PRIMARY KEY,
  tenant  TEXT    NOT NULL, -- '' for the installation
  at      INTEGER NOT NULL,
  who     TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  doc     TEXT    NOT NULL
);

CREATE TABLE bulk (
  key    INTEGER PRIMARY KEY,
  tenant TEXT    NOT NULL,
  state  TEXT    NOT NULL,
  doc    TEXT    NOT NULL
);
CREATE TABLE bulk_row (
  bulk      INTEGER NOT NULL, -- key
  seq       INTEGER NOT NULL,
  recipient TEXT    NOT NULL,
  text      TEXT    NOT NULL,
  segments  INTEGER NOT NULL,
  state     TEXT    NOT NULL,
  error     TEXT    NOT NULL,
  message   INTEGER NOT NULL, -- id, 0 for none
  PRIMARY KEY (bulk, seq)
) WITHOUT ROWID;
CREATE INDEX bulk_row_state ON bulk_row (bulk, state, seq);

-- How often something happened. Each is kept twice, by the minute and by the
-- hour (span, in seconds), so that a month is read from few rows.
CREATE TABLE tally (
  shard     INTEGER NOT NULL,
  tenant    TEXT    NOT NULL,
  span      INTEGER NOT NULL,
  at        INTEGER NOT NULL, -- its beginning
  metric    TEXT    NOT NULL,
  count     INTEGER NOT NULL,
  sum       REAL    NOT NULL,
  peak      INTEGER NOT NULL,
  histogram TEXT    NOT NULL, -- JSON, '' for none
  PRIMARY KEY (shard, tenant, span, at, metric)
) WITHOUT ROWID;

-- Why a handset is out, and who says so; '' for the handset itself.
ALTER TABLE opt_out ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE opt_out ADD COLUMN by     TEXT NOT NULL DEFAULT '';

-- The place in the fallback chain of its number, 0 for none.
ALTER TABLE delivery ADD COLUMN fallback INTEGER NOT NULL DEFAULT 0;
