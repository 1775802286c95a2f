-- +goose Up

-- What a toll-free number has sent is counted while its verification is
-- pending. Their area codes begin with 8; few other numbers do, and messages of
-- all others cost nothing here.
CREATE INDEX message_toll_free ON message (sender, created_at) WHERE sender GLOB '+18*';
