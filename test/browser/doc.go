// Package browser walks through the console with a real browser: Debian's
// Chromium, driven by playwright-core, and axe-core to judge accessibility.
// .ci/install brings all three; where one is missing the tests are skipped with
// a line that says which.
//
// A journey is a file of journeys: a function that is given a Journey (lib.mjs)
// and throws when something is not as it should be. It starts the server that it
// wants, `wirechief demo` or `wirechief serve` with a state file, each with data
// of its own; the program is built once, the browser is started once, and every
// journey has browser contexts of its own. Its name is that of its file:
//
//	go test ./test/browser -run TestJourneys/signin -v
//
// house.mjs has the tenants, people and outside programs that journeys walk
// among, forms.mjs what is asked of every form and page. The journey gallery
// only takes pictures, of the main pages with something in them; those in
// docs/screenshots are of it.
//
// Whatever a journey looks at, it fails on what no page may do: write errors to
// the console, break the content policy, throw, or ask any host but the server.
// A failure names the step, and leaves a screenshot and the page in the folder
// of WIRECHIEF_SCREENSHOTS (else a temporary one that the failure names). With
// WIRECHIEF_SCREENSHOTS set, journeys leave the pictures there that they take on
// their way, for people to look at.
//
// run.mjs and the test talk over standard input and output, a line of JSON at a
// time: the test says which journey to run, the journey asks for servers.
// testdata/bad has journeys that have to fail, each for one of those reasons.
package browser
