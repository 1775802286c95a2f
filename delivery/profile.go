package delivery

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Profile is the timing that a vendor's clients know.
type Profile struct {
	// Schedule has the wait before each try; as many as there are tries.
	Schedule []time.Duration
	// Timeout is for a whole try.
	Timeout time.Duration
	// GoneFails says that 410 is a failure like any other; else it pauses the
	// destination.
	GoneFails bool
	// exact leaves the waits as they are, without jitter.
	exact bool
}

// jitter is the part of a wait that is left to chance, up and down.
const jitter = 0.2

// longestWait bounds what a Retry-After can ask for.
const longestWait = 24 * time.Hour

// schedule is the usual one: twelve tries in about three days.
var schedule = []time.Duration{
	0, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 22 * time.Hour,
}

// aDay is for clients that are told of a thing for about 24 hours.
var aDay = []time.Duration{
	0, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 8 * time.Hour, 8 * time.Hour,
}

// hours is for what is worthless on the next day.
var hours = []time.Duration{
	0, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
}

// profiles are those whose rules differ from the usual ones.
func profiles() map[string]Profile {
	const vendor = 10 * time.Second
	return map[string]Profile{
		// bulkvs: inbound message webhook, retry on non-200; docs/dialects/bulkvs.md.
		wirechief.DialectBulkVS: {Schedule: aDay, Timeout: vendor, GoneFails: true},
		// fonedynamics: SMS webhooks; the usual schedule, 10 s.
		wirechief.DialectFoneDynamics: {Schedule: schedule, Timeout: vendor, GoneFails: true},
		// message2give: HTTP forwards; as Fone Dynamics's.
		wirechief.DialectMessage2Give: {Schedule: schedule, Timeout: vendor},
		wirechief.DialectZendesk:      {Schedule: schedule, Timeout: vendor},
		// A mail server answers in its own time, and asks who is unknown to it to
		// come again in some minutes (RFC 5321 4.5.4.1).
		string(wirechief.KindEmail): {Schedule: schedule, Timeout: time.Minute},
		// Texts are refused for good or because something is full or unwell here.
		string(wirechief.KindSMS):     {Schedule: hours, Timeout: usual().Timeout},
		string(wirechief.KindConsole): {Schedule: hours, Timeout: usual().Timeout},
	}
}

// usual holds for everything else, our own webhooks among it.
func usual() Profile { return Profile{Schedule: schedule, Timeout: 15 * time.Second} }

// profile finds the rules of a delivery.
func (e *Engine) profile(name string) *Profile {
	if p, ok := e.profiles[name]; ok {
		return p
	}
	return e.usual
}

// override puts the operator's timing over a profile's.
func (p Profile) override(o *Options) *Profile {
	if len(o.Schedule) > 0 {
		p.Schedule, p.exact = o.Schedule, true
	}
	if o.Timeout > 0 {
		p.Timeout = o.Timeout
	}
	return &p
}

// wait is how long to wait before the next try after some; more is false when
// there is none.
func (p *Profile) wait(tries int, chance func() float64) (d time.Duration, more bool) {
	if tries >= len(p.Schedule) {
		return 0, false
	}
	d = p.Schedule[tries]
	if !p.exact {
		d = time.Duration(float64(d) * (1 - jitter + 2*jitter*chance()))
	}
	return d, true
}
