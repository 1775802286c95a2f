// Package sqlitetest lets a test stand between SQLite and its files.
//
// SQLite reaches files through a table of functions, its VFS. [Watch] puts a
// table in front of the real one: every write and flush of databases that are
// opened meanwhile passes the functions of the test, which may look, wait, or
// let it fail in the way in which a disk fails. Nothing else changes: what
// passes is written and flushed by the real functions, to real files.
//
// That is how it is proved that nobody is answered before the flush has
// returned, and that nobody is answered after one that has failed. It needs no
// tracer, no privileges and no other file system.
//
// The package is for tests only; nothing else may import it. It reaches into
// the translated C of modernc.org/sqlite, whose tables of functions it copies
// and changes. Everything that C sees of it lies in C's memory.
package sqlitetest
