package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// many is a request of three sends under a key; it breaks off before the one at
// stop.
func (w *world) many(words string, stop int) (answer []byte, runs int, err error) {
	k := exchange.Keyed{Tenant: "acme", Key: "k"}
	copy(k.Fingerprint[:], words)
	answer, err = w.Once(w.t.Context(), k, func(ctx context.Context) ([]byte, error) {
		runs++
		var ids []int64
		for i := range 3 {
			if i == stop {
				return nil, nil
			}
			r := text(fmt.Sprint(words, i))
			r.Key, r.Fingerprint = k.Entry(i), k.Fingerprint
			res, err := w.Send(ctx, r)
			if err != nil {
				return nil, err
			}
			ids = append(ids, res.Recipients[0].Message)
		}
		return fmt.Append(nil, ids), nil
	})
	return answer, runs, err
}

// A request of many sends is one thing under its key: broken off it is taken up
// again by its repetition, which sends nothing twice, and by no other request;
// done it gives its answer again, after a restart too.
func TestManySendsUnderOneKey(t *testing.T) {
	w := newWorld(t)
	w.main.finish() // a stop waits for what is not answered
	refused := func(of string) {
		t.Helper()
		_, runs, err := w.many(of, -1)
		wantError(t, err, wirechief.Conflict, wirechief.RuleIdempotency, "key")
		if runs != 0 {
			t.Errorf("%s ran", of)
		}
	}
	if answer, runs, err := w.many("a", 2); answer != nil || runs != 1 || err != nil {
		t.Fatalf("%s %d %v", answer, runs, err)
	}
	refused("b")
	w.restart()
	w.main.finish()
	refused("b")
	first, runs, err := w.many("a", -1)
	if len(first) == 0 || runs != 1 || err != nil {
		t.Fatalf("%s %d %v", first, runs, err)
	}
	if n := w.count(); n != 3 {
		t.Errorf("%d messages", n)
	}
	for range 2 {
		again, runs, err := w.many("a", 0)
		if string(again) != string(first) || runs != 0 || err != nil {
			t.Errorf("%s %d %v, at first %s", again, runs, err, first)
		}
		refused("b")
		w.restart()
		w.main.finish()
	}
	// The key is taken for single sends too, and the other way round.
	_, err = w.Send(t.Context(), keyed("k", "one"))
	wantError(t, err, wirechief.Conflict, wirechief.RuleIdempotency, "key")
	w.advance(25 * time.Hour)
	if _, err = w.Send(t.Context(), keyed("k", "one")); err != nil {
		t.Fatal(err)
	}
	refused("a")
}

// What Send answered under a key can be asked for.
func TestAnswered(t *testing.T) {
	w := newWorld(t)
	r := keyed("k", "hello")
	k := exchange.Keyed{Tenant: "acme", Key: "k", Fingerprint: r.Fingerprint}
	if res, err := w.Answered(t.Context(), k); res != nil || err != nil {
		t.Errorf("before: %+v %v", res, err)
	}
	first, err := w.Send(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := w.Answered(t.Context(), k); err != nil || res.Ref != first.Ref || !res.Repeated {
		t.Errorf("%+v %v", res, err)
	}
	k.Fingerprint[0]++
	_, err = w.Answered(t.Context(), k)
	wantError(t, err, wirechief.Conflict, wirechief.RuleIdempotency, "key")
}

// A request that does not get as far as its answer keeps the key for itself.
func TestManySendsThatFail(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("the disk is full")
	k := exchange.Keyed{Tenant: "acme", Key: "k"}
	if _, err := w.Once(t.Context(), k, func(context.Context) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if answer, err := w.Once(t.Context(), k, func(context.Context) ([]byte, error) { return []byte("done"), nil }); string(answer) != "done" || err != nil {
		t.Errorf("%s %v", answer, err)
	}
}
