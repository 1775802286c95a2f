// Package store holds what all stores share: how the domain's records are
// written as text, and how they are read back.
//
// A message is one row with its whole history in it: events are appended to a
// column as lines of JSON, so an event costs no row of its own, one read shows
// a timeline, and what was written is never changed. The attempts at a delivery
// are kept alike. The forms are the same in every engine, so that a row can be
// moved between them byte for byte.
//
// The port is [wirechief.Store]; storetest is the suite that defines it; sqlite
// is the member for one machine. A store holds no rules of its own: what an
// event does to a message is [wirechief.Message.Record], what a receipt causes
// is [wirechief.Message.Receive], and what follows is the planner of the command.
package store
