// Package app builds the whole program out of a configuration, and starts and
// stops it. The command line uses it, and so do tests that want everything.
//
// The contract in short:
//
//   - [New] opens the store and joins the parts (wire.go lists every member of
//     every family, here and nowhere else). What is wrong with the configuration
//     is an error of kind Invalid, fit for a person.
//   - [App.Start] applies the state file, then starts the delivery engine, the
//     exchange with its carriers, and the listeners, in that order; when it
//     returns, /readyz says yes.
//   - [App.Stop] goes the other way: no new work, what is under way ends and is
//     kept, then the store is closed. It may be called twice, and before Start.
//   - [App.Failed] tells that the disk failed to keep what was written: the
//     program must end, for nothing that it says can be trusted any more.
//
// It has no rules: those are the exchange's. Look next at wire.go.
package app
