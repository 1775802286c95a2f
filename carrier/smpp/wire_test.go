package smpp_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// wired is a link and an SMSC with a real connection between them.
type wired struct {
	*testing.T
	link *smpp.Link
	smsc *carriertest.SMSC
	h    carriertest.Handler
	log  log

	messages atomic.Int64
}

// log may be read while it is written.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), what)
}

// wire starts a link to an SMSC of the given behaviour. prepare is run before
// the link starts.
func wire(t *testing.T, b carriertest.Behaviour, change func(*smpp.Config), prepare ...func(*wired)) *wired {
	t.Helper()
	w := &wired{T: t}
	var err error
	w.smsc, err = carriertest.NewSMSC(carriertest.Options{
		SystemID: "wirechief", Password: password, Redeliver: 2 * time.Millisecond, Window: 2000, Behaviour: b,
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := smpp.Defaults()
	cfg.Address, cfg.SystemID, cfg.Password = w.smsc.Address(), "wirechief", password
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	w.link = smpp.New("main", cfg, carrier.Services{Log: slog.New(slog.NewTextHandler(&w.log, nil)), Now: time.Now})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = w.link.Stop(ctx) // in a hurry: what is unanswered stays so
		if err := w.smsc.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, f := range prepare {
		f(w)
	}
	if err := w.link.Start(t.Context(), &w.h); err != nil {
		t.Fatal(err)
	}
	return w
}

// up waits until the link is.
func (w *wired) up() *wired {
	w.Helper()
	w.eventually("link that is up", func() bool { return w.link.Status().State == carrier.Up })
	return w
}

func (w *wired) eventually(what string, cond func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !cond() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			w.log.mu.Lock()
			defer w.log.mu.Unlock()
			w.Fatalf("no %s; %+v, room %d; %+v\n%s", what, w.link.Status(), w.link.Room(), w.smsc.Stats(), &w.log.b)
		}
	}
}

// counts waits for the SMSC's counters.
func (w *wired) counts(what string, cond func(carriertest.Stats) bool) {
	w.Helper()
	w.eventually(what, func() bool { return cond(w.smsc.Stats()) })
}

// submission is one text that was submitted.
type submission struct {
	w    *wired
	text string
	done chan wirechief.Outcome // has room for more than there may be
}

func (w *wired) submit(text string) submission {
	s := submission{w, text, make(chan wirechief.Outcome, 2)}
	w.link.Submit(w.Context(), carrier.Submission{
		Message: w.messages.Add(1), From: "+13109060901", To: "+13105551212", Text: text, Receipt: true,
	}, func(o wirechief.Outcome) { s.done <- o })
	return s
}

func (s submission) outcome() wirechief.Outcome {
	s.w.Helper()
	select {
	case o := <-s.done:
		return o
	case <-time.After(20 * time.Second):
		s.w.Fatalf("%q is not reported; %+v; %+v", s.text, s.w.link.Status(), s.w.smsc.Stats())
		return wirechief.Outcome{}
	}
}

func (s submission) want(d wirechief.Disposition, r wirechief.Reason) wirechief.Outcome {
	s.w.Helper()
	o := s.outcome()
	if o.Disposition != d || o.Reason != r {
		s.w.Errorf("%.30q: %+v, want %s, %q", s.text, o, d, r)
	}
	return o
}

func texts(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprint("text ", i))
	}
	return texts
}

// TestWireWrongPassword: told once, however many connections are wanted, and not
// tried again at once.
func TestWireWrongPassword(t *testing.T) {
	w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) { c.Password, c.Connections = "another-password", 4 })
	w.eventually("state refused", func() bool { return w.link.Status().State == carrier.Refused })
	w.submit("in vain").want(wirechief.Retry, wirechief.ReasonDisconnected)
	st := w.link.Status()
	if !strings.Contains(st.LastError, "ESME_RINVPASWD") || strings.Contains(st.LastError, "another-password") || w.link.Room() != 0 {
		t.Errorf("%+v, room %d", st, w.link.Room())
	}
	if n := w.log.count("level=ERROR"); n != 1 || w.log.count("another-password") != 0 {
		t.Errorf("%d errors in the log, want 1 and no password:\n%s", n, &w.log.b)
	}
	if s := w.smsc.Stats(); s.BindsRefused != 1 {
		t.Errorf("%d tries, want 1", s.BindsRefused)
	}
}

// TestWireReconnects: from every way in which a peer can fail the link comes back
// by itself, and carries on.
func TestWireReconnects(t *testing.T) {
	for name, trouble := range map[string]func(*wired){
		"cut":    func(w *wired) { w.smsc.Cut() },
		"unbind": func(w *wired) { _ = w.smsc.Unbind(w.Context()) }, // the answer may lose the race with the end
		"deaf":   func(w *wired) { w.smsc.Behave(func(b *carriertest.Behaviour) { b.Deaf = true }) },
		"mute":   func(w *wired) { w.smsc.Behave(func(b *carriertest.Behaviour) { b.Mute = true }) },
		"silent to enquire_link": func(w *wired) {
			w.smsc.Behave(func(b *carriertest.Behaviour) { b.IgnoreEnquiries = true })
		},
		"hangs up": func(w *wired) {
			w.smsc.Behave(func(b *carriertest.Behaviour) { b.HangUp = true })
			w.smsc.Cut()
		},
		"refuses binds, but not us": func(w *wired) {
			w.smsc.Behave(func(b *carriertest.Behaviour) { b.Bind = pdu.SystemError })
			w.smsc.Cut()
		},
		"does not answer binds": func(w *wired) {
			w.smsc.Behave(func(b *carriertest.Behaviour) { b.Mute = true })
			w.smsc.Cut()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) {
				c.EnquireLink, c.ResponseTimeout = 30*time.Millisecond, 100*time.Millisecond
			}).up()
			w.submit("before").want(wirechief.Done, "")
			trouble(w)
			w.eventually("sign of trouble", func() bool { return w.link.Status().LastError != "" || w.smsc.Stats().Binds > 1 })
			w.smsc.Behave(func(b *carriertest.Behaviour) { *b = carriertest.Behaviour{} })
			w.counts("second bind", func(s carriertest.Stats) bool { return s.Binds >= 2 })
			w.eventually("message carried", func() bool { return w.submit("after").outcome().Disposition == wirechief.Done })
			w.up()
		})
	}
}

// TestWireBackOff: a peer that hangs up is not called a hundred times a second.
func TestWireBackOff(t *testing.T) {
	w := wire(t, carriertest.Behaviour{HangUp: true}, nil)
	began := time.Now()
	w.counts("third try", func(s carriertest.Stats) bool { return s.HungUp == 3 })
	// The pauses are 100 ms and 200 ms, each from half to one and a half.
	if d := time.Since(began); d < 150*time.Millisecond {
		t.Errorf("three tries within %v", d)
	}
	if st := w.link.Status(); st.State != carrier.Down || st.LastError == "" {
		t.Errorf("%+v", st)
	}
}

func TestWireUnbindsOnStop(t *testing.T) {
	w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) { c.Bind, c.Connections = smpp.TransmitterReceiver, 2 }).up()
	w.counts("four binds", func(s carriertest.Stats) bool { return s.Connections == 4 })
	if err := w.link.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.counts("four farewells", func(s carriertest.Stats) bool { return s.Unbound == 4 && s.Connections == 0 })
}

// TestWireOutOfOrder: each message gets the id that was given to it.
func TestWireOutOfOrder(t *testing.T) {
	w := wire(t, carriertest.Behaviour{OutOfOrder: 20 * time.Millisecond}, func(c *smpp.Config) { c.Window = 500 }).up()
	var all []submission
	for _, text := range texts(500) {
		all = append(all, w.submit(text))
	}
	given := make(map[string]string)
	for _, s := range all {
		o := s.want(wirechief.Done, "")
		given[s.text] = strings.Join(o.IDs, " ")
	}
	for _, s := range w.smsc.Submits() {
		if given[s.Text()] != s.ID {
			t.Errorf("%s has id %q, reported %q", s.Text(), s.ID, given[s.Text()])
		}
	}
}

// TestWireLate: a message that is not answered in time is in doubt and gives its
// place back; the late answer is recognised, and the connection lives on.
func TestWireLate(t *testing.T) {
	w := wire(t, carriertest.Behaviour{AnswerDelay: 150 * time.Millisecond}, func(c *smpp.Config) {
		c.Window, c.ResponseTimeout, c.EnquireLink = 2, 50*time.Millisecond, 0
	}).up()
	var all []submission
	for _, text := range texts(4) { // two windows
		all = append(all, w.submit(text))
	}
	for _, s := range all {
		s.want(wirechief.InDoubt, wirechief.ReasonTimeout)
	}
	w.eventually("sign of the late answers in the log", func() bool { return w.log.count("came after its time") == 4 })
	w.smsc.Behave(func(b *carriertest.Behaviour) { b.AnswerDelay = 0 })
	w.submit("in time").want(wirechief.Done, "")
	if s := w.smsc.Stats(); s.Binds != 1 {
		t.Errorf("%d binds, want 1: a slow answer is no reason to leave", s.Binds)
	}
}

// TestWireCrossTraffic: both sides number on their own, so the same numbers are in
// use in both directions, and nothing answers the wrong thing.
func TestWireCrossTraffic(t *testing.T) {
	w := wire(t, carriertest.Behaviour{}, func(c *smpp.Config) { c.Window = 100 }).up()
	const n = 2000
	var deliveries []*carriertest.Delivery
	var all []submission
	for i, text := range texts(n) {
		all = append(all, w.submit(text))
		parts, err := carriertest.Text{From: "+13105551212", To: "+13109060901", Body: fmt.Sprint("inward ", i)}.Parts()
		if err != nil {
			t.Fatal(err)
		}
		deliveries = append(deliveries, w.smsc.Deliver(parts[0]))
	}
	for _, s := range all {
		s.want(wirechief.Done, "")
	}
	for _, d := range deliveries {
		if status, err := d.Wait(t.Context()); err != nil || status != pdu.OK {
			t.Errorf("%q: %s (%v)", d.Message.Short, status, err)
		}
	}
	w.counts("receipts", func(s carriertest.Stats) bool { return s.ReceiptsKept == n && s.TextsKept == n })
	if len(w.h.Texts()) != n || len(w.h.Receipts()) != n {
		t.Errorf("%d texts and %d receipts, want %d each", len(w.h.Texts()), len(w.h.Receipts()), n)
	}
}
