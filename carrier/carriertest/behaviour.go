package carriertest

import (
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// Behaviour is how an [SMSC] treats its clients. The zero value is a good
// carrier. Functions in it are called one at a time, and must not call the SMSC.
type Behaviour struct {
	// HangUp closes connections as they come.
	HangUp bool
	// Bind is the answer to binds with the right credentials.
	Bind pdu.Status
	// Deaf stops reading from connections.
	Deaf bool
	// Mute writes nothing to connections, not even answers to enquire_link.
	Mute bool
	// IgnoreEnquiries leaves enquire_link unanswered, and nothing else.
	IgnoreEnquiries bool

	// AnswerDelay is the time from a submit_sm to its answer.
	AnswerDelay time.Duration
	// OutOfOrder gathers answers in spans this long and gives the last first.
	OutOfOrder time.Duration
	// NoAnswer takes messages and does not answer.
	NoAnswer bool
	// Status judges a submit_sm; nil takes all.
	Status func(m *pdu.Message) pdu.Status
	// Throttle refuses so many more with ThrottleStatus.
	Throttle int
	// Rate is how many a second are taken, those beyond refused with
	// ThrottleStatus; 0 is no limit.
	Rate float64
	// ThrottleStatus is ESME_RTHROTTLED unless set.
	ThrottleStatus pdu.Status
	// CutBefore cuts the connection of the nth submit_sm from now, which is
	// taken but not answered; 0 does not.
	CutBefore int
	// CutAfter cuts it when the nth has been answered; 0 does not.
	CutAfter int
	// ID writes the ids of answers; nil is Decimal.
	ID IDFormat

	Receipts Receipts
}

// Receipts is how an [SMSC] reports on what it took. It does so once it has
// answered, to those that ask for it (SMPP 3.4 5.2.17).
type Receipts struct {
	// Never sends none.
	Never bool
	// Delay is the time from the answer to the receipt.
	Delay time.Duration
	// First sends the receipt at once, right before the answer.
	First bool
	// Copies is how many more times each receipt comes.
	Copies int
	// Intermediate is the state of a receipt that comes before the final one;
	// empty: there is none.
	Intermediate wirechief.ReceiptState
	// State is what became of a message, and the error code; nil is DELIVRD, 0.
	State func(m *pdu.Message) (wirechief.ReceiptState, int)
	// ID writes the ids; nil is as in the answer.
	ID IDFormat
	// Form says where all this stands.
	Form ReceiptForm
	// Text writes the text; nil is StandardText.
	Text func(b []byte, r Receipt) []byte
}

// ReceiptForm is where a receipt says what it says.
type ReceiptForm uint8

// The forms.
const (
	TextAndTLVs ReceiptForm = iota
	TextOnly
	TLVsOnly // and short_message is empty
)

// Receipt is what the text of a receipt is written from.
type Receipt struct {
	ID        string
	State     wirechief.ReceiptState
	Code      int
	Submitted time.Time
	Done      time.Time
	Text      string // the first characters of the message
}

// StandardText is the layout of SMPP 3.4 appendix B.
func StandardText(b []byte, r Receipt) []byte {
	const minute = "0601021504"
	delivered := "000"
	if r.State == wirechief.ReceiptDelivered {
		delivered = "001"
	}
	b = append(b, "id:"...)
	b = append(b, r.ID...)
	b = append(b, " sub:001 dlvrd:"...)
	b = append(b, delivered...)
	b = append(b, " submit date:"...)
	b = r.Submitted.AppendFormat(b, minute)
	b = append(b, " done date:"...)
	b = r.Done.AppendFormat(b, minute)
	b = append(b, " stat:"...)
	b = append(b, r.State...)
	b = append(b, " err:"...)
	b = appendPadded(b, uint64(r.Code), 10, 3)
	b = append(b, " text:"...)
	return append(b, r.Text...)
}

// OddText has fields in another order and case, some that nobody knows, and
// not all that the specification has.
func OddText(b []byte, r Receipt) []byte {
	b = append(b, "STAT:"...)
	b = append(b, lower(string(r.State))...)
	b = append(b, " Err:"...)
	b = strconv.AppendInt(b, int64(r.Code), 10)
	b = append(b, " mccmnc:26201 Done Date:"...)
	b = r.Done.AppendFormat(b, "060102150405")
	b = append(b, "  ID:"...)
	return append(b, r.ID...)
}

func lower(s string) []byte {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return b
}

// IDFormat writes the number of a message as its id.
type IDFormat func(b []byte, n uint64) []byte

// Decimal writes 1234567890.
func Decimal(b []byte, n uint64) []byte { return strconv.AppendUint(b, n, 10) }

// Hex writes 499602d2.
func Hex(b []byte, n uint64) []byte { return strconv.AppendUint(b, n, 16) }

// UpperHex writes 0000499602D2.
func UpperHex(b []byte, n uint64) []byte {
	at := len(b)
	b = appendPadded(b, n, 16, 12)
	for i := at; i < len(b); i++ {
		if b[i] >= 'a' {
			b[i] &^= 0x20
		}
	}
	return b
}

// PaddedDecimal writes 00000000001234567890.
func PaddedDecimal(b []byte, n uint64) []byte { return appendPadded(b, n, 10, 20) }

func appendPadded(b []byte, n uint64, base, width int) []byte {
	var digits [64]byte
	s := strconv.AppendUint(digits[:0], n, base)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

// receiptTLVs writes the optional parameters (SMPP 3.4 5.3.2.12, .31, .35).
func receiptTLVs(b []byte, r Receipt) []byte {
	b = pdu.AppendTLV(b, pdu.TagReceiptedMessageID, r.ID+"\x00")
	if r.Code != 0 {
		b = pdu.AppendTLV(b, pdu.TagNetworkErrorCode, []byte{3, byte(r.Code >> 8), byte(r.Code)}) // 3: GSM
	}
	return pdu.AppendTLV(b, pdu.TagMessageState, []byte{messageState(r.State)})
}

// messageState is SMPP 3.4 5.2.28.
func messageState(s wirechief.ReceiptState) byte {
	switch s {
	case wirechief.ReceiptEnroute:
		return 1
	case wirechief.ReceiptDelivered:
		return 2
	case wirechief.ReceiptExpired:
		return 3
	case wirechief.ReceiptDeleted:
		return 4
	case wirechief.ReceiptUndeliverable:
		return 5
	case wirechief.ReceiptAccepted:
		return 6
	case wirechief.ReceiptRejected:
		return 8
	}
	return 7 // unknown
}
