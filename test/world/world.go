package world

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/audit"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/media"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/state"
	"github.com/wirechief/wirechief/store/sqlite"
	"github.com/wirechief/wirechief/test/fresh"
)

// Start is when every world begins.
func Start() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// World is a running exchange. Make it with [New].
type World struct {
	*exchange.Exchange
	Clock  *Clock
	Engine *Engine
	Main   *Carrier // carries texts and pictures
	Spare  *Carrier
	Media  *Media
	Audio  *media.Keeper // of recordings: a real one
	disk   *disk
	t      testing.TB
}

// New starts an exchange over an empty store and applies the state, as YAML.
// It stops when the test ends.
func New(t testing.TB, yaml string, change ...func(*exchange.Options)) *World {
	t.Helper()
	w := &World{Clock: &Clock{now: Start()}, Engine: &Engine{}, Media: &Media{files: make(map[string][]byte)}, t: t}
	db, err := sqlite.Open(t.Context(), fresh.Dir(t, t.TempDir()), sqlite.Options{Now: w.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.disk = &disk{Store: db}
	w.Main, w.Spare = NewCarrier("main"), NewCarrier("spare")
	audio, err := media.New(t.TempDir(), "", nil, &tokens{}, w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.Audio = audio
	o := exchange.Options{
		Store: audit.Watch(w.disk, audit.Options{Now: w.Clock.Now, IDs: &ids{}}), Carriers: []carrier.Carrier{w.Main, w.Spare},
		Routes: []routing.Route{{Carriers: []string{"main", "spare"}}},
		IDs:    &ids{}, Deliver: w.Engine, Media: w.Media, Audio: audio, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Reservation: 30 * time.Minute, Aging: 30 * 24 * time.Hour,
	}
	for _, f := range change {
		f(&o)
	}
	// The key by which the tokens of offers are sealed.
	key := wirechief.Entity{Kind: wirechief.EntitySecret, Key: "quote", Doc: []byte(`"000102030405060708090a0b0c0d0e0f"`)}
	if _, err := db.Apply(t.Context(), wirechief.PutEntity{Entity: key}); err != nil {
		t.Fatal(err)
	}
	w.Exchange = exchange.New(o)
	if err := w.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ApplyState(yaml)
	if err := w.Exchange.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		w.Fail(nil)
		if err := errors.Join(w.Stop(ctx), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// ApplyState applies a state, as `wirechief apply` does.
func (w *World) ApplyState(yaml string) {
	w.t.Helper()
	f, err := state.Parse("state.yaml", []byte(yaml))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Apply(w.t.Context(), f, false); err != nil {
		w.t.Fatal(err)
	}
}

// Advance lets time pass, and what runs out in it end.
func (w *World) Advance(d time.Duration) {
	w.Clock.advance(d)
	w.SweepNumbers(w.t.Context())
}

// Fail lets every write to the store fail with the error; nil ends that.
func (w *World) Fail(err error) { w.disk.fail(err) }

// Dump is a number as the core has it, as indented JSON without what counts
// changes: for the state section of an archive.
func (w *World) Dump(number string) string {
	n, err := w.NumberAnyState(w.t.Context(), wirechief.Principal{Operator: true}, number)
	if err != nil {
		return number + ": " + wirechief.MessageOf(err) + "\n"
	}
	n.Rev = 0
	doc, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		w.t.Fatal(err)
	}
	return string(doc) + "\n"
}

// Clock stands still unless it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time of the world.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
