package dialect_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

func TestReadTiming(t *testing.T) {
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		at, validity []string
		want         dialect.Timing
		field        string // that is refused
	}{
		{nil, nil, dialect.Timing{}, ""},
		{[]string{"2026-03-02T09:00:00Z"}, nil, dialect.Timing{At: nine}, ""},
		{[]string{"2026-03-02T01:00:00-08:00"}, []string{"90m"}, dialect.Timing{At: nine, Validity: 90 * time.Minute}, ""},
		{[]string{"1772442000"}, []string{"60"}, dialect.Timing{At: nine, Validity: time.Minute}, ""},
		{[]string{"1999-01-01T00:00:00Z"}, nil, dialect.Timing{At: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}, ""}, // means now
		{[]string{""}, nil, dialect.Timing{}, "send_at"},
		{[]string{"tomorrow"}, nil, dialect.Timing{}, "send_at"},
		{[]string{"2026-03-02 09:00:00"}, nil, dialect.Timing{}, "send_at"},
		{[]string{"0"}, nil, dialect.Timing{}, "send_at"},
		{[]string{"-5"}, nil, dialect.Timing{}, "send_at"},
		{[]string{"99999999999999"}, nil, dialect.Timing{}, "send_at"},
		{[]string{"1772442000", "1772442000"}, nil, dialect.Timing{}, "send_at"},
		{nil, []string{""}, dialect.Timing{}, "validity"},
		{nil, []string{"0"}, dialect.Timing{}, "validity"},
		{nil, []string{"-1h"}, dialect.Timing{}, "validity"},
		{nil, []string{"500ms"}, dialect.Timing{}, "validity"},
		{nil, []string{"9000h"}, dialect.Timing{}, "validity"},
		{nil, []string{"a day"}, dialect.Timing{}, "validity"},
		{nil, []string{"1h", "1h"}, dialect.Timing{}, "validity"},
	} {
		h := http.Header{}
		if tt.at != nil {
			h["Send-At"] = tt.at
		}
		if tt.validity != nil {
			h["Validity"] = tt.validity
		}
		got, err := dialect.ReadTiming(h)
		if tt.field != "" {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != tt.field {
				t.Errorf("%q %q: %v, want a refusal of %s", tt.at, tt.validity, err, tt.field)
			}
			continue
		}
		if err != nil || !got.At.Equal(tt.want.At) || got.Validity != tt.want.Validity {
			t.Errorf("%q %q: %+v %v", tt.at, tt.validity, got, err)
		}
	}
}

// Another time makes another request; none leaves it as it was.
func TestTimingCountsInTheFingerprint(t *testing.T) {
	part := []byte("body")
	none, _ := dialect.ReadTiming(http.Header{})
	at, _ := dialect.ReadTiming(http.Header{"Send-At": {"1772442000"}})
	span, _ := dialect.ReadTiming(http.Header{"Validity": {"1772442000"}})
	if none.Fingerprint(part) != dialect.Fingerprint(part) {
		t.Error("changed without headers")
	}
	if at.Fingerprint(part) == none.Fingerprint(part) || at.Fingerprint(part) == span.Fingerprint(part) {
		t.Error("not another request")
	}
}

func FuzzReadTiming(f *testing.F) {
	f.Add("2026-03-02T09:00:00Z", "90m")
	f.Add("1772442000", "60")
	f.Fuzz(func(t *testing.T, at, validity string) {
		got, err := dialect.ReadTiming(http.Header{"Send-At": {at}, "Validity": {validity}})
		if err == nil && (got.At.IsZero() && at != "0001-01-01T00:00:00Z" || got.Validity < time.Second || got.Validity > dialect.MaxValidity) {
			t.Errorf("%q %q: %+v", at, validity, got)
		}
	})
}
