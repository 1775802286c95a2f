package ident_test

import (
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief/ident"
)

func TestIDsRiseWhateverTheClockDoes(t *testing.T) {
	now := time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)
	s := ident.New(func() time.Time { return now }, 0)
	last := s.Next()
	if got := ident.Time(last); !got.Equal(now) {
		t.Errorf("the id tells %v, want %v", got, now)
	}
	for range 5000 { // more than a millisecond has room for
		next := s.Next()
		if next <= last {
			t.Fatalf("%d follows %d", next, last)
		}
		last = next
	}
	now = now.Add(-time.Hour)
	if next := s.Next(); next <= last {
		t.Errorf("after the clock went back, %d follows %d", next, last)
	}
	if late := ident.New(func() time.Time { return now }, 1<<52).Next(); late <= 1<<52 {
		t.Errorf("%d is not above the highest id in use", late)
	}
}

func TestIDsStayBelow53Bits(t *testing.T) {
	s := ident.New(func() time.Time { return time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC) }, 0)
	if id := s.Next(); id >= 1<<53 {
		t.Errorf("%d is not exact in JavaScript", id)
	}
}

func TestIDsAreUniqueUnderContention(t *testing.T) {
	s := ident.New(time.Now, 0)
	var mu sync.Mutex
	seen := make(map[int64]bool)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				id := s.Next()
				mu.Lock()
				if seen[id] {
					t.Errorf("%d was made twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestUUIDsAndTokens(t *testing.T) {
	s := ident.New(time.Now, 0)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	token := regexp.MustCompile(`^[a-z2-7]{32}$`)
	seen := make(map[string]bool)
	for range 500 {
		for v, form := range map[string]*regexp.Regexp{s.UUID(): uuid, s.Token(): token} {
			if !form.MatchString(v) || seen[v] {
				t.Fatalf("%q is malformed or came twice", v)
			}
			seen[v] = true
		}
	}
}

func BenchmarkUUID(b *testing.B) {
	s := ident.New(time.Now, 0)
	for b.Loop() {
		s.UUID()
	}
}
