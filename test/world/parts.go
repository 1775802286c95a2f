package world

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// ids counts: the same ids at every run.
type ids struct {
	mu sync.Mutex
	n  int64
}

func (s *ids) Next() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return 1000 + s.n
}

func (s *ids) UUID() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.Next()) }

func (s *ids) Token() string {
	sum := sha256.Sum256(fmt.Append(nil, "token ", s.Next()))
	return hex.EncodeToString(sum[:16])
}

// tokens are those of recordings: the same ones at every run, in the form of
// real ones.
type tokens struct{ ids }

func (s *tokens) Token() string {
	sum := sha256.Sum256(fmt.Append(nil, "recording ", s.Next()))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20]))
}

// disk is the store, which can be told to fail.
type disk struct {
	wirechief.Store
	mu  sync.Mutex
	err error
}

func (d *disk) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

func (d *disk) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	d.mu.Lock()
	err := d.err
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return d.Store.Apply(ctx, commands...)
}

// Engine is the delivery engine: it remembers what it was given.
type Engine struct {
	mu    sync.Mutex
	given []*wirechief.Delivery
}

// Add implements [exchange.Deliverer].
func (e *Engine) Add(list ...*wirechief.Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.given = append(e.given, list...)
}

// Pause implements [exchange.Deliverer].
func (e *Engine) Pause(wirechief.Lane, bool) {}

// Wake implements [exchange.Deliverer].
func (e *Engine) Wake() {}

// Given lists what customers were to be told, in order.
func (e *Engine) Given() []*wirechief.Delivery {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]*wirechief.Delivery(nil), e.given...)
}

// Media keeps files in memory.
type Media struct {
	mu    sync.Mutex
	files map[string][]byte
}

// Fetch implements [exchange.MediaKeeper]: every picture is there.
func (m *Media) Fetch(_ context.Context, url string) (wirechief.MediaItem, error) {
	return m.keep([]byte(url), "image/jpeg", url), nil
}

// Collect implements [exchange.MediaKeeper].
func (m *Media) Collect(ctx context.Context, url string) (wirechief.MediaItem, error) {
	return m.Fetch(ctx, url)
}

// Keep implements [exchange.MediaKeeper].
func (m *Media) Keep(_ context.Context, r io.Reader, mediaType string) (wirechief.MediaItem, error) {
	data, err := io.ReadAll(r)
	return m.keep(data, mediaType, ""), err
}

func (m *Media) keep(data []byte, mediaType, source string) wirechief.MediaItem {
	sum := sha256.Sum256(data)
	token := hex.EncodeToString(sum[:16])
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[token] = data
	return wirechief.MediaItem{Source: source, Token: token, Type: mediaType, Size: int64(len(data))}
}

// Text implements [exchange.MediaKeeper].
func (m *Media) Text(token string, _ int64) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.files[token]), nil
}

// Link implements [exchange.MediaKeeper].
func (m *Media) Link(item wirechief.MediaItem) wirechief.MediaLink {
	return wirechief.MediaLink{URL: "http://media.test/media/" + item.Token, Type: item.Type, Size: item.Size}
}

// Expiry implements [exchange.MediaKeeper].
func (m *Media) Expiry() time.Time { return Start().Add(30 * 24 * time.Hour) }

// Carrier keeps what it is given; the test answers it.
type Carrier struct {
	name string
	mu   sync.Mutex
	h    carrier.Handler
	open []*Try
	all  chan *Try
}

// Try is one submission that waits for its answer.
type Try struct {
	carrier.Submission
	once   sync.Once
	report func(wirechief.Outcome)
}

// Answer tells what became of it, once.
func (t *Try) Answer(o wirechief.Outcome) { t.once.Do(func() { t.report(o) }) }

// NewCarrier makes a carrier of texts and pictures.
func NewCarrier(name string) *Carrier { return &Carrier{name: name, all: make(chan *Try, 10_000)} }

// Name implements [carrier.Carrier].
func (c *Carrier) Name() string { return c.name }

// Type implements [carrier.Carrier].
func (c *Carrier) Type() string { return "test" }

// Abilities implements [carrier.Carrier].
func (c *Carrier) Abilities() carrier.Abilities {
	return carrier.SMS | carrier.MMS | carrier.Inbound | carrier.Receipts
}

// Status implements [carrier.Carrier].
func (c *Carrier) Status() carrier.Status { return carrier.Status{State: carrier.Up} }

// Room implements [carrier.Carrier].
func (c *Carrier) Room() int { return 1000 }

// Start implements [carrier.Carrier].
func (c *Carrier) Start(_ context.Context, h carrier.Handler) error {
	c.mu.Lock()
	c.h = h
	c.mu.Unlock()
	h.Changed(c.name)
	return nil
}

// Stop implements [carrier.Carrier]: what is open is in doubt.
func (c *Carrier) Stop(context.Context) error {
	c.mu.Lock()
	open := c.open
	c.open = nil
	c.mu.Unlock()
	for _, t := range open {
		t.Answer(wirechief.Outcome{Disposition: wirechief.InDoubt, Reason: wirechief.ReasonShutdown})
	}
	return nil
}

// Submit implements [carrier.Carrier].
func (c *Carrier) Submit(_ context.Context, s carrier.Submission, report func(wirechief.Outcome)) {
	t := &Try{Submission: s, report: report}
	c.mu.Lock()
	c.open = append(c.open, t)
	c.mu.Unlock()
	c.all <- t
}

// Next gives what was submitted next; it waits for it.
func (c *Carrier) Next(ctx context.Context) (*Try, error) {
	select {
	case t := <-c.all:
		return t, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Bring brings a text from a handset.
func (c *Carrier) Bring(ctx context.Context, in wirechief.Inbound) error {
	in.Carrier = c.name
	return c.h.Inbound(ctx, in)
}

// Receipt brings a receipt.
func (c *Carrier) Receipt(ctx context.Context, r wirechief.Receipt) error {
	r.Carrier = c.name
	return c.h.Receipt(ctx, r)
}
