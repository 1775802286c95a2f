// Package client speaks our own JSON API, package api: it is what the command
// line uses, and other Go programs can.
//
// The contract in short:
//
//   - [New] makes a [Client] from the address of a server and a token; each
//     operation of the API is a method of its name. A context bounds each call;
//     there is no other deadline, for a backup may take long.
//   - What the server refuses is a [*wire.Problem]: its Status, Kind, Rule and
//     Field say what can be done. An answer that is not the API's own (a proxy's
//     page, another program on the port) is one, too. Any other error means that
//     there was no whole answer.
//   - No error holds the token, whatever the server says.
//   - What a number does is changed by a [wire.MergePatch]; what numbers refer to
//     is on a [Shelf], a kind each. The operator names the tenant it acts for.
//   - [Client.Tail] follows messages as they come; [Client.Backup] tells a whole
//     backup from one that broke off.
//
// The package never repeats a request by itself: whoever sends again after an
// error gives [Client.Send] a key. It follows no redirects, for the token goes
// to no other server than the one that was named.
package client
