package receipt

import (
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// Parsed is what a receipt says. Every field may be empty.
type Parsed struct {
	ID        string                 // as written; see [IDForm]
	State     wirechief.ReceiptState // empty when the text has none
	Code      string                 // err: or network_error_code
	Submitted time.Time              // the SMSC's own clock, taken for UTC
	Done      time.Time
}

// Parse reads the text of a receipt: SMPP 3.4 appendix B.
//
// The first of several fields of one name counts. What stands behind text: is
// the beginning of the message and could imitate fields; it is searched only
// for a field that stands nowhere before it.
func Parse(text string) Parsed {
	var p Parsed
	head, tail := text, ""
	if at := fieldAt(text, "text"); at >= 0 {
		head, tail = text[:at], text[at:]
	}
	field := func(name string) string {
		if v := value(head, name); v != "" {
			return v
		}
		if tail == "" {
			return ""
		}
		return value(tail, name)
	}
	p.ID = field("id")
	p.State = State(field("stat"))
	p.Code = field("err")
	p.Submitted = instant(field("submit date"))
	p.Done = instant(field("done date"))
	return p
}

// fieldAt finds "name:" in any case, at the start of the text or behind
// something that cannot belong to a longer name. It is -1 when there is none.
func fieldAt(text, name string) int {
	for from := 0; ; {
		colon := strings.IndexByte(text[from:], ':')
		if colon < 0 {
			return -1
		}
		colon += from
		from = colon + 1
		start := colon - len(name)
		if start < 0 || !strings.EqualFold(text[start:colon], name) {
			continue
		}
		if start == 0 || separates(text[start-1]) {
			return start
		}
	}
}

func separates(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ';', '|':
		return true
	}
	return false
}

// value gives what follows "name:", up to the next separator. Some write a
// blank behind the colon; where the next field stands there, this one is empty.
func value(text, name string) string {
	at := fieldAt(text, name)
	if at < 0 {
		return ""
	}
	rest := strings.TrimLeft(text[at+len(name)+1:], " ")
	for _, next := range names {
		if len(rest) > len(next) && rest[len(next)] == ':' && strings.EqualFold(rest[:len(next)], next) {
			return ""
		}
	}
	end := 0
	for end < len(rest) && !separates(rest[end]) {
		end++
	}
	return rest[:end]
}

// names are the fields of SMPP 3.4 appendix B.
var names = [...]string{"id", "sub", "dlvrd", "submit date", "done date", "stat", "err", "text"}

// State reads the word behind stat: (SMPP 3.4 appendix B, table B-2), the full
// words of 5.2.28 and the number that some send instead. A word that is not
// known gives ReceiptUnknown, no word nothing.
func State(word string) wirechief.ReceiptState {
	for _, s := range states {
		if strings.EqualFold(word, s.word) {
			return s.state
		}
	}
	switch {
	case word == "":
		return ""
	case len(word) == 1 && StateOf(int(word[0]-'0')) != "":
		return StateOf(int(word[0] - '0'))
	}
	return wirechief.ReceiptUnknown
}

var states = [...]struct {
	word  string
	state wirechief.ReceiptState
}{
	{"DELIVRD", wirechief.ReceiptDelivered},
	{"DELIVERED", wirechief.ReceiptDelivered},
	{"UNDELIV", wirechief.ReceiptUndeliverable},
	{"UNDELIVERABLE", wirechief.ReceiptUndeliverable},
	{"UNDELIVERED", wirechief.ReceiptUndeliverable},
	{"FAILED", wirechief.ReceiptUndeliverable},
	{"EXPIRED", wirechief.ReceiptExpired},
	{"REJECTD", wirechief.ReceiptRejected},
	{"REJECTED", wirechief.ReceiptRejected},
	{"DELETED", wirechief.ReceiptDeleted},
	{"ACCEPTD", wirechief.ReceiptAccepted},
	{"ACCEPTED", wirechief.ReceiptAccepted},
	{"ENROUTE", wirechief.ReceiptEnroute},
	{"BUFFERED", wirechief.ReceiptEnroute},
	{"UNKNOWN", wirechief.ReceiptUnknown},
}

// StateOf reads a message_state (SMPP 3.4 5.2.28); empty when it has no such value.
func StateOf(n int) wirechief.ReceiptState {
	switch n {
	case 1:
		return wirechief.ReceiptEnroute
	case 2:
		return wirechief.ReceiptDelivered
	case 3:
		return wirechief.ReceiptExpired
	case 4:
		return wirechief.ReceiptDeleted
	case 5:
		return wirechief.ReceiptUndeliverable
	case 6:
		return wirechief.ReceiptAccepted
	case 7:
		return wirechief.ReceiptUnknown
	case 8:
		return wirechief.ReceiptRejected
	}
	return ""
}

// Merge adds what optional parameters say (SMPP 3.4 5.3.2.12, .31, .35).
//
// The state of the text wins when it is a word that we know, for it is the
// finer one with some SMSCs; the code of the text wins unless it is all zeros.
// Of ids, the one in the parameter is the SMSC's own handle and wins when ids
// are taken as they are. With a conversion the text's id is the one meant by
// the setting.
func (p Parsed) Merge(t pdu.TLVs, form IDForm) Parsed {
	if t == "" {
		return p
	}
	if id, ok := t.CString(pdu.TagReceiptedMessageID); ok && id != "" && (form == Same || p.ID == "") {
		p.ID = Characters(id)
	}
	if n, ok := t.Int(pdu.TagMessageState); ok && (p.State == "" || p.State == wirechief.ReceiptUnknown) {
		if s := StateOf(n); s != "" {
			p.State = s
		}
	}
	if v, ok := t.Get(pdu.TagNetworkErrorCode); ok && len(v) == 3 && strings.Trim(p.Code, "0") == "" {
		if n := int(v[1])<<8 | int(v[2]); n != 0 || p.Code == "" {
			p.Code = pad3(n)
		}
	}
	return p
}

// pad3 writes a code as err: has it, with three digits.
func pad3(n int) string {
	s := strconv.Itoa(n)
	return "000"[:max(0, 3-len(s))] + s
}

// instant reads YYMMDDhhmm, with seconds if they are there, and with a year of
// four digits if it is there. Anything else is no time.
func instant(s string) time.Time {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}
		}
	}
	year, rest := 0, ""
	switch len(s) {
	case 10, 12:
		if len(s) == 12 && s[:2] == "20" && number(s[4:6]) <= 12 && number(s[6:8]) <= 31 && number(s[2:4]) > 12 {
			year, rest = number(s[:4]), s[4:] // YYYYMMDDhhmm: as YYMMDD its month would be above 12
		} else {
			year, rest = 2000+number(s[:2]), s[2:]
		}
	case 14:
		year, rest = number(s[:4]), s[4:]
	default:
		return time.Time{}
	}
	month, day, hour, minute, second := number(rest[:2]), number(rest[2:4]), number(rest[4:6]), number(rest[6:8]), 0
	if len(rest) == 10 {
		second = number(rest[8:])
	}
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
}

// number reads a few digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
