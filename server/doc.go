// Package server is the HTTP side of the program: which path belongs to whom,
// and what every request gets whoever serves it.
//
// The contract in short:
//
//   - [NewRouter] joins handlers, each under a prefix, longest first; a prefix
//     may be matched in any case of letters, as BulkVS's clients need. What no
//     prefix has is answered with a plain 404.
//   - Every request is counted by API and status, and a handler that panics
//     answers 500 and is logged, and takes nobody else with it.
//   - [Listener] opens a socket and serves until it is stopped: then it takes
//     no new requests and lets those that are under way end.
//
// It has no rules of its own about who may do what: authentication, limits of
// size and the form of errors belong to each API. Look next at package app,
// which says what is mounted.
package server
