package sqlite

import (
	"syscall"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) wirechief.Store {
		var commits, kept, busy int64
		s, err := Open(b.Context(), b.TempDir(), Options{OnCommit: func(n int, took time.Duration) {
			commits++
			kept += int64(n)
			busy += int64(took)
		}})
		if err != nil {
			b.Fatal(err)
		}
		start := cpu()
		b.Cleanup(func() {
			b.ReportMetric(float64(cpu()-start)/float64(b.N)/1000, "cpu-µs/op")
			b.ReportMetric(float64(kept)/float64(commits), "commands/commit")
			b.ReportMetric(float64(busy)/float64(b.N)/1000, "writer-µs/op")
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
		return s
	})
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestStore(t *testing.T) {
	dirs := make(map[wirechief.Store]string)
	open := func(t *testing.T, dir string) wirechief.Store {
		s, err := Open(t.Context(), dir, Options{Now: storetest.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		s.textsRead = 2 // so that a search reads both the texts and the index
		dirs[s] = dir
		return s
	}
	storetest.Run(t,
		func(t *testing.T) wirechief.Store { return open(t, t.TempDir()) },
		func(t *testing.T, s wirechief.Store) wirechief.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, dirs[s])
		})
}

func BenchmarkInbox(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	storetest.BenchInbox(b, s, func() {
		start := cpu()
		if _, err := s.Apply(b.Context(), flush{}); err != nil {
			b.Fatal(err)
		}
		b.Logf("the texts that were left were indexed in %s of the processor", cpu()-start)
	})
}
