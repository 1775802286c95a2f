package exchange_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// wire is a carrier whose peer is the test. What is submitted waits in tries
// for the test to answer it, unless script does.
type wire struct {
	name  string
	able  carrier.Abilities
	tries chan *try

	mu     sync.Mutex
	script func(carrier.Submission) wirechief.Outcome // nil, or the zero outcome: the test answers
	room   int
	h      carrier.Handler
	open   map[*try]struct{}
	silent bool // Stop leaves what is open unanswered, as a crash does
	texts  []string
}

// try is one submission.
type try struct {
	carrier.Submission
	w      *wire
	report func(wirechief.Outcome)
}

func newWire(name string, able carrier.Abilities) *wire {
	return &wire{name: name, able: able, room: 100, tries: make(chan *try, 10_000), open: make(map[*try]struct{})}
}

func (w *wire) Name() string                 { return w.name }
func (w *wire) Type() string                 { return "wire" }
func (w *wire) Abilities() carrier.Abilities { return w.able }
func (w *wire) Status() carrier.Status       { return carrier.Status{State: carrier.Up} }

func (w *wire) Start(_ context.Context, h carrier.Handler) error {
	w.mu.Lock()
	w.h = h
	w.mu.Unlock()
	h.Changed(w.name)
	return nil
}

// Stop reports what is open as in doubt, as the contract says.
func (w *wire) Stop(context.Context) error {
	w.mu.Lock()
	open := w.open
	w.open, w.h = make(map[*try]struct{}), nil
	silent := w.silent
	w.mu.Unlock()
	for t := range open {
		if !silent {
			t.report(wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonShutdown})
		}
	}
	return nil
}

func (w *wire) Room() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.h == nil {
		return 0
	}
	return w.room
}

func (w *wire) Submit(_ context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	t := &try{s, w, report}
	w.mu.Lock()
	w.texts = append(w.texts, s.Text)
	script := w.script
	w.open[t] = struct{}{}
	w.mu.Unlock()
	if script != nil {
		if o := script(s); o.Disposition != 0 {
			t.answer(o)
			return
		}
	}
	w.tries <- t
}

// setRoom changes the room, as when a connection is lost (0) or made.
func (w *wire) setRoom(n int) {
	w.mu.Lock()
	w.room = n
	h := w.h
	w.mu.Unlock()
	h.Changed(w.name)
}

func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
}

// answers lets a function answer what is submitted from now on.
func (w *wire) answers(f func(carrier.Submission) wirechief.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.script = f
}

// finish takes all there is and all that comes.
func (w *wire) finish() {
	w.answers(func(carrier.Submission) wirechief.Outcome { return done() })
	w.mu.Lock()
	open := slices.Collect(maps.Keys(w.open))
	w.mu.Unlock()
	for _, t := range open {
		t.answer(done())
	}
}

// submitted lists the texts that were submitted so far.
func (w *wire) submitted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.texts...)
}

// next waits for the next submission that the test has to answer.
func (w *wire) next(t testing.TB) *try {
	t.Helper()
	select {
	case s := <-w.tries:
		return s
	case <-time.After(20 * time.Second):
		t.Fatalf("nothing was submitted to carrier %s", w.name)
		return nil
	}
}

// none fails if a submission waits to be answered. Settle first.
func (w *wire) none(t testing.TB) {
	t.Helper()
	select {
	case s := <-w.tries:
		t.Fatalf("carrier %s was given %q", w.name, s.Text)
	default:
	}
}

// answer reports, the first time only, as every carrier must.
func (t *try) answer(o wirechief.Outcome) {
	t.w.mu.Lock()
	_, open := t.w.open[t]
	delete(t.w.open, t)
	t.w.mu.Unlock()
	if open {
		t.report(o)
	}
}

// done is the answer of a carrier that took it, with its ids.
func done(ids ...string) wirechief.Outcome {
	return wirechief.Outcome{Disposition: wirechief.Done, IDs: ids}
}

// retry is the answer of a carrier in passing trouble.
func retry(why wirechief.Reason) wirechief.Outcome {
	return wirechief.Outcome{Disposition: wirechief.Retry, Reason: why, Code: "trouble"}
}

// final is the answer of a carrier that will not have it.
func final(why wirechief.Reason, elsewhere bool) wirechief.Outcome {
	return wirechief.Outcome{Disposition: wirechief.Final, Reason: why, Code: "no", Elsewhere: elsewhere}
}

// doubt is what a link says when the answer did not come.
func doubt() wirechief.Outcome {
	return wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonDisconnected}
}

// silence is what becomes of a submission that is not answered in time.
func silence() wirechief.Outcome {
	return wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonTimeout}
}

// disk is the real store, and lets the test break it.
type disk struct {
	wirechief.Store
	commits chan struct{} // rung after each commit
	refused atomic.Int32  // calls of Apply that the real store refused

	mu    sync.Mutex
	err   error
	tried int                       // Apply while broken
	late  func([]wirechief.Command) // called when they are on disk, before Apply returns
}

// fail makes Apply refuse until fail(nil).
func (d *disk) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err, d.tried = nil, 0
	if err != nil {
		d.err = &wirechief.Error{Op: "store", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "the disk is full", Err: err}
	}
}

func (d *disk) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	d.mu.Lock()
	err, late := d.err, d.late
	if err != nil {
		d.tried++
	}
	d.mu.Unlock()
	if err != nil {
		ring(d.commits)
		return nil, err
	}
	results, err := d.Store.Apply(ctx, commands...)
	if err != nil {
		d.refused.Add(1)
	}
	if late != nil {
		late(commands)
	}
	return results, err
}

// afterwards lets a function hold up callers whose commands are on disk.
func (d *disk) afterwards(f func([]wirechief.Command)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.late = f
}

func (d *disk) attempts() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tried
}

// engine is the delivery engine: it remembers what it was given.
type engine struct {
	mu     sync.Mutex
	given  []*wirechief.Delivery
	paused map[wirechief.Lane]bool
	woken  int
}

func newEngine() *engine { return &engine{paused: make(map[wirechief.Lane]bool)} }

func (e *engine) Add(list ...*wirechief.Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.given = append(e.given, list...)
}

func (e *engine) Pause(l wirechief.Lane, paused bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.paused[l] = paused
}

func (e *engine) Wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.woken++
}

// about lists the bodies of what was given about a message.
func (e *engine) about(message int64) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, d := range e.given {
		if d.Message == message {
			out = append(out, string(d.Body))
		}
	}
	return out
}

// plainly formats a notice as one line: what, state of the receipt, text, and
// the links of pictures.
type plainly struct{}

func (plainly) Format(n wirechief.Notice) (wirechief.Payload, error) {
	b := n.Event
	if n.Receipt != nil {
		b += " " + string(n.Receipt.State)
	}
	b += fmt.Sprintf(" %q", n.Message.Text)
	for _, m := range n.Media {
		b += " " + m.URL
	}
	return wirechief.Payload{Method: "POST", ContentType: "text/plain", Body: []byte(b)}, nil
}

// shelf keeps media: fetch says what a URL gives.
type shelf struct {
	mu      sync.Mutex
	fetch   func(url string) error // nil: it can be had
	fetched []string
	kept    []string
	texts   map[string]string // of files of text, by URL
}

func newShelf() *shelf { return new(shelf) }

func (s *shelf) Collect(ctx context.Context, url string) (wirechief.MediaItem, error) {
	return s.Fetch(ctx, url)
}

func (s *shelf) Fetch(_ context.Context, url string) (wirechief.MediaItem, error) {
	s.mu.Lock()
	s.fetched = append(s.fetched, url)
	fetch := s.fetch
	s.mu.Unlock()
	if fetch != nil {
		if err := fetch(url); err != nil {
			return wirechief.MediaItem{}, err
		}
	}
	if strings.HasSuffix(url, ".txt") {
		return wirechief.MediaItem{Token: "of-" + url, Type: "text/plain; charset=utf-8", Ext: ".txt", Size: 9}, nil
	}
	return wirechief.MediaItem{Token: "of-" + url, Type: "image/png", Ext: ".png", Size: 9}, nil
}

func (s *shelf) Keep(_ context.Context, r io.Reader, mediaType string) (wirechief.MediaItem, error) {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, string(b))
	return wirechief.MediaItem{Token: fmt.Sprintf("kept-%d", len(s.kept)), Type: mediaType, Ext: ".bin", Size: int64(len(b))}, err
}

// Text gives what says put into a file that was fetched.
func (s *shelf) Text(token string, _ int64) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[strings.TrimPrefix(token, "of-")], nil
}

func (*shelf) Link(item wirechief.MediaItem) wirechief.MediaLink {
	return wirechief.MediaLink{URL: "/media/" + item.Token, Type: item.Type, Size: item.Size}
}

func (*shelf) Expiry() time.Time { return t0.Add(30 * 24 * time.Hour) }

func (s *shelf) says(f func(url string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetch = f
}

func (s *shelf) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.fetched...)
}

// taken answers every submission with done, with the id of the message as the carrier's.
func taken(s carrier.Submission) wirechief.Outcome { return done(strconv.FormatInt(s.Message, 10)) }
