// Package mail shows mails of ours to a mail server that others wrote: Exim,
// as Debian has it (exim4-daemon-light). It runs with a configuration of its
// own on a free port of the loopback, without privileges, and delivers into a
// Maildir in a temporary folder, from which the tests read what a mail client
// would find there.
//
// The mails take the whole way: a text in the store, its delivery in the engine,
// forward/email, SMTP. Shown are that a client can put the mails of one
// conversation together, that attachments and names arrive as they were, that
// what the server refuses for good is final, and that its absence costs time
// and nothing else.
//
// Without exim4 the tests are skipped; .ci/install brings it. Nothing is left
// running.
package mail
