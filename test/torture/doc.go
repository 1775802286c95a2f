// Package torture holds the tests that end the program in the middle of its
// work: kill -9 at random instants, and a disk that takes nothing more. They
// build the program, run it as a process of its own and count what is left.
//
// The rules that they hold it to are those of docs/adr/0005: nothing that was
// acknowledged is lost, nothing that was acknowledged goes untold, and what a
// carrier gets twice is at most the window for each kill and is marked so.
//
// With WIRECHIEF_TORTURE=1 (`make torture`) they go on for much longer.
package torture
