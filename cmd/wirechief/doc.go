// Command wirechief is the whole program: the server, its command line, its
// demonstration and its load test, in one binary.
//
//	wirechief demo                  a throw-away instance to play with
//	wirechief serve --config FILE   the server
//	wirechief --help                everything else
//
// What is here ends the process; all else is in package cli, which tests can
// run without one. The exit code is 0 when it is done, 1 when the server
// refused or it could not be done, and 2 for a wrong command line or file.
// SIGINT and SIGTERM end the server in an orderly way.
package main
