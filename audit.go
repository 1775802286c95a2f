package wirechief

import (
	"context"
	"time"
)

// AuditEntry says who changed what. Entries are only ever added.
type AuditEntry struct {
	ID      int64         `json:"id"`
	Tenant  string        `json:"tenant,omitempty"` // "" for the installation
	At      time.Time     `json:"at"`
	Who     string        `json:"who"`               // person, key or "state file"; "the server" for what it does by itself
	Agent   int64         `json:"agent,omitempty"`   // of a person
	Via     string        `json:"via,omitempty"`     // dialect or "console"
	Address string        `json:"address,omitempty"` // where the request came from, when known
	Action  string        `json:"action"`            // "number.change", "contact.delete", "signin.failed", …
	Subject string        `json:"subject,omitempty"` // which one: a number, a name, an id
	Changes []AuditChange `json:"changes,omitempty"`
}

// AuditChange is one property before and after, as JSON; secrets are left out.
type AuditChange struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Audited applies a command and, if that was applied, keeps the entry in the
// same commit. The result is that of the command.
type Audited struct {
	Command
	Entry AuditEntry
}

// Unwrap gives the command that is applied, without what the audit log says of it.
func Unwrap(c Command) Command {
	for {
		a, ok := c.(Audited)
		if !ok {
			return c
		}
		c = a.Command
	}
}

// PutAudit keeps an entry about something that changes nothing in the store.
type PutAudit struct{ AuditEntry }

// AuditFilter selects entries, newest first.
type AuditFilter struct {
	Tenant  string // "" with All: everybody's
	All     bool
	Action  string // the whole, or the beginning up to a dot: "number"
	Subject string
	Who     string
	From    time.Time // inclusive
	To      time.Time // exclusive
	Before  int64     // ids below it
	Limit   int       // 1 to 1000; 0: 50
}

// AuditReader reads the audit log.
type AuditReader interface {
	Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error)
}

type principalKey struct{}

// WithPrincipal says in a context who makes the request, for the audit log
// (package audit). It gives no rights: those are the business of whoever has
// the principal in hand.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalIn gives who makes the request; false: nobody said.
func PrincipalIn(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
