// Package world is a whole core for tests of what stands around it: a real
// exchange over a real store, with everything else under the control of the test.
//
//	w := world.New(t, state) // as in a state file; see state in package operator's guide
//	h := zendesk.New(w.Exchange, zendesk.Options{})
//
// Clock and ids are the same at every run, so that golden archives can show
// whole answers: [Start] is when it begins, ids count up, and the tokens of
// offers are sealed with a fixed key. Time passes only by [World.Advance], which
// also frees what has run out.
//
// There are two carriers, "main" and "spare", which keep what they are given and
// answer when the test says so; nothing leaves the process. [World.Fail] lets
// the store refuse every write, as a full disk does.
//
// It refuses to know any dialect: the test brings the handler. Tests of the
// core itself have a world of their own, with more of its inside (package exchange).
package world
