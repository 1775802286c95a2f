package torture

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// pause waits for a random instant: the one thing here that is left to chance,
// for a crash does not wait for anything either.
func pause(t *testing.T, least, most time.Duration) {
	t.Helper()
	select {
	case <-time.After(least + rand.N(most-least)):
	case <-t.Context().Done():
	}
}

// callers send texts all the time, each until its connection breaks and then
// again, and remember what was accepted.
type callers struct {
	mu       sync.Mutex
	accepted map[string]string // text → RefId
	next     atomic.Int64
	stop     chan struct{}
	running  sync.WaitGroup
}

func (p *program) call(n int) *callers {
	c := &callers{accepted: make(map[string]string), stop: make(chan struct{})}
	for range n {
		c.running.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
			defer client.CloseIdleConnections()
			for {
				select {
				case <-c.stop:
					return
				default:
				}
				text := fmt.Sprintf("text %06d", c.next.Add(1))
				ref, status, err := p.send(p.t.Context(), client, text)
				if err == nil && status == http.StatusOK {
					c.mu.Lock()
					c.accepted[text] = ref
					c.mu.Unlock()
					continue
				}
				select { // the server is away: let it come back
				case <-c.stop:
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
	}
	return c
}

func (c *callers) end() {
	close(c.stop)
	c.running.Wait()
}

func (c *callers) refs() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]string, 0, len(c.accepted))
	for _, ref := range c.accepted {
		out = append(out, ref)
	}
	return out
}

func TestKillOutbound(t *testing.T) {
	kills := rounds(20, 300)
	p := install(t, "", carriertest.Options{Behaviour: carriertest.Behaviour{
		AnswerDelay: 20 * time.Millisecond, Receipts: carriertest.Receipts{Delay: 10 * time.Millisecond},
	}})
	c := p.call(16)
	for range kills {
		pause(t, 50*time.Millisecond, 350*time.Millisecond)
		p.server.Kill()
		p.start()
	}
	pause(t, 50*time.Millisecond, 100*time.Millisecond)
	c.end()
	p.told.waitFor(t, c.refs(), "accepted messages")

	submitted := make(map[string]int)
	for _, s := range p.smsc.Submits() {
		if s.Status == pdu.OK {
			submitted[s.Message.Short]++
		}
	}
	twice, unmarked := 0, 0
	for text, n := range submitted {
		if n < 2 {
			continue
		}
		twice += n - 1
		ref, ok := c.accepted[text]
		if !ok {
			continue // accepted, and the answer was lost with the process: its RefId is not known here
		}
		for _, m := range p.messages(ref) {
			if !slices.ContainsFunc(m.Events, isResend) {
				unmarked++
			}
		}
	}
	lost := 0
	for text := range c.accepted {
		if submitted[text] == 0 {
			lost++
		}
	}
	t.Logf("%d kills, %d messages accepted, %d lost, %d sent twice", kills, len(c.accepted), lost, twice)
	if lost > 0 {
		t.Errorf("%d accepted messages never reached the carrier", lost)
	}
	if twice > kills*window {
		t.Errorf("%d were sent twice in %d kills with a window of %d", twice, kills, window)
	}
	if unmarked > 0 {
		t.Errorf("%d were sent twice without being marked in doubt", unmarked)
	}
	if len(c.accepted) < kills*10 {
		t.Errorf("only %d messages were accepted: this tests little", len(c.accepted))
	}
}

func isResend(e wirechief.Event) bool {
	return e.Type == wirechief.EventInDoubt && e.Detail.Resend
}

func TestKillInbound(t *testing.T) {
	kills := rounds(20, 300)
	p := install(t, "", carriertest.Options{Redeliver: 20 * time.Millisecond, ResponseTimeout: 2 * time.Second, Window: 20})
	var texts []string
	deliver := func(n int) {
		for range n {
			text := fmt.Sprintf("inbound %06d", len(texts))
			texts = append(texts, text)
			p.smsc.Deliver(pdu.Message{
				Source: pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: number}, Short: text,
			})
		}
	}
	for range kills {
		deliver(500)
		pause(t, 10*time.Millisecond, 150*time.Millisecond)
		p.server.Kill()
		p.start()
	}
	deliver(100)
	if err := p.smsc.Wait(t.Context(), func(s carriertest.Stats) bool { return s.TextsKept+s.TextsRefused == len(texts) }); err != nil {
		t.Fatal(err)
	}
	s := p.smsc.Stats()
	t.Logf("%d kills, %d texts, %d brought again", kills, len(texts), s.Redelivered)
	if s.TextsRefused > 0 {
		t.Errorf("%d texts were refused for good", s.TextsRefused)
	}
	p.told.waitFor(t, texts, "acknowledged texts")
}
