// Command generate writes the pages of all dialects, docs/dialects/<name>.md,
// anew.
//
//	go run ./internal/dialectdoc/generate
//
// It may be started anywhere in the module. A page whose rows and citations do
// not fit is not written: what is wrong is printed, one line each, and the
// exit code is 1.
//
// The work is done by package dialectdoc.
package main
