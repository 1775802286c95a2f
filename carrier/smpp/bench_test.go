package smpp

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// counter is an SMSC that takes everything, and a handler that keeps nothing.
type counter struct {
	inbound func() // takes the time that a commit takes
	up      chan *session.Session
	changed chan struct{}
	free    chan struct{} // one for each delivery that may be outstanding
	left    sync.WaitGroup
}

func (c *counter) Bind(s *session.Session, h pdu.Header, _ pdu.Bind) {
	s.ReplyBind(h, pdu.OK, "SMSC")
	c.up <- s
}

func (c *counter) Message(s *session.Session, h pdu.Header, _ pdu.Message) {
	s.Reply(h, pdu.OK, "0123456789")
}

func (*counter) Late(*session.Session, session.Answer) {}

func (c *counter) Answered(_ int, a session.Answer) {
	if a.Err != nil || a.Status != pdu.OK {
		panic(a)
	}
	<-c.free
	c.left.Done()
}

func (c *counter) Inbound(context.Context, wirechief.Inbound) error { c.inbound(); return nil }
func (c *counter) Receipt(context.Context, wirechief.Receipt) error { c.inbound(); return nil }

func (c *counter) Changed(string) {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// overLoopback runs a link to a counter over TCP.
func overLoopback(b *testing.B, window int, c *counter) (*Link, *session.Session) {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	c.up, c.changed = make(chan *session.Session, 1), make(chan struct{}, 1)
	go func() {
		if conn, err := ln.Accept(); err == nil {
			session.New(conn, c, session.Options{Window: 2000}).Start()
		}
	}()
	cfg := plain()
	cfg.Address, cfg.Window = ln.Addr().String(), window
	l := New("main", cfg, carrier.Services{})
	if err := l.Start(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	s := <-c.up
	for l.Room() == 0 {
		<-c.changed
	}
	b.Cleanup(func() {
		if err := l.Stop(context.Background()); err != nil {
			b.Error(err)
		}
		ln.Close()
		<-s.Done()
	})
	return l, s
}

// BenchmarkSubmit is the way out: split, sent, answered and reported, the SMSC
// in the same process.
func BenchmarkSubmit(b *testing.B) {
	for name, window := range map[string]int{"window=64": 64, "window=1000": 1000} {
		b.Run(name, func(b *testing.B) {
			l, _ := overLoopback(b, window, &counter{})
			s := carrier.Submission{
				From: "+13109060901", To: "+13105551212", Receipt: true, Validity: time.Now().Add(24 * time.Hour),
				Text: "Your table is ready. Reply 1 to confirm, 2 to cancel. Thank you for dining with us.",
			}
			free := make(chan struct{}, window)
			var left sync.WaitGroup
			report := func(o wirechief.Outcome) {
				if o.Disposition != wirechief.Done {
					panic(o)
				}
				<-free
				left.Done()
			}
			b.ReportAllocs()
			for b.Loop() {
				free <- struct{}{}
				left.Add(1)
				s.Message++
				l.Submit(b.Context(), s, report)
			}
			left.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}

// BenchmarkInbound is the way in: read, handed over and answered. The handler
// returns at once, or a millisecond later with all those that wait, as after a
// group commit.
func BenchmarkInbound(b *testing.B) {
	for _, kind := range []struct {
		name string
		m    pdu.Message
	}{
		{"text", pdu.Message{Short: "Yes please, for four people at eight"}},
		{"receipt", pdu.Message{
			ESMClass: pdu.ESMReceipt, Short: "id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:2501020305 stat:DELIVRD err:000 Text:Hello",
		}},
	} {
		kind.m.Source, kind.m.Dest = handset, ours
		b.Run(kind.name+"/at once", func(b *testing.B) { benchmarkInbound(b, kind.m, func() {}) })
		b.Run(kind.name+"/group commit", func(b *testing.B) {
			var commit atomic.Pointer[chan struct{}]
			next := func() {
				c := make(chan struct{})
				if old := commit.Swap(&c); old != nil {
					close(*old)
				}
			}
			next()
			stop := make(chan struct{})
			var disk sync.WaitGroup
			disk.Go(func() {
				tick := time.NewTicker(time.Millisecond)
				defer tick.Stop()
				for {
					select {
					case <-tick.C:
						next()
					case <-stop:
						next()
						return
					}
				}
			})
			benchmarkInbound(b, kind.m, func() { <-*commit.Load() })
			close(stop)
			disk.Wait()
		})
	}
}

func benchmarkInbound(b *testing.B, m pdu.Message, commit func()) {
	c := &counter{inbound: commit, free: make(chan struct{}, 900)}
	_, s := overLoopback(b, 64, c)
	b.ReportAllocs()
	for b.Loop() {
		c.free <- struct{}{}
		c.left.Add(1)
		if err := s.Send(pdu.DeliverSM, &m, 0, c); err != nil {
			b.Fatal(err)
		}
	}
	c.left.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}
