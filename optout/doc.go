// Package optout reads the words by which handsets refuse texts, want them
// again or ask for help, in a dozen languages, and has the sentences that
// answer them.
//
// The rule is exact, for a word that is read where none was meant loses a
// customer, and one that is overlooked breaks the law: the word has to be the
// whole text. Case, accents, blanks around it and one closing full stop or
// exclamation mark do not count. "stop." opts out, "STOP 12345" and "please
// stop" do not.
//
//   - [Find] says which word a text is, among the languages that count.
//   - STOP, START, UNSTOP and HELP are the words of the networks themselves and
//     count in every language.
//   - [LanguagesOf] gives the languages that count for a number of a country,
//     where the tenant names none. English is always among them.
//   - YES and its like mean something only to whoever has opted out: the caller
//     knows, this package does not.
//   - [Answer] is what a handset is told, unless the tenant has words of its own.
//
// The package refuses to guess: it reads no intent out of sentences, and knows
// neither numbers nor the ledger. Package exchange keeps the ledger (optout.go
// there) and docs/dialects/bulkvs.md says where the English words are from.
package optout
