package report

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// flaky is a store that takes nothing for a while.
type flaky struct {
	Store
	mu    sync.Mutex
	err   error
	asked chan struct{}
}

func (f *flaky) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *flaky) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	f.mu.Lock()
	err := f.err
	f.mu.Unlock()
	defer func() {
		select {
		case f.asked <- struct{}{}:
		default:
		}
	}()
	if err != nil {
		return nil, err
	}
	return f.Store.Apply(ctx, commands...)
}

func counted(t *testing.T, s wirechief.TallyReader) (n int64) {
	t.Helper()
	got, err := s.Tallies(t.Context(), wirechief.TallyFilter{Tenant: "acme", From: nine, To: nine.Add(time.Hour), Step: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, tally := range got[wirechief.MetricIn] {
		n += tally.Count
	}
	return n
}

func TestWhatIsNotTakenIsOfferedAgain(t *testing.T) {
	h := newHouse(t)
	f := &flaky{Store: h.store, asked: make(chan struct{}, 100)}
	f.fail(errors.New("the disk is full"))
	c := New(Options{Store: f, Every: time.Millisecond})
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.add("acme", nine, wirechief.MetricIn, 3)
	c.time("acme", nine, wirechief.MetricHookOK, time.Second)
	<-f.asked
	c.add("acme", nine, wirechief.MetricIn, 4)
	<-f.asked
	if n := counted(t, h.store); n != 0 {
		t.Errorf("%d are kept", n)
	}
	f.fail(nil)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := counted(t, h.store); n != 7 {
		t.Errorf("%d are kept, want 7", n)
	}
	c.add("acme", nine, wirechief.MetricIn, 1)
	for range 2 {
		if err := c.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := counted(t, h.store); n != 8 {
		t.Errorf("%d are kept after the end, want 8", n)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStoppingWithoutAStore(t *testing.T) {
	f := &flaky{Store: newHouse(t).store, err: errors.New("the disk is full"), asked: make(chan struct{}, 1)}
	c := New(Options{Store: f, Every: time.Hour})
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.add("acme", nine, wirechief.MetricIn, 1)
	if err := c.Stop(t.Context()); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Error(err)
	}
	if err := New(Options{Store: f}).Stop(t.Context()); err != nil {
		t.Errorf("never started: %v", err)
	}
}

func TestBounded(t *testing.T) {
	c := New(Options{Store: newHouse(t).store})
	for i := range gatheredMost + 5 {
		c.add("acme", nine.Add(time.Duration(i)*time.Minute), wirechief.MetricIn, 1)
		c.add("acme", nine, wirechief.MetricIn, 1) // what there is grows
	}
	if len(c.gathered) != gatheredMost || c.dropped != 5 {
		t.Errorf("%d tallies wait, %d counts are dropped", len(c.gathered), c.dropped)
	}
	p := pending{most: 10}
	for id := range int64(35) {
		p.submitted(id, nine)
		p.submitted(id, nine.Add(time.Hour)) // a copy of it
	}
	if _, known := p.taken(3); known || len(p.young)+len(p.old) > 20 {
		t.Errorf("%d and %d are remembered", len(p.young), len(p.old))
	}
	if at, known := p.taken(34); !known || !at.Equal(nine) {
		t.Errorf("the last one was submitted at %v", at)
	}
	if _, known := p.taken(34); known {
		t.Error("it is remembered after its end")
	}
}
