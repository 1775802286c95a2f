// Package console delivers texts to the console.
//
// A text is in the inbox by its own commit, and who looks is told of it by the
// live feed (package feed). So there is nothing to bring and nothing to wait
// for: the delivery is the proof that a number hands its texts to the console,
// and what a console destination shows as its last.
//
// It writes nothing and tells nobody: what people do with texts is package
// inbox, what the exchange plans is exchange/forward.go.
package console
