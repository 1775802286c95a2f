package exchange_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"zombiezen.com/go/sqlite"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store/sqlite/sqlitetest"
)

// whatIsAcknowledged are the three promises of the exchange: to a customer that
// his message is accepted, to a carrier that its text and its receipt are ours now.
func (w *world) whatIsAcknowledged() map[string]func() error {
	return map[string]func() error{
		"Send": func() error {
			_, err := w.Send(w.t.Context(), text("hello"))
			return err
		},
		"Inbound": func() error {
			return w.Inbound(w.t.Context(), wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "hello"})
		},
		"Inbound of a part": func() error { return w.Inbound(w.t.Context(), part(1, 2, 1, "hello")) },
		"Receipt": func() error {
			return w.Receipt(w.t.Context(), wirechief.Receipt{Carrier: "main", ID: "c1", State: wirechief.ReceiptDelivered})
		},
	}
}

// away takes both carriers away, so that nothing but the test writes.
func (w *world) away() {
	w.main.setRoom(0)
	w.spare.setRoom(0)
	w.settle()
}

// The proof that what the exchange acknowledges is on disk: with the flush of
// the log held up, nothing is acknowledged; once it has returned, it is.
func TestAcknowledgedAfterTheFlush(t *testing.T) {
	var shut atomic.Bool
	arrived, pass := make(chan struct{}), make(chan struct{})
	sqlitetest.Watch(t, sqlitetest.Files{Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
		if shut.Load() && strings.HasSuffix(path, "-wal") {
			arrived <- struct{}{}
			<-pass
		}
		return flush()
	}})
	w := newWorld(t)
	w.away()
	for name, promise := range w.whatIsAcknowledged() {
		shut.Store(true)
		acknowledged := make(chan error, 1)
		go func() { acknowledged <- promise() }()
		<-arrived
		select {
		case err := <-acknowledged:
			t.Errorf("%s answered before the flush: %v", name, err)
		default:
		}
		shut.Store(false)
		pass <- struct{}{}
		if err := <-acknowledged; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// After a flush that failed nothing is acknowledged any more, nothing is given
// to a carrier, and what was promised before is there at the next start.
func TestNothingIsAcknowledgedAfterAFailedFlush(t *testing.T) {
	var failing atomic.Bool
	sqlitetest.Watch(t, sqlitetest.Files{Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
		if strings.HasSuffix(path, "-wal") && failing.CompareAndSwap(true, false) {
			return sqlite.ResultIOErrFsync // once; the disk pretends to be well again
		}
		return flush()
	}})
	w := newWorld(t)
	w.away()
	id := w.send("promised")
	failing.Store(true)
	promises := w.whatIsAcknowledged()
	wantError(t, promises["Send"](), wirechief.Unavailable, wirechief.RuleStore, "")
	if failing.Load() {
		t.Fatal("nothing was flushed")
	}
	for name, promise := range promises {
		if err := promise(); err == nil {
			t.Errorf("%s was answered after the failed flush", name)
		} else {
			wantError(t, err, wirechief.Unavailable, wirechief.RuleStore, "")
		}
	}
	w.main.setRoom(10) // the lane wants to claim what waits, and cannot keep that
	w.eventually("the lane to be refused", func() bool { return w.disk.refused.Load() > 4 })
	w.main.none(t)
	w.crash()
	w.expect(id, wirechief.StatusAccepted, "accepted routed")
	if s := w.main.next(t); s.Text != "promised" || s.Again {
		t.Errorf("submitted %+v", s.Submission)
	}
}
