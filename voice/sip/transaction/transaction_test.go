package transaction_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"github.com/wirechief/wirechief/voice/sip/transaction"
	"github.com/wirechief/wirechief/voice/sip/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// core remembers what it is told.
type core struct {
	requests chan *transaction.Server
	canceled chan *transaction.Server
	acks     chan *sip.Request
	strays   chan *sip.Response
}

func newCore() *core {
	return &core{make(chan *transaction.Server, 64), make(chan *transaction.Server, 64), make(chan *sip.Request, 64), make(chan *sip.Response, 64)}
}

func (c *core) Request(s *transaction.Server)         { c.requests <- s }
func (c *core) Canceled(s *transaction.Server)        { c.canceled <- s }
func (c *core) Ack(r *sip.Request, _ *wire.Flow)      { c.acks <- r }
func (c *core) Stray(res *sip.Response, _ *wire.Flow) { c.strays <- res }
func sentBy(f *wire.Flow) (string, int)               { return f.Local.Addr().String(), int(f.Local.Port()) }

func short() transaction.Timers {
	return transaction.Timers{T1: 5 * time.Millisecond, T2: 40 * time.Millisecond, T4: 20 * time.Millisecond}
}

// bed is a layer over a UDP socket, and a bare socket as its far side.
type bed struct {
	core  *core
	layer *transaction.Layer
	flow  *wire.Flow
	peer  *net.UDPConn
}

func newBed(t testing.TB, timers transaction.Timers) *bed {
	t.Helper()
	b := &bed{core: newCore()}
	b.layer = transaction.New(b.core, timers, sentBy)
	e := wire.New(wire.Handlers{
		Message: func(m sip.Message, f *wire.Flow) {
			if err := transaction.Complete(m); err != nil {
				t.Errorf("%v: %v", m, err)
				return
			}
			b.layer.Receive(m, f)
		},
		Broken: func(text []byte, err error, _ *wire.Flow) { t.Errorf("%q: %v", text, err) },
		Closed: b.layer.Lost,
	})
	if _, err := e.ListenUDP("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.peer, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		t.Fatal(err)
	}
	b.flow = e.Packets(netip.MustParseAddrPort(b.peer.LocalAddr().String()))
	t.Cleanup(func() {
		b.layer.Close()
		e.Close()
		_ = b.peer.Close()
	})
	return b
}

func (b *bed) say(text string) {
	_, _ = b.peer.WriteToUDPAddrPort([]byte(text), b.flow.Local)
}

// hear is the next message that reached the peer.
func (b *bed) hear(t testing.TB) string {
	t.Helper()
	buf := make([]byte, 1<<16)
	_ = b.peer.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := b.peer.Read(buf)
	if err != nil {
		t.Fatal("the peer heard nothing: ", err)
	}
	return string(buf[:n])
}

func invite(id string) *sip.Request { return request(sip.INVITE, id) }

func request(method sip.RequestMethod, id string) *sip.Request {
	r := sip.NewRequest(method, sip.Uri{Scheme: "sip", User: "bob", Host: "peer.test"})
	r.AppendHeader(&sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "alice", Host: "us.test"}, Params: sip.HeaderParams{{K: "tag", V: "a"}}})
	r.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: "bob", Host: "peer.test"}})
	call := sip.CallIDHeader(id)
	r.AppendHeader(&call)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: method})
	r.SetBody(nil)
	return r
}

// answer words a response to a request that came as text.
func answer(text, status, body string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "SIP/2.0 %s\r\n", status)
	for line := range strings.SplitSeq(text, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "Via", "From", "Call-ID", "CSeq":
			out.WriteString(line + "\r\n")
		case "To":
			if !strings.Contains(line, "tag=") {
				line += ";tag=b"
			}
			out.WriteString(line + "\r\n")
		}
	}
	fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return out.String()
}

// The first test of the package: answers back to back are all seen, in order.
func TestBurst(t *testing.T) {
	for _, c := range []struct {
		name, first, body string
	}{
		{"180 then 200", "180 Ringing", ""},
		{"183 with SDP then 200", "183 Session Progress", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, transaction.DefaultTimers())
			for n := range 1000 {
				var mu sync.Mutex
				var got []int
				done := make(chan struct{})
				_, err := b.layer.Send(invite(fmt.Sprintf("burst-%d", n)), b.flow, func(res *sip.Response, err error) {
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
						return
					}
					got = append(got, res.StatusCode)
					if res.StatusCode == 200 {
						close(done)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				text := b.hear(t)
				b.say(answer(text, c.first, c.body))
				b.say(answer(text, "200 OK", ""))
				<-done
				mu.Lock()
				if !slices.Equal(got, []int{180, 200}) && !slices.Equal(got, []int{183, 200}) {
					t.Fatalf("call %d: heard %v", n, got)
				}
				mu.Unlock()
			}
		})
	}
}

func TestClientRepeatsUntilAnswered(t *testing.T) {
	for _, method := range []sip.RequestMethod{sip.INVITE, sip.OPTIONS} {
		t.Run(string(method), func(t *testing.T) {
			b := newBed(t, short())
			got := make(chan int, 8)
			if _, err := b.layer.Send(request(method, "again"), b.flow, func(res *sip.Response, err error) {
				if err == nil {
					got <- res.StatusCode
				}
			}); err != nil {
				t.Fatal(err)
			}
			first := b.hear(t)
			if second := b.hear(t); second != first {
				t.Fatalf("repeated otherwise: %q, then %q", first, second)
			}
			b.say(answer(first, "486 Busy Here", ""))
			if status := <-got; status != 486 {
				t.Fatal(status)
			}
			if method == sip.INVITE {
				for {
					text := b.hear(t)
					if strings.HasPrefix(text, "ACK ") {
						break
					}
				}
				// The ACK got lost.
				b.say(answer(first, "486 Busy Here", ""))
				if text := b.hear(t); !strings.HasPrefix(text, "ACK ") || !strings.Contains(text, "tag=b") {
					t.Fatalf("instead of ACK: %q", text)
				}
			}
		})
	}
}

func TestClientGivesUp(t *testing.T) {
	b := newBed(t, transaction.Timers{T1: time.Millisecond, T2: 4 * time.Millisecond, T4: time.Millisecond})
	got := make(chan error, 1)
	if _, err := b.layer.Send(invite("silence"), b.flow, func(_ *sip.Response, err error) { got <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, transaction.ErrTimeout) {
		t.Fatal(err)
	}
	if n := b.layer.Len(); n != 0 {
		t.Fatalf("%d transactions are left", n)
	}
}

func TestTooLargeForUDP(t *testing.T) {
	b := newBed(t, short())
	r := invite("large")
	r.AppendHeader(sip.NewHeader("Subject", strings.Repeat("x", wire.MostUDP)))
	if _, err := b.layer.Send(r, b.flow, func(*sip.Response, error) { t.Error("told") }); !errors.Is(err, wire.ErrTooLarge) {
		t.Fatal(err)
	}
}

func TestCancelWaitsForSomethingToBeSaid(t *testing.T) {
	b := newBed(t, transaction.DefaultTimers())
	got := make(chan int, 8)
	c, err := b.layer.Send(invite("withdrawn"), b.flow, func(res *sip.Response, err error) {
		if err == nil {
			got <- res.StatusCode
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	text := b.hear(t)
	c.Cancel(nil)
	b.say(answer(text, "100 Trying", ""))
	cancel := b.hear(t)
	if !strings.HasPrefix(cancel, "CANCEL ") {
		t.Fatalf("instead of CANCEL: %q", cancel)
	}
	b.say(answer(cancel, "200 OK", ""))
	b.say(answer(text, "487 Request Terminated", ""))
	if ack := b.hear(t); !strings.HasPrefix(ack, "ACK ") {
		t.Fatalf("instead of ACK: %q", ack)
	}
	if a, z := <-got, <-got; a != 100 || z != 487 {
		t.Fatal(a, z)
	}
}

func from(b *bed, method, branch, tag string) string {
	return fmt.Sprintf("%s sip:us@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@y>%s\r\n"+
		"Call-ID: in\r\nCSeq: 7 %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", method, b.peer.LocalAddr(), branch, tag, method)
}

func TestServer(t *testing.T) {
	b := newBed(t, short())
	b.say(from(b, "INVITE", "z9hG4bKone", ""))
	s := <-b.core.requests
	s.Respond(sip.NewResponseFromRequest(s.Request, 180, "Ringing", nil))
	ringing := b.hear(t)
	b.say(from(b, "INVITE", "z9hG4bKone", "")) // again
	if again := b.hear(t); again != ringing {
		t.Fatalf("%q, then %q", ringing, again)
	}
	b.say(from(b, "CANCEL", "z9hG4bKone", ""))
	if ok := b.hear(t); !strings.HasPrefix(ok, "SIP/2.0 200 ") || !strings.Contains(ok, "7 CANCEL") {
		t.Fatalf("instead of 200 to CANCEL: %q", ok)
	}
	if <-b.core.canceled != s {
		t.Fatal("another one was withdrawn")
	}
	s.Respond(sip.NewResponseFromRequest(s.Request, 487, "Request Terminated", nil))
	for range 3 { // until ACK
		if text := b.hear(t); !strings.HasPrefix(text, "SIP/2.0 487 ") {
			t.Fatalf("instead of 487: %q", text)
		}
	}
	b.say(from(b, "ACK", "z9hG4bKone", ";tag=x"))
	b.say(from(b, "CANCEL", "z9hG4bKother", ""))
	for {
		if text := b.hear(t); strings.HasPrefix(text, "SIP/2.0 481 ") {
			break
		}
	}
	if len(b.core.acks) != 0 {
		t.Fatal("the ACK of a 487 came to the core")
	}
}

func TestAcceptIsRepeatedUntilAcked(t *testing.T) {
	b := newBed(t, short())
	b.say(from(b, "INVITE", "z9hG4bKtwo", ""))
	s := <-b.core.requests
	s.Accept(sip.NewResponseFromRequest(s.Request, 200, "OK", nil), func() { t.Error("acknowledged, and told otherwise") })
	for range 3 {
		if text := b.hear(t); !strings.HasPrefix(text, "SIP/2.0 200 ") {
			t.Fatalf("instead of 200: %q", text)
		}
	}
	b.say(from(b, "ACK", "z9hG4bKthree", ";tag=x"))
	<-b.core.acks
	s.Acked()

	b.say(from(b, "INVITE", "z9hG4bKfour", ""))
	s = <-b.core.requests
	unacked := make(chan struct{})
	s.Accept(sip.NewResponseFromRequest(s.Request, 200, "OK", nil), func() { close(unacked) })
	<-unacked
}
