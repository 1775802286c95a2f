package wire

import "time"

// Suppression is an entry of the suppression list: a handset that gets no
// texts, from one number or from all.
type Suppression struct {
	Handset string    `json:"handset"`
	Number  string    `json:"number" doc:"Of yours; empty: all of them"`
	Word    string    `json:"word" doc:"That the handset sent itself; empty: a person or an import put it here"`
	Reason  string    `json:"reason"`
	By      string    `json:"by" doc:"Who put it here; empty: the handset itself"`
	At      time.Time `json:"at"`
}

// SuppressionChange names handsets, to put them on the suppression list or to
// take them off.
type SuppressionChange struct {
	Handsets []string `json:"handsets" nullable:"false" minItems:"1" maxItems:"1000" doc:"Numbers in international form, or short codes"`
	Number   string   `json:"number,omitempty" maxLength:"64" doc:"Of yours; empty: all of them"`
	Reason   string   `json:"reason,omitempty" maxLength:"255" doc:"The audit log keeps it. What a handset said itself is lifted only with one"`
}

// SuppressionsChanged says how many entries are not as they were.
type SuppressionsChanged struct {
	Changed int `json:"changed"`
}

// SuppressionsImported is what came of a table of handsets, or would come of it.
type SuppressionsImported struct {
	DryRun  bool     `json:"dry_run"`
	Applied bool     `json:"applied" doc:"False: nothing was changed"`
	Rows    int      `json:"rows"`
	New     int      `json:"new"`
	Known   int      `json:"known" doc:"Were on the list already"`
	Bad     []BadRow `json:"bad" nullable:"false"`
}

// Tenant is a tenant with the settings that it changes itself.
type Tenant struct {
	ID            string    `json:"id" readOnly:"true"`
	Name          string    `json:"name" maxLength:"255"`
	TimeZone      string    `json:"time_zone" maxLength:"64" doc:"Of its people, IANA; empty: UTC" example:"America/Los_Angeles"`
	QuietHours    string    `json:"quiet_hours" maxLength:"64" doc:"In the zone of the handset; empty: none" example:"21:00-08:00"`
	SendingWindow string    `json:"sending_window" maxLength:"1000" doc:"When texts may go out, in the zone of the handset; empty: always" example:"mon-fri 09:00-18:00"`
	OptOut        OptOut    `json:"opt_out" doc:"What is answered to opt-out words. They count in any case"`
	Retention     Retention `json:"retention" doc:"How long what passed through is kept"`
}

// OptOut says whose opt-out words count, and what is answered to them.
type OptOut struct {
	Replies      bool     `json:"replies" doc:"Answer them"`
	Languages    []string `json:"languages" nullable:"false" maxItems:"100" doc:"Whose words count; none: those of the number's country" example:"en"`
	Message      string   `json:"message" maxLength:"1600" doc:"To STOP; empty: a sentence with the tenant's name"`
	StartMessage string   `json:"start_message" maxLength:"1600" doc:"To START; likewise"`
	HelpMessage  string   `json:"help_message" maxLength:"1600" doc:"To HELP; likewise"`
}

// Retention says how long what passed through a tenant is kept: days, as 90d, or
// a duration, as 36h; 0 is for ever.
type Retention struct {
	Texts    string `json:"texts" maxLength:"32" doc:"Then texts are redacted; numbers, times and proof stay" example:"90d"`
	Media    string `json:"media" maxLength:"32" doc:"Then pictures and files go" example:"30d"`
	Messages string `json:"messages" maxLength:"32" doc:"Then messages, conversations and deliveries go altogether" example:"0"`
}

// Presence is where an agent is, and why.
type Presence struct {
	Agent   int64      `json:"agent"`
	Name    string     `json:"name"`
	State   string     `json:"state" enum:"online,away,transfers_only,offline" doc:"All things considered"`
	Said    string     `json:"said" enum:"online,away,transfers_only,offline" doc:"What they say themselves"`
	Since   *time.Time `json:"since" doc:"When the state was entered, or when we learned of it"`
	Open    int        `json:"open" doc:"Consoles of theirs that are open"`
	Touched *time.Time `json:"touched" doc:"When they last did something in one; null: not since the start"`
	Answers bool       `json:"answers" doc:"Their role lets them answer, so they count for automatic replies"`
}

// PresenceChange is what somebody says of themselves.
type PresenceChange struct {
	State string `json:"state" enum:"online,away,transfers_only,offline"`
}
