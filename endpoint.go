package wirechief

import "time"

// Endpoint is a URL of a tenant that is told of the messages of all its
// numbers, in our own shape (package webhook).
type Endpoint struct {
	ID  int64  `json:"id"`
	URL string `json:"url"`
	// Events are the types that it is told of, as "message.received"; none: all.
	Events      []string  `json:"events,omitempty"`
	Description string    `json:"description,omitempty"`
	Enabled     bool      `json:"enabled"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

// Signing is the secret with which what goes to one destination of a tenant is
// signed. Documents of it hold the secret in clear, for it has to sign.
type Signing struct {
	ID          int64  `json:"id"`
	Destination string `json:"destination"` // URL, as deliveries have it
	Secret      string `json:"secret"`      // whsec_ and base64
	// Old is the secret before the last rotation, which signs beside it until
	// OldUntil.
	Old       *OldSecret `json:"old,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by,omitempty"`
	RotatedAt time.Time  `json:"rotated_at,omitzero"`
}

// OldSecret is a secret that is on its way out.
type OldSecret struct {
	Secret string    `json:"secret"`
	Until  time.Time `json:"until"`
}
