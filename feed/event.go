package feed

import (
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Topic says what kind of thing an event is about.
type Topic string

// The topics. The comment says what ID and Key name.
const (
	Reload       Topic = "reload"       // something cannot be told: read anew what is shown
	Message      Topic = "message"      // ID: the message; Conversation
	Conversation Topic = "conversation" // ID and Conversation: the conversation
	Delivery     Topic = "delivery"     // ID: the delivery
	Number       Topic = "number"       // Key: the number
	Contact      Topic = "contact"      // ID: the contact
	OptOut       Topic = "opt_out"      // Key: "+13109060901 +14155551212", ours and theirs; "" several
	Bulk         Topic = "bulk"         // ID: the bulk send
	Entity       Topic = "entity"       // Key: "webhook Default", kind and key
	Carrier      Topic = "carrier"      // Key: the carrier's name; of no tenant
	Presence     Topic = "presence"     // ID: the agent
)

// The kinds of events, by topic.
const (
	In      = "in"      // message: it was received
	Out     = "out"     // message: it was accepted
	Status  = "status"  // message: its history has grown
	Changed = "changed" // anything else: it is new or other than before
	Dropped = "dropped" // contact, entity: it is gone
	Noted   = "entry"   // conversation: something stands in it that is no message
	Planned = "planned" // delivery: it was caused
	Tried   = "tried"   // delivery: an attempt was made, or its status changed
	Again   = "again"   // delivery, ID 0: several are to be made again
)

// Event is one change, told after its commit.
type Event struct {
	Seq          int64 // set by Publish; rises by one
	At           time.Time
	Tenant       string // "": of the installation; only those who see everybody's get it
	Topic        Topic
	Kind         string
	ID           int64
	Conversation int64
	Key          string
	// Message is the message as committed; its Events may be only the last.
	// Nobody may change it. nil: not of topic Message.
	Message *wirechief.Message

	epoch string
}

// EventID is what a subscriber remembers of the last event it has seen.
func (e Event) EventID() string { return eventID(e.epoch, e.Seq) }

func eventID(epoch string, seq int64) string { return epoch + "-" + strconv.FormatInt(seq, 10) }

// parseID reads what EventID writes.
func parseID(id string) (epoch string, seq int64, ok bool) {
	epoch, digits, ok := strings.Cut(id, "-")
	if !ok {
		return "", 0, false
	}
	seq, err := strconv.ParseInt(digits, 10, 64)
	return epoch, seq, err == nil && seq >= 0
}
