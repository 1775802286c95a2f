package wirechief

import "time"

// Retention says how long what passed through a tenant is kept. 0: for ever.
type Retention struct {
	Texts    time.Duration `json:"texts,omitempty"`    // then the texts are redacted; numbers, times and proof stay
	Media    time.Duration `json:"media,omitempty"`    // then pictures and files are removed
	Messages time.Duration `json:"messages,omitempty"` // then messages, their conversations and deliveries go altogether
}

// Redacted stands in the place of a text that the tenant had removed.
const Redacted = "(redacted)"

// Redacted says that the body of the delivery was taken out with the text that
// it told, so that it cannot be sent again.
func (d *Delivery) Redacted() bool { return string(d.Body) == Redacted }

// Forget redacts or removes what is older than an instant, one conversation, or
// all that went between the tenant and a peer: messages with their deliveries,
// the notes of agents, and rows of bulk sends. With a conversation or a peer go
// the copies that forwards sent on as texts, which are redacted in any case. It
// touches nothing that still waits to be sent or delivered, nor a text that has
// such a copy; Result.Left counts those. Of rows of one person only the text
// goes, and with Remove the number; the bulk send stays.
// Result.Count is how many messages it was.
type Forget struct {
	Tenant       string
	Before       time.Time // created before
	Conversation int64     // only those of it; 0: all
	Peer         string    // only those from or to it, in a conversation or (as of who is blocked) in none; "": all
	Remove       bool      // false: texts, files and what deliveries hold of them are redacted
	MediaOnly    bool      // only files
}
