package dialect

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// MaxValidity is how long a Validity header may be.
const MaxValidity = 366 * 24 * time.Hour

// Timing is what a request says of time where its vendor's API has no word for
// it: the headers Send-At (when to send) and Validity (for how long after that
// the text is worth sending). They are ours, on every path that sends and has
// no field of its own.
type Timing struct {
	At       time.Time     // zero: now
	Validity time.Duration // 0: the installation's
	raw      string        // of the headers, "" when there are none
}

// ReadTiming reads the headers. Send-At is a time as in RFC 3339 or in Unix
// seconds; one that has passed means now. Validity is a span as in Go ("90m")
// or in seconds. An error has the field "send_at" or "validity".
func ReadTiming(h http.Header) (t Timing, err error) {
	if at := h["Send-At"]; len(at) > 0 {
		if t.At, err = sendAt(at); err != nil {
			return Timing{}, err
		}
		t.raw = "Send-At " + at[0]
	}
	if v := h["Validity"]; len(v) > 0 {
		if t.Validity, err = validity(v); err != nil {
			return Timing{}, err
		}
		t.raw += "\x00Validity " + v[0]
	}
	return t, nil
}

func sendAt(values []string) (time.Time, error) {
	if len(values) == 1 {
		if at, err := time.Parse(time.RFC3339, values[0]); err == nil {
			return at.UTC(), nil
		}
		if seconds, err := strconv.ParseInt(values[0], 10, 64); err == nil && seconds > 0 && seconds < 1<<37 {
			return time.Unix(seconds, 0).UTC(), nil
		}
	}
	return time.Time{}, wirechief.InvalidField("send_at", "one time is taken, such as 2026-03-02T09:00:00Z or 1772442000 in Unix seconds")
}

func validity(values []string) (time.Duration, error) {
	if len(values) == 1 {
		d, err := time.ParseDuration(values[0])
		if seconds, bare := strconv.ParseInt(values[0], 10, 32); bare == nil {
			d, err = time.Duration(seconds)*time.Second, nil
		}
		if err == nil && d >= time.Second && d <= MaxValidity {
			return d, nil
		}
	}
	return 0, wirechief.InvalidField("validity", "one span between a second and 366 days is taken, in h, m and s, such as 48h or 90m, or 5400 in seconds")
}

// ApplyTo puts it into a request.
func (t Timing) ApplyTo(r *wirechief.SendRequest) {
	if !t.At.IsZero() {
		r.At = t.At
	}
	if t.Validity > 0 {
		r.Validity = t.Validity
	}
}

// Fingerprint condenses the request together with the headers: at another time
// it is another request. Without them it is as [Fingerprint] has it.
func (t Timing) Fingerprint(parts ...[]byte) [32]byte {
	if t.raw != "" {
		parts = append(parts, []byte(t.raw))
	}
	return Fingerprint(parts...)
}
