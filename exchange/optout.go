package exchange

import (
	"cmp"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/optout"
)

// ledgerWord gives what a text is when it is a word in any language, and ""
// when it is none. Whether the word counts for the number is ledgerChange's
// question; this one is asked of every text and costs next to nothing.
func ledgerWord(text string) string { return optout.Candidate(text) }

// word says which word a text to the number is (package optout). The languages
// that count are the tenant's, or else those of the number's country.
func (x *Exchange) word(t *wirechief.Tenant, n *wirechief.Number, text string) (optout.Word, bool) {
	return optout.Find(text, func() []string {
		if t != nil && len(t.OptOutLanguages) > 0 {
			return t.OptOutLanguages
		}
		country := n.Country
		if country == "" {
			country = e164.Country(n.Number)
		}
		return optout.LanguagesOf(country)
	})
}

// ledgerChange says what a word from a handset changes in the opt-out ledger
// of the number, and whether the conversation is told. YES opts in only who is
// out; a toll-free network reopens on UNSTOP or START alone. What a person put on
// the suppression list, the handset cannot take off it: only its own word, and
// that whoever had the number when it said so.
func (x *Exchange) ledgerChange(n *wirechief.Number, handset, text string, now time.Time) (change wirechief.OptOut, told, ok bool) {
	w, ok := x.word(x.dir.tenant(n.Tenant), n, text)
	if !ok {
		return wirechief.OptOut{}, false, false
	}
	entry, listed := x.dir.pair(n, handset)
	out := listed && saidStop(entry)
	change = wirechief.OptOut{Tenant: n.Tenant, Number: n.Number, Handset: handset, Word: w.Text, At: now}
	switch w.Kind {
	case optout.Stop:
		change.Out, change.By, change.Reason = true, entry.By, entry.Reason
		return change, true, !out
	case optout.Yes:
		if e164.IsTollFree(n.Number) {
			return wirechief.OptOut{}, false, false
		}
	case optout.Start:
	default:
		return wirechief.OptOut{}, false, false
	}
	return change, entry.By == "", out // else it is still out, by what a person entered
}

// saidStop says whether an entry of the ledger is the handset's own doing.
// (Those of a person, or of an import, say who it was; an entry can be both.)
func saidStop(o wirechief.OptOut) bool { return o.By == "" || o.Word != "" }

// wordAnswer says whether a text to the number is one of the words of the
// ledger, and what is answered to it, "" for nothing. It has to be asked before
// the word is in the ledger: an opt-out is confirmed once, and an opt-in only
// to who was out. The answer is sent as an excused text ([wirechief.SendRequest]).
//
// Nothing is answered unless the tenant wants it (docs/dialects/bulkvs.md), and
// nothing on toll-free numbers to the words that the network answers itself.
func (x *Exchange) wordAnswer(t *wirechief.Tenant, n *wirechief.Number, handset, text string) (isWord bool, answer string) {
	w, ok := x.word(t, n, text)
	if !ok {
		return false, ""
	}
	entry, listed := x.dir.pair(n, handset)
	out := listed && saidStop(entry)
	tollFree := e164.IsTollFree(n.Number)
	if w.Kind == optout.Yes && (!out || tollFree) {
		return false, ""
	}
	if t == nil || !t.OptOutReplies {
		return true, ""
	}
	own := ""
	switch w.Kind {
	case optout.Stop:
		if out || tollFree && w.Text == "STOP" {
			return true, ""
		}
		own = t.OptOutMessage
	case optout.Help:
		own = t.HelpMessage
	default:
		if !out || entry.By != "" || tollFree && (w.Text == "START" || w.Text == "UNSTOP") {
			return true, ""
		}
		own = t.OptInMessage
	}
	return true, cmp.Or(own, optout.Answer(w, cmp.Or(t.Name, t.ID)))
}

// refusedBy words what an entry of the ledger forbids, who wanted it, when and
// how it is lifted.
func refusedBy(o *wirechief.OptOut, from, to string) *wirechief.Error {
	when := o.At.UTC().Format("2 January 2006 at 15:04 UTC")
	if saidStop(*o) {
		by := ""
		if o.Word != "" {
			by = " with " + o.Word
		}
		word := "START"
		if e164.IsTollFree(from) {
			word = "UNSTOP"
		}
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleOptOut,
			"%s opted out of texts from %s%s on %s; it gets them again once the handset texts %s to %s", to, from, by, when, word, from)
	}
	of, reason := "", ""
	if o.Number != "" {
		of = " for texts from " + o.Number
	}
	if o.Reason != "" {
		reason = " (" + o.Reason + ")"
	}
	return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleSuppressed,
		"%s put %s on the suppression list%s on %s%s; take it off the list: Settings → Suppression", o.By, to, of, when, reason)
}
