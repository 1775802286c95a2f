package wirechief

import "time"

// NumberState is where a number is in its life.
type NumberState string

// The states. A number moves down this list and from aging back to available
// (docs/adr/0012).
const (
	NumberAvailable NumberState = "available"  // an offer
	NumberReserved  NumberState = "reserved"   // held for one buyer until Until
	NumberOrdered   NumberState = "ordered"    // bought; its carrier has yet to confirm
	NumberPending   NumberState = "pending"    // bought; an address is owed
	NumberInService NumberState = "in_service" // owned and working
	NumberAging     NumberState = "aging"      // released; in quarantine until Until, can be had back
)

// Owned says whether a number in the state is on somebody's account.
func (s NumberState) Owned() bool {
	return s == NumberOrdered || s == NumberPending || s == NumberInService
}

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

// NumberTypes lists the types.
func NumberTypes() []NumberType {
	return []NumberType{TypeLocal, TypeTollFree, TypeMobile, TypeNational, TypeSharedRate}
}

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

// CapabilitiesOf reads capabilities by name: voice, sms, mms, fax. Other words
// mean nothing.
func CapabilitiesOf(words []string) (c Capabilities) {
	for _, w := range words {
		switch w {
		case "voice":
			c.Voice = true
		case "sms":
			c.SMS = true
		case "mms":
			c.MMS = true
		case "fax":
			c.Fax = true
		}
	}
	return c
}

// Number is a telephone number, where it is in its life, and what it does. It
// is the one model behind every API: what one of them cannot say, it leaves
// alone (docs/adr/0013).
type Number struct {
	Number string      `json:"number"` // E.164, "+13109060901"
	ID     int64       `json:"id,omitempty"`
	Rev    int64       `json:"rev,omitempty"`    // counts the changes; see PutNumber
	Tenant string      `json:"tenant,omitempty"` // who owns it, holds it or, while it is aging, may have it back
	State  NumberState `json:"state"`
	Until  time.Time   `json:"until,omitzero"` // reserved, aging: when that ends
	// Paid is what was taken for an order that is not confirmed yet.
	Paid Money `json:"paid,omitempty"`
	// Reservation is the token under which it is reserved.
	Reservation string `json:"reservation,omitempty"`

	Carrier      string             `json:"carrier,omitempty"` // that brings its traffic and is tried first
	Type         NumberType         `json:"type,omitempty"`
	Country      string             `json:"country,omitempty"`  // ISO 3166-1 alpha-2
	Location     string             `json:"location,omitempty"` // state or town
	Price        Money              `json:"price,omitempty"`    // a month
	AddressRule  AddressRequirement `json:"address_rule,omitempty"`
	Capabilities Capabilities       `json:"capabilities"`
	Enabled      Capabilities       `json:"enabled"` // of the capabilities, those switched on
	TollFree     Verification       `json:"toll_free_verification,omitempty"`
	Protected    bool               `json:"protected,omitempty"`  // is not released before this is taken off
	Throughput   float64            `json:"throughput,omitempty"` // segments a second that it sends at most; 0: no limit

	Name         string      `json:"name,omitempty"`
	Tags         []string    `json:"tags,omitempty"`
	Notes        string      `json:"notes,omitempty"`
	Reference    string      `json:"reference,omitempty"` // the customer's own id of it
	Address      int64       `json:"address,omitempty"`   // id of an [Address]
	Property     string      `json:"property,omitempty"`
	Campaign     string      `json:"campaign,omitempty"` // TCR id
	Webhook      string      `json:"webhook,omitempty"`  // name
	Brand        int64       `json:"brand,omitempty"`
	Groups       []int64     `json:"groups,omitempty"` // that answer its calls, in order
	DefaultGroup int64       `json:"default_group,omitempty"`
	SMSGroup     int64       `json:"sms_group,omitempty"`
	Priority     int         `json:"priority,omitempty"` // of its calls in a queue; higher first
	Attribution  Attribution `json:"attribution,omitzero"`

	Forwards []Forward `json:"forwards,omitempty"`
	// Fallback are tried one after the other when an HTTP forward or a webhook
	// keeps failing: the first once the delivery has failed FallbackAfter times
	// or for good, each further one when the one before has. They are our own:
	// no vendor's API shows them.
	Fallback      []Forward `json:"fallback,omitempty"`
	FallbackAfter int       `json:"fallback_after,omitempty"` // tries; 0: 3
	Receipts      Hook      `json:"receipts,omitzero"`        // told of each receipt of a text that it sent
	Replies       Replies   `json:"replies,omitzero"`
	Voice         Voice     `json:"voice,omitzero"`
	Line          Line      `json:"line,omitzero"`
	AI            AI        `json:"ai,omitzero"`

	ActivatedAt time.Time `json:"activated_at,omitzero"`
	ModifiedAt  time.Time `json:"modified_at,omitzero"`
}

// Attribution says where the calls to a number come from, for statistics
// (fonedynamics: configure numbers, Attribution_*). Each up to 255 octets.
type Attribution struct {
	Source   string `json:"source,omitempty"`
	Medium   string `json:"medium,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	Content  string `json:"content,omitempty"`
}

// Hook is a URL that is told something.
type Hook struct {
	URL    string `json:"url,omitempty"`
	Method string `json:"method,omitempty"` // POST or GET
	Format string `json:"format,omitempty"` // whose shape: a dialect that has one
}

// Line is what a number is to the telephone network (bulkvs: tnRecord).
type Line struct {
	CallerName string `json:"caller_name,omitempty"` // LIDB
	PortOutPIN string `json:"port_out_pin,omitempty"`
	TrunkGroup string `json:"trunk_group,omitempty"`
	CustomURI  string `json:"custom_uri,omitempty"`
}

// AI are switches that are kept and given back and switch nothing (zendesk:
// post_call_voice_ai_enabled, voice_qa_enabled).
type AI struct {
	PostCall bool `json:"post_call,omitempty"`
	QA       bool `json:"qa,omitempty"`
}

// Forward is one destination of what comes in. Type and Destination name it:
// a number has no two with both equal.
type Forward struct {
	Type        DeliveryKind `json:"type"` // http, email, sms, console
	Destination string       `json:"destination"`
	Enabled     bool         `json:"enabled"`
	Method      string       `json:"method,omitempty"`   // http: POST or GET
	Encoding    string       `json:"encoding,omitempty"` // http: json or form
	Format      string       `json:"format,omitempty"`   // http: whose shape, "message2give" or "fonedynamics"
	Length      bool         `json:"length,omitempty"`   // http: with Content-Length, never chunked
	Context     bool         `json:"context,omitempty"`  // http: with who we are in the body
	History     *int         `json:"history,omitempty"`  // email: messages of the transcript; nil: 10
	Timezone    string       `json:"timezone,omitempty"` // email: of the transcript
	Prefix      string       `json:"prefix,omitempty"`   // sms
	Suffix      string       `json:"suffix,omitempty"`   // sms
	// Sender is whom the forwarded text or mail is from: sms: own, original or
	// a number; email: an address, empty for the installation's.
	Sender string `json:"sender,omitempty"`
	// Set names what was said explicitly when it was set up, for an API that
	// gives back just that (message2give: GET Virtual Number).
	Set []string `json:"set,omitempty"`
}

// HistoryDefault is how many messages of a conversation a mail shows.
const HistoryDefault = 10

// Replies are the automatic answers.
type Replies struct {
	AgentsOffline Reply `json:"agents_offline,omitzero"`
	AgentsOnline  Reply `json:"agents_online,omitzero"`
	// MissedCall answers a call that nobody took, by text.
	MissedCall Reply `json:"missed_call,omitzero"`
	// Keywords answer texts that are one of their words and nothing else; the
	// first that fits answers, before those above.
	Keywords []Keyword     `json:"keywords,omitempty"`
	Window   time.Duration `json:"window,omitempty"` // at most one to a handset in this time; 0: [ReplyWindow]
}

// ReplyWindow is in which time a handset gets one automatic reply at most.
const ReplyWindow = 12 * time.Hour

// Keyword is an automatic answer to certain words.
type Keyword struct {
	Words   []string `json:"words"` // without regard to case, blanks around or accents
	Message string   `json:"message"`
	Enabled bool     `json:"enabled"`
}

// KeywordsMost is how many keyword answers a number has at most.
const KeywordsMost = 50

// Reply is one automatic answer.
type Reply struct {
	Enabled bool   `json:"enabled"`
	Message string `json:"message"`
}
