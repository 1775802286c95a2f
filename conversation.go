package wirechief

import (
	"context"
	"time"
)

// Conversation is the thread between one number of ours and one peer. Stores
// open it with the first message between the two and keep it up to date with
// every further one; what people do with it is a [ChangeConversation].
type Conversation struct {
	ConversationKey
	Tenant string
	Number string // ours
	Peer   string // "+13105551212", a short code's digits or an alphanumeric sender

	Last          int64 // id of its newest message: the order of the inbox
	LastAt        time.Time
	LastText      string // the beginning of that message, at most [SnippetRunes]; "" for a picture alone
	LastDirection Direction

	Read     int64 // id of the newest message that somebody has read
	Unread   int   // inbound messages after it
	Archived bool  // an inbound message takes it out of the archive
	Assignee int64 // id of an [Agent]; 0: nobody
	Labels   []string
	// AutoReplyAt is when the last automatic reply was caused; zero: never.
	AutoReplyAt time.Time
	CreatedAt   time.Time
}

// SnippetRunes is how much of its last message a conversation shows.
const SnippetRunes = 120

// ConversationKey finds a conversation.
type ConversationKey struct {
	Shard Shard
	ID    int64
}

// ConversationFilter selects conversations for a listing, the one with the
// newest message first.
type ConversationFilter struct {
	Tenant   string   // needed
	Numbers  []string // ours; none: all
	Peer     string
	Peers    []string // any of them; none: all
	Assignee *int64   // 0: nobody's; nil: anybody's
	Archived *bool
	Unread   bool   // only those with something unread
	Label    string // only those that have it
	Before   int64  // Last below it; 0: from the newest
	Limit    int    // 1 to 1000; 0: 50
}

// EntryKind says what an entry of a conversation is.
type EntryKind string

// The kinds of what stands between the messages of a conversation.
const (
	EntryNote          EntryKind = "note"           // a private note: Text, Who
	EntryAssigned      EntryKind = "assigned"       // Text: to whom, "" for nobody; Who
	EntryArchived      EntryKind = "archived"       // Who
	EntryReopened      EntryKind = "reopened"       // from the archive; Who, "" when a message did it
	EntryAutoReply     EntryKind = "auto_reply"     // Text: which rule; Message: what was answered
	EntryOptOut        EntryKind = "opt_out"        // Text: the word, or why; Who when a person did it
	EntryOptIn         EntryKind = "opt_in"         // likewise
	EntryForwardFailed EntryKind = "forward_failed" // Text: kind and destination and why; Message, Delivery
	EntryMissedCall    EntryKind = "missed_call"
	EntryBlocked       EntryKind = "blocked"   // Who
	EntryUnblocked     EntryKind = "unblocked" // Who
	EntryRedacted      EntryKind = "redacted"  // Who, "" for the retention rule
)

// Entry is something in a conversation that was not a message.
type Entry struct {
	ID           int64     `json:"id"`
	Conversation int64     `json:"conversation"` // 0 inside an Accept: that of its first message
	Kind         EntryKind `json:"kind"`
	Who          string    `json:"who,omitempty"` // a person's name or address; "" for a rule
	Text         string    `json:"text,omitempty"`
	Message      int64     `json:"message,omitempty"`  // that it is about
	Delivery     int64     `json:"delivery,omitempty"` // that it is about
	At           time.Time `json:"at"`
}

// NoteMost is how many characters a note may have.
const NoteMost = 4000

// ChangeConversation is what people (and rules) do with a conversation; nil
// fields stay as they are. Kind NotFound when there is none, Conflict
// (RuleRevision) when OnlyAssignee says somebody else than it has.
type ChangeConversation struct {
	Key          ConversationKey
	Read         *int64 // Unread is counted anew: the inbound messages after it
	Archived     *bool
	Assignee     *int64
	OnlyAssignee *int64 // who has to have it before
	Labels       *[]string
	AutoReplyAt  *time.Time
	Entries      []Entry // added in the same commit; Conversation and, if 0, nothing else is filled in
}

// Template is a prepared text. Fields stand in double braces: {{name}}.
type Template struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Text      string    `json:"text"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// TextSearch asks for messages by words of their text. A word is a prefix:
// "meet" finds "meeting"; all words have to be there; case and accents do not
// count. Newest first.
type TextSearch struct {
	Tenant string // needed
	Query  string // words; marks of punctuation part them and mean nothing
	Number string // ours; "" any
	Peer   string // "" any
	Before int64  // ids below it; 0: from the newest
	Limit  int    // 1 to 200; 0: 50
}

// ConversationReader reads conversations.
type ConversationReader interface {
	Conversation(ctx context.Context, key ConversationKey) (*Conversation, error) // kind NotFound
	// ConversationBetween finds that of a number of the tenant and a peer; kind NotFound.
	ConversationBetween(ctx context.Context, tenant, number, peer string) (*Conversation, error)
	Conversations(ctx context.Context, f ConversationFilter) ([]*Conversation, error)
	// UnreadIn counts the conversations of a tenant outside the archive with
	// something unread: all, those that are nobody's (0), and each agent's by id.
	UnreadIn(ctx context.Context, tenant string) (all int, byAssignee map[int64]int, err error)
	// Thread gives the newest messages of a conversation with ids below before
	// (0: all), oldest first, with their events.
	Thread(ctx context.Context, key ConversationKey, before int64, limit int) ([]*Message, error)
	// Entries gives the entries of a conversation with ids above after, oldest
	// first, at most limit.
	Entries(ctx context.Context, key ConversationKey, after int64, limit int) ([]Entry, error)
	SearchTexts(ctx context.Context, s TextSearch) ([]*Message, error)
	// AutoReplies gives when the last automatic reply was caused, by tenant, number
	// and peer ("acme +1310… +1415…"), of those after an instant, those of the last
	// 30 days included whose conversation retention has removed.
	AutoReplies(ctx context.Context, after time.Time) (map[string]time.Time, error)
}
