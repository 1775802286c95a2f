package wirechief

import "time"

// What a tenant's numbers refer to. Ids below 2^53; those of a tenant's own
// state file may be small. Times are UTC.

// Property is a project: numbers, texts and logins are kept apart by it
// (fonedynamics: properties).
type Property struct {
	SID          string    `json:"sid"` // "S" and 31 of A-Z 0-9
	Name         string    `json:"name,omitempty"`
	MainDomain   string    `json:"main_domain,omitempty"`
	TimeZone     string    `json:"time_zone,omitempty"` // Windows id: "AUS Eastern Standard Time"
	NoSMS        bool      `json:"no_sms,omitempty"`    // its numbers send no texts over this API
	Recording    bool      `json:"recording,omitempty"`
	Integrations bool      `json:"integrations,omitempty"`
	Inactive     bool      `json:"inactive,omitempty"`
	CreatedAt    time.Time `json:"created_at,omitzero"`
}

// Address is where a customer is, as countries demand it of who buys numbers.
type Address struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Reference string    `json:"reference,omitempty"` // the customer's own id of it
	Street    string    `json:"street,omitempty"`
	Street2   string    `json:"street2,omitempty"`
	City      string    `json:"city,omitempty"`
	Province  string    `json:"province,omitempty"`
	State     string    `json:"state,omitempty"`
	Zip       string    `json:"zip,omitempty"`
	Country   string    `json:"country,omitempty"` // ISO 3166-1 alpha-2, upper case
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// Agent is a person who answers texts and calls.
type Agent struct {
	ID       int64  `json:"id"`
	Email    string `json:"email,omitempty"`
	Name     string `json:"name,omitempty"`
	Password string `json:"password,omitempty"` // argon2id hash
	Role     string `json:"role,omitempty"`     // owner, admin, agent, viewer, api
	Phone    string `json:"phone,omitempty"`    // E.164 or SIP URI
	// State is what the agent says: online, offline, away, transfers_only;
	// empty: offline. Via is where calls reach them: client or phone; empty: client.
	State   string    `json:"state,omitempty"`
	Via     string    `json:"via,omitempty"`
	StateAt time.Time `json:"state_at,omitzero"`
	// Presence is how long they have been in each state today, until StateAt.
	Presence Presence `json:"presence,omitzero"`
}

// Presence is how long an agent was there on one day, UTC, in whole seconds.
type Presence struct {
	Day           string `json:"day,omitempty"` // "2026-03-02"
	Online        int64  `json:"online,omitempty"`
	Away          int64  `json:"away,omitempty"`
	TransfersOnly int64  `json:"transfers_only,omitempty"`
}

// PresenceAt is the presence of the day of an instant, up to it.
func (a *Agent) PresenceAt(now time.Time) Presence {
	now = now.UTC()
	p := a.Presence
	if day := now.Format(time.DateOnly); p.Day != day {
		p = Presence{Day: day}
	}
	since := a.StateAt
	if midnight := now.Truncate(24 * time.Hour); since.Before(midnight) {
		since = midnight
	}
	lasted := max(int64(now.Sub(since)/time.Second), 0)
	switch a.State {
	case "online":
		p.Online += lasted
	case "away":
		p.Away += lasted
	case "transfers_only":
		p.TransfersOnly += lasted
	}
	return p
}

// Group is a team of agents.
type Group struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name,omitempty"`
	Description string    `json:"description,omitempty"`
	Agents      []string  `json:"agents,omitempty"` // mail addresses
	Default     bool      `json:"default,omitempty"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

// Brand is a name under which a tenant appears.
type Brand struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name,omitempty"`
	Default   bool      `json:"default,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// Schedule is when a tenant is open.
type Schedule struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name,omitempty"`
	TimeZone  string     `json:"time_zone,omitempty"` // IANA name; empty: UTC
	Intervals []Interval `json:"intervals,omitempty"`
	Holidays  []Holiday  `json:"holidays,omitempty"` // days on which it is closed whatever the intervals say
	CreatedAt time.Time  `json:"created_at,omitzero"`
	UpdatedAt time.Time  `json:"updated_at,omitzero"`
}

// Interval is a time of the week, in minutes since Sunday 00:00: 0 to 10080.
type Interval struct {
	StartTime int `json:"start_time"`
	EndTime   int `json:"end_time"`
}

// Holiday is a day, or several, in the zone of its schedule.
type Holiday struct {
	Name  string `json:"name,omitempty"`
	From  string `json:"from"`            // "2026-12-25"
	Until string `json:"until,omitempty"` // the last day; empty: From is the only one
}

// Judge says what is wrong with the days; the field is "from" or "until".
func (h Holiday) Judge() *Error {
	if _, err := time.Parse(time.DateOnly, h.From); err != nil {
		return InvalidField("from", "%q is not a day such as 2026-12-25", h.From)
	}
	if h.Until == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, h.Until); err != nil {
		return InvalidField("until", "%q is not a day such as 2026-12-25", h.Until)
	}
	if h.Until < h.From {
		return InvalidField("until", "the last day, %s, is before the first, %s", h.Until, h.From)
	}
	return nil
}

// Flow is a graph that calls go through.
type Flow struct {
	ID        string         `json:"id"` // fonedynamics: ConfigId
	Name      string         `json:"name,omitempty"`
	Property  string         `json:"property,omitempty"` // empty: the tenant's first
	Start     string         `json:"start,omitempty"`
	Nodes     map[string]any `json:"nodes,omitempty"`
	Revision  int            `json:"revision,omitempty"` // counts the changes, from 1
	UpdatedAt time.Time      `json:"updated_at,omitzero"`
}

// Greeting is a recording of a tenant's own.
type Greeting struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Category  int       `json:"category"` // 1 to 9, see [GreetingCategories]
	Audio     *Audio    `json:"audio,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// Audio is an uploaded sound file.
type Audio struct {
	ID    int64  `json:"id"`    // of the upload
	Name  string `json:"name"`  // as it was called
	Token string `json:"token"` // of the media file
	Type  string `json:"type"`
	Ext   string `json:"ext"` // ".mp3" or ".wav"
	Size  int64  `json:"size"`
}

// GreetingCategories names the categories of greetings; that of id i is at i-1
// (zendesk: greeting_categories).
func GreetingCategories() []string {
	return []string{
		"voicemail", "available", "wait", "hold", "ivr", "callback", "callback_confirmation",
		"call_recording_opt_out", "call_recording_opt_in",
	}
}

// IVR is a voice menu as an API shows it: menus with routes by key (zendesk:
// ivr, menus, routes).
type IVR struct {
	ID    int64     `json:"id"`
	Name  string    `json:"name"`
	Menus []IVRMenu `json:"menus,omitempty"`
}

// IVRMenu is one menu; calls begin in the default one.
type IVRMenu struct {
	ID       int64      `json:"id"`
	Name     string     `json:"name"`
	Default  bool       `json:"default,omitempty"`
	Greeting string     `json:"greeting,omitempty"` // id of a custom one or name of a default one
	Routes   []IVRRoute `json:"routes,omitempty"`
}

// IVRRoute is what a key does.
type IVRRoute struct {
	ID       int64    `json:"id"`
	Keypress string   `json:"keypress"` // 0 to 9, *, #, default
	Greeting string   `json:"greeting,omitempty"`
	Action   string   `json:"action"` // group, voicemail, phone_number, textback, menu
	Groups   []int64  `json:"groups,omitempty"`
	Number   string   `json:"number,omitempty"`    // phone_number: E.164
	Text     string   `json:"text,omitempty"`      // textback
	TextFrom int64    `json:"text_from,omitempty"` // textback: id of a number of ours
	Menu     int64    `json:"menu,omitempty"`
	Tags     []string `json:"tags,omitempty"`
}

// DigitalLine is a line without a number, for calls from an app (zendesk:
// digital_lines).
type DigitalLine struct {
	ID             int64     `json:"id"`
	LineID         string    `json:"line_id"` // 32 hex digits
	Name           string    `json:"name,omitempty"`
	Priority       int       `json:"priority,omitempty"`
	Groups         []int64   `json:"groups,omitempty"`
	DefaultGroup   int64     `json:"default_group,omitempty"`
	Brand          int64     `json:"brand,omitempty"`
	Schedule       int64     `json:"schedule,omitempty"`
	Greetings      []int64   `json:"greetings,omitempty"`
	OutboundNumber string    `json:"outbound_number,omitempty"`
	Recording      string    `json:"recording,omitempty"`
	Consent        string    `json:"consent,omitempty"`
	Transcription  bool      `json:"transcription,omitempty"`
	CreatedAt      time.Time `json:"created_at,omitzero"`
}

// AccountVoice are the settings of calls that a tenant has as a whole
// (zendesk: settings).
type AccountVoice struct {
	ID               string  `json:"id"` // always "voice": a tenant has one
	Voice            bool    `json:"voice"`
	ConfirmForwarded bool    `json:"confirm_forwarded"` // agents confirm forwarded calls by a key
	BusinessHours    bool    `json:"business_hours"`
	RecordingsPublic bool    `json:"recordings_public"`
	QueueSize        int     `json:"queue_size"`
	QueueMinutes     int     `json:"queue_minutes"`
	Knowledge        bool    `json:"knowledge"`
	KnowledgeGroups  []int64 `json:"knowledge_groups,omitempty"`
	// Switches and lists that are kept and given back and change nothing.
	Locales         []string `json:"locales"` // languages spoken, "en"; nil: not said
	AI              bool     `json:"ai,omitempty"`
	AITranscript    bool     `json:"ai_transcript,omitempty"`
	AILines         []int64  `json:"ai_lines,omitempty"` // ids of numbers
	QA              bool     `json:"qa,omitempty"`
	QALines         []int64  `json:"qa_lines,omitempty"` // ids of numbers
	RedactPII       bool     `json:"redact_pii,omitempty"`
	RedactPCI       bool     `json:"redact_pci,omitempty"`
	BoostKeywords   bool     `json:"boost_keywords,omitempty"`
	BoostedKeywords string   `json:"boosted_keywords,omitempty"`
}

// CallbackRequest asks us to call somebody (zendesk: callback_requests).
type CallbackRequest struct {
	ID        int64     `json:"id"`
	Number    int64     `json:"number"`    // id of the number to call from
	Requester string    `json:"requester"` // E.164
	Groups    []int64   `json:"groups,omitempty"`
	Status    string    `json:"status"` // waiting
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// OnlineLogin is a person's access to properties (fonedynamics: online logins).
type OnlineLogin struct {
	ID          string            `json:"id"` // UUID, lower case
	Email       string            `json:"email"`
	FirstName   string            `json:"first_name"`
	LastName    string            `json:"last_name"`
	Password    string            `json:"password"` // argon2id hash
	Enabled     bool              `json:"enabled"`
	Permissions []LoginPermission `json:"permissions,omitempty"`
	CreatedAt   time.Time         `json:"created_at,omitzero"`
}

// LoginPermission is what a login may do in a property.
type LoginPermission struct {
	Property string   `json:"property"`
	Scopes   []string `json:"scopes,omitempty"`
}
