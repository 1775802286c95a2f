package fonedynamics_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/test/world"
)

// What is asked again under its key gets the first answer, to the octet, though
// the texts have been delivered, the number has gone and the time to send has
// passed.
func TestTheFirstAnswerAgain(t *testing.T) {
	w := newLiveTexts(t, textState)
	h := fonedynamics.New(w, fonedynamics.Options{Now: w.Clock.Now})
	later := `{"From":"+61280000001","To":"+61400000003","Text":"later","Schedule":1772452860}`
	ask2 := func() (one, many string) {
		t.Helper()
		a := ask(t, h, "POST", texting, later, "Idempotency-Key", "one")
		b := ask(t, h, "POST", batching, `{"Messages":[`+later+`,{},`+hello+`]}`, "Idempotency-Key", "many")
		if a.Code != 200 || b.Code != 200 || !strings.Contains(b.Body.String(), "PARAMETER_REQUIRED") {
			t.Fatalf("%d %s\n%d %s", a.Code, a.Body, b.Code, b.Body)
		}
		return a.Body.String(), b.Body.String()
	}
	one, many := ask2()
	w.Advance(2 * time.Minute)
	for i := range 3 {
		try, err := w.Main.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		try.Answer(wirechief.Outcome{Disposition: wirechief.Done, IDs: []string{string(rune('a' + i))}})
		if err := w.Main.Receipt(t.Context(), wirechief.Receipt{Carrier: "main", ID: string(rune('a' + i)), State: wirechief.ReceiptDelivered}); err != nil {
			t.Fatal(err)
		}
	}
	who := wirechief.Principal{Tenant: "acme"}
	if _, err := w.Release(t.Context(), who, "+61280000001"); err != nil {
		t.Fatal(err)
	}
	w.Advance(2 * time.Hour) // too late to be scheduled
	if again, all := ask2(); again != one || all != many {
		t.Errorf("%s\nat first %s\n%s\nat first %s", again, one, all, many)
	}
	list, err := w.Messages(t.Context(), who, wirechief.MessageFilter{Limit: 10})
	if err != nil || len(list) != 3 {
		t.Errorf("%d texts, %v", len(list), err)
	}
}

// breaking takes a few sends and then none, as a disk that is full.
type breaking struct {
	*world.World
	left atomic.Int64
}

func (b *breaking) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if b.left.Add(-1) < 0 {
		return wirechief.SendResult{}, wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full")
	}
	return b.World.Send(ctx, r)
}

// A batch of which some could not be taken for a reason of ours is done again by
// the same request: only what is missing is sent.
func TestABatchThatBreaksOff(t *testing.T) {
	c := &breaking{World: newTexts(t, textState)}
	h := fonedynamics.New(c, fonedynamics.Options{Now: world.Start})
	body := `{"Messages":[` + hello + `,{},` + hello + `,` + hello + `]}`
	c.left.Store(2)
	a := ask(t, h, "POST", batching, body, "Idempotency-Key", "k")
	if got := strings.Count(a.Body.String(), "MessageSid"); a.Code != 200 || got != 2 || !strings.Contains(a.Body.String(), "SERVICE_UNAVAILABLE") {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	c.left.Store(100)
	if a := ask(t, h, "POST", batching, `{"Messages":[`+hello+`]}`, "Idempotency-Key", "k"); a.Code != http.StatusConflict {
		t.Errorf("another batch: %d %s", a.Code, a.Body)
	}
	whole := ask(t, h, "POST", batching, body, "Idempotency-Key", "k")
	if got := strings.Count(whole.Body.String(), "MessageSid"); whole.Code != 200 || got != 3 || c.left.Load() != 99 {
		t.Errorf("%d %s, %d left", whole.Code, whole.Body, c.left.Load())
	}
	if again := ask(t, h, "POST", batching, body, "Idempotency-Key", "k"); again.Body.String() != whole.Body.String() {
		t.Errorf("%s\nat first %s", again.Body, whole.Body)
	}
}
