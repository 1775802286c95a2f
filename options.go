package wirechief

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// MessageOptions is what a request asks for beside the text itself, and stays
// with the message (fonedynamics: Send SMS). nil asks for nothing.
type MessageOptions struct {
	ExternalID string `json:"external_id,omitempty"` // the customer's own id of it
	// NoReceipt says that no hook wants to hear how it ended. Named webhooks
	// are another API's and go by their own setting.
	NoReceipt bool         `json:"no_receipt,omitempty"`
	Receipt   Hook         `json:"receipt,omitzero"` // told how it ended, beside the number's own hook
	Reply     Hook         `json:"reply,omitzero"`   // told of replies, in place of the number's HTTP forwards
	ReplySMS  ReplyForward `json:"reply_sms,omitzero"`
	ReplyMail ReplyForward `json:"reply_mail,omitzero"`
	// OffTheRecord says that nothing but a hash of the text is kept once it has
	// left (message2give: POST Message, offTheRecord). See [Message.Redact].
	OffTheRecord bool `json:"off_the_record,omitempty"`
	// Of texts that we send by ourselves; see [SendRequest]. Excused ones may go
	// to handsets that have opted out, at any time; an Answer to a text that has
	// just come may go out in quiet hours.
	Excused bool `json:"excused,omitempty"`
	Answer  bool `json:"answer,omitempty"`
}

// redacted begins what stands in the place of a text that is off the record;
// the SHA-256 of the text follows, in hexadecimal.
const redacted = "sha256:"

// Redact puts a hash in the place of a text that is off the record and that
// nothing waits to send any more, and says whether it did. Stores do so
// whenever they write a message.
func (m *Message) Redact() bool {
	if m.Options == nil || !m.Options.OffTheRecord || m.Queue.Lane != "" || m.Status.rank() < StatusSubmitted.rank() {
		return false
	}
	if hash, done := strings.CutPrefix(m.Text, redacted); done && len(hash) == hex.EncodedLen(sha256.Size) {
		return false
	}
	sum := sha256.Sum256([]byte(m.Text))
	m.Text = redacted + hex.EncodeToString(sum[:])
	return true
}

// ReplyForward is where a reply to one text goes, and whom it then is from:
// a number or a name, or a mail address; empty: who replied, or the installation.
type ReplyForward struct {
	To   string `json:"to,omitempty"`
	From string `json:"from,omitempty"`
}

// Replies gives the part that is about replies.
func (o *MessageOptions) Replies() ReplyOptions {
	if o == nil {
		return ReplyOptions{}
	}
	return ReplyOptions{o.Reply, o.ReplySMS, o.ReplyMail}
}

// ReplyOptions is what becomes of replies to one text. The zero value leaves
// them to the number.
type ReplyOptions struct {
	Hook Hook         `json:"hook,omitzero"`
	SMS  ReplyForward `json:"sms,omitzero"`
	Mail ReplyForward `json:"mail,omitzero"`
}

// LeaseLife is how long a lease lasts from the last text under it.
const LeaseLife = 30 * 24 * time.Hour

// LeasesMost is how many leased senders one recipient can have at a time.
const LeasesMost = 5

// Lease ties a handset to one of our numbers: what the handset sends to the
// number is a reply to the text that the lease names (fonedynamics: Send SMS, From).
type Lease struct {
	Number  string       `json:"number"`
	Handset string       `json:"handset"`
	Message int64        `json:"message"`          // the last text under it
	Named   bool         `json:"named,omitempty"`  // the request named the number: it does not count as leased
	Replies ReplyOptions `json:"replies,omitzero"` // of the last text that had some
	Until   time.Time    `json:"until"`
}

// Key names the lease among the entities of its tenant.
func (l *Lease) Key() string { return l.Number + " " + l.Handset }
