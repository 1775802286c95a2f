package wire

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Number is a number that a tenant has, with everything that it says.
type Number struct {
	Number       string     `json:"number" example:"+13109060901"`
	ID           int64      `json:"id"`
	Tenant       string     `json:"tenant"`
	State        string     `json:"state" enum:"available,reserved,ordered,pending,in_service,aging" doc:"pending: an address is owed; aging: released, can be had back"`
	Until        *time.Time `json:"until" doc:"When it ends that the number is reserved or aging"`
	Reservation  string     `json:"reservation" doc:"Token under which it is reserved"`
	Type         string     `json:"type" enum:",local,toll-free,mobile,national,shared-rate"`
	Country      string     `json:"country" doc:"ISO 3166-1 alpha-2" example:"US"`
	Location     string     `json:"location" doc:"State or town" example:"CA"`
	Carrier      string     `json:"carrier" doc:"Brings its traffic and is tried first"`
	Price        string     `json:"price" doc:"A month" example:"1.00"`
	AddressRule  string     `json:"address_rule" enum:",none,any,local,foreign" doc:"Which address its owner has to show"`
	Capabilities []string   `json:"capabilities" nullable:"false" enum:"voice,sms,mms,fax" doc:"What can be done with it"`

	TollFreeVerification string `json:"toll_free_verification" doc:"Of toll-free numbers" enum:",unverified,pending,verified,rejected"`

	Settings

	ActivatedAt *time.Time `json:"activated_at"`
	ModifiedAt  *time.Time `json:"modified_at"`
}

// Settings is what can be changed of a number. A change is a JSON merge patch
// (RFC 7396) of it: what is absent stays, null sets back, lists are replaced.
type Settings struct {
	Enabled      []string    `json:"enabled" nullable:"false" enum:"voice,sms,mms,fax" doc:"What of the capabilities is switched on"`
	Name         string      `json:"name" maxLength:"255" example:"Front desk"`
	Tags         []string    `json:"tags" nullable:"false" maxItems:"50"`
	Notes        string      `json:"notes" maxLength:"4096"`
	Reference    string      `json:"reference" maxLength:"255" doc:"Your own id of it"`
	Protected    bool        `json:"protected" doc:"Is not released before this is taken off"`
	Throughput   float64     `json:"throughput" minimum:"0" maximum:"10000" doc:"Segments a second that it sends at most, 0: no limit"`
	Address      int64       `json:"address" doc:"Id of an address, 0: none"`
	Property     string      `json:"property" doc:"SID of a property" maxLength:"64"`
	Campaign     string      `json:"campaign" doc:"TCR id" example:"CW1549" maxLength:"64"`
	Webhook      string      `json:"webhook" doc:"Name of a webhook" maxLength:"255"`
	Brand        int64       `json:"brand" doc:"Id of a brand, 0: none"`
	Groups       []int64     `json:"groups" nullable:"false" maxItems:"100" doc:"Ids of the groups that answer its calls, in order"`
	DefaultGroup int64       `json:"default_group"`
	SMSGroup     int64       `json:"sms_group"`
	Priority     int         `json:"priority" minimum:"-1000" maximum:"1000" doc:"Of its calls in a queue; higher first"`
	Attribution  Attribution `json:"attribution" doc:"Where its calls come from, for statistics"`
	Forwards     []Forward   `json:"forwards" nullable:"false" maxItems:"50" doc:"Where texts go that come in"`
	// Fallback and FallbackAfter: see [wirechief.Number].
	Fallback      []Forward `json:"fallback" nullable:"false" maxItems:"10" doc:"Tried one after the other when an HTTP destination of a text keeps failing: http, email or sms"`
	FallbackAfter int       `json:"fallback_after" minimum:"0" maximum:"12" doc:"Failed tries after which the next has its turn; 0: 3"`
	Receipts      Receipts  `json:"receipts" doc:"Told of each receipt of a text that it sent"`
	Replies       Replies   `json:"replies" doc:"Automatic answers"`
	Voice         Voice     `json:"voice" doc:"What happens to calls"`
	Line          Line      `json:"line" doc:"What it is to the telephone network"`
	AI            AI        `json:"ai" doc:"Kept and given back; switches nothing"`
}

// Attribution says where the calls to a number come from.
type Attribution struct {
	Source   string `json:"source" maxLength:"255"`
	Medium   string `json:"medium" maxLength:"255"`
	Campaign string `json:"campaign" maxLength:"255"`
	Content  string `json:"content" maxLength:"255"`
}

// Forward is one destination of what comes in. Type and destination name it.
type Forward struct {
	Type        string `json:"type" enum:"http,email,sms,console"`
	Destination string `json:"destination" minLength:"1" maxLength:"2048" doc:"URL, mail address, number, or a name for the console" example:"https://example.com/texts"`
	Enabled     bool   `json:"enabled" required:"false" doc:"Default true"`
	Method      string `json:"method" required:"false" enum:",POST,GET" doc:"http; default POST"`
	Encoding    string `json:"encoding" required:"false" enum:",json,form" doc:"http; default json"`
	Format      string `json:"format" required:"false" enum:",message2give,fonedynamics" doc:"http: whose shape; default message2give"`
	Length      bool   `json:"length" required:"false" doc:"http: with Content-Length, never chunked"`
	Context     bool   `json:"context" required:"false" doc:"http: with who we are in the body"`
	History     int    `json:"history" required:"false" minimum:"0" maximum:"100" doc:"email: messages of the transcript; default 10"`
	Timezone    string `json:"timezone" required:"false" doc:"email: of the transcript; default UTC" example:"America/Los_Angeles"`
	Prefix      string `json:"prefix" required:"false" maxLength:"320" doc:"sms"`
	Suffix      string `json:"suffix" required:"false" maxLength:"320" doc:"sms"`
	Sender      string `json:"sender" required:"false" doc:"sms: own, original, a number or a name, default own; email: an address, empty for the installation's"`
}

// ForwardKey names a forward among those of its number.
type ForwardKey struct {
	Type        string `json:"type" required:"false" enum:",http,email,sms,console" doc:"Empty: whichever has the destination"`
	Destination string `json:"destination" minLength:"1"`
}

// Receipts is a URL that is told of receipts.
type Receipts struct {
	URL    string `json:"url" maxLength:"2048"`
	Method string `json:"method" enum:",POST,GET"`
	Format string `json:"format" doc:"Whose shape"`
}

// Replies are the automatic answers.
type Replies struct {
	AgentsOffline wirechief.Reply `json:"agents_offline"`
	AgentsOnline  wirechief.Reply `json:"agents_online"`
	MissedCall    wirechief.Reply `json:"missed_call" doc:"To who called and reached nobody"`
	Keywords      []Keyword       `json:"keywords" nullable:"false" maxItems:"50" doc:"To texts that are one of their words; the first that fits answers, before those above"`
	Window        string          `json:"window" doc:"At most one of those that are no keyword to a handset in this time, up to 720h; 0s: 12h" example:"12h"`
}

// Keyword is an automatic answer to certain words.
type Keyword struct {
	Words   []string `json:"words" nullable:"false" minItems:"1" maxItems:"20" doc:"The whole text has to be one of them; capitals, accents and blanks do not count"`
	Message string   `json:"message" maxLength:"1600"`
	Enabled bool     `json:"enabled" required:"false" doc:"Default true"`
}

// Voice is what happens to calls. An endpoint is a number or a SIP URI.
type Voice struct {
	Route            string                       `json:"route" enum:",endpoint,flow"`
	Endpoint         string                       `json:"endpoint" example:"+13105550123"`
	Flow             string                       `json:"flow" doc:"Id of a flow"`
	IVR              int64                        `json:"ivr" doc:"Id of an IVR, 0: none"`
	Schedule         int64                        `json:"schedule" doc:"Id of a schedule, 0: none"`
	Recording        string                       `json:"recording" enum:",off,call"`
	Consent          string                       `json:"consent" enum:",always,opt_in,opt_out,never" doc:"Whether callers are asked before recording"`
	Transcription    bool                         `json:"transcription"`
	Forwards         []VoiceForward               `json:"forwards" nullable:"false" maxItems:"50"`
	Failover         string                       `json:"failover" doc:"Endpoint for calls that nobody took"`
	Greetings        []int64                      `json:"greetings" nullable:"false" maxItems:"100" doc:"Ids of custom greetings, each instead of the default of its category"`
	GreetingSettings map[string]map[string]string `json:"greeting_settings" doc:"By category and case: the name of a default greeting or the id of a custom one"`
	Calls            Calls                        `json:"calls" doc:"The finer settings, as they are in force"`
}

// VoiceForward is a further destination of calls, named by it.
type VoiceForward struct {
	Destination string `json:"destination" minLength:"1" example:"+13105550124"`
	Enabled     bool   `json:"enabled" required:"false" doc:"Default true"`
	NotifySMS   bool   `json:"notify_sms" required:"false" doc:"Text the destination about each call"`
}

// Calls are the finer settings of calls. Null sets one back to its default.
type Calls struct {
	Outbound               bool               `json:"outbound" doc:"Calls may go out under this number"`
	OfferingSeconds        int                `json:"offering_seconds" minimum:"1" maximum:"600" doc:"How long a call is offered to one agent"`
	QueueSize              int                `json:"queue_size" enum:"0,2,5,10,15,20,25,30,35,40,45,50" doc:"Callers that wait at most"`
	QueueMinutes           int                `json:"queue_minutes" enum:"1,2,5,10,15,20,25,30" doc:"How long one waits at most"`
	WaitTimeMessage        bool               `json:"wait_time_message"`
	CallbackFromQueue      bool               `json:"callback_from_queue"`
	CallbackLocale         string             `json:"callback_locale" example:"en"`
	AbandonedTicket        bool               `json:"abandoned_ticket"`
	DequeueAttempted       bool               `json:"dequeue_attempted"`
	Voicemail              bool               `json:"voicemail"`
	VoicemailOutsideHours  bool               `json:"voicemail_outside_hours"`
	RecordingsDeletedAfter string             `json:"recordings_deleted_after" enum:"never,1.days,1.weeks,2.weeks,1.months,2.months,3.months,6.months,1.years,2.years"`
	VoicemailsDeletedAfter string             `json:"voicemails_deleted_after" enum:"never,1.days,1.weeks,2.weeks,1.months,2.months,3.months,6.months,1.years,2.years"`
	Overflow               wirechief.Overflow `json:"overflow" doc:"Where calls go that nobody can take"`
	ForwardingCallerID     string             `json:"forwarding_caller_id"`
	WrapUp                 bool               `json:"wrap_up"`
	WrapUpSeconds          int                `json:"wrap_up_seconds" minimum:"0" maximum:"3600"`
}

// Line is what a number is to the telephone network.
type Line struct {
	CallerName string `json:"caller_name" maxLength:"255" doc:"LIDB"`
	PortOutPIN string `json:"port_out_pin" maxLength:"255"`
	TrunkGroup string `json:"trunk_group" maxLength:"255"`
	CustomURI  string `json:"custom_uri" maxLength:"255"`
}

// AI are switches that switch nothing.
type AI struct {
	PostCall bool `json:"post_call"`
	QA       bool `json:"qa"`
}

// Patch describes a change of a number: Settings as a merge patch, and changes
// of single forwards, which come after that.
type Patch struct {
	Settings
	PutForwards       []Forward      `json:"put_forwards" maxItems:"50" doc:"Change the one of the same type and destination, or add it"`
	DropForwards      []ForwardKey   `json:"drop_forwards" maxItems:"50"`
	PutVoiceForwards  []VoiceForward `json:"put_voice_forwards" maxItems:"50" doc:"Likewise, by destination"`
	DropVoiceForwards []string       `json:"drop_voice_forwards" maxItems:"50"`
}

// NumberEvent is one change of a number.
type NumberEvent struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Number  string    `json:"number"`
	Tenant  string    `json:"tenant" doc:"Whose it was or became"`
	Type    string    `json:"type" enum:"reserved,extended,freed,ordered,refused,pending,in_service,changed,released,restored,available"`
	By      string    `json:"by" doc:"Who did it" example:"bulkvs/acme"`
	Detail  string    `json:"detail" doc:"What changed"`
	Message string    `json:"message" doc:"Why, for a person"`
}
