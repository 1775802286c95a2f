package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Timed is a request that sends, with the headers that say when on every path
// that sends; what the body says of the same is at and validity.
type Timed struct {
	SendAt   string `header:"Send-At" doc:"When to send, as at in the body: a time (RFC 3339), or Unix seconds"`
	Validity string `header:"Validity" doc:"For how long it is worth sending, as validity in the body: 90m, or seconds"`
	timing   dialect.Timing
}

// read reads the headers; huma takes the first of several and does not tell
// one that is empty from one that is missing.
func (t *Timed) read(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	timing, err := dialect.ReadTiming(r.Header)
	if err != nil {
		name := "Send-At"
		if e, ok := err.(*wirechief.Error); ok && e.Field == "validity" {
			name = "Validity"
		}
		return []error{&huma.ErrorDetail{Location: "header." + name, Message: wirechief.MessageOf(err)}}
	}
	t.timing = timing
	return nil
}

// into puts what the headers say beside what the body says, which may not say
// the same thing once more.
func (t *Timed) into(at *time.Time, validity *time.Duration) error {
	if said := t.timing.At; !said.IsZero() {
		if !at.IsZero() {
			return wirechief.InvalidField("Send-At", "at is in the body as well; say it once")
		}
		*at = said.UTC().Truncate(time.Microsecond) // as it is kept
	}
	if said := t.timing.Validity; said > 0 {
		if *validity > 0 {
			return wirechief.InvalidField("Validity", "validity is in the body as well; say it once")
		}
		*validity = said
	}
	return nil
}
