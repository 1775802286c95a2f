// Package script runs the command line as users do: the scripts in testdata
// say what is typed and what has to come of it.
//
// The language is that of testscript (github.com/rogpeppe/go-internal), with a
// few words more (commands_test.go): freeport, ready, until, grab, subst. A
// script brings its own files behind the lines that begin with "--", and runs in
// a folder of its own; the program is this test's own binary under another name.
//
// To see a script at work: go test ./test/script -v -run TestScripts/operate
package script
