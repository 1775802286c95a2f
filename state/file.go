package state

import (
	"fmt"
	"io"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/internal/document"
)

// File is a state file.
type File struct {
	Tenants []Tenant `yaml:"tenants"`
	Offers  []Offer  `yaml:"offers"`
	Name    string   `yaml:"-"` // what it is called in messages
	// Open opens a file that an offer names; nil: there are none.
	Open func(name string) (io.ReadCloser, error) `yaml:"-"`

	places *document.Reader // knows the lines of keys
}

// Mistake is a problem with the value of a key, as "file:line: key: message", for
// those who know more of a file than it says itself. path is as
// "tenants[0].numbers[2].carrier".
func (f *File) Mistake(path, format string, args ...any) error {
	p := document.Problem{Where: f.Name, Key: path, Message: fmt.Sprintf(format, args...)}
	if f.places != nil {
		p.Line = f.places.Nearest(path)
	}
	return p
}

// Tenant is an account and everything it has.
type Tenant struct {
	ID              string           `yaml:"id"`
	Absent          bool             `yaml:"absent"`
	Name            *string          `yaml:"name"`
	Balance         *wirechief.Money `yaml:"balance"` // nil for a new tenant: not metered
	Rates           *Rates           `yaml:"rates"`
	RequireCampaign *bool            `yaml:"require_campaign"` // nil for a new tenant: true
	QuietHours      *string          `yaml:"quiet_hours"`      // "21:00-08:00"; empty: none
	SendingWindow   *string          `yaml:"sending_window"`   // "mon-fri 09:00-18:00, sat 10:00-14:00"; empty: always
	TimeZone        *string          `yaml:"time_zone"`        // IANA name; empty: UTC
	OptOut          *OptOut          `yaml:"opt_out"`
	Retention       *Retention       `yaml:"retention"`
	Messaging       *bool            `yaml:"messaging"`
	Agreement       *bool            `yaml:"agreement"`
	InDoubt         *string          `yaml:"in_doubt"` // "resend", "unknown"
	Credentials     []Credential     `yaml:"credentials"`
	Properties      []Property       `yaml:"properties"`
	Campaigns       []Campaign       `yaml:"campaigns"`
	Webhooks        []Webhook        `yaml:"webhooks"`
	Endpoints       []Endpoint       `yaml:"endpoints"`
	Agents          []Agent          `yaml:"agents"`
	Groups          []Group          `yaml:"groups"`
	Brands          []Brand          `yaml:"brands"`
	Schedules       []Schedule       `yaml:"schedules"`
	Addresses       []Address        `yaml:"addresses"`
	Flows           []Flow           `yaml:"flows"`
	Numbers         []Number         `yaml:"numbers"`
}

// Rates are the prices of a metered tenant.
type Rates struct {
	SMSSegment  *wirechief.Money `yaml:"sms_segment"`
	MMS         *wirechief.Money `yaml:"mms"`
	NumberMonth *wirechief.Money `yaml:"number_month"`
}

// Credential lets a client of one dialect in. Which keys it has depends on the
// dialect; the others are empty:
//
//	bulkvs        username, password
//	zendesk       email and token, email and password, or bearer
//	fonedynamics  account_sid, token
//	message2give  workspace, username, password
//	wirechief     token, scopes
type Credential struct {
	Dialect    string           `yaml:"dialect"`
	Absent     bool             `yaml:"absent"`
	Username   string           `yaml:"username"`
	Email      string           `yaml:"email"`
	AccountSID string           `yaml:"account_sid"`
	Workspace  string           `yaml:"workspace"`
	Password   wirechief.Secret `yaml:"password"`
	Token      wirechief.Secret `yaml:"token"`
	Bearer     wirechief.Secret `yaml:"bearer"`
	Scopes     []string         `yaml:"scopes"`
}

// Property groups numbers (fonedynamics).
type Property struct {
	SID    string  `yaml:"sid"`
	Absent bool    `yaml:"absent"`
	Name   *string `yaml:"name"`
}

// Campaign is a registered 10DLC campaign.
type Campaign struct {
	TCR      string  `yaml:"tcr"`
	Absent   bool    `yaml:"absent"`
	Brand    *string `yaml:"brand"`
	Approved *bool   `yaml:"approved"`
}

// Webhook is a named endpoint (bulkvs).
type Webhook struct {
	Name        string  `yaml:"name"`
	Absent      bool    `yaml:"absent"`
	Description *string `yaml:"description"`
	URL         *string `yaml:"url"`
	DLR         *bool   `yaml:"dlr"`
	Method      *string `yaml:"method"` // "POST", "3CX"
	Encoding    *string `yaml:"encoding"`
}

// Endpoint is told of the messages of all numbers, in our own shape.
type Endpoint struct {
	URL         string   `yaml:"url"`
	Absent      bool     `yaml:"absent"`
	Events      []string `yaml:"events"` // "message.received" and so on; empty: all
	Description *string  `yaml:"description"`
	Enabled     *bool    `yaml:"enabled"` // nil for a new one: true
}

// Agent is a person, or a program, that signs in to the console.
type Agent struct {
	ID       int64            `yaml:"id"`
	Absent   bool             `yaml:"absent"`
	Email    *string          `yaml:"email"`
	Name     *string          `yaml:"name"`
	Password wirechief.Secret `yaml:"password"` // empty: left alone
	Role     *string          `yaml:"role"`     // owner, admin, agent, viewer, api
	Phone    *string          `yaml:"phone"`
}

// Group is agents that are rung together.
type Group struct {
	ID     int64    `yaml:"id"`
	Absent bool     `yaml:"absent"`
	Name   *string  `yaml:"name"`
	Agents []string `yaml:"agents"` // mail addresses
}

// Brand is a brand of a tenant (zendesk).
type Brand struct {
	ID     int64   `yaml:"id"`
	Absent bool    `yaml:"absent"`
	Name   *string `yaml:"name"`
}

// Schedule is opening hours.
type Schedule struct {
	ID        int64      `yaml:"id"`
	Absent    bool       `yaml:"absent"`
	Name      *string    `yaml:"name"`
	TimeZone  *string    `yaml:"time_zone"` // IANA name
	Intervals []Interval `yaml:"intervals"`
	Holidays  []Holiday  `yaml:"holidays"`
}

// Holiday is a day, or several, on which a schedule is closed.
type Holiday struct {
	Name  string `yaml:"name"`
	From  string `yaml:"from"`  // "2026-12-25"
	Until string `yaml:"until"` // the last day; empty: only one
}

// Interval is a span of a week, in minutes since Sunday 00:00.
type Interval struct {
	StartTime int `yaml:"start_time"`
	EndTime   int `yaml:"end_time"`
}

// Address is a postal address, for numbers that need one.
type Address struct {
	Name     string  `yaml:"name"`
	Absent   bool    `yaml:"absent"`
	Street   *string `yaml:"street"`
	City     *string `yaml:"city"`
	Province *string `yaml:"province"`
	Zip      *string `yaml:"zip"`
	Country  *string `yaml:"country"` // ISO 3166-1 alpha-2
}

// Flow is what a call goes through. Nodes keep the form of the file: maps,
// lists, strings, int64 and bool, as encoding/json takes them.
type Flow struct {
	ID     string         `yaml:"id"`
	Absent bool           `yaml:"absent"`
	Name   *string        `yaml:"name"`
	Start  *string        `yaml:"start"`
	Nodes  map[string]any `yaml:"nodes"`
}

// Number is a number of the tenant's.
type Number struct {
	Number       string                  `yaml:"number"`
	Absent       bool                    `yaml:"absent"` // released
	Carrier      *string                 `yaml:"carrier"`
	Capabilities []string                `yaml:"capabilities"` // voice, sms, mms, fax
	Type         *wirechief.NumberType   `yaml:"type"`
	TollFree     *wirechief.Verification `yaml:"toll_free_verification"` // means nothing for other numbers
	Name         *string                 `yaml:"name"`
	Tags         []string                `yaml:"tags"`
	Notes        *string                 `yaml:"notes"`
	Reference    *string                 `yaml:"reference"`
	Enabled      []string                `yaml:"enabled"` // of the capabilities
	Address      *string                 `yaml:"address"` // name of one; empty: none
	Brand        *int64                  `yaml:"brand"`
	Groups       []int64                 `yaml:"groups"`
	DefaultGroup *int64                  `yaml:"default_group"`
	SMSGroup     *int64                  `yaml:"sms_group"`
	Priority     *int                    `yaml:"priority"`
	Attribution  *Attribution            `yaml:"attribution"`
	Receipts     *Hook                   `yaml:"receipts"`
	Line         *Line                   `yaml:"line"`
	AI           *AI                     `yaml:"ai"`
	Property     *string                 `yaml:"property"`
	Campaign     *string                 `yaml:"campaign"`
	Webhook      *string                 `yaml:"webhook"`
	Protected    *bool                   `yaml:"protected"`
	Throughput   *float64                `yaml:"throughput"` // segments a second; 0: no limit
	Forwards     []Forward               `yaml:"forwards"`
	// Fallback replaces the chain: its order is its meaning.
	Fallback      []Forward `yaml:"fallback"`
	FallbackAfter *int      `yaml:"fallback_after"` // tries; 0: 3
	Replies       *Replies  `yaml:"replies"`
	Voice         *Voice    `yaml:"voice"`
}

// Forward is one destination of what comes in, known by type and destination.
type Forward struct {
	Type        wirechief.DeliveryKind `yaml:"type"` // http, email, sms, console
	Destination string                 `yaml:"destination"`
	Absent      bool                   `yaml:"absent"`
	Enabled     *bool                  `yaml:"enabled"`
	Method      *string                `yaml:"method"`   // http: POST, GET
	Encoding    *string                `yaml:"encoding"` // http: json, form
	Format      *string                `yaml:"format"`   // http: message2give, fonedynamics
	History     *int                   `yaml:"history"`  // email: messages of the transcript
	Timezone    *string                `yaml:"timezone"` // email: IANA name
	Prefix      *string                `yaml:"prefix"`   // sms
	Suffix      *string                `yaml:"suffix"`   // sms
	Sender      *string                `yaml:"sender"`   // sms: own, original, a number; email: an address
	Length      *bool                  `yaml:"length"`   // http: with Content-Length, never chunked
	Context     *bool                  `yaml:"context"`  // http: with who we are in the body
}

// Replies are the automatic answers.
type Replies struct {
	AgentsOffline *Reply         `yaml:"agents_offline"`
	AgentsOnline  *Reply         `yaml:"agents_online"`
	MissedCall    *Reply         `yaml:"missed_call"`
	Keywords      []Keyword      `yaml:"keywords"` // replaces them: the first that fits answers
	Window        *time.Duration `yaml:"window"`   // 0: 12h
}

// Keyword is an automatic answer to a text that is one of its words.
type Keyword struct {
	Words   []string `yaml:"words"`
	Message string   `yaml:"message"`
	Enabled *bool    `yaml:"enabled"` // default true
}

// Reply is one automatic answer.
type Reply struct {
	Enabled *bool   `yaml:"enabled"`
	Message *string `yaml:"message"`
}

// Voice is what happens to calls.
type Voice struct {
	Route     *string        `yaml:"route"`    // endpoint, flow
	Endpoint  *string        `yaml:"endpoint"` // number or SIP URI
	Flow      *string        `yaml:"flow"`
	Recording *string        `yaml:"recording"` // off, call
	Forwards  []VoiceForward `yaml:"forwards"`
	Failover  *string        `yaml:"failover"` // number or SIP URI; empty: none

	IVR              *int64                       `yaml:"ivr"`
	Schedule         *int64                       `yaml:"schedule"`
	Consent          *string                      `yaml:"consent"` // always, opt_in, opt_out, never
	Transcription    *bool                        `yaml:"transcription"`
	Greetings        []int64                      `yaml:"greetings"`
	GreetingSettings map[string]map[string]string `yaml:"greeting_settings"`
	Calls            *Calls                       `yaml:"calls"`
}

// VoiceForward is a further destination of calls.
type VoiceForward struct {
	Destination string `yaml:"destination"`
	Absent      bool   `yaml:"absent"`
	Enabled     *bool  `yaml:"enabled"`
	NotifySMS   *bool  `yaml:"notify_sms"`
}

// Offer is a number that can be bought, or where many come from: one of
// Number, Generate and CSV is set. What stands beside CSV are its defaults.
type Offer struct {
	Number       string               `yaml:"number"`
	Generate     *Generate            `yaml:"generate"`
	CSV          string               `yaml:"csv"` // file, relative to this one
	Absent       bool                 `yaml:"absent"`
	Carrier      string               `yaml:"carrier"`
	Type         wirechief.NumberType `yaml:"type"`
	Capabilities []string             `yaml:"capabilities"`
	Location     string               `yaml:"location"`
	Price        *wirechief.Money     `yaml:"price"`
	Address      string               `yaml:"address"` // none, any, local, foreign
	Country      string               `yaml:"country"`
}

// Generate makes offers up.
type Generate struct {
	Country   string   `yaml:"country"` // ISO 3166-1 alpha-2
	AreaCodes []string `yaml:"area_codes"`
	Count     int      `yaml:"count"`
}

// Attribution says where the calls to a number come from.
type Attribution struct {
	Source   *string `yaml:"source"`
	Medium   *string `yaml:"medium"`
	Campaign *string `yaml:"campaign"`
	Content  *string `yaml:"content"`
}

// Hook is a URL that is told something; an empty URL: none.
type Hook struct {
	URL    *string `yaml:"url"`
	Method *string `yaml:"method"` // POST, GET
	Format *string `yaml:"format"` // fonedynamics, message2give
}

// Line is what a number is to the telephone network.
type Line struct {
	CallerName *string `yaml:"caller_name"`
	PortOutPIN *string `yaml:"port_out_pin"`
	TrunkGroup *string `yaml:"trunk_group"`
	CustomURI  *string `yaml:"custom_uri"`
}

// AI are switches that are kept and switch nothing.
type AI struct {
	PostCall *bool `yaml:"post_call"`
	QA       *bool `yaml:"qa"`
}

// Calls are the finer settings of calls; see wirechief.Calls.
type Calls struct {
	Outbound               *bool     `yaml:"outbound"`
	OfferingSeconds        *int      `yaml:"offering_seconds"`
	QueueSize              *int      `yaml:"queue_size"`
	QueueMinutes           *int      `yaml:"queue_minutes"`
	WaitTimeMessage        *bool     `yaml:"wait_time_message"`
	CallbackFromQueue      *bool     `yaml:"callback_from_queue"`
	CallbackLocale         *string   `yaml:"callback_locale"`
	AbandonedTicket        *bool     `yaml:"abandoned_ticket"`
	DequeueAttempted       *bool     `yaml:"dequeue_attempted"`
	Voicemail              *bool     `yaml:"voicemail"`
	VoicemailOutsideHours  *bool     `yaml:"voicemail_outside_hours"`
	RecordingsDeletedAfter *string   `yaml:"recordings_deleted_after"`
	VoicemailsDeletedAfter *string   `yaml:"voicemails_deleted_after"`
	Overflow               *Overflow `yaml:"overflow"`
	ForwardingCallerID     *string   `yaml:"forwarding_caller_id"`
	WrapUp                 *bool     `yaml:"wrap_up"`
	WrapUpSeconds          *int      `yaml:"wrap_up_seconds"`
}

// Overflow is where calls go that nobody can take.
type Overflow struct {
	Enabled *bool   `yaml:"enabled"`
	Number  *string `yaml:"number"`
}
