package zendesktalk

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// writeJSON writes a whole JSON answer. Without the content type, to the letter,
// node-zendesk does not look into the body.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Rows are texts, numbers, booleans and lists of them: a defect of ours.
		panic(err)
	}
	body := bytes.TrimRight(buf.Bytes(), "\n")
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error means that the client has gone
}

// writeOne writes one record in its wrapper: {"phone_number":{…}}.
func (c *call) writeOne(status int, name string, row any) {
	writeJSON(c.w, status, map[string]any{name: row})
}

// gone writes the answer to a DELETE: go-zendesk takes no other.
func (c *call) gone() { c.w.WriteHeader(http.StatusNoContent) }

// stamp writes a time as the vendor does, UTC without fraction; null when it is
// not known.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05Z")
	return &s
}

// orNull is null for the empty value.
func orNull[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// listed is a list that is never null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
