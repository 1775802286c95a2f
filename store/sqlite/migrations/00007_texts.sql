-- +goose Up

-- The words of messages' texts; rowid is the key of the message. The words are
-- made by the program (words.go) and parted by blanks, so that the tokenizer
-- has nothing to decide. Of each word it is kept only which messages have it.
CREATE VIRTUAL TABLE message_text USING fts5(words, content='', contentless_delete=1, tokenize='ascii', detail=none);

-- Messages whose texts are not in the index yet: one row for each commit, with
-- keys of 8 octets each, big-endian.
CREATE TABLE text_pending (
  seq  INTEGER PRIMARY KEY,
  keys BLOB NOT NULL
);

-- How far the messages from before there was an index are in it: the next key.
-- No row: all of them.
CREATE TABLE text_backlog (next INTEGER NOT NULL);
INSERT INTO text_backlog SELECT 0 FROM message LIMIT 1;
