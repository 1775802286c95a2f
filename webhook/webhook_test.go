package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

var at = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func headerOf(fields []Field) http.Header {
	h := make(http.Header)
	for _, f := range fields {
		h.Set(f.Name, f.Value)
	}
	return h
}

// The example of the specification, which all libraries of it test against.
func TestSignAsTheStandardDoes(t *testing.T) {
	key, err := Key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	fields := Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), key)
	want := []Field{
		{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
		{"webhook-timestamp", "1614265330"},
		{"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
}

func TestVerify(t *testing.T) {
	first, second, third := NewSecret(), NewSecret(), NewSecret()
	keys := make([][]byte, 2)
	for i, s := range []wirechief.Secret{first, second} {
		var err error
		if keys[i], err = Key(s); err != nil {
			t.Fatal(err)
		}
	}
	body := []byte(`{"type":"message.received"}`)
	signed := headerOf(Sign("42", at, body, keys...))
	for _, c := range []struct {
		name   string
		secret wirechief.Secret
		header http.Header
		body   string
		now    time.Time
		good   bool
	}{
		{"the first of two", first, signed, string(body), at, true},
		{"the second of two", second, signed, string(body), at, true},
		{"in five minutes", first, signed, string(body), at.Add(Tolerance), true},
		{"another secret", third, signed, string(body), at, false},
		{"another body", first, signed, string(body) + " ", at, false},
		{"sent again later", first, signed, string(body), at.Add(Tolerance + time.Second), false},
		{"from the future", first, signed, string(body), at.Add(-Tolerance - time.Second), false},
		{"unsigned", first, http.Header{}, string(body), at, false},
		{"no secret", "", signed, string(body), at, false},
		{"not ours", "whsec_***", signed, string(body), at, false},
		{"too short", "whsec_AAAA", signed, string(body), at, false},
	} {
		err := Verify(c.secret, c.header, []byte(c.body), c.now)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && c.secret != "" && strings.Contains(err.Error(), strings.TrimPrefix(c.secret.Reveal(), Prefix)) {
			t.Errorf("%s: the error shows the secret: %v", c.name, err)
		}
	}
	for name, value := range map[string]string{HeaderID: "43", HeaderTimestamp: "x", HeaderSignature: "v1,AAAA v2,BBBB"} {
		h := signed.Clone()
		h.Set(name, value)
		if Verify(first, h, body, at) == nil {
			t.Errorf("%s may be %s", name, value)
		}
	}
	if Sign("42", at, body) != nil {
		t.Error("something is signed without a key")
	}
}

func TestFormat(t *testing.T) {
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{ID: 7}, Tenant: "acme", Direction: wirechief.Inward, From: "+13105551212", To: "+13109060901",
		Text: "hi", Segments: 1, Status: wirechief.StatusReceived, CreatedAt: at, Ref: "r", CarrierIDs: []string{"c1", "c2"},
		Media:  []wirechief.MediaItem{{Token: "tok", Type: "image/png", Size: 3}, {Source: "http://a.test/b"}},
		Events: []wirechief.Event{{At: at.In(time.FixedZone("", 3600)), Type: wirechief.EventReceived}},
	}
	f := Formatter{Link: func(i wirechief.MediaItem) wirechief.MediaLink {
		return wirechief.MediaLink{URL: "http://us.test/" + i.Token, Type: i.Type, Size: i.Size}
	}}
	read := func(n wirechief.Notice) Event {
		t.Helper()
		p, err := f.Format(n)
		if err != nil {
			t.Fatal(err)
		}
		if p.Method != "POST" || p.ContentType != "application/json" || p.Chunked || len(p.Header) > 0 {
			t.Errorf("%+v", p)
		}
		var e Event
		if err := json.Unmarshal(p.Body, &e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	got := read(wirechief.Notice{Event: wirechief.NoticeInbound, At: at, Message: m})
	want := Event{Type: Received, Timestamp: at, Data: Message{
		ID: 7, Tenant: "acme", Direction: "inbound", From: m.From, To: m.To, Text: "hi", Segments: 1, Status: "received", CreatedAt: at,
		Ref: "r", CarrierID: "c1", Also: []string{}, Events: []wirechief.Event{{At: at, Type: wirechief.EventReceived}},
		Media: []Media{{"http://us.test/tok", "image/png", 3}, {URL: "http://a.test/b"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if e := read(wirechief.Notice{Event: wirechief.NoticeTest, At: at, Message: m}); e.Type != Test {
		t.Error(e.Type)
	}
	// Every end of a message has a type that can be chosen.
	for _, s := range []wirechief.Status{
		wirechief.StatusDelivered, wirechief.StatusFailed, wirechief.StatusExpired, wirechief.StatusSuppressed, wirechief.StatusCanceled, wirechief.StatusUnknown,
	} {
		out := wirechief.Message{Direction: wirechief.Outward, Status: s}
		e := read(wirechief.Notice{Event: wirechief.NoticeReceipt, At: at, Message: &out})
		if e.Type != "message."+string(s) || !Wants(&wirechief.Endpoint{Enabled: true, Events: Events()}, e.Type) {
			t.Errorf("%s is told as %s", s, e.Type)
		}
	}
}

func TestWants(t *testing.T) {
	for _, c := range []struct {
		e     wirechief.Endpoint
		wants bool
	}{
		{wirechief.Endpoint{Enabled: true}, true},
		{wirechief.Endpoint{Enabled: true, Events: []string{Delivered, Failed}}, true},
		{wirechief.Endpoint{Enabled: true, Events: []string{Received}}, false},
		{wirechief.Endpoint{Events: []string{Failed}}, false},
	} {
		if Wants(&c.e, Failed) != c.wants {
			t.Errorf("%+v", c.e)
		}
	}
}

// A secret says nothing of itself wherever it is printed.
func TestSecretsHide(t *testing.T) {
	s := NewSecret()
	if printed := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(printed, Prefix) {
		t.Error(printed)
	}
	if NewSecret() == s {
		t.Error("two secrets are the same")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", []byte("{}"))
	f.Add("whsec_", "", "", "v1,", []byte(nil))
	f.Fuzz(func(t *testing.T, secret, id, timestamp, signature string, body []byte) {
		h := headerOf([]Field{{HeaderID, id}, {HeaderTimestamp, timestamp}, {HeaderSignature, signature}})
		if Verify(wirechief.Secret(secret), h, body, at) == nil {
			t.Error("a signature was guessed")
		}
	})
}
