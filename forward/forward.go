package forward

// The events of deliveries that are planned beside those of notices.
const (
	EventReply = "reply" // an automatic reply, of kind sms
)

// Mail is the body of a delivery of kind email.
type Mail struct {
	Message  int64  `json:"message"`            // that it is about
	Number   string `json:"number"`             // ours
	History  int    `json:"history"`            // earlier messages in the transcript, at most
	Timezone string `json:"timezone,omitempty"` // of the transcript, IANA; "" is UTC
	From     string `json:"from,omitempty"`     // address; "" is the installation's
}

// Text is the body of a delivery of kind sms.
type Text struct {
	Message int64    `json:"message"`         // that caused it
	From    string   `json:"from"`            // ours
	As      string   `json:"as,omitempty"`    // whom it is to look as if it were from; "" is From
	Text    string   `json:"text"`            // prefix and suffix included
	Media   []string `json:"media,omitempty"` // tokens of what came with it
	Hops    int      `json:"hops"`            // of the text that goes out
	Excused bool     `json:"excused,omitempty"`
	// Missed is when a call was missed that it answers, of somebody there is no
	// conversation with yet, in Unix seconds; 0: it answers no such call.
	Missed  int64  `json:"missed,omitempty"`
	Because string `json:"because"` // for the timeline
	Until   int64  `json:"until"`   // Unix seconds; worthless afterwards
}

// Console is the body of a delivery of kind console.
type Console struct {
	Message int64  `json:"message"`
	Channel string `json:"channel"` // as the number calls it
}
