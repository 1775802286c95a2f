package exchange_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// keyed is a request under an idempotency key. The fingerprint stands for its body.
func keyed(key, words string) wirechief.SendRequest {
	r := text(words)
	r.Key = key
	copy(r.Fingerprint[:], words)
	return r
}

// The same key and body give the first answer again and send nothing, after a
// restart too; the same key with another body is refused.
func TestTheSameKeyAgain(t *testing.T) {
	w := newWorld(t)
	first, err := w.Send(t.Context(), keyed("k", "hello"))
	if err != nil || first.Repeated {
		t.Fatalf("%+v, %v", first, err)
	}
	w.main.next(t).answer(done("c1"))
	again := func() {
		t.Helper()
		res, err := w.Send(t.Context(), keyed("k", "hello"))
		if err != nil || !res.Repeated {
			t.Fatalf("%+v, %v", res, err)
		}
		if res.Repeated = false; !reflect.DeepEqual(res, first) {
			t.Errorf("answered %+v, at first %+v", res, first)
		}
		_, err = w.Send(t.Context(), keyed("k", "good-bye"))
		wantError(t, err, wirechief.Conflict, wirechief.RuleIdempotency, "key")
		w.settle()
		w.main.none(t)
	}
	again()
	w.restart()
	again()
	// Another tenant's key of the same name is another key.
	r := keyed("k", "hello")
	r.Tenant, r.From = "globex", "+12125550100"
	if res, err := w.Send(t.Context(), r); err != nil || res.Repeated {
		t.Errorf("globex: %+v, %v", res, err)
	}
	// A day later the key is free.
	w.advance(24*time.Hour + time.Minute)
	if res, err := w.Send(t.Context(), keyed("k", "good-bye")); err != nil || res.Repeated {
		t.Errorf("a day later: %+v, %v", res, err)
	}
}

// A refusal does not use the key up: the request may be mended and sent again.
func TestARefusalDoesNotUseTheKeyUp(t *testing.T) {
	w := newWorld(t)
	r := keyed("k", "hello")
	r.From = "+13109060904"
	_, err := w.Send(t.Context(), r)
	wantError(t, err, wirechief.Conflict, wirechief.RuleCampaign, "from")
	if res, err := w.Send(t.Context(), keyed("k", "hello")); err != nil || res.Repeated {
		t.Errorf("%+v, %v", res, err)
	}
}

// Of many requests at the same time under one key one sends; the others wait
// for it and get its answer.
func TestOneKeyAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	const callers = 32
	var wg sync.WaitGroup
	results := make([]wirechief.SendResult, callers)
	for i := range callers {
		wg.Go(func() {
			var err error
			if results[i], err = w.Send(t.Context(), keyed("k", "hello")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	firsts := 0
	for _, r := range results {
		if !r.Repeated {
			firsts++
		}
		if len(r.Recipients) != 1 || r.Recipients[0] != results[0].Recipients[0] || r.Ref != results[0].Ref {
			t.Errorf("answers differ: %+v and %+v", r, results[0])
		}
	}
	if firsts != 1 {
		t.Errorf("%d were told that they came first", firsts)
	}
	if n := w.count(); n != 1 {
		t.Errorf("%d messages", n)
	}
}
