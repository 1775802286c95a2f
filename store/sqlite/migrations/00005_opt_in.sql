-- +goose Up

-- Who opts in again is in again, whosever the number was.
CREATE INDEX opt_out_pair ON opt_out (number, handset);
