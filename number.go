package wirechief

import "time"

// NumberState is where a number is in its life.
type NumberState string

// The states. A number moves down this list and from aging back to available.
const (
	NumberAvailable NumberState = "available"  // an offer
	NumberReserved  NumberState = "reserved"   // held for one buyer for a time
	NumberPending   NumberState = "pending"    // ordered; something is owed, such as an address
	NumberInService NumberState = "in_service" // owned
	NumberAging     NumberState = "aging"      // released; in quarantine
)

// NumberType is the kind of line.
type NumberType string

// The types.
const (
	TypeLocal      NumberType = "local"
	TypeTollFree   NumberType = "toll-free"
	TypeMobile     NumberType = "mobile"
	TypeNational   NumberType = "national"
	TypeSharedRate NumberType = "shared-rate"
)

// Verification is how far the verification of a toll-free number has come.
type Verification string

// The states of a verification.
const (
	Unverified           Verification = "unverified"
	VerificationPending  Verification = "pending"
	Verified             Verification = "verified"
	VerificationRejected Verification = "rejected"
)

// Capabilities is what can be done with a number.
type Capabilities struct {
	Voice bool `json:"voice,omitempty"`
	SMS   bool `json:"sms,omitempty"`
	MMS   bool `json:"mms,omitempty"`
	Fax   bool `json:"fax,omitempty"`
}

// Number is a telephone number and what it does.
type Number struct {
	Number       string       `json:"number"` // E.164, "+13109060901"
	Tenant       string       `json:"tenant,omitempty"`
	State        NumberState  `json:"state"`
	Carrier      string       `json:"carrier,omitempty"` // that brings its traffic and is tried first
	Capabilities Capabilities `json:"capabilities"`
	Enabled      Capabilities `json:"enabled"` // of the capabilities, those switched on
	Type         NumberType   `json:"type,omitempty"`
	TollFree     Verification `json:"toll_free_verification,omitempty"`
	Name         string       `json:"name,omitempty"`
	Tags         []string     `json:"tags,omitempty"`
	Notes        string       `json:"notes,omitempty"`
	Property     string       `json:"property,omitempty"`
	Campaign     string       `json:"campaign,omitempty"` // TCR id
	Webhook      string       `json:"webhook,omitempty"`  // name
	Protected    bool         `json:"protected,omitempty"`
	Throughput   float64      `json:"throughput,omitempty"` // segments a second that it sends at most; 0: no limit
	Forwards     []Forward    `json:"forwards,omitempty"`
	Replies      Replies      `json:"replies,omitzero"`
	Voice        Voice        `json:"voice,omitzero"`
	ActivatedAt  time.Time    `json:"activated_at,omitzero"`
	ModifiedAt   time.Time    `json:"modified_at,omitzero"`
}

// Forward is one destination of what comes in.
type Forward struct {
	Type        DeliveryKind `json:"type"` // http, email, sms, console
	Destination string       `json:"destination"`
	Enabled     bool         `json:"enabled"`
	Method      string       `json:"method,omitempty"`   // http
	Encoding    string       `json:"encoding,omitempty"` // http: json or form
	Format      string       `json:"format,omitempty"`   // http: whose shape, "message2give" or "fonedynamics"
	History     int          `json:"history,omitempty"`  // email: messages of the transcript
	Timezone    string       `json:"timezone,omitempty"` // email: of the transcript
	Prefix      string       `json:"prefix,omitempty"`   // sms
	Suffix      string       `json:"suffix,omitempty"`   // sms
	Sender      string       `json:"sender,omitempty"`   // sms: own or original
}

// Replies are the automatic answers.
type Replies struct {
	AgentsOffline Reply         `json:"agents_offline,omitzero"`
	AgentsOnline  Reply         `json:"agents_online,omitzero"`
	Window        time.Duration `json:"window,omitempty"` // at most one to a handset in this time
}

// Reply is one automatic answer.
type Reply struct {
	Enabled bool   `json:"enabled"`
	Message string `json:"message"`
}

// Voice is what happens to calls.
type Voice struct {
	Route     string         `json:"route,omitempty"`    // endpoint or flow
	Endpoint  string         `json:"endpoint,omitempty"` // number or SIP URI
	Flow      string         `json:"flow,omitempty"`
	Recording string         `json:"recording,omitempty"` // off or call
	Forwards  []VoiceForward `json:"forwards,omitempty"`
	Failover  string         `json:"failover,omitempty"`
}

// VoiceForward is a further destination of calls.
type VoiceForward struct {
	Destination string `json:"destination"`
	Enabled     bool   `json:"enabled"`
	NotifySMS   bool   `json:"notify_sms,omitempty"`
}
