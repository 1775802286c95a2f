package carriertest

import (
	"context"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

func testDescribed(b *bench) {
	if b.Name() == "" || b.Type() == "" || !b.Abilities().Has(carrier.SMS) {
		b.Errorf("name %q, type %q, abilities %s", b.Name(), b.Type(), b.Abilities())
	}
	if st := b.Status(); b.Room() != 0 || st.State != carrier.Stopped || st.Outstanding != 0 || st.Since.IsZero() {
		b.Errorf("before Start: room %d, %+v", b.Room(), st)
	}
}

func testLifecycle(b *bench) {
	wantShutdown(b, b.submit(b.Context()), "before Start")
	b.start()
	b.start()
	b.eventually("link", func() bool { return b.Room() > 0 })
	if st := b.Status(); st.State == carrier.Stopped || st.Wanted < 1 || st.LastError != "" {
		b.Errorf("running: %+v", st)
	}
	if changes := b.h.Changes(); len(changes) == 0 || changes[0] != b.Name() {
		b.Errorf("nobody was told of the room: Changed was called with %q", changes)
	}
	if o := b.outcome(b.submit(b.Context())); o.Disposition != wirechief.Done {
		b.Errorf("running: %+v, want done", o)
	}
	b.eventually("link that is up", func() bool {
		st := b.Status()
		return st.State == carrier.Up && st.Connections == st.Wanted && st.Outstanding == 0
	})
	var stops sync.WaitGroup
	for range 3 {
		stops.Go(func() { b.stop(b.in(5 * time.Second)) })
	}
	stops.Wait()
	if st := b.Status(); b.Room() != 0 || st.State != carrier.Stopped || st.Connections != 0 || st.Outstanding != 0 || st.LastError != "" {
		b.Errorf("after Stop: room %d, %+v", b.Room(), st)
	}
	wantShutdown(b, b.submit(b.Context()), "after Stop")
}

func testStopBeforeStart(b *bench) {
	b.stop(b.in(5 * time.Second))
	b.stop(b.in(5 * time.Second))
	if st := b.Status(); b.Room() != 0 || st.State != carrier.Stopped {
		b.Errorf("room %d, %+v", b.Room(), st)
	}
}

// wantShutdown: a link that does not run neither fails nor takes a message.
func wantShutdown(b *bench, id int64, when string) {
	b.Helper()
	if !b.reported(id) {
		b.Errorf("%s: not reported when Submit returns", when)
	}
	if o := b.outcome(id); o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonShutdown {
		b.Errorf("%s: %+v, want retry, shutdown", when, o)
	}
	if b.m.Wire && b.came(id) {
		b.Errorf("%s: submission %d left all the same", when, id)
	}
}

// testStopAmidSubmissions stops while others submit: each submission is
// reported by the time that both are over, and what is done did arrive.
func testStopAmidSubmissions(b *bench) {
	b.up()
	var crowd sync.WaitGroup
	begun := make(chan struct{})
	for range 4 {
		crowd.Go(func() {
			for n := range 100 {
				if b.submit(b.Context()); n == 10 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	b.stop(b.in(5 * time.Second))
	crowd.Wait()
	b.once()
	if !b.m.Wire {
		return
	}
	came := make(map[string]bool)
	for _, text := range b.Taken() {
		came[text] = true
	}
	for id, reports := range b.reports {
		switch o := reports[0]; {
		case o.Disposition == wirechief.Done && !came[textOf(id)]:
			b.Errorf("submission %d is done, and never came", id)
		case o.Disposition == wirechief.Retry && came[textOf(id)]:
			b.Errorf("submission %d came, and is reported as %+v", id, o)
		case o.Disposition == wirechief.Final:
			b.Errorf("submission %d: stopping is no failure: %+v", id, o)
		}
	}
}

// testStopTellsWhatLeft fills the room, submits more, and stops without an
// answer to anything.
func testStopTellsWhatLeft(b *bench) {
	b.Hold()
	b.up()
	room := b.Room()
	var left, waiting []int64
	for range room {
		left = append(left, b.submit(b.Context()))
	}
	b.eventually("arrival of what there is room for", func() bool { return b.taken() == room })
	if n := b.Status().Outstanding; n != room || b.Room() != room {
		b.Errorf("%d outstanding of a room of %d, want %d of %d", n, b.Room(), room, room)
	}
	for range 3 {
		waiting = append(waiting, b.submit(b.Context()))
	}
	ctx, cancel := context.WithCancel(b.Context())
	withdrawn := b.submit(ctx)
	cancel()
	if o := b.outcome(withdrawn); o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonShutdown {
		b.Errorf("withdrawn before it left: %+v, want retry, shutdown", o)
	}
	b.stop(b.in(20 * time.Millisecond))
	for _, id := range left {
		if !b.reported(id) {
			b.Errorf("submission %d is not reported when Stop returns", id)
		} else if o := b.outcome(id); o.Disposition != wirechief.InDoubt || o.Reason == "" {
			b.Errorf("submission %d left and was not answered: %+v, want in doubt, with a reason", id, o)
		}
	}
	for _, id := range waiting {
		wantShutdown(b, id, "beyond the room")
	}
	if b.taken() != room {
		b.Errorf("%d arrived, want %d", b.taken(), room)
	}
}

// testCarries submits as the exchange does: never more than there is room for,
// from wherever a report comes.
func testCarries(b *bench) {
	b.up()
	const total = 500
	var (
		mu    sync.Mutex
		open  int
		again = make(chan struct{}, total+1)
	)
	again <- struct{}{}
	for next := int64(1); next <= total; {
		<-again
		for {
			mu.Lock()
			full := open >= b.Room() || next > total
			if !full {
				open++
			}
			mu.Unlock()
			if full {
				break
			}
			b.mu.Lock()
			b.last = next
			b.mu.Unlock()
			id := next
			b.Submit(b.Context(), carrier.Submission{Message: id, From: ours, To: handset, Text: textOf(id), Receipt: true}, func(o wirechief.Outcome) {
				b.mu.Lock()
				b.reports[id] = append(b.reports[id], o)
				b.mu.Unlock()
				mu.Lock()
				open--
				mu.Unlock()
				again <- struct{}{}
			})
			next++
		}
	}
	ids := make(map[string]int64)
	for id := int64(1); id <= total; id++ {
		o := b.outcome(id)
		if o.Disposition != wirechief.Done || o.Reason != "" {
			b.Fatalf("submission %d: %+v, want done", id, o)
		}
		if b.Abilities().Has(carrier.Receipts) && len(o.IDs) == 0 {
			b.Errorf("submission %d has no id for receipts to name", id)
		}
		for _, remote := range o.IDs {
			if other, ok := ids[remote]; ok {
				b.Errorf("submissions %d and %d have the id %s", other, id, remote)
			}
			ids[remote] = id
		}
	}
	if n := b.Status().Outstanding; n != 0 {
		b.Errorf("%d outstanding when all are reported", n)
	}
	if b.m.Wire {
		count := make(map[string]int)
		for _, text := range b.Taken() {
			count[text]++
		}
		for id := int64(1); id <= total; id++ {
			if n := count[textOf(id)]; n != 1 {
				b.Errorf("submission %d arrived %d times, want once", id, n)
			}
		}
	}
}

func testEndedContext(b *bench) {
	b.up()
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	wantShutdown(b, b.submit(ctx), "with an ended context")
	if o := b.outcome(b.submit(b.Context())); o.Disposition != wirechief.Done {
		b.Errorf("the next one: %+v, want done", o)
	}
}

// testAway: a peer that cannot be reached fails nothing, is shown, and is found
// again by itself or by the next message.
func testAway(b *bench) {
	b.Away(true)
	b.start()
	if o := b.outcome(b.submit(b.Context())); o.Disposition != wirechief.Retry || o.Reason == "" {
		b.Errorf("%+v, want retry, with a reason", o)
	}
	b.eventually("sign of trouble", func() bool {
		st := b.Status()
		return st.State == carrier.Down && st.LastError != "" && st.Connections == 0
	})
	changes := len(b.h.Changes())
	b.Away(false)
	b.eventually("message carried", func() bool {
		return b.Room() > 0 && b.outcome(b.submit(b.Context())).Disposition == wirechief.Done
	})
	b.eventually("end of the trouble", func() bool {
		st := b.Status()
		return st.State == carrier.Up && st.LastError == "" && st.Connections > 0
	})
	if len(b.h.Changes()) == changes {
		b.Error("nobody was told that the link is back")
	}
}
