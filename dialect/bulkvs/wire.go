package bulkvs

// layout is how times are written, in UTC (as in Last Modification).
const layout = "2006-01-02 15:04:05"

// refusal is the body of every refusal (docs/dialects/bulkvs.md). Code is a
// string of digits. Calls about one number put it first.
type refusal struct {
	TN          string `json:"TN,omitempty"`
	Status      string `json:"Status"` // "Failed"
	Code        string `json:"Code"`
	Description string `json:"Description"`
}

// bulkvs: GET /webHooks, response 200, Webhook, Description, Url, Dlr, Method, Last Modification
type webhookRow struct {
	Webhook          string `json:"Webhook"`
	Description      string `json:"Description"`
	URL              string `json:"Url"`
	DLR              bool   `json:"Dlr"`
	Method           string `json:"Method"` // POST or 3CX
	LastModification string `json:"Last Modification"`
}

// bulkvs: PUT /webHooks, response 200, Webhook, Description, Url, Last Modification:
// without Dlr and Method.
type webhookPut struct {
	Webhook          string `json:"Webhook"`
	Description      string `json:"Description"`
	URL              string `json:"Url"`
	LastModification string `json:"Last Modification"`
}

// bulkvs: DELETE /webHooks, response 200, Status, Webhook
type webhookDeleted struct {
	Status  string `json:"Status"` // "Success"
	Webhook string `json:"Webhook"`
}

// bulkvs: GET /campaigns, response 200, Tcr, Brand, Count, Approval, Activation Date
type campaignRow struct {
	TCR            string `json:"Tcr"`
	Brand          string `json:"Brand"`    // a display name, not a B… id
	Count          string `json:"Count"`    // numbers bound, as a string
	Approval       string `json:"Approval"` // Y or N
	ActivationDate string `json:"Activation Date"`
}

// event is what a webhook of Method 3CX gets: the envelope of Telnyx v2, which
// the generic SMS provider of 3CX reads (docs/dialects/bulkvs.md; bulkvs: 3CX,
// data.payload.id, data.payload.text, data.payload.media).
type event struct {
	Data eventData `json:"data"`
}

type eventData struct {
	EventType  string  `json:"event_type"` // message.received, message.finalized
	ID         string  `json:"id"`         // of the event, the same at every try
	RecordType string  `json:"record_type"`
	OccurredAt string  `json:"occurred_at"`
	Payload    payload `json:"payload"`
}

type payload struct {
	ID          string       `json:"id"` // the RefId
	RecordType  string       `json:"record_type"`
	Direction   string       `json:"direction"` // inbound, outbound
	Type        string       `json:"type"`      // SMS, MMS
	From        party        `json:"from"`
	To          []party      `json:"to"`
	Text        string       `json:"text"`
	Media       []eventMedia `json:"media,omitempty"`
	ReceivedAt  string       `json:"received_at,omitempty"`
	SentAt      string       `json:"sent_at,omitempty"`
	CompletedAt string       `json:"completed_at,omitempty"`
}

type party struct {
	PhoneNumber string `json:"phone_number"` // with "+"
	Status      string `json:"status,omitempty"`
}

type eventMedia struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
}
