package session

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

func TestServes(t *testing.T) {
	withPeer(t, Options{}, func(_ *Session, p *raw, r *recorder, _ *journal) {
		r.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "id") }
		for _, tt := range []struct {
			name   string
			send   []byte
			answer pdu.Command
			status pdu.Status
		}{
			{"enquire_link", pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 7), pdu.EnquireLink.Response(), pdu.OK},
			{"submit_sm", pdu.AppendMessage(nil, pdu.SubmitSM, 7, &pdu.Message{}), pdu.SubmitSM.Response(), pdu.OK},
			{"data_sm", pdu.AppendMessage(nil, pdu.DataSM, 7, &pdu.Message{}), pdu.DataSM.Response(), pdu.OK},
			{"query_sm", pdu.AppendHeader(nil, pdu.QuerySM, pdu.OK, 7), pdu.QuerySM.Response(), pdu.InvalidCommand},
			{"no command", pdu.AppendHeader(nil, 0x777, pdu.OK, 7), pdu.GenericNack, pdu.InvalidCommand},
			{"half a message", pdu.AppendHeader(nil, pdu.DeliverSM, pdu.OK, 7), pdu.DeliverSM.Response(), pdu.InvalidCommandLength},
			{"outbind", pdu.AppendHeader(nil, pdu.Outbind, pdu.OK, 7), 0, 0},
			{"alert_notification", pdu.AppendHeader(nil, pdu.AlertNotification, pdu.OK, 7), 0, 0},
		} {
			before := len(p.headers())
			p.send(tt.send)
			h := p.headers()[before:]
			if tt.answer == 0 {
				if len(h) != 0 {
					p.Errorf("%s is answered %+v", tt.name, h)
				}
				continue
			}
			if len(h) != 1 || h[0].Command != tt.answer || h[0].Status != tt.status || h[0].Sequence != 7 {
				p.Errorf("%s is answered %+v, want %s %s", tt.name, h, tt.answer, tt.status)
			}
		}
	})
}

// TestNoPDU: what comes after it cannot be understood, so the connection ends,
// but not without an answer.
func TestNoPDU(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		p.headers()
		p.send([]byte("GET / HTTP/1.1\r\n"))
		<-s.Done()
		h := p.headers()
		if len(h) != 2 || h[1].Command != pdu.GenericNack || h[1].Status != pdu.InvalidCommandLength {
			p.Errorf("%+v", h)
		}
		if _, ok := errors.AsType[*pdu.Error](s.Err()); !ok {
			p.Errorf("Err is %v", s.Err())
		}
		if a := r.told(0); len(a) != 1 || a[0].Err != ErrClosed || !a[0].Left {
			p.Errorf("%+v", a)
		}
	})
}

// TestCut: what the connection took may have arrived, and the rest did not.
func TestCut(t *testing.T) {
	withDeafPeer(t, Options{Window: 100}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0) // stands in the way of the others
		synctest.Wait()
		for part := 1; part < 10; part++ {
			send(p.T, s, r, part)
		}
		// The peer reads the first whole and two and a half of the others.
		one := len(pdu.AppendMessage(nil, pdu.SubmitSM, 1, &pdu.Message{Short: "Hi"}))
		if _, err := io.ReadFull(p.Conn, make([]byte, 3*one+one/2)); err != nil {
			p.Fatal(err)
		}
		synctest.Wait()
		p.Close()
		<-s.Done()
		for part := range 10 {
			a := r.told(part)
			if len(a) != 1 || a[0].Err != ErrClosed || a[0].Left != (part < 3) {
				p.Errorf("part %d: %+v, want left %v", part, a, part < 3)
			}
		}
		if fmt.Sprint(r.order) != "[0 1 2 3 4 5 6 7 8 9]" {
			p.Errorf("told in order %v", r.order)
		}
		if err := s.Send(pdu.SubmitSM, &pdu.Message{}, 0, r); err != ErrClosed || s.Free() != 0 {
			p.Errorf("after the end: %v, %d free", err, s.Free())
		}
		s.Reply(pdu.Header{Command: pdu.DeliverSM}, pdu.OK, "") // of no use, and no harm
	})
}

// TestReadingGoesOn while nothing can be written, up to a limit.
func TestReadingGoesOn(t *testing.T) {
	withDeafPeer(t, Options{ResponseTimeout: time.Hour}, func(s *Session, p *raw, r *recorder, _ *journal) {
		r.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, strings.Repeat("x", 60)) }
		batch := []byte{}
		for range 1000 {
			batch = pdu.AppendMessage(batch, pdu.DeliverSM, 7, &pdu.Message{Short: "Hi"})
		}
		p.send(batch)
		if n := len(r.messages); n != 1000 {
			p.Errorf("%d of 1,000 were read while nobody reads the answers", n)
		}
		for range 100 {
			if _, err := p.Write(batch); err != nil {
				break
			}
		}
		<-s.Done()
		if s.Err() != ErrBacklog {
			p.Errorf("Err is %v", s.Err())
		}
	})
}

// TestPeerThatDoesNotRead is cut off by the write deadline.
func TestPeerThatDoesNotRead(t *testing.T) {
	withDeafPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		time.Sleep(11 * time.Second)
		<-s.Done()
		if s.Err() == nil || len(r.told(0)) != 1 {
			p.Errorf("Err is %v, told %+v", s.Err(), r.told(0))
		}
	})
}

// quick is a connection whose peer answers before Write returns.
type quick struct {
	net.Conn
	in     chan []byte
	rest   []byte
	mu     sync.Mutex
	writes int
}

func (q *quick) Write(b []byte) (int, error) {
	q.mu.Lock()
	q.writes++
	q.mu.Unlock()
	for rest := b; len(rest) > 0; {
		h, err := pdu.ParseHeader(rest)
		if err != nil {
			return 0, err
		}
		q.in <- pdu.AppendMessageResp(nil, h.Command, pdu.OK, h.Sequence, "id")
		rest = rest[h.Length:]
	}
	synctest.Wait() // until the answer is dealt with
	return len(b), nil
}

func (q *quick) Read(b []byte) (int, error) {
	if len(q.rest) == 0 {
		var ok bool
		if q.rest, ok = <-q.in; !ok {
			return 0, io.EOF
		}
	}
	n := copy(b, q.rest)
	q.rest = q.rest[n:]
	return n, nil
}

func (q *quick) Close() error { return nil }

func (q *quick) SetWriteDeadline(time.Time) error { return nil }

// TestAnswerBeforeWriteReturns: a request is on record before its first octet
// leaves, so the quickest answer finds it.
func TestAnswerBeforeWriteReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, r := &quick{in: make(chan []byte)}, &recorder{}
		s := New(q, r, Options{Window: 1000})
		s.Start()
		for part := range 5 {
			send(t, s, r, part)
			time.Sleep(time.Second)
			if a := r.told(part); len(a) != 1 || a[0] != (Answer{ID: "id"}) {
				t.Errorf("part %d: %+v", part, a)
			}
		}
		s.Close()
		close(q.in)
		<-s.Done()
	})
}

// TestOneWriteForMany: what gathers while a write is under way goes out in one.
func TestOneWriteForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, r := &quick{in: make(chan []byte, 1000)}, &recorder{}
		s := New(q, r, Options{Window: 1000})
		for part := range 500 { // before the writer runs
			send(t, s, r, part)
		}
		s.Start()
		time.Sleep(time.Second)
		q.mu.Lock()
		if q.writes != 1 {
			t.Errorf("%d writes for 500 requests", q.writes)
		}
		q.mu.Unlock()
		if len(r.told(499)) != 1 {
			t.Error("the last was not answered")
		}
		s.Close()
		close(q.in)
		<-s.Done()
	})
}
