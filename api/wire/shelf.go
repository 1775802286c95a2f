package wire

import (
	"time"

	"github.com/wirechief/wirechief"
)

// What numbers refer to. Ids and times are the server's to give.

// Address is where a customer is.
type Address struct {
	ID        int64     `json:"id" readOnly:"true"`
	Name      string    `json:"name" maxLength:"255" example:"HQ"`
	Reference string    `json:"reference" maxLength:"255" doc:"Your own id of it"`
	Street    string    `json:"street" maxLength:"255" example:"1 Main St"`
	Street2   string    `json:"street2" maxLength:"255"`
	City      string    `json:"city" maxLength:"255" example:"Oakland"`
	Province  string    `json:"province" maxLength:"255" example:"CA"`
	State     string    `json:"state" maxLength:"255"`
	Zip       string    `json:"zip" maxLength:"255" example:"94607"`
	Country   string    `json:"country" doc:"ISO 3166-1 alpha-2" maxLength:"2" example:"US"`
	CreatedAt time.Time `json:"created_at,omitzero" readOnly:"true"`
}

// Group is a team of agents.
type Group struct {
	ID          int64     `json:"id" readOnly:"true"`
	Name        string    `json:"name" maxLength:"255" example:"Sales"`
	Description string    `json:"description" maxLength:"4096"`
	Agents      []string  `json:"agents" nullable:"false" doc:"Mail addresses"`
	Default     bool      `json:"default"`
	CreatedAt   time.Time `json:"created_at,omitzero" readOnly:"true"`
	UpdatedAt   time.Time `json:"updated_at,omitzero" readOnly:"true"`
}

// Brand is a name under which a tenant appears.
type Brand struct {
	ID        int64     `json:"id" readOnly:"true"`
	Name      string    `json:"name" maxLength:"255" example:"Acme"`
	Default   bool      `json:"default"`
	CreatedAt time.Time `json:"created_at,omitzero" readOnly:"true"`
	UpdatedAt time.Time `json:"updated_at,omitzero" readOnly:"true"`
}

// Schedule is when a tenant is open.
type Schedule struct {
	ID        int64                `json:"id" readOnly:"true"`
	Name      string               `json:"name" maxLength:"255" example:"Office"`
	TimeZone  string               `json:"time_zone" doc:"IANA name; empty: UTC" example:"America/Los_Angeles"`
	Intervals []wirechief.Interval `json:"intervals" nullable:"false" doc:"Times of the week, in minutes since Sunday 00:00, 0 to 10080"`
	Holidays  []wirechief.Holiday  `json:"holidays,omitempty" nullable:"false" doc:"Days in the zone of the schedule on which it is closed, as 2026-12-25"`
	CreatedAt time.Time            `json:"created_at,omitzero" readOnly:"true"`
	UpdatedAt time.Time            `json:"updated_at,omitzero" readOnly:"true"`
}

// Property is a project by which numbers are kept apart.
type Property struct {
	SID          string    `json:"sid" readOnly:"true" example:"S1234567890ABCDEF1234567890ABCDE"`
	Name         string    `json:"name" maxLength:"255" example:"Main"`
	MainDomain   string    `json:"main_domain" maxLength:"255"`
	TimeZone     string    `json:"time_zone" doc:"Windows id" example:"AUS Eastern Standard Time"`
	NoSMS        bool      `json:"no_sms" doc:"Its numbers send no texts over the API of Fone Dynamics"`
	Recording    bool      `json:"recording"`
	Integrations bool      `json:"integrations"`
	Inactive     bool      `json:"inactive"`
	CreatedAt    time.Time `json:"created_at,omitzero" readOnly:"true"`
}

// Agent is a person who answers texts and calls.
type Agent struct {
	ID       int64     `json:"id" readOnly:"true"`
	Email    string    `json:"email" maxLength:"254" example:"ann@acme.test"`
	Name     string    `json:"name" maxLength:"255" example:"Ann"`
	Password string    `json:"password,omitempty" writeOnly:"true" maxLength:"1024" doc:"Is never given back; empty: none"`
	Role     string    `json:"role" enum:",owner,admin,agent,viewer,api"`
	Phone    string    `json:"phone" doc:"Number or SIP URI" example:"+13105550125"`
	State    string    `json:"state" enum:",online,offline,away,transfers_only" doc:"Empty: offline"`
	Via      string    `json:"via" enum:",client,phone" doc:"Where calls reach them; empty: client"`
	StateAt  time.Time `json:"state_at,omitzero" readOnly:"true" doc:"When the state was entered"`
}

// Flow is a graph that calls go through.
type Flow struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Property  string         `json:"property" doc:"Empty: the tenant's first"`
	Start     string         `json:"start" doc:"Node at which calls begin"`
	Nodes     map[string]any `json:"nodes"`
	Revision  int            `json:"revision" doc:"Counts the changes"`
	UpdatedAt time.Time      `json:"updated_at,omitzero"`
}

// Greeting is a recording of a tenant's own.
type Greeting struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Category  string    `json:"category" enum:",voicemail,available,wait,hold,ivr,callback,callback_confirmation,call_recording_opt_out,call_recording_opt_in"`
	File      string    `json:"file" doc:"As the sound file was called; empty: none was uploaded"`
	Audio     *Sound    `json:"audio" doc:"The sound file, which the Zendesk Talk API takes and gives"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// Sound says what a sound file is.
type Sound struct {
	Type string `json:"type" example:"audio/mpeg"`
	Size int64  `json:"size" doc:"Octets"`
}

// IVR is a voice menu: menus with routes by key.
type IVR struct {
	ID    int64     `json:"id" readOnly:"true"`
	Name  string    `json:"name" maxLength:"255" example:"Main menu"`
	Menus []IVRMenu `json:"menus" nullable:"false" maxItems:"100"`
}

// IVRMenu is one menu; calls begin in the default one.
type IVRMenu struct {
	ID       int64      `json:"id" required:"false" doc:"0: a new one"`
	Name     string     `json:"name" maxLength:"255"`
	Default  bool       `json:"default" required:"false"`
	Greeting string     `json:"greeting" required:"false" doc:"Id of a custom one or name of a default one"`
	Routes   []IVRRoute `json:"routes" required:"false" nullable:"false" maxItems:"100"`
}

// IVRRoute is what a key does.
type IVRRoute struct {
	ID       int64    `json:"id" required:"false" doc:"0: a new one"`
	Keypress string   `json:"keypress" enum:"0,1,2,3,4,5,6,7,8,9,*,#,default"`
	Greeting string   `json:"greeting" required:"false"`
	Action   string   `json:"action" enum:"group,voicemail,phone_number,textback,menu"`
	Groups   []int64  `json:"groups" required:"false" nullable:"false"`
	Number   string   `json:"number" required:"false" doc:"phone_number: where to"`
	Text     string   `json:"text" required:"false" doc:"textback"`
	TextFrom int64    `json:"text_from" required:"false" doc:"textback: id of a number of yours"`
	Menu     int64    `json:"menu" required:"false" doc:"menu: its id"`
	Tags     []string `json:"tags" required:"false" nullable:"false"`
}
