package sqlite

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"

	modernc "modernc.org/sqlite"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store/sqlite/sqlitetest"
)

// acme is a tenant of these tests.
const acme = "acme"

// hello is a message to keep.
func hello(id int64) wirechief.Accept {
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf(acme), ID: id}, Tenant: acme,
		Direction: wirechief.Outward, From: "+13109060901", To: "+13105551212", Text: "hello",
		Queue: wirechief.Queue{Lane: "sim", At: time.UnixMicro(1)},
	}
	m.Record(wirechief.Event{At: time.UnixMicro(1), Type: wirechief.EventAccepted})
	return wirechief.Accept{Messages: []*wirechief.Message{m}}
}

// mute is hello without a text: nothing of it is indexed afterwards, in a commit
// of its own that a test would have to tell from that of its next message.
func mute(id int64) wirechief.Accept {
	a := hello(id)
	a.Messages[0].Text = ""
	return a
}

func opened(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func isLog(path string) bool { return strings.HasSuffix(path, "-wal") }

// isKept says whether a message can be read.
func isKept(t *testing.T, s *Store, id int64) bool {
	t.Helper()
	_, err := s.Message(t.Context(), wirechief.MessageKey{Shard: wirechief.ShardOf(acme), ID: id})
	if err != nil && wirechief.KindOf(err) != wirechief.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

// gate stands before the flushes of the log: each waits at it until it is let through.
type gate struct {
	shut    atomic.Bool
	arrived chan struct{}
	pass    chan struct{}
	fallen  chan struct{} // closed at the end: everything passes
	flushed atomic.Int32  // flushes that have returned
	written atomic.Int32  // writes to the log
}

// newGate makes a gate that watches until the test ends.
func newGate(t *testing.T) *gate {
	g := &gate{arrived: make(chan struct{}), pass: make(chan struct{}), fallen: make(chan struct{})}
	sqlitetest.Watch(t, sqlitetest.Files{
		Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
			if !isLog(path) {
				return flush()
			}
			if g.shut.Load() {
				select {
				case g.arrived <- struct{}{}:
					<-g.pass
				case <-g.fallen:
				}
			}
			code := flush()
			g.flushed.Add(1)
			return code
		},
		Write: func(path string, _ int64, _ int, write func() sqlite.ResultCode) sqlite.ResultCode {
			if isLog(path) {
				g.written.Add(1)
			}
			return write()
		},
	})
	return g
}

// The proof that an acknowledgement follows the flush. SQLite has written the
// commit and asks for the flush of its log; until that has returned, no caller
// is answered and no reader sees anything.
func TestNobodyIsAnsweredBeforeTheFlush(t *testing.T) {
	g := newGate(t)
	s := opened(t, t.TempDir())
	defer s.Close()
	defer close(g.fallen)
	if !modernc.FdatasyncEnabled() {
		t.Log("this system has no fdatasync: a flush is an fsync")
	}
	// The first commit of a new log flushes the head of the log too.
	if _, err := s.Apply(t.Context(), mute(1_000_000)); err != nil {
		t.Fatal(err)
	}
	g.shut.Store(true)
	const crowd = 49
	for round := range int64(20) {
		first := 1 + round*(1+crowd)
		answered := make(chan error, 1+crowd)
		apply := func(id int64) {
			_, err := s.Apply(t.Context(), mute(id))
			answered <- err
		}
		nobody := func() {
			t.Helper()
			select {
			case err := <-answered:
				t.Fatalf("answered while the flush was under way: %v", err)
			default:
			}
		}
		written := g.written.Load()
		go apply(first)
		<-g.arrived
		if g.written.Load() == written {
			t.Fatal("the log was to be flushed before anything was written to it")
		}
		// A crowd comes while the flush is under way: it waits for the next one.
		for i := range int64(crowd) {
			go apply(first + 1 + i)
		}
		for queued := 0; queued < crowd; runtime.Gosched() {
			s.w.mu.Lock()
			queued = len(s.w.waiting)
			s.w.mu.Unlock()
		}
		nobody()
		if isKept(t, s, first) {
			t.Fatal("visible to readers while the flush was under way")
		}
		flushed := g.flushed.Load()
		g.pass <- struct{}{}
		if err := <-answered; err != nil || g.flushed.Load() == flushed {
			t.Fatalf("answered %v, after %d flushes", err, g.flushed.Load()-flushed)
		}
		<-g.arrived
		nobody()
		for i := range int64(crowd) {
			if isKept(t, s, first+1+i) {
				t.Fatal("visible to readers while the flush was under way")
			}
		}
		g.pass <- struct{}{}
		for range crowd {
			if err := <-answered; err != nil {
				t.Fatal(err)
			}
		}
		for i := range int64(1 + crowd) {
			if !isKept(t, s, first+i) {
				t.Fatalf("message %d was acknowledged and is not there", first+i)
			}
		}
	}
}

// One flush is shared by all who wait for it.
func TestACrowdSharesAFlush(t *testing.T) {
	var flushes atomic.Int32
	sqlitetest.Watch(t, sqlitetest.Files{Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
		if isLog(path) {
			flushes.Add(1)
		}
		return flush()
	}})
	s := opened(t, t.TempDir())
	defer s.Close()
	flushes.Store(0)
	var wg sync.WaitGroup
	for i := range int64(2000) {
		wg.Go(func() {
			if _, err := s.Apply(t.Context(), hello(1+i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := flushes.Load(); n == 0 || n > 500 {
		t.Errorf("%d flushes for 2,000 callers", n)
	}
}

// After a flush that failed nothing is certain. The store ends for good: whoever
// waited and whoever comes is refused, though the disk would work again, and
// what is opened anew has what was acknowledged before.
func TestAFailedFlushEndsTheStore(t *testing.T) {
	for _, code := range []sqlite.ResultCode{sqlite.ResultIOErrFsync, sqlite.ResultIOErr, sqlite.ResultIOErrDirFsync} {
		t.Run(code.String(), func(t *testing.T) {
			var failing atomic.Bool
			sqlitetest.Watch(t, sqlitetest.Files{Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
				if isLog(path) && failing.CompareAndSwap(true, false) { // once: the disk is well again afterwards
					return code
				}
				return flush()
			}})
			dir := t.TempDir()
			s := opened(t, dir)
			if _, err := s.Apply(t.Context(), hello(1)); err != nil {
				t.Fatal(err)
			}
			failing.Store(true)
			_, err := s.Apply(t.Context(), hello(2))
			wantUnavailable(t, err)
			select {
			case err := <-s.Failed():
				if err == nil {
					t.Error("the program is not told why")
				}
			default:
				t.Error("the program is not told")
			}
			var wg sync.WaitGroup
			for i := range int64(20) {
				wg.Go(func() {
					_, err := s.Apply(t.Context(), hello(10+i))
					if err == nil {
						t.Errorf("message %d was acknowledged after a failed flush", 10+i)
					}
				})
			}
			wg.Wait()
			wantUnavailable(t, s.Check(t.Context()))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = opened(t, dir)
			defer s.Close()
			if !isKept(t, s, 1) {
				t.Error("what was acknowledged is not there")
			}
			for i := range int64(20) {
				if isKept(t, s, 10+i) {
					t.Errorf("message %d came after the failed flush and was kept", 10+i)
				}
			}
			if _, err := s.Apply(t.Context(), hello(3)); err != nil {
				t.Errorf("opened anew: %v", err)
			}
		})
	}
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok || e.Kind != wirechief.Unavailable || e.Rule != wirechief.RuleStore || e.Message == "" {
		t.Fatalf("%v, want Unavailable by the rule of the store", err)
	}
}

// A flush of the database file that fails, when the log is moved into it, ends
// the store as one of the log does.
func TestAFailedFlushOfACheckpoint(t *testing.T) {
	sqlitetest.Watch(t, sqlitetest.Files{Sync: func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode {
		if strings.HasSuffix(path, fileName) && checkpointing.Load() {
			return sqlite.ResultIOErrFsync
		}
		return flush()
	}})
	s := opened(t, t.TempDir())
	checkpointing.Store(true)
	defer checkpointing.Store(false)
	long := strings.Repeat("x", 100_000)
	var err error
	for i := int64(1); err == nil && i < 10_000; i++ {
		c := hello(i)
		c.Messages[0].Text = long
		_, err = s.Apply(t.Context(), c)
	}
	wantUnavailable(t, err)
	if err := <-s.Failed(); err == nil {
		t.Error("the program is not told why")
	}
	checkpointing.Store(false)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkpointing says whether flushes of the database file fail.
var checkpointing atomic.Bool

// A write that fails is certain not to count. Who met it is refused, in words
// that say what to do; who comes when the disk has recovered is served; and
// nothing that was refused is there.
func TestARefusedWrite(t *testing.T) {
	for _, tt := range []struct {
		code sqlite.ResultCode
		says string
	}{
		{sqlite.ResultFull, "full"},
		{sqlite.ResultIOErrWrite, "cannot be written"}, // a quota, a file system that is read-only now
		{sqlite.ResultReadOnly, "writable"},
		{sqlite.ResultIOErrNoMem, "cannot be written"},
	} {
		t.Run(tt.code.String(), func(t *testing.T) {
			var failing atomic.Bool
			sqlitetest.Watch(t, sqlitetest.Files{Write: func(path string, _ int64, _ int, write func() sqlite.ResultCode) sqlite.ResultCode {
				if isLog(path) && failing.Load() {
					return tt.code
				}
				return write()
			}})
			dir := t.TempDir()
			s := opened(t, dir)
			for round := range int64(3) {
				if _, err := s.Apply(t.Context(), hello(1+10*round)); err != nil {
					t.Fatal(err)
				}
				failing.Store(true)
				for i := range int64(3) {
					_, err := s.Apply(t.Context(), hello(2+10*round+i))
					wantUnavailable(t, err)
					if got := wirechief.MessageOf(err); !strings.Contains(got, tt.says) {
						t.Errorf("told %q", got)
					}
				}
				wantUnavailable(t, s.Check(t.Context()))
				if !isKept(t, s, 1) {
					t.Error("what is there cannot be read")
				}
				failing.Store(false)
				if err := s.Check(t.Context()); err != nil {
					t.Errorf("it does not recover: %v", err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = opened(t, dir)
			defer s.Close()
			for id := range int64(30) {
				if isKept(t, s, id+1) != (id%10 == 0) {
					t.Errorf("message %d: kept %t", id+1, isKept(t, s, id+1))
				}
			}
		})
	}
}

// However a crowd and a disk that fails now and then meet, who was told that
// his message is kept finds it, and who was refused does not.
func TestACrowdOnABadDisk(t *testing.T) {
	var n atomic.Int64
	var bad atomic.Bool
	sqlitetest.Watch(t, sqlitetest.Files{Write: func(path string, _ int64, _ int, write func() sqlite.ResultCode) sqlite.ResultCode {
		if isLog(path) && bad.Load() && n.Add(1)%37 == 0 {
			return sqlite.ResultFull
		}
		return write()
	}})
	dir := t.TempDir()
	s := opened(t, dir)
	bad.Store(true)
	var mu sync.Mutex
	kept := make(map[int64]bool)
	var wg sync.WaitGroup
	for i := range int64(16) {
		wg.Go(func() {
			for j := range int64(100) {
				id := 1 + i*1000 + j
				_, err := s.Apply(t.Context(), hello(id))
				mu.Lock()
				kept[id] = err == nil
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	bad.Store(false)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	defer s.Close()
	refused := 0
	for id, want := range kept {
		if !want {
			refused++
		}
		if got := isKept(t, s, id); got != want {
			t.Errorf("message %d: answered %t, kept %t", id, want, got)
		}
	}
	if refused == 0 || refused == len(kept) {
		t.Errorf("%d of %d refused: nothing is shown", refused, len(kept))
	}
	t.Logf("%d of %d refused", refused, len(kept))
}
