package forwardtest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Run has a member made anew for each part, and judges it.
func Run(t *testing.T, start func(t *testing.T) *Member) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, m *judged)
	}{
		{"outcomes", outcomes},
		{"silence", silence},
		{"shutdown", shutdown},
		{"identity", identity},
		{"hostile texts", hostile},
		{"many at once", many},
	} {
		t.Run(part.name, func(t *testing.T) {
			m := &judged{Member: start(t)}
			part.run(t, m)
			m.secrets(t)
		})
	}
}

// judged is a member whose every word is looked at.
type judged struct {
	*Member
	mu    sync.Mutex
	words []string
}

// send makes a try and notes what is said about it.
func (m *judged) send(ctx context.Context, t *testing.T, d *wirechief.Delivery, limit time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	t.Helper()
	before, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	a, o := m.Sender.Send(ctx, d, limit)
	after, err := json.Marshal(d)
	if err != nil || string(before) != string(after) {
		t.Error("the delivery was changed by a try")
	}
	said, err := json.Marshal(map[string]any{"attempt": a, "outcome": o, "words": fmt.Sprintf("%+v %+v", a, o)})
	if err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.words = append(m.words, string(said))
	m.mu.Unlock()
	if a != nil && a.N != 0 {
		t.Error("the member numbers attempts; the engine does")
	}
	return a, o
}

// must has the far side answer so.
func (m *judged) must(t *testing.T, a Answer) {
	t.Helper()
	if !m.Play(a) {
		t.Fatalf("the far side cannot play %s", a)
	}
}

// took says that a new delivery goes through.
func (m *judged) took(t *testing.T, d *wirechief.Delivery) Seen {
	t.Helper()
	m.must(t, Take)
	before := len(m.Seen())
	a, o := m.send(t.Context(), t, d, timeout)
	if o.Disposition != wirechief.Done || o.Reason != wirechief.ReasonNone {
		t.Fatalf("%+v %+v", a, o)
	}
	seen := m.Seen()
	if len(seen) != before+1 {
		t.Fatalf("the far side took %d, not 1", len(seen)-before)
	}
	return seen[before]
}

func outcomes(t *testing.T, m *judged) {
	if s := m.took(t, m.Delivery(t, "hello")); !strings.Contains(s.Text, "hello") {
		t.Errorf("%q arrived", s.Text)
	}
	for _, tt := range []struct {
		answer Answer
		want   wirechief.Disposition
	}{{Later, wirechief.Retry}, {Never, wirechief.Final}, {Absent, wirechief.Retry}} {
		t.Run(tt.answer.String(), func(t *testing.T) {
			if !m.Play(tt.answer) {
				t.Logf("no far side of this kind answers %s", tt.answer)
				return
			}
			before := len(m.Seen())
			a, o := m.send(t.Context(), t, m.Delivery(t, "hello"), timeout)
			if o.Disposition != tt.want {
				t.Errorf("it is %s, want %s", o.Disposition, tt.want)
			}
			if !reasons(o.Reason) {
				t.Errorf("the reason is %q", o.Reason)
			}
			if a == nil || a.Class == "" || a.At.IsZero() {
				t.Errorf("the attempt is %+v", a)
			}
			if a != nil && a.Error == "" && a.StatusCode == 0 {
				t.Error("the attempt does not say what happened")
			}
			if len(m.Seen()) != before {
				t.Error("the far side took it all the same")
			}
		})
	}
	m.took(t, m.Delivery(t, "afterwards"))
}

// reasons says whether a reason is of the closed list, and says something.
func reasons(r wirechief.Reason) bool {
	return slices.Contains([]wirechief.Reason{
		wirechief.ReasonThrottled, wirechief.ReasonQueueFull, wirechief.ReasonTemporary, wirechief.ReasonUnreachable, wirechief.ReasonTimeout,
		wirechief.ReasonDisconnected, wirechief.ReasonCredentials, wirechief.ReasonFunds, wirechief.ReasonSource, wirechief.ReasonDestination,
		wirechief.ReasonContent, wirechief.ReasonRejected, wirechief.ReasonUnsupported, wirechief.ReasonProtocol, wirechief.ReasonRedirect,
		wirechief.ReasonEgress, wirechief.ReasonGone,
	}, r)
}

func silence(t *testing.T, m *judged) {
	m.must(t, Silent)
	const limit = 200 * time.Millisecond
	began := time.Now()
	a, o := m.send(t.Context(), t, m.Delivery(t, "hello"), limit)
	if took := time.Since(began); took > limit+5*time.Second {
		t.Errorf("it took %v", took)
	}
	if o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonTimeout || a == nil || a.Class != string(wirechief.ReasonTimeout) {
		t.Errorf("%+v %+v", a, o)
	}
	m.took(t, m.Delivery(t, "afterwards"))
}

func shutdown(t *testing.T, m *judged) {
	m.must(t, Take)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	before := len(m.Seen())
	a, o := m.send(over, t, m.Delivery(t, "hello"), timeout)
	if took := len(m.Seen()) - before; o.Disposition == wirechief.Done && took == 1 {
		t.Log("it was quicker than the shutdown")
	} else if o.Reason != wirechief.ReasonShutdown || a != nil || took != 0 {
		t.Errorf("before anything: %+v %+v, %d taken", a, o, took)
	}
	t.Run("under way", func(t *testing.T) {
		m.must(t, Silent)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan wirechief.Outcome)
		go func() {
			_, o := m.send(ctx, t, m.Delivery(t, "hello"), time.Minute)
			ended <- o
		}()
		m.Silence(t)
		cancel()
		select {
		case o := <-ended:
			if o.Reason != wirechief.ReasonShutdown || o.Disposition != wirechief.Retry {
				t.Errorf("%+v", o)
			}
		case <-time.After(timeout):
			t.Fatal("it does not stop")
		}
	})
	m.took(t, m.Delivery(t, "afterwards"))
}

func identity(t *testing.T, m *judged) {
	d := m.Delivery(t, "hello")
	if m.Play(Later) {
		m.send(t.Context(), t, d, timeout)
	}
	first := m.took(t, d)
	again := *d // as it is read back from the store
	again.Body = slices.Clone(d.Body)
	again.Tries, again.Attempts = 1, []wirechief.Attempt{{N: 1}}
	second := m.took(t, &again)
	if first.ID == "" || first.ID != second.ID {
		t.Errorf("tries of one delivery are %q and %q", first.ID, second.ID)
	}
	if first.Text != second.Text {
		t.Errorf("tries of one delivery say %q and %q", first.Text, second.Text)
	}
	if other := m.took(t, m.Delivery(t, "hello")); other.ID == first.ID {
		t.Error("two deliveries have one identity")
	}
}

func hostile(t *testing.T, m *judged) {
	for _, text := range Hostile() {
		s := m.took(t, m.Delivery(t, text))
		if !utf8.ValidString(s.Text) {
			t.Errorf("%q arrived as %q", text, s.Text)
		}
		for word := range strings.FieldsSeq(text) {
			if len(word) < 60 && isWord(word) && !strings.Contains(s.Text, word) {
				t.Errorf("of %q only %q arrived", text, s.Text)
			}
		}
		if m.Inert != nil {
			m.Inert(t, text, s)
		}
	}
}

func isWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

func many(t *testing.T, m *judged) {
	m.must(t, Take)
	const n = 40
	var all sync.WaitGroup
	list := make([]*wirechief.Delivery, n)
	for i := range list {
		list[i] = m.Delivery(t, fmt.Sprintf("hello %d", i))
	}
	for _, d := range list {
		all.Go(func() {
			if a, o := m.send(t.Context(), t, d, timeout); o.Disposition != wirechief.Done {
				t.Errorf("%+v %+v", a, o)
			}
		})
	}
	all.Wait()
	ids := make(map[string]bool)
	for _, s := range m.Seen() {
		ids[s.ID] = true
	}
	if len(ids) != n || len(m.Seen()) != n {
		t.Errorf("%d were taken, of %d identities", len(m.Seen()), len(ids))
	}
}

// secrets looks for what must not be there.
func (m *judged) secrets(t *testing.T) {
	words := strings.Join(m.words, "\n")
	if m.Log != nil {
		words += m.Log()
	}
	for _, s := range m.Secrets {
		if strings.Contains(words, s) {
			t.Error("a secret is in an attempt, an outcome or the log")
		}
	}
}
