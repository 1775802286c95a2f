package wirechief

import "time"

// Inbound is a text or picture message that a carrier brought for one of our
// numbers, or one part of a long text.
type Inbound struct {
	Carrier string
	From    string // the handset: "+13105551212", a short code or alphanumeric
	To      string // the number dialled; group messages name the others in Also
	Also    []string
	Text    string // a part may hold half of a character at its ends, see gsm.DecodePart
	Media   []MediaSource
	Part    *Part     // nil for a whole message
	At      time.Time // when the carrier says that it was sent, zero if it does not
	Raw     string    // protocol details worth showing in the timeline, bodies excluded
	Hops    int       // how many forwards of ours it has passed, when the carrier brings that back
}

// MediaSource is a picture or file of a message that has yet to be fetched
// (URL) or that came with it (Data).
type MediaSource struct {
	URL  string `json:"url,omitempty"`
	Type string `json:"type,omitempty"`
	Data []byte `json:"-"`
}

// Part places a piece of a long text: 3GPP TS 23.040 9.2.3.24.1 and .8 (UDH),
// SMPP 3.4 5.3.2.22 to .24 (sar_* TLVs).
type Part struct {
	Ref   int // the sender's reference, 8 or 16 bit
	Total int // 2 to 255
	Seq   int // 1 to Total
}

// ReceiptState is what a receipt says: SMPP 3.4 5.2.28 message_state and the
// words of appendix B.
type ReceiptState string

// The states. Enroute and Accepted are not final: more may follow.
const (
	ReceiptEnroute       ReceiptState = "ENROUTE"
	ReceiptDelivered     ReceiptState = "DELIVRD"
	ReceiptExpired       ReceiptState = "EXPIRED"
	ReceiptDeleted       ReceiptState = "DELETED"
	ReceiptUndeliverable ReceiptState = "UNDELIV"
	ReceiptAccepted      ReceiptState = "ACCEPTD"
	ReceiptUnknown       ReceiptState = "UNKNOWN"
	ReceiptRejected      ReceiptState = "REJECTD"
)

// IsFinal says whether nothing better is to be expected after it.
func (s ReceiptState) IsFinal() bool {
	switch s {
	case ReceiptEnroute, ReceiptAccepted, "":
		return false
	}
	return true
}

// Status is the message status that a final receipt leads to.
func (s ReceiptState) Status() Status {
	switch s {
	case ReceiptDelivered:
		return StatusDelivered
	case ReceiptExpired:
		return StatusExpired
	case ReceiptUnknown:
		return StatusUnknown
	case ReceiptEnroute, ReceiptAccepted, "":
		return StatusSubmitted
	}
	return StatusFailed
}

// Receipt is one delivery receipt as a carrier gave it. It is matched by
// (Carrier, ID); From and To are kept for those that match nothing.
type Receipt struct {
	Carrier   string       `json:"carrier"`
	ID        string       `json:"id"` // the carrier's id, in the form that Submit reported
	State     ReceiptState `json:"state"`
	Code      string       `json:"code,omitempty"` // the carrier's error code, "000" for none
	From      string       `json:"from,omitempty"` // as the receipt says: usually the handset
	To        string       `json:"to,omitempty"`   // usually our number
	Submitted time.Time    `json:"submitted,omitzero"`
	Done      time.Time    `json:"done,omitzero"` // the carrier's own time, zero if it gave none
	Raw       string       `json:"raw,omitempty"` // the text form as it came
	At        time.Time    `json:"at,omitzero"`   // when it reached us
}
