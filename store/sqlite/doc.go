// Package sqlite keeps everything in one SQLite database on this machine.
//
// One goroutine writes (writer.go): it takes all commands that wait, applies
// them in one transaction, commits with synchronous=FULL, and only then lets
// the callers go. A lone caller waits for one flush; a crowd shares one. No
// timer delays anybody. Reads go over a few connections of their own and see what was
// committed (write-ahead log).
//
// Keys of tenants' rows are one integer, shard<<53 | id: the shard comes first,
// the table is in the order of the key, and no second index is needed.
//
// Each message joins the conversation of its two ends in its own commit
// (conversations.go). Its text comes into the index of words later, in a pause
// of the writer (texts.go); a search reads what is not in it yet itself.
//
// What happens when the disk misbehaves is decided in failure.go: a full or
// read-only disk refuses the commands that met it, and later ones are tried
// again; a failed flush ends the store for good, for what the kernel has kept
// of it cannot be known.
//
// The driver is zombiezen.com/go/sqlite over modernc.org/sqlite: the same
// translated SQLite, without the cost of database/sql for each statement.
// Migrations run through goose before the first connection is opened.
package sqlite
