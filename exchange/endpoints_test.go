package exchange_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/webhook"
)

// ourShape has endpoints told in our own shape, and others plainly.
func ourShape(o *exchange.Options) {
	shapes(o)
	o.Formats[wirechief.DialectOwn] = webhook.Formatter{}
}

func (w *world) endpoint(p wirechief.Principal, url string, events ...string) wirechief.Endpoint {
	w.t.Helper()
	e, err := w.Endpoints().Put(w.t.Context(), p, "", func(e *wirechief.Endpoint) error {
		e.URL, e.Events = url, events
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// watchman is a guard that a function is.
type watchman func(url string) error

func (w watchman) Check(_ context.Context, url string) error { return w(url) }

// An endpoint is told of what it has chosen, of all numbers of its tenant and
// of no other, across restarts.
func TestEndpointsAreTold(t *testing.T) {
	w := newWorld(t, ourShape)
	all := w.endpoint(acme, "http://own.test/all")
	w.endpoint(acme, "http://own.test/in", webhook.Received)
	w.endpoint(acme, "http://own.test/end", webhook.Delivered, webhook.Failed)
	off := w.endpoint(acme, "http://own.test/off")
	if _, err := w.Endpoints().Put(t.Context(), acme, strconv.FormatInt(off.ID, 10), func(e *wirechief.Endpoint) error { e.Enabled = false; return nil }); err != nil {
		t.Fatal(err)
	}
	w.endpoint(globex, "http://own.test/globex")
	w.restart()
	w.inbound(handset, "hello")
	in := w.inbox()[0]
	w.toldTo(in.ID, "webhook http://hooks.test/acme bulkvs inbound",
		"webhook http://own.test/all wirechief message.received", "webhook http://own.test/in wirechief message.received")
	for _, d := range w.deliveries(in.ID) {
		if d.Profile != wirechief.DialectOwn {
			continue
		}
		var e webhook.Event
		if err := json.Unmarshal(d.Body, &e); err != nil {
			t.Fatal(err)
		}
		if e.Type != webhook.Received || e.Data.ID != in.ID || e.Data.Text != "hello" || e.Data.Status != "received" || !e.Timestamp.Equal(in.CreatedAt) {
			t.Errorf("%s", d.Body)
		}
	}
	// A number without anything of its own has the endpoints all the same.
	w.inboundTo("+13109060904", handset, "to another number")
	w.toldTo(w.inbox()[1].ID, "webhook http://own.test/all wirechief message.received", "webhook http://own.test/in wirechief message.received")
	id := w.deliver(wirechief.SendRequest{Tenant: "acme", From: desk, To: []string{handset}, Text: "out"}, "c1")
	w.toldTo(id, "webhook http://hooks.test/acme bulkvs receipt",
		"webhook http://own.test/all wirechief message.delivered", "webhook http://own.test/end wirechief message.delivered")
	if err := w.Endpoints().Delete(t.Context(), acme, strconv.FormatInt(all.ID, 10)); err != nil {
		t.Fatal(err)
	}
	w.inbound(handset, "once more")
	w.toldTo(w.inbox()[2].ID, "webhook http://hooks.test/acme bulkvs inbound", "webhook http://own.test/in wirechief message.received")
}

func TestEndpointsAreJudged(t *testing.T) {
	guard := watchman(func(url string) error {
		if strings.Contains(url, "169.254") {
			return wirechief.Errorf(wirechief.Invalid, "a metadata address")
		}
		return nil
	})
	w := newWorld(t, ourShape, func(o *exchange.Options) { o.Guard = guard })
	first := w.endpoint(acme, "http://own.test/1")
	for _, c := range []struct {
		name, field string
		kind        wirechief.Kind
		change      func(*wirechief.Endpoint)
	}{
		{"no URL", "url", wirechief.Invalid, func(e *wirechief.Endpoint) {}},
		{"a forbidden URL", "url", wirechief.Invalid, func(e *wirechief.Endpoint) { e.URL = "http://169.254.169.254/" }},
		{"the URL of another", "url", wirechief.Conflict, func(e *wirechief.Endpoint) { e.URL = first.URL }},
		{"an unknown event", "events", wirechief.Invalid, func(e *wirechief.Endpoint) { e.URL, e.Events = "http://own.test/2", []string{"message.read"} }},
		{"an event twice", "events", wirechief.Invalid, func(e *wirechief.Endpoint) {
			e.URL, e.Events = "http://own.test/2", []string{webhook.Failed, webhook.Failed}
		}},
	} {
		_, err := w.Endpoints().Put(t.Context(), acme, "", func(e *wirechief.Endpoint) error { c.change(e); return nil })
		e, _ := err.(*wirechief.Error)
		if e == nil || e.Field != c.field || e.Kind != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// What another tenant has is unknown, and its URLs are free.
	id := strconv.FormatInt(first.ID, 10)
	if _, err := w.Endpoints().Get(t.Context(), "globex", id); err == nil {
		t.Error("another tenant's endpoint is seen")
	}
	w.endpoint(globex, first.URL)
	list, err := w.Endpoints().List(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]wirechief.Endpoint{first}, list); d != "" {
		t.Error(d)
	}
}

func TestTestEndpoint(t *testing.T) {
	w := newWorld(t, ourShape)
	e := w.endpoint(acme, "http://own.test/1", webhook.Failed)
	d, err := w.TestEndpoint(t.Context(), acme, strconv.FormatInt(e.ID, 10))
	if err != nil {
		t.Fatal(err)
	}
	if d.Event != "test" || d.Destination != e.URL || d.Profile != wirechief.DialectOwn || !strings.Contains(string(d.Body), `"type":"endpoint.test"`) {
		t.Errorf("%+v\n%s", d, d.Body)
	}
	if _, err := w.TestEndpoint(t.Context(), globex, strconv.FormatInt(e.ID, 10)); wirechief.KindOf(err) != wirechief.NotFound {
		t.Error(err)
	}
}

// A state file knows endpoints by their URLs; applied again it changes nothing.
func TestEndpointsOfAStateFile(t *testing.T) {
	w := newWorld(t, ourShape)
	for _, step := range []struct{ doc, want string }{
		{`{url: "http://own.test/1", events: [message.failed], description: CRM}`, "on CRM message.failed"},
		{`{url: "http://own.test/1", enabled: false}`, "off CRM message.failed"},
		{`{url: "http://own.test/1", events: []}`, "off CRM "},
		{`{url: "http://own.test/1", absent: true}`, ""},
	} {
		doc := "tenants: [{id: acme, endpoints: [" + step.doc + "]}]"
		w.apply(doc)
		before, err := w.Endpoints().List(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range before {
			got = map[bool]string{true: "on ", false: "off "}[e.Enabled] + e.Description + " " + strings.Join(e.Events, ",")
		}
		if got != step.want {
			t.Errorf("%s: %q", step.doc, got)
		}
		w.advance(time.Minute)
		w.apply(doc)
		again, err := w.Endpoints().List(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, again); d != "" {
			t.Errorf("%s again: %s", step.doc, d)
		}
	}
}
