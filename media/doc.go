// Package media fetches, keeps and serves the pictures and files of messages.
//
// What a customer names by URL is fetched through the guarded client that the
// package is given, after the request was answered. The bytes decide what a
// file is, not the name and not the header: they are sniffed, and what is not
// wanted is refused. Files lie under the data folder, named by an unguessable
// token; the same token and the right extension make the link under /media/,
// for carriers and clients tell types by the extension of the path.
//
// A file is written whole and flushed before it has its name, so that a crash
// leaves no half picture behind a link. Links end when the store says so, and
// the file goes with them.
//
// Recordings of a tenant's own, for callers to hear, are kept likewise in a
// folder of their own and last: no link leads to them, and they go when they are
// not wanted any more.
//
// The package decides nothing about messages: exchange does.
package media
