package exchange

import (
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// The words of the ledger (docs/dialects/bulkvs.md). A text counts only when
// the word is all of it, in any case, blanks around it ignored: "STOP" opts
// out, "STOP 12345" does not.
var (
	optOutWords = map[string]bool{
		"STOP": true, "STOPALL": true, "UNSUBSCRIBE": true, "CANCEL": true, "END": true, "QUIT": true,
		"REMOVE": true, "REVOKE": true, "OPTOUT": true, "OPT OUT": true, "OPT-OUT": true,
	}
	optInWords = map[string]bool{"START": true, "UNSTOP": true}
)

// ledgerWord gives the word of the ledger that a text is, "" when it is none.
func ledgerWord(text string) string {
	const longest = 16
	word := strings.TrimSpace(text)
	if len(word) > longest {
		return ""
	}
	word = strings.ToUpper(word)
	if optOutWords[word] || optInWords[word] || word == "YES" {
		return word
	}
	return ""
}

// ledgerChange says what a word from a handset changes in the opt-out ledger
// of the number. YES opts in only who is out; a toll-free network reopens on
// UNSTOP or START alone.
func (x *Exchange) ledgerChange(n *wirechief.Number, handset, word string, now time.Time) (wirechief.OptOut, bool) {
	_, out := x.dir.optedOut(n.Number, handset)
	change := wirechief.OptOut{Tenant: n.Tenant, Number: n.Number, Handset: handset, Word: word, At: now}
	switch {
	case optOutWords[word]:
		change.Out = true
		return change, !out
	case word == "YES" && e164.IsTollFree(n.Number):
		return wirechief.OptOut{}, false
	}
	return change, out
}
