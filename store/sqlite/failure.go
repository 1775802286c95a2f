package sqlite

import (
	"errors"

	"github.com/wirechief/wirechief"
	"zombiezen.com/go/sqlite"
)

// verdict is what an error of SQLite means for what waits and for the store.
type verdict uint8

const (
	// refuse: nothing was written that counts, and the cause may pass by
	// itself. The commands that met it are refused; later ones are tried.
	refuse verdict = iota
	// isolate: one command is at fault. The transaction is undone and each
	// command applied behind a savepoint, so that only that one is refused.
	isolate
	// poison: what is on the disk cannot be known any more. After a failed
	// fsync the kernel may have dropped the pages and call them clean, so that
	// a second fsync would succeed and mean nothing (Rebello et al., "Can
	// Applications Recover from fsync Failures?", USENIX ATC 2020). The store
	// ends; opening it anew reads what the disk really has.
	poison
)

// judge reads the extended result code. SQLite writes every frame of a
// transaction before the one that commits it and flushes last, so a failed
// write is never ambiguous; a failed flush always is.
func judge(err error) verdict {
	if _, ok := errors.AsType[*wirechief.Error](err); ok {
		return isolate // a command's own fault, found after its first write
	}
	code := sqlite.ErrCode(err)
	switch code {
	case sqlite.ResultIOErrWrite, // quota, file size limit, a file system gone read-only: not ENOSPC, which is FULL
		sqlite.ResultIOErrSHMSize, // the WAL index cannot grow: how a full disk shows first at times
		sqlite.ResultIOErrSHMOpen,
		sqlite.ResultIOErrSHMMap,
		sqlite.ResultIOErrNoMem,
		sqlite.ResultIOErrAccess:
		return refuse
	}
	switch code.ToPrimary() {
	case sqlite.ResultConstraint, sqlite.ResultTooBig, sqlite.ResultMismatch, sqlite.ResultRange:
		return isolate
	case sqlite.ResultFull, sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultPerm, sqlite.ResultAuth,
		sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultProtocol, sqlite.ResultNoMem, sqlite.ResultInterrupt,
		sqlite.ResultError, sqlite.ResultSchema:
		return refuse
	}
	return poison
}

// unavailable is the answer to everybody whose commands were not kept.
func unavailable(err error) *wirechief.Error {
	message := "the store cannot be written to just now; nothing of this was kept"
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultFull:
		message = "the disk of the store is full; nothing of this was kept; make room"
	case sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultPerm:
		message = "the data folder cannot be written to; nothing of this was kept; make it writable"
	}
	return &wirechief.Error{Op: "store", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: message, Err: err}
}

// unfit is the reason to refuse a command that the database would not take.
func unfit(err error) *wirechief.Error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e
	}
	return &wirechief.Error{
		Op: "store", Kind: wirechief.Conflict, Err: err,
		Message: "this contradicts what is in the store: an id is in use, or it is too large",
	}
}

// unwritable is the error of a value that has no stored form.
func unwritable(err error) *wirechief.Error {
	return &wirechief.Error{Op: "store", Kind: wirechief.Internal, Err: err, Message: "this cannot be written down"}
}

// damaged is the error of a row that does not parse.
func damaged(err error) *wirechief.Error {
	return &wirechief.Error{Op: "store", Kind: wirechief.Internal, Err: err, Message: "what is stored cannot be read"}
}

// refused is the result of a command that changed nothing.
func refused(kind wirechief.Kind, rule wirechief.Rule, format string, args ...any) wirechief.Result {
	e := wirechief.Refuse(kind, rule, format, args...)
	e.Op = "store"
	return wirechief.Result{Err: e}
}

// failed is the answer once the store is poisoned.
func failed(err error) *wirechief.Error {
	return &wirechief.Error{
		Op: "store", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
		Message: "the disk failed to keep what was written; the program has to start anew and look at what is there",
	}
}

// unreadable is the answer to a reader.
func unreadable(err error) *wirechief.Error {
	return &wirechief.Error{
		Op: "store", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
		Message: "the store cannot be read just now",
	}
}

// failedOrClosed is the answer to whoever comes after the end.
func failedOrClosed(err error) *wirechief.Error {
	return &wirechief.Error{Op: "store", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "the store is closed", Err: err}
}
