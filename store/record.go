package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wirechief/wirechief"
)

// Lines reads back what [AppendEvents] or [AppendLines] wrote.
func Lines[T any](b []byte) ([]T, error) {
	if len(b) == 0 {
		return nil, nil
	}
	out := make([]T, 0, bytes.Count(b, []byte{'\n'}))
	for line := range bytes.Lines(b) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, fmt.Errorf("line %d of a history: %w", len(out)+1, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// AppendLines writes each value as a line of JSON.
func AppendLines[T any](b []byte, values []T) ([]byte, error) {
	for i := range values {
		line, err := json.Marshal(&values[i])
		if err != nil {
			return nil, err
		}
		b = append(append(b, line...), '\n')
	}
	return b, nil
}

// receiptMark is in the line of a receipt and in no other: a quotation mark
// inside a string would be escaped.
var receiptMark = []byte(`"type":"` + string(wirechief.EventReceipt) + `"`)

// Receipts reads only the receipts of a history: all that
// [wirechief.Message.Receive] looks at, and mostly there are none.
func Receipts(history []byte) ([]wirechief.Event, error) {
	if !bytes.Contains(history, receiptMark) {
		return nil, nil
	}
	var out []wirechief.Event
	for line := range bytes.Lines(history) {
		if !bytes.Contains(line, receiptMark) {
			continue
		}
		var e wirechief.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("a receipt in a history: %w", err)
		}
		out = append(out, e)
	}
	return out, nil
}

// Strings writes a list of strings as JSON, "" for none.
func Strings(list []string) string {
	if len(list) == 0 {
		return ""
	}
	b := make([]byte, 0, 64)
	return string(appendStrings(b, list))
}

// ParseStrings reads back what Strings wrote.
func ParseStrings(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	// One plain string, such as the carrier's id of a short text.
	if n := len(s); n > 4 && s[:2] == `["` && s[n-2:] == `"]` && isPlain(s[2:n-2]) {
		return []string{s[2 : n-2]}, nil
	}
	var out []string
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil, fmt.Errorf("a list of strings: %w", err)
	}
	return out, nil
}

// Media writes the media of a message as JSON, "" for none.
func Media(items []wirechief.MediaItem) (string, error) {
	if len(items) == 0 {
		return "", nil
	}
	b, err := json.Marshal(items)
	return string(b), err
}

// ParseMedia reads back what Media wrote.
func ParseMedia(s string) ([]wirechief.MediaItem, error) {
	if s == "" {
		return nil, nil
	}
	var out []wirechief.MediaItem
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil, fmt.Errorf("the media of a message: %w", err)
	}
	return out, nil
}

// Options writes the options of a message as JSON, "" for none.
func Options(o *wirechief.MessageOptions) (string, error) {
	if o == nil {
		return "", nil
	}
	b, err := json.Marshal(o)
	return string(b), err
}

// ParseOptions reads back what Options wrote.
func ParseOptions(s string) (*wirechief.MessageOptions, error) {
	if s == "" {
		return nil, nil
	}
	o := new(wirechief.MessageOptions)
	if err := json.Unmarshal([]byte(s), o); err != nil {
		return nil, fmt.Errorf("the options of a message: %w", err)
	}
	return o, nil
}

// Micros is how instants are kept: microseconds since 1970 UTC, 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Instant reads it back.
func Instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
