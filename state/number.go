package state

import (
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/optout"
)

func (j judge) number(path string, n *Number) {
	j.capabilities(at(path, "capabilities"), n.Capabilities)
	optional(j, at(path, "type"), n.Type, wirechief.NumberTypes()...)
	optional(j, at(path, "toll_free_verification"), n.TollFree,
		wirechief.Unverified, wirechief.VerificationPending, wirechief.Verified, wirechief.VerificationRejected)
	if n.Throughput != nil && !(*n.Throughput >= 0 && *n.Throughput <= 10_000) { // also not a NaN
		j.Report(at(path, "throughput"), "%v is out of range: 0 to 10000 segments a second", *n.Throughput)
	}
	type key struct {
		kind        wirechief.DeliveryKind
		destination string
	}
	seen := make(unique[key])
	for i := range n.Forwards {
		f, path := &n.Forwards[i], item(at(path, "forwards"), i)
		j.forward(path, f)
		j.itself(path, n, f)
		seen.check(j, path, "forward", key{f.Type, f.Destination})
	}
	last := make(unique[key])
	for i := range n.Fallback {
		f, path := &n.Fallback[i], item(at(path, "fallback"), i)
		j.forward(path, f)
		j.itself(path, n, f)
		if f.Type == wirechief.KindConsole {
			j.Report(at(path, "type"), "the console is no fallback: every text is there")
		}
		last.check(j, path, "fallback", key{f.Type, f.Destination})
	}
	if a := n.FallbackAfter; a != nil && (*a < 0 || *a > 12) {
		j.Report(at(path, "fallback_after"), "%d is out of range: 1 to 12 tries, or 0 for the usual 3", *a)
	}
	if n.Replies != nil {
		for i, k := range n.Replies.Keywords {
			path := item(at(path, "replies.keywords"), i)
			if len(k.Words) == 0 {
				j.Report(at(path, "words"), "a keyword answer needs a word")
			}
			if k.Message == "" && (k.Enabled == nil || *k.Enabled) {
				j.Report(at(path, "message"), "a keyword answer that is switched on needs a message")
			}
		}
	}
	if r := n.Replies; r != nil {
		for _, reply := range []struct {
			key string
			*Reply
		}{{"agents_offline", r.AgentsOffline}, {"agents_online", r.AgentsOnline}, {"missed_call", r.MissedCall}} {
			// One that does not name its message keeps the one that it has.
			if s := reply.Reply; s != nil && s.Enabled != nil && *s.Enabled && s.Message != nil && *s.Message == "" {
				j.Report(at(path, "replies."+reply.key+".message"), "an automatic reply that is switched on needs a message")
			}
		}
	}
	if r := n.Replies; r != nil && r.Window != nil && *r.Window != 0 && (*r.Window < time.Second || *r.Window > 30*24*time.Hour) {
		j.Report(at(path, "replies.window"), "%v is out of range: 1s to 720h, or 0s", *r.Window)
	}
	if n.Voice != nil {
		j.voice(at(path, "voice"), n.Voice)
	}
}

// itself refuses a forward that comes back at once.
func (j judge) itself(path string, n *Number, f *Forward) {
	if f.Type == wirechief.KindSMS && f.Destination == n.Number {
		j.Report(at(path, "destination"), "%s would forward to itself", n.Number)
	}
	for _, text := range []struct {
		key   string
		value *string
	}{{"prefix", f.Prefix}, {"suffix", f.Suffix}} {
		if text.value != nil && len(*text.value) > additionMost {
			j.Report(at(path, text.key), "the text has more than %d octets", additionMost)
		}
	}
}

// additionMost is how many octets a prefix or suffix has at most.
const additionMost = 320

// keywords refuses words that could never answer: those that are there before,
// and those of the opt-out ledger.
func (j judge) keywords(path string, t *Tenant, n *Number) {
	if n.Replies == nil {
		return
	}
	languages := func() []string {
		if t.OptOut != nil && t.OptOut.Languages != nil && len(*t.OptOut.Languages) > 0 {
			return *t.OptOut.Languages
		}
		return []string{optout.English} // what else counts, the tenant may have set before
	}
	seen := make(unique[string])
	for i, k := range n.Replies.Keywords {
		for w, word := range k.Words {
			path := item(at(item(at(path, "replies.keywords"), i), "words"), w)
			seen.check(j, path, "word", strings.ToLower(strings.Join(strings.Fields(word), " ")))
			if found, ok := optout.Find(word, languages); ok && found.Kind != optout.Yes {
				j.Report(path, "%q is a word by which handsets opt out, opt in or ask for help; it is answered by opt_out of the tenant", word)
			}
		}
	}
}

func (j judge) capabilities(path string, list []string) {
	for i := range list {
		optional(j, item(path, i), &list[i], "voice", "sms", "mms", "fax")
		if slices.Index(list, list[i]) != i {
			j.Report(item(path, i), "%s is there twice", list[i])
		}
	}
}

func (j judge) forward(path string, f *Forward) {
	optional(j, at(path, "type"), &f.Type, wirechief.KindHTTP, wirechief.KindEmail, wirechief.KindSMS, wirechief.KindConsole)
	switch {
	case f.Destination == "":
		j.Report(at(path, "destination"), "a forward needs it")
	case f.Type == wirechief.KindEmail:
		j.mail(at(path, "destination"), f.Destination)
	case f.Type == wirechief.KindSMS:
		j.phone(at(path, "destination"), &f.Destination)
	}
	optional(j, at(path, "method"), f.Method, "POST", "GET")
	optional(j, at(path, "encoding"), f.Encoding, "json", "form")
	optional(j, at(path, "format"), f.Format, "message2give", "fonedynamics")
	j.sender(at(path, "sender"), f)
	if f.History != nil && (*f.History < 0 || *f.History > 100) {
		j.Report(at(path, "history"), "%d is out of range: 0 to 100 messages", *f.History)
	}
	j.zone(at(path, "timezone"), f.Timezone)
}

// sender judges whom what is forwarded is from: of a mail an address, of a text
// own, original, a number or a name.
func (j judge) sender(path string, f *Forward) {
	if f.Sender == nil || *f.Sender == "" {
		return
	}
	switch s := *f.Sender; {
	case f.Type == wirechief.KindEmail:
		j.mail(path, s)
	case s != "own" && s != "original" && !e164.IsNumber(s) && !e164.IsAlphanumeric(s):
		j.Report(path, "%q is none of own, original, a number that can exist, or a name of up to 11 letters and digits", s)
	}
}

func (j judge) voice(path string, v *Voice) {
	// YAML 1.1 reads an unquoted off as false, and so do tools that rewrite
	// such files.
	if v.Recording != nil && *v.Recording == "false" {
		*v.Recording = "off"
	}
	optional(j, at(path, "route"), v.Route, "endpoint", "flow")
	optional(j, at(path, "recording"), v.Recording, "off", "call")
	j.endpoint(at(path, "endpoint"), v.Endpoint)
	j.endpoint(at(path, "failover"), v.Failover)
	seen := make(unique[string])
	for i := range v.Forwards {
		f, path := &v.Forwards[i], item(at(path, "forwards"), i)
		if f.Destination == "" {
			j.Report(at(path, "destination"), "a forward needs it")
			continue
		}
		j.endpoint(at(path, "destination"), &f.Destination)
		seen.check(j, at(path, "destination"), "forward", f.Destination)
	}
}

func (j judge) zone(path string, name *string) {
	if name == nil || *name == "" {
		return
	}
	if _, err := time.LoadLocation(*name); err != nil || *name == "Local" {
		j.Report(path, "%q is not a time zone such as America/Los_Angeles", *name)
	}
}

func (j judge) offer(path string, o *Offer) {
	sources := 0
	if o.Number != "" {
		sources++
		j.phone(at(path, "number"), &o.Number)
	}
	if g := o.Generate; g != nil {
		sources++
		if len(g.Country) != 2 {
			j.Report(at(path, "generate.country"), "%q is not a country of two letters, such as US", g.Country)
		}
		if g.Count < 1 || g.Count > 5_000_000 {
			j.Report(at(path, "generate.count"), "%d is out of range: 1 to 5000000", g.Count)
		}
		for i, code := range g.AreaCodes {
			if !e164.IsShortCode(code) && len(code) > 2 || code == "" {
				j.Report(item(at(path, "generate.area_codes"), i), "%q is not an area code", code)
			}
		}
	}
	if o.CSV != "" {
		sources++
	}
	if sources != 1 {
		j.Report(path, "an offer has one of number, generate and csv")
	}
	if o.Carrier == "" && !o.Absent {
		j.Report(at(path, "carrier"), "an offer needs the carrier that has it")
	}
	if o.Type != "" {
		optional(j, at(path, "type"), &o.Type, wirechief.NumberTypes()...)
	}
	j.capabilities(at(path, "capabilities"), o.Capabilities)
	j.price(at(path, "price"), o.Price)
	if o.Address != "" && !slices.Contains(addressRules(), wirechief.AddressRequirement(o.Address)) {
		j.Report(at(path, "address"), "%q is not an address requirement: none, any, local or foreign", o.Address)
	}
	if o.Country != "" && !e164.IsCountry(strings.ToUpper(o.Country)) {
		j.Report(at(path, "country"), "%q is not a country of two letters, such as US", o.Country)
	}
}
