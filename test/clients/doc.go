// Package clients lets programs that others wrote, for the services whose APIs
// we speak, work against `wirechief demo`: a change of host name is all they get.
//
//   - node-zendesk (npm) and nukosuke/go-zendesk (Go) list, search, buy, show,
//     update and delete phone numbers, as their readmes say.
//   - standardwebhooks (npm) verifies what is signed, and refuses what is not as
//     it was.
//
// The demo is a process of its own, started from the built program; credentials
// and address are read from what it prints, as a person would. The packages of
// npm are installed by .ci/install beside package.json; where Node or one of them
// is missing its test is skipped with a line that says so.
//
// What clients do that cannot run here stands as archives in the testdata of
// the dialects. SMPP clients are in test/kannel.
package clients
