package carriertest_test

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// esme is a client of the barest kind: it submits, remembers the order in which
// things came, and answers deliver_sm as it is told.
type esme struct {
	*session.Session
	status func(m pdu.Message) pdu.Status // nil: takes all

	mu     sync.Mutex
	events []string // "answer PART STATUS", "late STATUS", "cut PART", "deliver …"
	got    []pdu.Message
	ids    map[int]string
	news   chan struct{}
}

func (e *esme) event(s string) {
	e.events = append(e.events, s)
	select {
	case e.news <- struct{}{}:
	default:
	}
}

func (e *esme) Bind(*session.Session, pdu.Header, pdu.Bind) {}

func (e *esme) Late(_ *session.Session, a session.Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.event("late " + a.Status.String())
}

func (e *esme) Message(s *session.Session, h pdu.Header, m pdu.Message) {
	e.mu.Lock()
	defer e.mu.Unlock()
	status := pdu.OK
	if e.status != nil {
		status = e.status(m)
	}
	e.got = append(e.got, m)
	e.event("deliver")
	s.Reply(h, status, "")
}

func (e *esme) Answered(part int, a session.Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids[part] = a.ID
	switch {
	case a.Err == nil:
		e.event("answer " + string(rune('0'+part)) + " " + a.Status.String())
	case a.Err == session.ErrTimeout:
		e.event("timeout " + string(rune('0'+part)))
	default:
		e.event("cut " + string(rune('0'+part)))
	}
}

// wait gives the events once there are n of them.
func (e *esme) wait(t *testing.T, n int) []string {
	t.Helper()
	for {
		e.mu.Lock()
		events := slices.Clone(e.events)
		e.mu.Unlock()
		if len(events) >= n {
			return events
		}
		select {
		case <-e.news:
		case <-t.Context().Done():
			t.Fatalf("%d events, want %d: %q", len(events), n, events)
		case <-time.After(10 * time.Second):
			t.Fatalf("%d events, want %d: %q", len(events), n, events)
		}
	}
}

// answer sets what is answered to deliver_sm; nil takes all.
func (e *esme) answer(status func(pdu.Message) pdu.Status) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.status = status
}

func (e *esme) messages() []pdu.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.got)
}

func (e *esme) last() pdu.Message {
	got := e.messages()
	return got[len(got)-1]
}

// id is what the answer to a submission gave.
func (e *esme) id(part int) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ids[part]
}

func (e *esme) submit(t *testing.T, part int, text string) {
	t.Helper()
	m := pdu.Message{
		Source: pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"},
		Short: text, Registered: pdu.RegisteredFinal,
	}
	if err := e.Send(pdu.SubmitSM, &m, part, e); err != nil {
		t.Fatal(err)
	}
}

func dial(t testing.TB, c *carriertest.SMSC, opt session.Options) *esme {
	t.Helper()
	conn, err := net.Dial("tcp", c.Address())
	if err != nil {
		t.Fatal(err)
	}
	e := &esme{ids: make(map[int]string), news: make(chan struct{}, 1)}
	e.Session = session.New(conn, e, opt)
	e.Start()
	t.Cleanup(func() {
		e.Close()
		<-e.Done()
	})
	return e
}

func bind(t *testing.T, c *carriertest.SMSC, command pdu.Command) *esme {
	t.Helper()
	e := dial(t, c, session.Options{ResponseTimeout: 5 * time.Second})
	status, err := e.Session.Bind(t.Context(), command, &pdu.Bind{SystemID: "wirechief", Password: "secret", Version: pdu.Version34})
	if err != nil || status != pdu.OK {
		t.Fatalf("bind: %v, %v", status, err)
	}
	return e
}
