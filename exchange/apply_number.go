package exchange

import (
	"cmp"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/state"
)

var zeroTime time.Time // not approved

// tenantNumbers applies the numbers of a tenant. What stands against one
// because of what its tenant or another has done since does not keep us from
// starting: the number is skipped then, and said so.
func (a *application) tenantNumbers(s *state.Tenant) *wirechief.Error {
	for i := range s.Numbers {
		number := s.Numbers[i].Number
		err := a.tenantNumber(s.ID, &s.Numbers[i])
		switch {
		case err == nil:
		case a.starting && isOvertaken(err):
			a.x.Log.WarnContext(a.ctx, "the state file cannot have its way with a number that has moved on; skipped, take it out of the file",
				"file", a.name, "tenant", s.ID, "number", number, "because", err.Message)
		default:
			err.Message = "number " + number + ": " + err.Message
			return err
		}
	}
	return nil
}

// isOvertaken says whether a refusal is of what the file says, or of what was
// done since it was written.
func isOvertaken(err *wirechief.Error) bool {
	switch err.Rule {
	case wirechief.RuleAlreadyOwned, wirechief.RuleProtected, wirechief.RuleState, wirechief.RuleCampaignFull:
		return true
	}
	return false
}

func (a *application) tenantNumber(tenant string, s *state.Number) *wirechief.Error {
	old := a.number(s.Number)
	if s.Absent {
		if old == nil || old.Tenant != tenant || !old.State.Owned() {
			return nil
		}
		if old.State == wirechief.NumberOrdered {
			return wirechief.Refuse(wirechief.Conflict, wirechief.RuleState, "it is being ordered; release it when its carrier has answered")
		}
		return a.release(old)
	}
	old = a.vacated(tenant, old)
	if old != nil && old.Tenant != "" && old.Tenant != tenant {
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleAlreadyOwned, "it is another tenant's")
	}
	n := wirechief.Number{
		Number: s.Number, Country: e164.Country(s.Number), State: wirechief.NumberInService, Type: typeOf(s.Number), ActivatedAt: a.now,
		Capabilities: wirechief.Capabilities{Voice: true, SMS: true}, Enabled: wirechief.Capabilities{Voice: true, SMS: true},
	}
	if n.Type == wirechief.TypeTollFree {
		n.TollFree = wirechief.Unverified
	}
	if old != nil {
		n = *old
		switch {
		case n.Tenant != tenant, !n.State.Owned():
			n.State, n.ActivatedAt = wirechief.NumberInService, a.now
			n.Until, n.Reservation = zeroTime, ""
			a.x.dropDangling(a, &n) // what it referred to may have gone while it was nobody's
		case n.State == wirechief.NumberPending:
			n.State = wirechief.NumberInService // unless it still owes an address, below
		}
		if old.Tenant != tenant { // on offer until now: everything of it works from the start
			n.Enabled = n.Capabilities
		}
	}
	if n.ID == 0 {
		n.ID = a.x.IDs.Next()
	}
	n.Tenant = tenant
	set(&n.Carrier, s.Carrier)
	if s.Capabilities != nil {
		before := n.Capabilities
		n.Capabilities = wirechief.CapabilitiesOf(s.Capabilities)
		if n.Capabilities != before || old == nil {
			n.Enabled = n.Capabilities
		}
	}
	set(&n.Type, s.Type)
	if n.Type == wirechief.TypeTollFree {
		set(&n.TollFree, s.TollFree)
	}
	set(&n.Name, s.Name)
	if s.Tags != nil {
		n.Tags = slices.Clone(s.Tags)
	}
	set(&n.Notes, s.Notes)
	if err := a.mergeSettings(&n, s); err != nil {
		return err
	}
	set(&n.Property, s.Property)
	set(&n.Campaign, s.Campaign)
	set(&n.Webhook, s.Webhook)
	set(&n.Protected, s.Protected)
	set(&n.Throughput, s.Throughput)
	if s.Forwards != nil {
		n.Forwards = mergeForwards(n.Forwards, s.Forwards)
	}
	if s.Fallback != nil {
		n.Fallback = wholeForwards(s.Fallback)
	}
	set(&n.FallbackAfter, s.FallbackAfter)
	if r := s.Replies; r != nil {
		mergeReply(&n.Replies.AgentsOffline, r.AgentsOffline)
		mergeReply(&n.Replies.AgentsOnline, r.AgentsOnline)
		mergeReply(&n.Replies.MissedCall, r.MissedCall)
		if r.Keywords != nil {
			n.Replies.Keywords = wholeKeywords(r.Keywords)
		}
		set(&n.Replies.Window, r.Window)
	}
	if s.Voice != nil {
		n.Voice = mergeVoice(n.Voice, s.Voice)
	}
	if err := a.judgeNumber(old, &n); err != nil {
		return err
	}
	if key := (named{tenant, n.Campaign}); a.crowded && n.Campaign != "" && (old == nil || old.Campaign != n.Campaign || !old.State.Owned()) && a.members(key) >= wirechief.CampaignNumbers {
		return campaignFull(key, a.members(key)+1)
	}
	if n.State == wirechief.NumberInService && n.AddressRule.Needed() && a.x.owesAddress(a, &n) {
		n.State = wirechief.NumberPending
	}
	a.putNumber(&n)
	return nil
}

// vacated is a number as it was, or as nobody's when the tenant may have it all
// the same: what has run out is nobody's, swept or not, and the operator may
// end a quarantine.
func (a *application) vacated(tenant string, old *wirechief.Number) *wirechief.Number {
	switch {
	case old == nil:
		return nil
	case old.State == wirechief.NumberReserved && over(old, a.x.Now()):
		old = vacant(old, wirechief.NumberAvailable)
		a.step(step{n: old, event: wirechief.NumberWasFreed, message: "the reservation has run out"})
	case old.State == wirechief.NumberAging && (old.Tenant != tenant || over(old, a.x.Now())):
		old = vacant(old, wirechief.NumberAvailable)
		a.step(step{n: old, event: wirechief.NumberIsAvailable, message: "the state file ends its quarantine"})
	}
	return old
}

// judgeNumber looks at all that a number says. The operator may bind a number
// to a campaign before it is approved; how many it has is judged at the end.
func (a *application) judgeNumber(old, n *wirechief.Number) *wirechief.Error {
	if n.Carrier != "" && a.x.lanes[n.Carrier] == nil {
		return wirechief.InvalidField("carrier", "there is no carrier %q; the configuration names those that there are", n.Carrier)
	}
	if old != nil && old.Tenant != n.Tenant {
		old = nil
	}
	return a.x.judgeSettings(a.ctx, a, old, n)
}

// putNumber stores a number that differs from what is kept.
func (a *application) putNumber(n *wirechief.Number) {
	old := a.number(n.Number)
	before := sansModified(old)
	after := sansModified(n)
	if string(before) == string(after) {
		return
	}
	action, event := "create", wirechief.NumberIsActive
	if n.State == wirechief.NumberPending {
		event = wirechief.NumberIsOwed
	}
	if old != nil && old.Tenant == n.Tenant {
		action = "update"
		if old.State == n.State {
			event = wirechief.NumberWasChanged
		}
	} else {
		before = nil
	}
	detail := differences(before, after)
	a.note(action, "number", n.Tenant, n.Number, detail)
	a.step(step{n: n, event: event, detail: detail})
}

// step notes the next state of a number.
func (a *application) step(s step) {
	s.who = wirechief.Principal{Name: "state file"}
	was := a.number(s.n.Number)
	for n, by := range map[*wirechief.Number]int{was: -1, s.n: 1} {
		if n != nil && n.Campaign != "" && n.State.Owned() {
			a.joined[named{n.Tenant, n.Campaign}] += by
		}
	}
	if pending, ok := a.numbers[s.n.Number]; ok {
		s.n.Rev = pending.Rev // it builds on what this application does before
	}
	command := a.x.command(s, was)
	a.numbers[s.n.Number] = s.n
	a.add(command, func() error { a.x.took(s.n); return nil })
}

// release takes a number out of service and into quarantine.
func (a *application) release(old *wirechief.Number) *wirechief.Error {
	if old.Protected {
		return protected(old)
	}
	a.note("delete", "number", old.Tenant, old.Number, "released")
	a.step(step{n: a.x.quarantined(old), event: wirechief.NumberWasReleased})
	return nil
}

// number is a number as it will be.
func (a *application) number(number string) *wirechief.Number {
	if n, ok := a.numbers[number]; ok {
		return n
	}
	return a.x.dir.number(number)
}

// campaignSizes refuses a campaign with more numbers than the registry allows.
func (a *application) campaignSizes() *wirechief.Error {
	for key, more := range a.joined {
		if n := a.members(key); more > 0 && n > wirechief.CampaignNumbers {
			return campaignFull(key, n)
		}
	}
	return nil
}

// members counts the numbers that a campaign will have.
func (a *application) members(key named) int {
	return a.x.dir.campaignSize(key.tenant, key.name) + a.joined[key]
}

func campaignFull(key named, n int) *wirechief.Error {
	return wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaignFull,
		"tenant %s: campaign %s would have %d numbers; at most %d are allowed", key.tenant, key.name, n, wirechief.CampaignNumbers)
}

func typeOf(number string) wirechief.NumberType {
	if e164.IsTollFree(number) {
		return wirechief.TypeTollFree
	}
	return wirechief.TypeLocal
}

// mergeForwards changes the forwards that the file names, by type and
// destination, and adds those that are new at the end.
func mergeForwards(old []wirechief.Forward, named []state.Forward) []wirechief.Forward {
	out := slices.Clone(old)
	for i := range named {
		s := &named[i]
		at := slices.IndexFunc(out, func(f wirechief.Forward) bool { return f.Type == s.Type && f.Destination == s.Destination })
		if s.Absent {
			if at >= 0 {
				out = slices.Delete(out, at, at+1)
			}
			continue
		}
		if at < 0 {
			out = append(out, newForward(s))
			at = len(out) - 1
		}
		sayForward(&out[at], s)
	}
	return out
}

// wholeForwards makes a list whose order is its meaning: the file has all of it.
func wholeForwards(named []state.Forward) []wirechief.Forward {
	out := make([]wirechief.Forward, 0, len(named))
	for i := range named {
		if s := &named[i]; !s.Absent {
			f := newForward(s)
			sayForward(&f, s)
			out = append(out, f)
		}
	}
	return out
}

func wholeKeywords(named []state.Keyword) []wirechief.Keyword {
	out := make([]wirechief.Keyword, len(named))
	for i, s := range named {
		out[i] = wirechief.Keyword{Words: slices.Clone(s.Words), Message: s.Message, Enabled: true}
		set(&out[i].Enabled, s.Enabled)
	}
	return out
}

// sayForward changes what the file says of a forward.
func sayForward(f *wirechief.Forward, s *state.Forward) {
	set(&f.Enabled, s.Enabled)
	set(&f.Method, s.Method)
	set(&f.Encoding, s.Encoding)
	set(&f.Format, s.Format)
	if s.History != nil {
		f.History = s.History
	}
	set(&f.Timezone, s.Timezone)
	f.Set = explicit(f.Set, "method", s.Method != nil)
	f.Set = explicit(f.Set, "timezone", s.Timezone != nil)
	set(&f.Prefix, s.Prefix)
	set(&f.Suffix, s.Suffix)
	set(&f.Sender, s.Sender)
	set(&f.Length, s.Length)
	set(&f.Context, s.Context)
}

// explicit notes that a property was said, for the API that gives back just
// what was (message2give: GET Virtual Number).
func explicit(names []string, name string, said bool) []string {
	if !said || slices.Contains(names, name) {
		return names
	}
	return append(slices.Clip(names), name)
}

// newForward has the defaults of its type.
func newForward(s *state.Forward) wirechief.Forward {
	f := wirechief.Forward{Type: s.Type, Destination: s.Destination, Enabled: true}
	switch s.Type {
	case wirechief.KindHTTP:
		f.Method, f.Encoding, f.Format = "POST", "json", wirechief.DialectMessage2Give
	case wirechief.KindEmail:
		f.Timezone = "UTC"
	case wirechief.KindSMS:
		f.Sender = "own"
	}
	return f
}

func mergeReply(to *wirechief.Reply, s *state.Reply) {
	if s != nil {
		set(&to.Enabled, s.Enabled)
		set(&to.Message, s.Message)
	}
}

func mergeVoice(v wirechief.Voice, s *state.Voice) wirechief.Voice {
	set(&v.Route, s.Route)
	set(&v.Endpoint, s.Endpoint)
	set(&v.Flow, s.Flow)
	set(&v.Recording, s.Recording)
	set(&v.Failover, s.Failover)
	v.Recording = cmp.Or(v.Recording, "off")
	set(&v.IVR, s.IVR)
	set(&v.Schedule, s.Schedule)
	set(&v.Consent, s.Consent)
	set(&v.Transcription, s.Transcription)
	if s.Greetings != nil {
		v.Greetings = slices.Clone(s.Greetings)
	}
	if s.GreetingSettings != nil {
		v.GreetingSettings = s.GreetingSettings
	}
	if s.Calls != nil {
		c := v.CallSettings()
		mergeCalls(&c, s.Calls)
		v.Calls = &c
	}
	v.Forwards = slices.Clone(v.Forwards)
	for i := range s.Forwards {
		f := &s.Forwards[i]
		at := slices.IndexFunc(v.Forwards, func(o wirechief.VoiceForward) bool { return o.Destination == f.Destination })
		switch {
		case f.Absent && at >= 0:
			v.Forwards = slices.Delete(v.Forwards, at, at+1)
			continue
		case f.Absent:
			continue
		case at < 0:
			v.Forwards = append(v.Forwards, wirechief.VoiceForward{Destination: f.Destination, Enabled: true})
			at = len(v.Forwards) - 1
		}
		set(&v.Forwards[at].Enabled, f.Enabled)
		set(&v.Forwards[at].NotifySMS, f.NotifySMS)
	}
	return v
}
