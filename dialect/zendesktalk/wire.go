package zendesktalk

// Wire shapes of phone numbers. Keys come in the order of the alphabet, as the
// vendor's examples have them.

// zendesktalk: phone number, brand_id, call_recording_consent, capabilities,
// categorised_greetings, categorised_greetings_with_sub_settings, country_code,
// created_at, default_greeting_ids, default_group_id, display_number, external,
// failover_number, greeting_ids, group_ids, id, ivr_id, line_type, location,
// name, nickname, number, outbound_enabled, post_call_voice_ai_enabled, priority,
// recorded, schedule_id, sms_enabled, sms_group_id, toll_free, transcription,
// voice_enabled, voice_qa_enabled.
type phoneNumber struct {
	AllGreetings           *[]any            `json:"all_greetings,omitempty"` // with include=all_greetings
	AllGroups              *[]group          `json:"all_groups,omitempty"`    // with include=all_groups
	AllSchedules           *[]schedule       `json:"all_schedules,omitempty"` // with include=all_schedules
	BrandID                *int64            `json:"brand_id"`
	CallRecordingConsent   string            `json:"call_recording_consent"`
	Capabilities           capabilities      `json:"capabilities"`
	CategorisedGreetings   map[string]string `json:"categorised_greetings"`
	WithSubSettings        map[string]any    `json:"categorised_greetings_with_sub_settings"`
	CountryCode            string            `json:"country_code"`
	CreatedAt              *string           `json:"created_at"`
	DefaultGreetingIDs     []string          `json:"default_greeting_ids"`
	DefaultGroupID         *int64            `json:"default_group_id"`
	DisplayNumber          string            `json:"display_number"`
	External               bool              `json:"external"` // ours are bought
	FailoverNumber         *string           `json:"failover_number"`
	GreetingIDs            []int64           `json:"greeting_ids"`
	GroupIDs               []int64           `json:"group_ids"`
	ID                     int64             `json:"id"`
	IVRID                  *int64            `json:"ivr_id"`
	IVRs                   *[]any            `json:"ivrs,omitempty"` // with include=ivrs
	LineType               string            `json:"line_type"`      // "phone"
	Location               *string           `json:"location"`
	Name                   string            `json:"name"` // the nickname, or else the display_number
	Nickname               *string           `json:"nickname"`
	Number                 string            `json:"number"` // E.164
	OutboundEnabled        bool              `json:"outbound_enabled"`
	PostCallVoiceAIEnabled bool              `json:"post_call_voice_ai_enabled"`
	Priority               int               `json:"priority"`
	Recorded               bool              `json:"recorded"`
	ScheduleID             *int64            `json:"schedule_id"`
	Settings               *settings         `json:"settings,omitempty"` // with include=settings
	SMSEnabled             bool              `json:"sms_enabled"`
	SMSGroupID             *int64            `json:"sms_group_id"`
	TollFree               bool              `json:"toll_free"`
	Transcription          bool              `json:"transcription"`
	VoiceEnabled           bool              `json:"voice_enabled"`
	VoiceQAEnabled         bool              `json:"voice_qa_enabled"`
}

// zendesktalk: phone number, capabilities.emergency_address, capabilities.mms,
// capabilities.sms, capabilities.voice.
type capabilities struct {
	EmergencyAddress *bool `json:"emergency_address,omitempty"` // in full phone numbers only
	MMS              bool  `json:"mms"`
	SMS              bool  `json:"sms"`
	Voice            bool  `json:"voice"`
}

// zendesktalk: GET /phone_numbers, response 200, id, country_code, external,
// nickname, display_number, capabilities, sms_enabled, priority,
// outbound_enabled, line_type: those of minimal_mode.
type minimalNumber struct {
	Capabilities    capabilities `json:"capabilities"`
	CountryCode     string       `json:"country_code"`
	DisplayNumber   string       `json:"display_number"`
	External        bool         `json:"external"`
	ID              int64        `json:"id"`
	LineType        string       `json:"line_type"`
	Nickname        *string      `json:"nickname"`
	OutboundEnabled bool         `json:"outbound_enabled"`
	Priority        int          `json:"priority"`
	SMSEnabled      bool         `json:"sms_enabled"`
}

// zendesktalk: GET /phone_numbers/search, response 200, number, display_number,
// toll_free, location, country_code, token, price, address_requirements,
// nickname, capabilities.
type availableNumber struct {
	AddressRequirements string       `json:"address_requirements"` // none, local, any, foreign
	Capabilities        capabilities `json:"capabilities"`
	CountryCode         string       `json:"country_code"`
	DisplayNumber       string       `json:"display_number"`
	Location            *string      `json:"location"`
	Nickname            *string      `json:"nickname"` // always null
	Number              string       `json:"number"`
	Price               string       `json:"price"` // "$1.00", a month
	Token               string       `json:"token"` // 32 hex digits
	TollFree            bool         `json:"toll_free"`
}

// zendesktalk: phone number settings, allow_outbound_calls, average_wait_time_message_enabled,
// call_offering_duration, call_recording_delete_after, callback_from_queue,
// callback_locale, create_ticket_for_abandoned_calls, dequeue_retry_if_attempted,
// forwarding_caller_id, maximum_queue_size, maximum_queue_wait_time,
// overflow_number, overflow_number.enabled, overflow_number.number, priority,
// voicemail, voicemail_outside_business_hours, voicemail_recording_delete_after,
// wrap_up_enabled, wrap_up_time_limit.
type settings struct {
	AllowOutboundCalls            bool     `json:"allow_outbound_calls"` // as outbound_enabled of the number
	AverageWaitTimeMessageEnabled bool     `json:"average_wait_time_message_enabled"`
	CallOfferingDuration          int      `json:"call_offering_duration"` // seconds
	CallRecordingDeleteAfter      string   `json:"call_recording_delete_after"`
	CallbackFromQueue             bool     `json:"callback_from_queue"`
	CallbackLocale                string   `json:"callback_locale"` // ISO 639-1
	CreateTicketForAbandonedCalls bool     `json:"create_ticket_for_abandoned_calls"`
	DequeueRetryIfAttempted       bool     `json:"dequeue_retry_if_attempted"`
	ForwardingCallerID            string   `json:"forwarding_caller_id"`
	MaximumQueueSize              int      `json:"maximum_queue_size"`
	MaximumQueueWaitTime          int      `json:"maximum_queue_wait_time"` // minutes
	OverflowNumber                overflow `json:"overflow_number"`
	Priority                      int      `json:"priority"` // as that of the number
	Voicemail                     bool     `json:"voicemail"`
	VoicemailOutsideBusinessHours bool     `json:"voicemail_outside_business_hours"`
	VoicemailRecordingDeleteAfter string   `json:"voicemail_recording_delete_after"`
	WrapUpEnabled                 bool     `json:"wrap_up_enabled"`
	WrapUpTimeLimit               int      `json:"wrap_up_time_limit"` // seconds
}

type overflow struct {
	Enabled bool    `json:"enabled"`
	Number  *string `json:"number"`
}

// group is that of the vendor's Support API.
type group struct {
	CreatedAt   *string `json:"created_at"`
	Default     bool    `json:"default"`
	Deleted     bool    `json:"deleted"`
	Description string  `json:"description"`
	ID          int64   `json:"id"`
	IsPublic    bool    `json:"is_public"`
	Name        string  `json:"name"`
	UpdatedAt   *string `json:"updated_at"`
	URL         string  `json:"url"`
}

// schedule is that of the vendor's Support API.
type schedule struct {
	CreatedAt *string    `json:"created_at"`
	ID        int64      `json:"id"`
	Intervals []interval `json:"intervals"`
	Name      string     `json:"name"`
	TimeZone  string     `json:"time_zone"`
	UpdatedAt *string    `json:"updated_at"`
}

type interval struct {
	EndTime   int `json:"end_time"` // minutes since Sunday 00:00
	StartTime int `json:"start_time"`
}
