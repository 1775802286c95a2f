// Package cli is the command line: what the operator guide fixes, and nothing
// that a server does.
//
// The contract in short:
//
//   - [Run] parses, runs one command and gives the exit code: 0 done, 1 refused
//     by the server or failed, 2 bad usage or a bad configuration. It uses no
//     global of the process, so that tests run it with their own input, output
//     and environment.
//   - Results go to standard output, all else to standard error. Every listing
//     has --json, which prints exactly what the API answered; without it the same
//     is set for people to read.
//   - Commands that talk to a server use api/client with --server and --token, or
//     WIRECHIEF_SERVER and WIRECHIEF_TOKEN.
//   - What takes long shows how far it is when standard error is a terminal.
//
// A file a command, or a few that belong together: the type of each holds its
// flags and arguments, its Run does it.
package cli
