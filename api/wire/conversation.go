package wire

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Conversation is the thread between one number of ours and one peer.
type Conversation struct {
	ID            int64     `json:"id"`
	Tenant        string    `json:"tenant"`
	Number        string    `json:"number" doc:"Ours"`
	NumberName    string    `json:"number_name"`
	Peer          string    `json:"peer" doc:"A number, a short code or the name of a sender"`
	Contact       int64     `json:"contact" doc:"Id of the contact that the peer is, 0: none"`
	Name          string    `json:"name" doc:"Of the contact"`
	Company       string    `json:"company" doc:"Of the contact"`
	Blocked       bool      `json:"blocked" doc:"What the peer sends is kept, and told to nobody"`
	Last          int64     `json:"last" doc:"Id of its newest message; gives the next page as before"`
	LastAt        time.Time `json:"last_at"`
	LastText      string    `json:"last_text" doc:"The beginning of that message"`
	LastDirection string    `json:"last_direction" enum:"outbound,inbound"`
	Unread        int       `json:"unread" doc:"Inbound messages that nobody has read"`
	Archived      bool      `json:"archived"`
	Assignee      int64     `json:"assignee" doc:"Id of an agent, 0: nobody"`
	AssigneeName  string    `json:"assignee_name"`
	Labels        []string  `json:"labels" nullable:"false"`
	CreatedAt     time.Time `json:"created_at"`
}

// ConversationDetail is a conversation with what stands above its thread.
type ConversationDetail struct {
	Conversation
	OptedOut *Suppression `json:"opted_out,omitempty" doc:"The peer gets no texts from this number, and why; absent: nothing of the kind is known"`
}

// Thread is a part of a conversation, oldest first.
type Thread struct {
	Items  []ThreadItem `json:"items" nullable:"false"`
	Before int64        `json:"before" doc:"Asks for the page before this one; 0: this one has the beginning"`
}

// ThreadItem is a message, or what stands between messages.
type ThreadItem struct {
	ID      int64            `json:"id"`
	At      time.Time        `json:"at"`
	Message *Message         `json:"message,omitempty"`
	Entry   *wirechief.Entry `json:"entry,omitempty" doc:"A note, or what happened: kind is note, assigned, archived, reopened, auto_reply, opt_out, opt_in, forward_failed, missed_call, blocked, unblocked or redacted"`
}

// ReplyDraft is an answer in a conversation.
type ReplyDraft struct {
	Text     string    `json:"text,omitempty" doc:"Up to 10 segments"`
	Media    []string  `json:"media,omitempty" maxItems:"10" nullable:"false" doc:"URLs; any makes it a picture message"`
	At       time.Time `json:"at,omitzero" doc:"Send then rather than now"`
	Validity string    `json:"validity,omitempty" maxLength:"32" doc:"How long it may wait for a carrier, as a duration; empty: the usual" example:"4h"`
}

// ConversationStart begins a conversation with a text.
type ConversationStart struct {
	From string `json:"from" maxLength:"64" doc:"A number of yours" example:"+13109060901"`
	To   string `json:"to" maxLength:"64" doc:"A number as people of that country write it, or a short code" example:"+13105551212"`
	ReplyDraft
}

// Replied is what became of an answer.
type Replied struct {
	Conversation int64 `json:"conversation"`
	Sent
}

// Assignment gives a conversation to somebody.
type Assignment struct {
	Agent int64  `json:"agent" minimum:"0" maximum:"9007199254740991" doc:"Id of an agent, 0: nobody"`
	Only  *int64 `json:"only,omitempty" minimum:"0" maximum:"9007199254740991" doc:"Who has to have it until now, 0: nobody; of two who take it at once, the second learns who was first"`
}

// Labels replaces the labels of a conversation.
type Labels struct {
	Labels []string `json:"labels" nullable:"false" maxItems:"100"`
}

// Note is what people tell each other in a conversation; the peer never sees it.
type Note struct {
	Text string `json:"text" maxLength:"10000" doc:"Up to 4000 characters"`
}

// Hit is a message that a search found.
type Hit struct {
	Conversation int64     `json:"conversation" doc:"0: in none, as what somebody blocked sent"`
	Message      int64     `json:"message"`
	Direction    string    `json:"direction" enum:"outbound,inbound"`
	Number       string    `json:"number" doc:"Ours"`
	NumberName   string    `json:"number_name"`
	Peer         string    `json:"peer"`
	Name         string    `json:"name" doc:"Of the contact"`
	Text         string    `json:"text"`
	At           time.Time `json:"at"`
}

// Contact is somebody who texts or is texted, by name.
type Contact struct {
	ID        int64      `json:"id" readOnly:"true"`
	Name      string     `json:"name" maxLength:"100"`
	Phones    []string   `json:"phones" nullable:"false" maxItems:"20" doc:"Each is of one contact only"`
	Email     string     `json:"email" maxLength:"254"`
	Company   string     `json:"company" maxLength:"100"`
	Notes     string     `json:"notes" maxLength:"4000"`
	Labels    []string   `json:"labels" nullable:"false" maxItems:"20"`
	Reference string     `json:"reference" maxLength:"200" doc:"Your own id of them"`
	Blocked   bool       `json:"blocked" readOnly:"true" doc:"What they send is kept, and told to nobody"`
	BlockedBy string     `json:"blocked_by" readOnly:"true"`
	BlockedAt *time.Time `json:"blocked_at" readOnly:"true"`
	CreatedAt time.Time  `json:"created_at" readOnly:"true"`
	UpdatedAt time.Time  `json:"updated_at" readOnly:"true"`
}

// ContactMerge makes one contact of several.
type ContactMerge struct {
	Others []int64 `json:"others" nullable:"false" minItems:"1" maxItems:"100" doc:"Ids of those that go"`
}

// ContactsImported is what came of a table of contacts, or would come of it.
type ContactsImported struct {
	DryRun    bool     `json:"dry_run"`
	Applied   bool     `json:"applied" doc:"False: nothing was changed"`
	Rows      int      `json:"rows"`
	Created   int      `json:"created"`
	Updated   int      `json:"updated"`
	Unchanged int      `json:"unchanged"`
	Bad       []BadRow `json:"bad" nullable:"false"`
	Ignored   []string `json:"ignored" nullable:"false" doc:"Columns that mean nothing to us"`
}

// BadRow is a row of a table that cannot be taken over.
type BadRow struct {
	Line   int    `json:"line" doc:"Of the file, where the row begins"`
	Column string `json:"column"`
	Detail string `json:"detail"`
}

// Template is a prepared text.
type Template struct {
	ID        int64     `json:"id" readOnly:"true"`
	Name      string    `json:"name" maxLength:"100"`
	Text      string    `json:"text" maxLength:"4000" doc:"{{name}} and such are filled in when it is used"`
	CreatedAt time.Time `json:"created_at" readOnly:"true"`
	UpdatedAt time.Time `json:"updated_at" readOnly:"true"`
}

// Peer names somebody by a number, a short code or the name of a sender.
type Peer struct {
	Peer string `json:"peer" minLength:"1" maxLength:"254" doc:"A telephone number such as +13105550100, a short code or the name of a sender" example:"+13105550100"`
}

// PeerBlock blocks somebody, or lifts that.
type PeerBlock struct {
	Peer
	Blocked bool `json:"blocked" doc:"False lifts the block"`
}

// Forgotten is what came of forgetting somebody.
type Forgotten struct {
	Messages      int  `json:"messages"`
	Conversations int  `json:"conversations"`
	Left          bool `json:"left" doc:"Something still waits to be sent or delivered, and was left as it is, the contact too: ask again later"`
}
