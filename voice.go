package wirechief

// Values of [Voice].Route.
const (
	RouteEndpoint = "endpoint" // to Endpoint
	RouteFlow     = "flow"     // through Flow
)

// Values of [Voice].Recording.
const (
	RecordOff  = "off"
	RecordCall = "call" // entire calls
)

// Values of [Voice].Consent: whether callers are asked before recording
// (zendesk: call_recording_consent).
const (
	ConsentAlways = "always"  // recorded without asking
	ConsentOptIn  = "opt_in"  // recorded when the caller agrees
	ConsentOptOut = "opt_out" // recorded unless the caller objects
	ConsentNever  = "never"
)

// Voice is what happens to calls. An endpoint is an E.164 number or a SIP URI.
type Voice struct {
	Route         string         `json:"route,omitempty"` // endpoint or flow
	Endpoint      string         `json:"endpoint,omitempty"`
	Flow          string         `json:"flow,omitempty"` // id of a [Flow]
	IVR           int64          `json:"ivr,omitempty"`
	Schedule      int64          `json:"schedule,omitempty"`
	Recording     string         `json:"recording,omitempty"` // off or call; empty: off
	Consent       string         `json:"consent,omitempty"`   // empty: always
	Transcription bool           `json:"transcription,omitempty"`
	Forwards      []VoiceForward `json:"forwards,omitempty"`
	Failover      string         `json:"failover,omitempty"`
	// Greetings are the ids of custom greetings; each takes the place of the
	// default of its category.
	Greetings []int64 `json:"greetings,omitempty"`
	// GreetingSettings choose a greeting for a case within a category:
	// category name, then case ("voicemail_off"), then greeting: the name of a
	// default one or the id of a custom one.
	GreetingSettings map[string]map[string]string `json:"greeting_settings,omitempty"`
	// Calls are the finer settings; nil: [DefaultCalls].
	Calls *Calls `json:"calls,omitempty"`
}

// VoiceForward is a further destination of calls.
type VoiceForward struct {
	Destination string `json:"destination"`
	Enabled     bool   `json:"enabled"`
	NotifySMS   bool   `json:"notify_sms,omitempty"` // texts the destination about each call
}

// Calls are the finer settings of calls (zendesk: Settings JSON Format).
type Calls struct {
	Outbound               bool     `json:"outbound"`                 // calls may go out under this number
	OfferingSeconds        int      `json:"offering_seconds"`         // how long a call is offered to one agent
	QueueSize              int      `json:"queue_size"`               // callers that wait at most; more go to voicemail
	QueueMinutes           int      `json:"queue_minutes"`            // how long one waits at most
	WaitTimeMessage        bool     `json:"wait_time_message"`        // tells callers how long it takes
	CallbackFromQueue      bool     `json:"callback_from_queue"`      // offers callers to be called back
	CallbackLocale         string   `json:"callback_locale"`          // ISO 639-1
	AbandonedTicket        bool     `json:"abandoned_ticket"`         // a ticket for callers who gave up
	DequeueAttempted       bool     `json:"dequeue_attempted"`        // dequeued after a retry
	Voicemail              bool     `json:"voicemail"`                // callers can leave one
	VoicemailOutsideHours  bool     `json:"voicemail_outside_hours"`  // outside of the schedule, too
	RecordingsDeletedAfter string   `json:"recordings_deleted_after"` // one of [Retentions]
	VoicemailsDeletedAfter string   `json:"voicemails_deleted_after"` // one of [Retentions]
	Overflow               Overflow `json:"overflow"`                 // where calls go that nobody can take
	ForwardingCallerID     string   `json:"forwarding_caller_id"`     // "caller_number" or "zendesk_number"
	WrapUp                 bool     `json:"wrap_up"`                  // agents get time after a call
	WrapUpSeconds          int      `json:"wrap_up_seconds"`          // how much
}

// Overflow is where calls go that neither agents nor voicemail can take.
type Overflow struct {
	Enabled bool   `json:"enabled"`
	Number  string `json:"number,omitempty"` // E.164
}

// Retentions are the values of RecordingsDeletedAfter and
// VoicemailsDeletedAfter (zendesk: call_recording_delete_after).
func Retentions() []string {
	return []string{"never", "1.days", "1.weeks", "2.weeks", "1.months", "2.months", "3.months", "6.months", "1.years", "2.years"}
}

// DefaultCalls are the finer settings of a number that says nothing else.
func DefaultCalls() Calls {
	return Calls{
		Outbound: true, OfferingSeconds: 30, QueueSize: 5, QueueMinutes: 1, CallbackLocale: "en", AbandonedTicket: true,
		Voicemail: true, VoicemailOutsideHours: true, RecordingsDeletedAfter: "never", VoicemailsDeletedAfter: "never",
		ForwardingCallerID: "caller_number", WrapUp: true, WrapUpSeconds: 30,
	}
}

// CallSettings are the finer settings in force.
func (v *Voice) CallSettings() Calls {
	if v.Calls == nil {
		return DefaultCalls()
	}
	return *v.Calls
}
