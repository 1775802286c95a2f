// Package archive is the file that `wirechief backup` writes and `wirechief
// restore` reads: everything that is kept, in one stream.
//
// The format is tar, so that anybody can look inside. In this order:
//
//	database/000001 …    the database, cut into pieces (its size is not known before)
//	media/ab/abcd….jpg   the files of messages, as they lie in the data folder
//	manifest.json        names, sizes and SHA-256 of all of the above
//
// The contract in short:
//
//   - [Write] never needs to stop anything: the database is a copy of one moment,
//     and files are never changed once the database knows of them. A file that
//     has expired meanwhile is left out.
//   - [Restore] puts everything into a folder apart first, compares it with the
//     manifest, and only then moves it into place. A stream that was
//     cut off, or in which one octet is another, restores nothing.
//   - A data folder that has anything in it is refused: nothing is overwritten.
//
// The operator's token is not in it: it is a secret of the machine.
package archive
