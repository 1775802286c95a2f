package wirechief

import (
	"context"
	"time"
)

// Contact is somebody who texts or is texted, by name.
type Contact struct {
	ID        int64     `json:"id"`
	Tenant    string    `json:"-"`
	Name      string    `json:"name,omitempty"`
	Phones    []string  `json:"phones"` // peers, each of one contact of the tenant only
	Email     string    `json:"email,omitempty"`
	Company   string    `json:"company,omitempty"`
	Notes     string    `json:"notes,omitempty"`
	Labels    []string  `json:"labels,omitempty"`
	Reference string    `json:"reference,omitempty"` // the customer's own id
	Blocked   bool      `json:"blocked,omitempty"`   // what they send is kept, and told to nobody
	BlockedBy string    `json:"blocked_by,omitempty"`
	BlockedAt time.Time `json:"blocked_at,omitzero"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// PutContact inserts or replaces a contact by its id. It fails with kind
// Conflict (RuleTaken, Field "phones") when a phone is another contact's of the
// tenant.
type PutContact struct{ *Contact }

// DropContact removes a contact; kind NotFound when there is none.
type DropContact struct {
	Tenant string
	ID     int64
}

// ContactFilter selects contacts for a listing, by name, then id.
type ContactFilter struct {
	Tenant  string // needed
	Query   string // part of a name, company, mail address or phone
	Label   string
	Blocked *bool
	Skip    int
	Limit   int // 1 to 10000; 0: 50
}

// ContactReader reads contacts.
type ContactReader interface {
	Contact(ctx context.Context, tenant string, id int64) (*Contact, error) // kind NotFound
	Contacts(ctx context.Context, f ContactFilter) ([]*Contact, error)
	// ContactsOf finds the contacts of peers; who is not known is not in it.
	ContactsOf(ctx context.Context, tenant string, peers []string) (map[string]*Contact, error)
	// Blocked gives the blocked peers of all tenants.
	Blocked(ctx context.Context) (map[string][]string, error)
}
