package client_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/ident"
)

// shelf is a server of messages that the test adds to.
type shelf struct {
	mu    sync.Mutex
	ids   []int64
	fail  []int // statuses of the next answers
	asked int
	look  func(n int) // called with how many requests there were
}

func (s *shelf) add(ids ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, ids...)
	slices.Sort(s.ids)
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	n := s.asked
	s.mu.Unlock()
	if s.look != nil {
		s.look(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fail) > 0 {
		status := s.fail[0]
		s.fail = s.fail[1:]
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(wire.Problem{Status: status, Detail: "no"})
		return
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	out := []wire.Message{}
	for _, id := range s.ids {
		if err == nil && id > after && len(out) < limit {
			out = append(out, wire.Message{ID: id})
		}
	}
	if err != nil { // newest first
		for _, id := range slices.Backward(s.ids) {
			if len(out) < limit {
				out = append(out, wire.Message{ID: id})
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(out)
}

// id makes an id of so many milliseconds after an instant.
func id(ms int64) int64 {
	return ident.At(time.Date(2026, 9, 16, 10, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond))
}

// follow collects until there are n messages.
func follow(t *testing.T, c *client.Client, q client.MessageQuery, n int) (ids []int64, errs []error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for m, err := range c.Tail(ctx, q, time.Millisecond) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if ids = append(ids, m.ID); len(ids) == n {
			return ids, errs
		}
	}
	return ids, errs
}

func TestTailFromNow(t *testing.T) {
	s := &shelf{}
	s.add(id(0), id(1))
	s.look = func(n int) {
		switch n {
		case 3: // after the begin and a look that found nothing
			s.add(id(5000), id(5001))
		case 5: // one that was late to be kept, and a new one
			s.add(id(4500), id(9000))
		}
	}
	c := serve(t, s.ServeHTTP)
	got, errs := follow(t, c, client.MessageQuery{}, 4)
	if want := []int64{id(5000), id(5001), id(4500), id(9000)}; !slices.Equal(got, want) || len(errs) > 0 {
		t.Errorf("%v, want %v (%v)", got, want, errs)
	}
}

func TestTailFromEmpty(t *testing.T) {
	s := &shelf{}
	s.look = func(n int) {
		if n == 3 {
			s.add(id(0))
		}
	}
	if got, errs := follow(t, serve(t, s.ServeHTTP), client.MessageQuery{}, 1); !slices.Equal(got, []int64{id(0)}) || len(errs) > 0 {
		t.Error(got, errs)
	}
}

// More than one page at once, each message once and in order.
func TestTailOfMany(t *testing.T) {
	s := &shelf{}
	var want []int64
	for i := range int64(1234) {
		want = append(want, id(i*10))
	}
	s.add(want...)
	s.look = func(n int) {
		if n == 9 {
			s.add(id(20_000))
		}
	}
	got, errs := follow(t, serve(t, s.ServeHTTP), client.MessageQuery{After: 1, Limit: 3, Before: 2}, len(want)+1)
	if !slices.Equal(got, append(want, id(20_000))) || len(errs) > 0 {
		t.Error(len(got), errs)
	}
}

// A server that is away for a while is tried again; a refusal that will not
// change ends the loop.
func TestTailErrors(t *testing.T) {
	s := &shelf{fail: []int{503, 502, 429}}
	s.add(id(0))
	got, errs := follow(t, serve(t, s.ServeHTTP), client.MessageQuery{After: 1}, 1)
	if len(got) != 1 || len(errs) != 3 {
		t.Error(got, errs)
	}
	s = &shelf{fail: []int{401}}
	s.add(id(0))
	if got, errs := follow(t, serve(t, s.ServeHTTP), client.MessageQuery{After: 1}, 1); len(got) != 0 || len(errs) != 1 || s.asked != 1 {
		t.Error(got, errs)
	}
}

// The loop ends with the context, and when it is left.
func TestTailEnds(t *testing.T) {
	s := &shelf{fail: []int{503}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.look = func(n int) {
		if n == 4 {
			cancel()
		}
	}
	c := serve(t, s.ServeHTTP)
	for _, err := range c.Tail(t.Context(), client.MessageQuery{}, time.Hour) {
		if err == nil {
			t.Error("a message of nothing")
		}
		break
	}
	for m, err := range c.Tail(ctx, client.MessageQuery{}, time.Millisecond) {
		t.Error(m, err)
	}
}
