package carriertest_test

import (
	"net"
	"testing"
	"time"

	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// Throughput of the SMSC with a client in the same process. Run it with -cpu 1.
func BenchmarkSMSC(b *testing.B) {
	for name, delay := range map[string]time.Duration{"at once": 0, "after 100 ms": 100 * time.Millisecond} {
		b.Run(name, func(b *testing.B) {
			c, err := carriertest.NewSMSC(carriertest.Options{CountOnly: true, Window: 1000, Behaviour: carriertest.Behaviour{
				Receipts: carriertest.Receipts{Delay: delay},
			}})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			e := &loader{room: make(chan struct{}, 1000), b: b}
			conn, err := net.Dial("tcp", c.Address())
			if err != nil {
				b.Fatal(err)
			}
			s := session.New(conn, e, session.Options{Window: 1000})
			s.Start()
			if _, err := s.Bind(b.Context(), pdu.BindTransceiver, &pdu.Bind{}); err != nil {
				b.Fatal(err)
			}
			m := pdu.Message{
				Source: pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"},
				Short: "Your code is 123456. It is valid for ten minutes.", Registered: pdu.RegisteredFinal,
			}
			b.ReportAllocs()
			for b.Loop() {
				e.room <- struct{}{}
				if err := s.Send(pdu.SubmitSM, &m, 0, e); err != nil {
					b.Fatal(err)
				}
			}
			if err := c.Wait(b.Context(), func(s carriertest.Stats) bool { return s.ReceiptsKept == b.N }); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			s.Close()
			<-s.Done()
		})
	}
}

// loader is a client that counts nothing.
type loader struct {
	room chan struct{}
	b    *testing.B
}

func (*loader) Bind(*session.Session, pdu.Header, pdu.Bind) {}
func (*loader) Late(*session.Session, session.Answer)       {}

func (*loader) Message(s *session.Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "") }

func (l *loader) Answered(_ int, a session.Answer) {
	if a.Err != nil || a.Status != pdu.OK {
		l.b.Errorf("answer %+v", a)
	}
	<-l.room
}
