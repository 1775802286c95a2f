package bulk

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
)

const (
	batchMost = 256              // rows between two commits of what came of them
	firstWait = time.Second      // before trouble is tried again
	longWait  = 30 * time.Second // at most
	// maxDefects is how often in a row a defect of ours is tried again before the
	// bulk is paused: the next try would be no better.
	maxDefects = 5
)

// run sends the rows of one bulk. Only its loop changes the bulk.
type run struct {
	o     *Office
	hard  context.Context // of the sends
	again bool            // it was running when the program ended: rows may have been sent already

	mu    sync.Mutex
	b     wirechief.Bulk  // as it is kept
	asked context.Context // of who asked it to stop first
	then  wirechief.BulkState

	sent, refused atomic.Int64 // since the last commit
	next          time.Time    // when the rate lets the next row go
	stop          chan struct{}
	done          chan struct{}
}

// ask has the run end, with the bulk in a state; "": it stays running, and goes
// on at the next start. Who asks for a state is heard also after who does not.
func (r *run) ask(ctx context.Context, then wirechief.BulkState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == nil {
		close(r.stop)
	}
	if r.asked == nil || r.then == "" {
		// Whoever asks may leave, and is still who asked.
		r.asked, r.then = context.WithoutCancel(ctx), then
	}
}

func (r *run) stopping() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// wait lets time pass; false: the run is to stop.
func (r *run) wait(d time.Duration) bool {
	if d <= 0 {
		return !r.stopping()
	}
	select {
	case <-r.o.after(d):
		return true
	case <-r.stop:
		return false
	}
}

// progress is the bulk as it stands.
func (r *run) progress() *wirechief.Bulk {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.b
	b.Sent += int(r.sent.Load())
	b.Refused += int(r.refused.Load())
	return &b
}

func (r *run) loop() {
	if !r.wait(r.b.At.Sub(r.o.Now())) {
		r.commit(nil, "")
		return
	}
	after, wait, defects := 0, firstWait, 0
	for {
		if r.stopping() {
			r.commit(nil, "")
			return
		}
		rows, err := r.o.Store.BulkRows(r.hard, r.b.Tenant, r.b.ID, wirechief.RowReady, after, r.size())
		var o outcome
		switch {
		case err != nil:
			o = later(err)
		case len(rows) == 0:
			r.commit(nil, wirechief.BulkDone)
			return
		default:
			if o = r.recall(rows); o.err == nil {
				o = r.batch(rows)
			}
		}
		if o.defect {
			defects++
		} else {
			defects = 0
		}
		if o.defect && defects == maxDefects {
			o.pause = "an internal error occurred; it has been logged"
		}
		settled := rows[:0:0]
		after = cursor(after, rows)
		for i := range rows {
			if rows[i].State != wirechief.RowReady {
				settled = append(settled, rows[i])
			}
		}
		switch {
		case o.pause != "":
			r.commit(settled, wirechief.BulkPaused, o.pause)
			return
		case !r.commit(settled, ""):
			return
		case o.err == nil:
			wait = firstWait
			continue
		}
		if len(settled) > 0 {
			wait = firstWait
		}
		r.o.Log.WarnContext(r.hard, "a bulk send waits and goes on", "tenant", r.b.Tenant, "bulk", r.b.ID, "wait", wait, "error", o.err)
		if !r.wait(wait) {
			r.commit(nil, "")
			return
		}
		wait = min(2*wait, longWait)
	}
}

// size is how many rows are sent between two commits: with a rate those of a
// second, so that what is shown and kept follows what is done.
func (r *run) size() int {
	if r.b.Rate > 0 && r.b.Rate < batchMost {
		return max(1, int(r.b.Rate))
	}
	return batchMost
}

// cursor is the seq up to which every row is settled.
func cursor(after int, rows []wirechief.BulkRow) int {
	for i := range rows {
		if rows[i].State == wirechief.RowReady {
			break
		}
		after = rows[i].Seq
	}
	return after
}

// batch sends rows, in order and some at a time, and gives the first outcome
// that ends it. What is not settled stays ready.
func (r *run) batch(rows []wirechief.BulkRow) outcome {
	var mu sync.Mutex
	var ended outcome
	halt := make(chan struct{})
	var sends sync.WaitGroup
	give := func() outcome {
		sends.Wait()
		return ended
	}
	for i := range rows {
		row := &rows[i]
		if row.State != wirechief.RowReady {
			continue // recalled
		}
		if !r.paced() {
			return give()
		}
		select {
		case <-halt:
			return give()
		case <-r.stop:
			return give()
		default:
		}
		select {
		case r.o.slots <- struct{}{}:
		case <-halt:
			return give()
		case <-r.stop:
			return give()
		}
		sends.Go(func() {
			defer func() { <-r.o.slots }()
			o := r.send(row)
			if o.err == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if ended.err == nil {
				close(halt)
			}
			if ended.err == nil || ended.pause == "" && o.pause != "" {
				ended = o
			}
		})
	}
	return give()
}

// paced waits until the rate lets a row go; false: the run is to stop.
func (r *run) paced() bool {
	if r.b.Rate <= 0 {
		return true
	}
	now := r.o.Now()
	if r.next.After(now) {
		if !r.wait(r.next.Sub(now)) {
			return false
		}
	} else if now.Sub(r.next) > 50*time.Millisecond {
		r.next = now // what was missed is not caught up with
	}
	r.next = r.next.Add(time.Duration(float64(time.Second) / r.b.Rate))
	return true
}

// commit keeps what came of rows, and the state of the bulk: what is given, or
// what was asked for. It tries until it has it, for without it the next rows
// must not go; false: the run has ended.
func (r *run) commit(settled []wirechief.BulkRow, to wirechief.BulkState, because ...string) bool {
	for wait := firstWait; ; wait = min(2*wait, longWait) {
		r.mu.Lock()
		b, ctx := r.b, r.hard
		for i := range settled {
			if settled[i].State == wirechief.RowSent {
				b.Sent++
			} else {
				b.Refused++
			}
		}
		if to == "" && r.asked != nil && r.then != "" {
			to, ctx = r.then, r.asked
		}
		asked := r.asked != nil
		r.mu.Unlock()
		if to != "" {
			r.o.settle(&b, to)
			if len(because) > 0 {
				b.Because = because[0]
			}
		}
		if to == "" && len(settled) == 0 {
			return !asked
		}
		if r.o.killed.Load() {
			return false
		}
		err := r.o.put(ctx, &b, settled)
		if err == nil {
			r.mu.Lock()
			r.b = b
			r.sent.Store(0)
			r.refused.Store(0)
			r.mu.Unlock()
			return to == "" && !asked
		}
		r.o.Log.WarnContext(r.hard, "what a bulk send did cannot be kept; trying again", "tenant", b.Tenant, "bulk", b.ID, "error", err)
		select {
		case <-r.o.after(wait):
		case <-r.hard.Done():
			return false // its keys tell the next run
		}
	}
}
