// Package acceptance runs whole programs in one process and tells what they do
// as a story: who sends what, and what everybody gets to see of it.
//
// Each test builds one installation or several from a configuration and a state
// file, as an operator writes them, on the loopback and with a data folder of
// their own. Customers and their endpoints are played by the test. It looks at
// what the APIs answer and at what the endpoints are told, never inside.
//
// What one package promises is tried in that package; here is what only shows
// when everything is joined. The command line has stories of its own in
// test/script, and what a crash leaves is counted in test/torture.
package acceptance
