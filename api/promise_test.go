package api

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the operator guide promises to scripts: these names, in this order,
// and whatever is new after them.
const (
	promisedMessage  = `id tenant direction from to text media segments status carrier carrier_id created_at events`
	promisedEvent    = `at type detail`
	promisedDelivery = `id kind destination message_id status next_at attempts`
	promisedAttempt  = `n at class status_code error duration_ms peer`
)

func TestPromisedNames(t *testing.T) {
	h := New(worldOptions(newCore()))
	get := func(path string) []byte {
		r := httptest.NewRequest("GET", Prefix+path, nil)
		r.Header.Set("Authorization", "Bearer "+acmeToken)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.Bytes()
	}
	message := get("/messages/12")
	promised(t, "a message", message, promisedMessage)
	for _, e := range list(t, property(t, message, "events")) {
		promised(t, "an event", e, promisedEvent)
		if property(t, e, "detail")[0] != '{' {
			t.Errorf("the detail of %s is no object", e)
		}
	}
	for _, m := range list(t, get("/messages")) {
		promised(t, "a message of a list", m, promisedMessage)
		for _, name := range []string{"media", "events"} {
			list(t, property(t, m, name))
		}
	}
	for _, d := range append(list(t, get("/deliveries")), get("/deliveries/22")) {
		promised(t, "a delivery", d, promisedDelivery)
		for _, a := range list(t, property(t, d, "attempts")) {
			promised(t, "an attempt", a, promisedAttempt)
		}
	}
}

// promised says whether an object begins with the names.
func promised(t *testing.T, what string, object json.RawMessage, names string) {
	t.Helper()
	if got := strings.Join(keys(t, object), " "); got != names && !strings.HasPrefix(got, names+" ") {
		t.Errorf("%s has %s, promised are %s", what, got, names)
	}
}

// keys gives the names of an object in their order.
func keys(t *testing.T, object json.RawMessage) (out []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(object))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		t.Fatalf("%s is no object", object)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, key.(string))
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func property(t *testing.T, object json.RawMessage, name string) json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatal(err)
	}
	return m[name]
}

func list(t *testing.T, v json.RawMessage) (out []json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(v, &out); err != nil || out == nil {
		t.Fatalf("%s is no list: %v", v, err)
	}
	return out
}
