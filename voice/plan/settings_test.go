package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/voice/flow"
	"github.com/wirechief/wirechief/voice/plan"
)

func TestOutgoing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(n *wirechief.Number)
		reason string
	}{
		{"may", func(*wirechief.Number) {}, ""},
		{"outbound off", func(n *wirechief.Number) { n.Voice.Calls = calls(func(c *wirechief.Calls) { c.Outbound = false }) }, wirechief.CauseVoiceOff},
		{"voice off", func(n *wirechief.Number) { n.Enabled.Voice = false }, wirechief.CauseVoiceOff},
		{"no capability", func(n *wirechief.Number) { n.Capabilities.Voice = false }, wirechief.CauseVoiceOff},
		{"released", func(n *wirechief.Number) { n.State = wirechief.NumberAging }, wirechief.CauseUnknown},
	} {
		reason := ""
		if cause := plan.Outgoing(with(inService(wirechief.Voice{}), tt.change)); cause != nil {
			reason = cause.Reason
		}
		if reason != tt.reason {
			t.Errorf("%s: reason %q, want %q", tt.name, reason, tt.reason)
		}
	}
}

func TestRecording(t *testing.T) {
	keep := calls(func(c *wirechief.Calls) { c.RecordingsDeletedAfter = "3.months" })
	for _, tt := range []struct {
		name  string
		voice wirechief.Voice
		want  plan.Recording
	}{
		{"off", wirechief.Voice{Consent: wirechief.ConsentOptIn}, plan.Recording{}},
		{"never", wirechief.Voice{Recording: wirechief.RecordCall, Consent: wirechief.ConsentNever}, plan.Recording{}},
		{"nothing is asked", wirechief.Voice{Recording: wirechief.RecordCall}, plan.Recording{On: true, Keep: "never"}},
		{"always", wirechief.Voice{Recording: wirechief.RecordCall, Consent: wirechief.ConsentAlways, Calls: keep}, plan.Recording{On: true, Keep: "3.months"}},
		{
			"opt in, written down",
			wirechief.Voice{Recording: wirechief.RecordCall, Consent: wirechief.ConsentOptIn, Transcription: true},
			plan.Recording{On: true, Consent: wirechief.ConsentOptIn, Keep: "never", Transcribe: true},
		},
	} {
		if diff := cmp.Diff(tt.want, plan.For(inService(tt.voice), directory{}, at("2026-05-18 14:00 UTC")).Recording); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.name, diff)
		}
	}
}

// Every retention that a number can have is known here, and only never is for ever.
func TestKeepUntil(t *testing.T) {
	from := at("2026-01-31 12:00 UTC")
	last := from
	for _, r := range wirechief.Retentions() {
		until := plan.KeepUntil(r, from)
		if r == "never" {
			if !until.IsZero() {
				t.Errorf("never ends at %v", until)
			}
			continue
		}
		if !until.After(last) {
			t.Errorf("%s: %v is not after %v", r, until, last)
		}
		last = until
	}
	if until := plan.KeepUntil("1.weeks", from); !until.Equal(at("2026-02-07 12:00 UTC")) {
		t.Errorf("a week ends at %v", until)
	}
	if until := plan.KeepUntil("soon", from); !until.IsZero() {
		t.Errorf("a word that is not known deletes at %v", until)
	}
}

// What a queue and a voicemail have of the finer settings, in full.
func TestFinerSettings(t *testing.T) {
	n := inService(wirechief.Voice{Transcription: true, Greetings: []int64{23}, Calls: &wirechief.Calls{
		Outbound: true, OfferingSeconds: 20, QueueSize: 2, QueueMinutes: 5, WaitTimeMessage: true, CallbackFromQueue: true,
		Voicemail: true, VoicemailsDeletedAfter: "1.weeks", ForwardingCallerID: "zendesk_number", WrapUp: true, WrapUpSeconds: 15,
	}}, 7)
	n.Priority = 3
	want := []plan.Step{
		plan.Greet{Prompt: flow.Prompt{Greeting: "available_en"}},
		plan.Queue{
			Groups: []plan.Team{{ID: 7, Name: "Sales", Targets: []plan.Target{{To: "+13105550111", Agent: 11}, {To: "sip:dan@pbx.example", Agent: 14}}}},
			Limit:  2, Wait: 5 * time.Minute, Offer: 20 * time.Second, WrapUp: 15 * time.Second, CallerID: flow.CallerOwn,
			Music: flow.Prompt{Greeting: "wait_en"}, Priority: 3, TellWait: true, Callback: true,
		},
		plan.Voicemail{
			Greeting: flow.Prompt{Greeting: "23"}, Max: 2 * time.Minute, Silence: 5 * time.Second,
			Transcribe: true, Keep: "1.weeks",
		},
		plan.Refuse{Cause: wirechief.Cause{Reason: wirechief.CauseNoAnswer, SIP: 480, Q850: 19, By: "us", Detail: "nobody is there"}},
	}
	if diff := cmp.Diff(want, plan.For(n, directory{}, at("2026-05-18 14:00 UTC")).Steps); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A plan is the same each time, and making one changes nothing.
func TestPure(t *testing.T) {
	for _, r := range graphs() {
		now := at("2026-05-18 14:00 UTC")
		before := *r.number
		first, second := words(plan.For(r.number, directory{}, now)), words(plan.For(r.number, directory{}, now))
		if first != second {
			t.Errorf("%s: two plans of one number", r.name)
		}
		if diff := cmp.Diff(before, *r.number); diff != "" {
			t.Errorf("%s: the number is another one: %s", r.name, diff)
		}
	}
}
