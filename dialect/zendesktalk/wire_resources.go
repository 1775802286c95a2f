package zendesktalk

// Wire shapes of what phone numbers refer to. Keys come in the order of the
// alphabet, as those of phone numbers do.

// zendesktalk: address, city, country_code, id, name, provider_reference,
// province, state, street, zip.
type addressRow struct {
	City              string  `json:"city"`
	CountryCode       string  `json:"country_code"` // ISO 3166-1 alpha-2
	ID                int64   `json:"id"`
	Name              string  `json:"name"`
	ProviderReference string  `json:"provider_reference"` // see providerReference
	Province          string  `json:"province"`
	State             *string `json:"state"`
	Street            string  `json:"street"`
	Zip               string  `json:"zip"`
}

// zendesktalk: GET /greeting_categories, response 200, greeting_categories, id, name.
type categoryRow struct {
	ID   int    `json:"id"` // 1 to 9
	Name string `json:"name"`
}

// zendesktalk: greeting, active, audio_name, audio_url, category_id, default,
// default_lang, has_sub_settings, id, ivr_ids, name, pending, phone_number_ids,
// upload_id.
type greetingRow struct {
	Active         bool    `json:"active"` // a number uses it
	AudioName      *string `json:"audio_name"`
	AudioURL       *string `json:"audio_url"` // a path on this host
	CategoryID     int     `json:"category_id"`
	Default        bool    `json:"default"`
	DefaultLang    bool    `json:"default_lang"`
	HasSubSettings bool    `json:"has_sub_settings"`
	ID             any     `json:"id"` // an integer, of a default one a string
	IVRIDs         []int64 `json:"ivr_ids"`
	Name           string  `json:"name"`
	Pending        bool    `json:"pending"` // has no sound yet
	PhoneNumberIDs []int64 `json:"phone_number_ids"`
	UploadID       *int64  `json:"upload_id"`
}

// zendesktalk: ivr, id, menus, name, phone_number_ids, phone_number_names.
type ivrRow struct {
	ID               int64     `json:"id"`
	Menus            []menuRow `json:"menus"`
	Name             string    `json:"name"`
	PhoneNumberIDs   []int64   `json:"phone_number_ids"`
	PhoneNumberNames []string  `json:"phone_number_names"`
}

// zendesktalk: ivr menu, default, greeting_id, id, name, routes.
type menuRow struct {
	Default    bool       `json:"default"`
	GreetingID any        `json:"greeting_id"` // as the id of a greeting, or null
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Routes     []routeRow `json:"routes"`
}

// zendesktalk: ivr route, action, greeting, id, keypress, option_text, options,
// overflow_options.
type routeRow struct {
	Action          string       `json:"action"`   // group, voicemail, phone_number, textback, menu
	Greeting        *string      `json:"greeting"` // the name of one
	ID              int64        `json:"id"`
	Keypress        string       `json:"keypress"` // 0 to 9, *, #, default
	OptionText      *string      `json:"option_text"`
	Options         routeOptions `json:"options"`
	OverflowOptions []string     `json:"overflow_options"` // always empty
}

// zendesktalk: ivr route, options.group_ids, options.menu_id,
// options.phone_number, options.sms_text, options.tags,
// options.textback_phone_number_id: those of the action, and tags when there are.
type routeOptions struct {
	GroupIDs              *[]int64 `json:"group_ids,omitempty"`
	MenuID                int64    `json:"menu_id,omitempty"`
	PhoneNumber           string   `json:"phone_number,omitempty"`
	SMSText               string   `json:"sms_text,omitempty"`
	Tags                  []string `json:"tags,omitempty"`
	TextbackPhoneNumberID int64    `json:"textback_phone_number_id,omitempty"`
}

// zendesktalk: digital line, brand_id, call_recording_consent,
// categorised_greetings_with_sub_settings, created_at, default_greeting_ids,
// default_group_id, greeting_ids, group_ids, id, line_id, line_type, nickname,
// outbound_number, priority, recorded, schedule_id, transcription.
type digitalLineRow struct {
	BrandID              *int64         `json:"brand_id"`
	CallRecordingConsent string         `json:"call_recording_consent"`
	WithSubSettings      map[string]any `json:"categorised_greetings_with_sub_settings"`
	CreatedAt            *string        `json:"created_at"`
	DefaultGreetingIDs   []string       `json:"default_greeting_ids"`
	DefaultGroupID       *int64         `json:"default_group_id"`
	GreetingIDs          []int64        `json:"greeting_ids"`
	GroupIDs             []int64        `json:"group_ids"`
	ID                   int64          `json:"id"`
	LineID               string         `json:"line_id"`   // 32 hex digits
	LineType             string         `json:"line_type"` // "digital"
	Nickname             *string        `json:"nickname"`
	OutboundNumber       *string        `json:"outbound_number"`
	Priority             int            `json:"priority"`
	Recorded             bool           `json:"recorded"`
	ScheduleID           *int64         `json:"schedule_id"`
	Transcription        bool           `json:"transcription"`
}

// zendesktalk: GET /lines, minimal_mode: what phone numbers and digital lines
// have in common.
type minimalLine struct {
	BrandID     *int64  `json:"brand_id"`
	CountryCode *string `json:"country_code"` // null for a digital line
	External    bool    `json:"external"`
	ID          int64   `json:"id"`
	LineType    string  `json:"line_type"` // phone or digital
	Nickname    *string `json:"nickname"`
	Priority    int     `json:"priority"`
}

// minimalPhoneLine is a phone number among lines: what lines have in common
// and what it has on the list of phone numbers.
type minimalPhoneLine struct {
	BrandID *int64 `json:"brand_id"`
	minimalNumber
}

// zendesktalk: availability, agent_state, call_status, via.
type availabilityRow struct {
	AgentState string  `json:"agent_state"` // online, offline, away, transfers_only
	CallStatus *string `json:"call_status"` // on_call, wrap_up; null outside of calls
	Via        string  `json:"via"`         // client or phone
}

// zendesktalk: account settings, agent_confirmation_when_forwarding,
// agent_wrap_up_after_calls, knowledge_suggestions_enabled,
// knowledge_suggestions_group_ids, maximum_queue_size, maximum_queue_wait_time,
// only_during_business_hours, recordings_public, supported_locales, voice,
// voice_ai_display_transcript, voice_ai_enabled, voice_ai_enabled_lines,
// voice_transcriptions_boosted_keywords,
// voice_transcriptions_boosted_keywords_enabled,
// voice_transcriptions_pci_redaction, voice_transcriptions_pii_redaction,
// voice_zendesk_qa_enabled, voice_zendesk_qa_enabled_lines.
type accountSettings struct {
	AgentConfirmationWhenForwarding           bool     `json:"agent_confirmation_when_forwarding"`
	AgentWrapUpAfterCalls                     bool     `json:"agent_wrap_up_after_calls"` // each number says it now
	KnowledgeSuggestionsEnabled               bool     `json:"knowledge_suggestions_enabled"`
	KnowledgeSuggestionsGroupIDs              []int64  `json:"knowledge_suggestions_group_ids"`
	MaximumQueueSize                          int      `json:"maximum_queue_size"`
	MaximumQueueWaitTime                      int      `json:"maximum_queue_wait_time"` // minutes
	OnlyDuringBusinessHours                   bool     `json:"only_during_business_hours"`
	RecordingsPublic                          bool     `json:"recordings_public"`
	SupportedLocales                          []string `json:"supported_locales"`
	Voice                                     bool     `json:"voice"`
	VoiceAIDisplayTranscript                  bool     `json:"voice_ai_display_transcript"`
	VoiceAIEnabled                            bool     `json:"voice_ai_enabled"`
	VoiceAIEnabledLines                       []int64  `json:"voice_ai_enabled_lines"`
	VoiceTranscriptionsBoostedKeywords        string   `json:"voice_transcriptions_boosted_keywords"`
	VoiceTranscriptionsBoostedKeywordsEnabled bool     `json:"voice_transcriptions_boosted_keywords_enabled"`
	VoiceTranscriptionsPCIRedaction           bool     `json:"voice_transcriptions_pci_redaction"`
	VoiceTranscriptionsPIIRedaction           bool     `json:"voice_transcriptions_pii_redaction"`
	VoiceZendeskQAEnabled                     bool     `json:"voice_zendesk_qa_enabled"`
	VoiceZendeskQAEnabledLines                []int64  `json:"voice_zendesk_qa_enabled_lines"`
}

// zendesktalk: POST /callback_requests, response 201, callback_request,
// group_ids, phone_number_id, requester_phone_number.
type callbackRow struct {
	GroupIDs             []int64 `json:"group_ids"`
	PhoneNumberID        int64   `json:"phone_number_id"`
	RequesterPhoneNumber string  `json:"requester_phone_number"` // E.164
}
