// Package document reads YAML files that people write (the configuration, the
// state file) into Go structs and tells them every mistake at once, each with
// its line.
//
// The contract in short:
//
//   - [Parse] turns bytes into a tree of [Node]. What is not YAML at all ends
//     there, with the line of the first thing that made no sense.
//   - A [Reader] fills structs from the tree, by their yaml tags. A key that no
//     field has, a key given twice, or a value of the wrong kind is a [Problem];
//     reading goes on, so that one run shows them all. A field whose key is
//     missing, or null, keeps the value it had: defaults are simply what was
//     there before.
//   - Whoever judges values afterwards calls [Reader.Report] with the path of
//     a key ("carriers[0].port") and the line is found again.
//   - A value is text until a field says otherwise: 4711, 0815, off and
//     +13105550123 need no quotes where a string is wanted.
//   - [Write] prints a struct back as YAML, secrets as "set" or "not set".
//
// The package refuses what makes such files hard to read or dangerous to take
// from outside: several documents in one file, merge keys (<<), tags, nesting
// beyond 100 levels and aliases that unfold into several times the file. It
// knows nothing about what keys mean; look for that in config and state.
package document
