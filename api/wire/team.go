package wire

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Key is a credential of an API, without its secret.
type Key struct {
	ID        string    `json:"id" doc:"16 hexadecimal digits"`
	Dialect   string    `json:"dialect" enum:"wirechief,bulkvs,fonedynamics,message2give,zendesk" doc:"The API that it is for"`
	Scheme    string    `json:"scheme" doc:"zendesk: token, password or bearer"`
	Account   string    `json:"account" doc:"message2give: the workspace"`
	User      string    `json:"user" doc:"What a client shows beside the secret; empty for tokens"`
	Label     string    `json:"label"`
	Hint      string    `json:"hint" doc:"The end of the secret"`
	Scopes    []string  `json:"scopes" nullable:"false"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at,omitzero" doc:"Absent for those of a state file"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Absent: never"`
	UsedAt    time.Time `json:"used_at,omitzero" doc:"When it last let somebody in"`
}

// NewKey is a key with its secret.
type NewKey struct {
	Key
	Secret string `json:"secret" doc:"Shown this once"`
}

// KeyRequest asks for a new key.
type KeyRequest struct {
	Label     string    `json:"label" minLength:"1" maxLength:"255" doc:"By which people know it" example:"CRM"`
	Dialect   string    `json:"dialect,omitempty" enum:"wirechief,bulkvs,fonedynamics,message2give,zendesk" default:"wirechief" doc:"The API that it is for"`
	Scopes    []string  `json:"scopes,omitempty" maxItems:"4" enum:"all,read,send,manage" doc:"Of keys of this API; none: all. A token gives away only what it has"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Absent: never"`
}

// Person is somebody of the team of a tenant.
type Person struct {
	ID       int64     `json:"id"`
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	Role     string    `json:"role" enum:"owner,admin,agent,viewer,api"`
	Phone    string    `json:"phone"`
	Password bool      `json:"password" doc:"They have one; without it they come in by single sign-on only"`
	State    string    `json:"state" enum:"online,offline,away,transfers_only"`
	StateAt  time.Time `json:"state_at,omitzero"`
}

// PersonChange invites somebody, or changes what it names of them.
type PersonChange struct {
	Email    *string `json:"email,omitempty" maxLength:"254" example:"ann@acme.test"`
	Name     *string `json:"name,omitempty" maxLength:"255" example:"Ann"`
	Role     *string `json:"role,omitempty" enum:"owner,admin,agent,viewer,api" doc:"agent if nothing is said"`
	Phone    *string `json:"phone,omitempty" maxLength:"255" doc:"E.164 or a SIP URI"`
	Password *string `json:"password,omitempty" maxLength:"1024" doc:"At least 8 characters; empty takes it away"`
}

// AuditEntry says who changed what.
type AuditEntry = wirechief.AuditEntry
