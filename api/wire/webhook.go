package wire

import (
	"time"

	"github.com/wirechief/wirechief/webhook"
)

// Event is the body of a webhook of ours: what an [Endpoint] gets.
type Event = webhook.Event

// Endpoint is a URL that is told of the messages of all numbers of a tenant, in
// our own shape.
type Endpoint struct {
	ID          int64     `json:"id" readOnly:"true"`
	URL         string    `json:"url" maxLength:"2048" example:"https://example.com/wirechief"`
	Events      []string  `json:"events" maxItems:"16" nullable:"false" enum:"message.received,message.delivered,message.failed,message.expired,message.suppressed,message.canceled,message.unknown" doc:"The types that it is told of; none: all"`
	Description string    `json:"description" maxLength:"255"`
	Enabled     bool      `json:"enabled" doc:"A new one is, if nothing is said"`
	CreatedAt   time.Time `json:"created_at,omitzero" readOnly:"true"`
	UpdatedAt   time.Time `json:"updated_at,omitzero" readOnly:"true"`
}

// SignSecret is the secret of a destination, without the secret itself.
type SignSecret struct {
	ID          int64     `json:"id"`
	Destination string    `json:"destination" doc:"URL, as it stands at the webhook, forward, hook or endpoint"`
	Hint        string    `json:"hint" doc:"The end of the secret"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
	RotatedAt   time.Time `json:"rotated_at,omitzero" doc:"Absent: never"`
	OldUntil    time.Time `json:"old_until,omitzero" doc:"Until then the secret before this one signs, too"`
}

// NewSignSecret is a secret of a destination with the secret itself.
type NewSignSecret struct {
	SignSecret
	Secret string `json:"secret" doc:"whsec_ and base64, as the libraries of Standard Webhooks take it; shown this once"`
}

// SignSecretRequest asks for a secret.
type SignSecretRequest struct {
	Destination string `json:"destination" minLength:"1" maxLength:"2048" doc:"URL, as it stands at the webhook, forward, hook or endpoint" example:"https://example.com/wirechief"`
}

// Rotation exchanges a secret for a new one.
type Rotation struct {
	Keep string `json:"keep,omitempty" maxLength:"32" default:"24h" doc:"How long the old one signs beside the new: 0s to 720h; 0s ends it now" example:"24h"`
}
