package wirechief

import (
	"context"
	"time"
)

// BulkState is where a bulk send stands.
type BulkState string

// The states.
const (
	BulkDraft    BulkState = "draft"    // previewed; nothing is sent before somebody starts it
	BulkRunning  BulkState = "running"  // its rows are being sent
	BulkPaused   BulkState = "paused"   // by a person
	BulkDone     BulkState = "done"     // every row has a result
	BulkCanceled BulkState = "canceled" // what is left is not sent
)

// Bulk is one text sent to many from a file (package bulk).
type Bulk struct {
	ID        int64     `json:"id"`
	Tenant    string    `json:"-"`
	Name      string    `json:"name"`
	From      string    `json:"from"`
	Text      string    `json:"text"` // with fields of the file: {{name}}
	State     BulkState `json:"state"`
	At        time.Time `json:"at,omitzero"`        // not before; zero: at once
	Rate      float64   `json:"rate,omitempty"`     // texts a second at most; 0: as fast as they are accepted
	Validity  string    `json:"validity,omitempty"` // of each text, as a duration; "" the usual
	By        string    `json:"by"`
	CreatedAt time.Time `json:"created_at"`
	StartedAt time.Time `json:"started_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	// What the preview found, and how far it has come.
	Rows       int   `json:"rows"`
	Bad        int   `json:"bad,omitempty"`        // cannot be sent: no number, twice, …
	Suppressed int   `json:"suppressed,omitempty"` // opted out or on the list, as of the preview
	Segments   int   `json:"segments"`             // in all, of those that can be sent
	Cost       Money `json:"cost,omitempty"`
	Sent       int   `json:"sent"`
	Refused    int   `json:"refused,omitempty"` // by a rule, when their turn came
	// Unicode is how many of the texts that can be sent need UCS-2, and Character
	// the first that makes one need it.
	Unicode   int    `json:"unicode,omitempty"`
	Character string `json:"character,omitempty"`
	// Because is why it is paused when no person paused it, as "the balance is
	// below 0.01"; "" otherwise.
	Because string `json:"because,omitempty"`
}

// Preview is what would become of a text to one recipient if it were sent now.
type Preview struct {
	Encoding  string // "GSM-7" or "UCS-2"
	Segments  int
	Character string // the first that the GSM alphabet lacks, which makes it UCS-2; "" for none
	Cost      Money
	Rule      Rule   // why it would be refused
	Refusal   string // in words; empty: it would be accepted
}

// BulkRowState is what became of one row.
type BulkRowState string

// The states of a row.
const (
	RowReady   BulkRowState = "ready"
	RowBad     BulkRowState = "bad"     // Error says why; never sent
	RowSent    BulkRowState = "sent"    // accepted: Message is its message
	RowRefused BulkRowState = "refused" // Error says why; Message is the suppressed message, if there is one
)

// BulkRow is one recipient of a [Bulk].
type BulkRow struct {
	Seq      int          `json:"row"` // of the file, from 1, its heading not counted
	To       string       `json:"to"`
	Text     string       `json:"text"` // filled in
	Segments int          `json:"segments,omitempty"`
	State    BulkRowState `json:"state"`
	Error    string       `json:"error,omitempty"`
	Message  int64        `json:"message,omitempty"`
}

// PutBulk inserts or replaces a bulk and inserts or replaces the rows that are
// given with it, in one commit.
type PutBulk struct {
	*Bulk
	Changed []BulkRow
}

// BulkReader reads bulk sends.
type BulkReader interface {
	Bulk(ctx context.Context, tenant string, id int64) (*Bulk, error) // kind NotFound
	// Bulks lists those of a tenant ("" all), newest first; states empty: all.
	Bulks(ctx context.Context, tenant string, states []BulkState, before int64, limit int) ([]*Bulk, error)
	// BulkRows gives rows after a seq, in order; state empty: all.
	BulkRows(ctx context.Context, tenant string, bulk int64, state BulkRowState, after, limit int) ([]BulkRow, error)
}
