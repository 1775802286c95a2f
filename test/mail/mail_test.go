package mail_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/email"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/store/sqlite"
)

// office is the engine on a real store, with Exim as its server.
type office struct {
	*testing.T
	*exim
	store  *sqlite.Store
	engine *delivery.Engine
	ids    *ident.Source
	files  map[string][]byte
}

func open(t *testing.T, e *exim) *office {
	t.Helper()
	store, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{T: t, exim: e, store: store, ids: ident.New(time.Now, 0), files: make(map[string][]byte)}
	sender := email.New(email.Config{Host: "127.0.0.1", Port: e.port, TLS: email.TLSNone, From: "no-reply@example.test"}, email.Options{
		Source: store, Open: func(token string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(o.files[token])), nil },
	})
	schedule := []time.Duration{0}
	for range 100 {
		schedule = append(schedule, 200*time.Millisecond)
	}
	o.engine = delivery.New(delivery.Options{
		Store: store, Senders: map[wirechief.DeliveryKind]delivery.Sender{wirechief.KindEmail: sender}, Schedule: schedule,
	})
	if err := o.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := o.engine.Stop(ctx); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// text has a text arrive and forwards it; it gives the delivery.
func (o *office) text(from, text, to string, media ...wirechief.MediaItem) wirechief.DeliveryKey {
	o.T.Helper()
	now := time.Now().Truncate(time.Microsecond)
	shard := wirechief.ShardOf("acme")
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: shard, ID: o.ids.Next()}, Tenant: "acme", Ref: o.ids.UUID(), Direction: wirechief.Inward,
		From: from, To: "+13109060901", Text: text, Media: media, Encoding: "UCS-2", Segments: 1, CreatedAt: now, ValidUntil: now,
	}
	m.Record(wirechief.Event{At: now, Type: wirechief.EventReceived})
	body, err := json.Marshal(forward.Mail{Message: m.ID, Number: m.To, History: 10, Timezone: "UTC"})
	if err != nil {
		o.T.Fatal(err)
	}
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: shard, ID: o.ids.Next()}, Tenant: "acme", Message: m.ID, Kind: wirechief.KindEmail, Destination: to,
		Event: "inbound", Body: body, Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now,
	}
	results, err := o.store.Apply(o.T.Context(), wirechief.Accept{Messages: []*wirechief.Message{m}, Deliveries: []*wirechief.Delivery{d}})
	if err != nil || results[0].Err != nil {
		o.T.Fatal(err, results)
	}
	o.engine.Add(d)
	return d.DeliveryKey
}

// until waits for a delivery to be as wanted.
func (o *office) until(key wirechief.DeliveryKey, what string, ok func(*wirechief.Delivery) bool) (d *wirechief.Delivery) {
	o.T.Helper()
	o.eventually(what, func() bool {
		var err error
		if d, err = o.store.Delivery(o.T.Context(), key); err != nil {
			o.T.Fatal(err)
		}
		return ok(d)
	})
	return d
}

func (o *office) delivered(key wirechief.DeliveryKey) *wirechief.Delivery {
	o.T.Helper()
	return o.until(key, "delivery", func(d *wirechief.Delivery) bool { return d.Status == wirechief.DeliveryDelivered })
}

// A mail client puts those mails together that refer to the same id, and those
// only.
func TestMailsOfAConversationThread(t *testing.T) {
	o := open(t, startExim(t))
	for _, text := range []string{"one", "two", "three"} {
		o.delivered(o.text("+14155550101", text, "desk@acme.test"))
	}
	o.delivered(o.text("+14155550102", "another", "desk@acme.test"))
	threads := make(map[string][]string)
	for id, m := range o.mailbox(4) {
		root := m.Header.Get("References")
		if id == "" || root == "" || root == id || m.Header.Get("In-Reply-To") != root || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("the header is %v", m.Header)
		}
		if _, err := m.Header.Date(); err != nil {
			t.Error(err)
		}
		if m.Header.Get("Return-Path") != "<no-reply@example.test>" || m.Header.Get("Envelope-To") != "desk@acme.test" {
			t.Errorf("the envelope is %v", m.Header)
		}
		threads[root+" "+m.Header.Get("Subject")] = append(threads[root+" "+m.Header.Get("Subject")], id)
	}
	if len(threads) != 2 {
		t.Fatalf("the mails are %v", threads)
	}
	for thread, ids := range threads {
		if want := map[bool]int{true: 3, false: 1}[strings.Contains(thread, "from 14155550101 ")]; len(ids) != want {
			t.Errorf("%s has %d mails", thread, len(ids))
		}
	}
}

// Files, names and texts arrive as they were.
func TestWhatArrives(t *testing.T) {
	o := open(t, startExim(t))
	picture := make([]byte, 300<<10)
	for i := range picture {
		picture[i] = byte(i * i >> 3)
	}
	o.files["token"] = picture
	const text = "Grüße 👋\n.\n.. <b>&amp;\nFrom here"
	d := o.delivered(o.text("Käserei", text, "sales@acme.test", wirechief.MediaItem{Token: "token", Type: "image/jpeg", Ext: ".jpg", Size: int64(len(picture))}))
	if a := d.Attempts[0]; len(d.Attempts) != 1 || a.StatusCode != 250 || a.Class != "2xx" || !strings.HasPrefix(a.Peer, "127.0.0.1:") || !strings.Contains(a.Body, "OK id=") {
		t.Errorf("%+v", d.Attempts)
	}
	for _, m := range o.mailbox(1) {
		raw := m.Header.Get("Subject")
		subject, err := new(mime.WordDecoder).DecodeHeader(raw)
		if err != nil || subject != "SMS from Käserei to 13109060901" || !strings.HasPrefix(raw, "=?utf-8?") {
			t.Errorf("the subject is %s: %s", raw, subject)
		}
		from, err := m.Header.AddressList("From")
		if err != nil || from[0].Name != "Käserei" {
			t.Errorf("it is from %v %v", from, err)
		}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(m.Body, params["boundary"])
		forms, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		_, params, _ = mime.ParseMediaType(forms.Header.Get("Content-Type"))
		plain, err := multipart.NewReader(forms, params["boundary"]).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(plain)
		if err != nil || strings.TrimSpace(strings.ReplaceAll(string(got), "\r\n", "\n")) != text {
			t.Errorf("the text is %q", got)
		}
		file, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
		if err != nil || !bytes.Equal(body, picture) || file.FileName() != "file-1.jpg" {
			t.Errorf("%s has %d octets, %v", file.FileName(), len(body), err)
		}
	}
}

// What the server refuses for good is not tried again, and the others go on.
func TestRefusedRecipient(t *testing.T) {
	o := open(t, startExim(t))
	d := o.until(o.text("+14155550101", "hello", "nobody@acme.test"), "end", func(d *wirechief.Delivery) bool { return d.Status == wirechief.DeliveryExhausted })
	if a := d.Attempts[0]; len(d.Attempts) != 1 || a.StatusCode != 550 || a.Class != "5xx" || a.Error != "550 no such user here" {
		t.Errorf("%+v", d.Attempts)
	}
	o.delivered(o.text("+14155550101", "hello", "desk@acme.test"))
	o.mailbox(1)
}

// While the server is away mails wait, and each arrives once when it is back,
// over a connection that is not the one kept from before.
func TestServerRestart(t *testing.T) {
	e := startExim(t)
	o := open(t, e)
	o.delivered(o.text("+14155550101", "before", "desk@acme.test"))
	e.stop()
	key := o.text("+14155550101", "meanwhile", "desk@acme.test")
	o.until(key, "failed try", func(d *wirechief.Delivery) bool { return len(d.Attempts) > 0 })
	e.start()
	d := o.delivered(key)
	if first, last := d.Attempts[0], d.Attempts[len(d.Attempts)-1]; first.Class != string(wirechief.ReasonUnreachable) || !strings.Contains(first.Error, "connection refused") || last.Class != "2xx" {
		t.Errorf("%+v", d.Attempts)
	}
	if n := len(e.mailbox(2)); n != 2 {
		t.Errorf("there are %d mails", n)
	}
}
