package session

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

func TestWindowAndOrder(t *testing.T) {
	withPeer(t, Options{Window: 3}, func(s *Session, p *raw, r *recorder, _ *journal) {
		for part := range 3 {
			send(p.T, s, r, part)
		}
		if err := s.Send(pdu.SubmitSM, &pdu.Message{}, 9, r); err != ErrWindow || s.Free() != 0 || s.Outstanding() != 3 {
			p.Errorf("a fourth of three: %v, %d free", err, s.Free())
		}
		h := p.headers()
		if len(h) != 3 {
			p.Fatalf("%d came", len(h))
		}
		// Answers in any order, each to its own.
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "c")
		p.respond(pdu.SubmitSM, pdu.Throttled, h[0].Sequence, "")
		if a := r.told(2); len(a) != 1 || a[0] != (Answer{ID: "c"}) {
			p.Errorf("the third: %+v", a)
		}
		if a := r.told(0); len(a) != 1 || a[0] != (Answer{Status: pdu.Throttled}) {
			p.Errorf("the first: %+v", a)
		}
		if len(r.told(1)) != 0 || s.Free() != 2 {
			p.Errorf("the second is told, or %d are free", s.Free())
		}
		send(p.T, s, r, 3)
		p.respond(pdu.SubmitSM, pdu.OK, h[1].Sequence, "b")
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[3].Sequence, "d")
		if fmt.Sprint(r.order) != "[2 0 1 3]" || s.Free() != 3 {
			p.Errorf("told in order %v, %d free", r.order, s.Free())
		}
	})
}

// TestMatchesByKind: both sides number alike, so a number alone says nothing.
func TestMatchesByKind(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, j *journal) {
		send(p.T, s, r, 0)
		n := p.headers()[0].Sequence
		p.send(pdu.AppendMessage(nil, pdu.DeliverSM, n, &pdu.Message{Short: "a receipt"})) // a request of its own
		p.respond(pdu.DeliverSM, pdu.OK, n, "")
		p.respond(pdu.DataSM, pdu.OK, n, "x")
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink.Response(), pdu.OK, n))
		if len(r.told(0)) != 0 || s.Free() != 9 {
			p.Fatalf("something else was taken for the answer: %+v", r.told(0))
		}
		if len(r.messages) != 1 || r.messages[0].Short != "a receipt" {
			p.Errorf("the receipt was swallowed: %+v", r.messages)
		}
		p.respond(pdu.SubmitSM, pdu.OK, n, "right")
		p.respond(pdu.SubmitSM, pdu.OK, n, "again") // repeated
		p.respond(pdu.SubmitSM, pdu.OK, 4711, "x")  // never asked for
		if a := r.told(0); len(a) != 1 || a[0].ID != "right" || s.Free() != 10 {
			p.Errorf("%+v, %d free", a, s.Free())
		}
		if n := j.count("answers nothing"); n != 5 {
			p.Errorf("%d strays in the log, want 5: %s", n, j)
		}
	})
}

func TestGenericNack(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		send(p.T, s, r, 1)
		h := p.headers()
		p.send(pdu.AppendHeader(nil, pdu.GenericNack, pdu.InvalidCommandLength, h[0].Sequence))
		p.send(pdu.AppendHeader(nil, pdu.GenericNack, pdu.OK, h[1].Sequence))
		if a := r.told(0); len(a) != 1 || a[0].Status != pdu.InvalidCommandLength {
			p.Errorf("%+v", a)
		}
		if a := r.told(1); len(a) != 1 || a[0].Status != pdu.UnknownError {
			p.Errorf("a refusal that calls itself OK: %+v", a)
		}
	})
}

// TestLate: an overdue request gives its place back, and its answer is known
// when it comes, as long as it is remembered.
func TestLate(t *testing.T) {
	withPeer(t, Options{Window: 2, Remember: 3}, func(s *Session, p *raw, r *recorder, j *journal) {
		for part := range 4 {
			send(p.T, s, r, part)
			time.Sleep(6 * time.Second) // 10 s are the limit, so no more than two are outstanding
		}
		time.Sleep(20 * time.Second)
		for part := range 4 {
			if a := r.told(part); len(a) != 1 || a[0].Err != ErrTimeout || !a[0].Left {
				p.Errorf("part %d: %+v", part, a)
			}
		}
		if s.Free() != 2 {
			p.Errorf("%d free", s.Free())
		}
		h := p.headers()
		p.respond(pdu.SubmitSM, pdu.OK, h[0].Sequence, "forgotten")
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "late")
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "late")
		if len(r.late) != 1 || r.late[0].ID != "late" || r.late[0].Caller != Caller(r) || r.late[0].Part != 2 {
			p.Errorf("%+v", r.late)
		}
		if j.count("answers nothing") != 2 || s.Free() != 2 {
			p.Errorf("%d free; %s", s.Free(), j)
		}
		// Those that follow are not harmed.
		send(p.T, s, r, 5)
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[4].Sequence, "next")
		if a := r.told(5); len(a) != 1 || a[0].ID != "next" {
			p.Errorf("%+v", a)
		}
	})
}

// TestSlowAnswerBlocksItsPlaceOnly: others go on around it.
func TestSlowAnswerBlocksItsPlaceOnly(t *testing.T) {
	withPeer(t, Options{Window: 2}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		for part := 1; part <= 3000; part++ { // more than the queues keep without tidying
			send(p.T, s, r, part)
			h := p.headers()
			p.respond(pdu.SubmitSM, pdu.OK, h[len(h)-1].Sequence, "x")
		}
		if len(r.told(3000)) != 1 || len(r.told(0)) != 0 {
			p.Error("the slow one held the others up")
		}
		if n := len(s.order.numbers); n > 4000 {
			p.Errorf("%d numbers kept for one that is outstanding", n)
		}
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[0].Sequence, "slow")
		if a := r.told(0); len(a) != 1 || a[0].ID != "slow" {
			p.Errorf("%+v", a)
		}
	})
}

func TestSequenceNumbers(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0) // keeps number 1
		s.mu.Lock()
		s.last = pdu.MaxSequence - 1
		s.mu.Unlock()
		send(p.T, s, r, 1)
		send(p.T, s, r, 2)
		h := p.headers()
		if h[0].Sequence != 1 || h[1].Sequence != pdu.MaxSequence || h[2].Sequence != 2 {
			p.Errorf("%+v", h)
		}
	})
}

// TestSilentPeer is asked for a sign of life, and left when there is none.
func TestSilentPeer(t *testing.T) {
	withPeer(t, Options{EnquireLink: 30 * time.Second}, func(s *Session, p *raw, r *recorder, _ *journal) {
		time.Sleep(29 * time.Second)
		if n := len(p.headers()); n != 0 {
			p.Errorf("%d asked early", n)
		}
		time.Sleep(2 * time.Second)
		h := p.headers()
		if len(h) != 1 || h[0].Command != pdu.EnquireLink {
			p.Fatalf("%+v", h)
		}
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink.Response(), pdu.OK, h[0].Sequence))
		time.Sleep(25 * time.Second)
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 1)) // a sign of life too
		time.Sleep(29 * time.Second)
		if n := len(p.headers()); n != 2 { // our answer
			p.Errorf("%d came, want 2", n)
		}
		send(p.T, s, r, 0)
		time.Sleep(13 * time.Second)
		select {
		case <-s.Done():
		default:
			p.Fatal("the silent peer was not left")
		}
		if s.Err() != ErrSilent {
			p.Errorf("Err is %v", s.Err())
		}
		if a := r.told(0); len(a) != 1 {
			p.Errorf("%+v", a)
		}
	})
}

func TestBind(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, _, sr *recorder) {
		b := pdu.Bind{SystemID: "wirechief", Password: "right", Version: pdu.Version34}
		if status, err := client.Bind(t.Context(), pdu.BindTransceiver, &b); status != pdu.OK || err != nil {
			t.Errorf("%s, %v", status, err)
		}
		if len(sr.binds) != 1 || sr.binds[0] != b {
			t.Errorf("%+v", sr.binds)
		}
		b.Password = "wrong"
		if status, err := client.Bind(t.Context(), pdu.BindTransceiver, &b); status != pdu.InvalidPassword || err != nil {
			t.Errorf("%s, %v", status, err)
		}
		<-server.Done() // who is refused has nothing to do here
		if server.Err() != nil {
			t.Errorf("Err is %v", server.Err())
		}
	})
}

func TestCallEndsWithItsContext(t *testing.T) {
	withDeafPeer(t, Options{}, func(s *Session, p *raw, _ *recorder, _ *journal) {
		ctx, cancel := context.WithTimeout(p.Context(), time.Second)
		defer cancel()
		if _, err := s.Bind(ctx, pdu.BindReceiver, &pdu.Bind{}); err != context.DeadlineExceeded {
			p.Errorf("%v", err)
		}
		s.Close()
		<-s.Done()
		if _, err := s.Bind(p.Context(), pdu.BindReceiver, &pdu.Bind{}); err != ErrClosed {
			p.Errorf("%v", err)
		}
		if err := s.Unbind(p.Context()); err != ErrClosed {
			p.Errorf("%v", err)
		}
	})
}

// TestUnbind: after it no more requests, and the connection ends on both sides.
func TestUnbind(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, cr, sr *recorder) {
		sr.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "before") }
		send(t, client, cr, 0)
		if err := client.Unbind(t.Context()); err != nil {
			t.Error(err)
		}
		<-client.Done()
		<-server.Done()
		if server.Err() != ErrUnbound {
			t.Errorf("the server's Err is %v", server.Err())
		}
		if a := cr.told(0); len(a) != 1 || a[0].ID != "before" {
			t.Errorf("%+v", a)
		}
		if err := client.Send(pdu.SubmitSM, &pdu.Message{}, 1, cr); err != ErrClosed || client.Free() != 0 {
			t.Errorf("after unbind: %v", err)
		}
	})
}

// TestBothWays has both sides ask at once, with the same numbers.
func TestBothWays(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, cr, sr *recorder) {
		reply := func(id string) func(*Session, pdu.Header, pdu.Message) {
			return func(s *Session, h pdu.Header, m pdu.Message) { s.Reply(h, pdu.OK, id+m.Short) }
		}
		cr.messageFunc, sr.messageFunc = reply("c"), reply("s")
		for part := range 50 {
			m := pdu.Message{Short: fmt.Sprint(part)}
			if err := errors.Join(client.Send(pdu.SubmitSM, &m, part, cr), server.Send(pdu.DeliverSM, &m, part, sr)); err != nil {
				t.Fatal(err)
			}
		}
		for part := range 50 {
			if a := cr.told(part); len(a) != 1 || a[0] != (Answer{ID: fmt.Sprint("s", part)}) {
				t.Errorf("the client's %d: %+v", part, a)
			}
			if a := sr.told(part); len(a) != 1 || a[0] != (Answer{ID: fmt.Sprint("c", part)}) {
				t.Errorf("the server's %d: %+v", part, a)
			}
		}
	})
}

func TestFinish(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		s.Finish()
		<-s.Done()
		if len(p.headers()) != 1 || s.Err() != nil {
			p.Errorf("%d came, Err is %v", len(p.headers()), s.Err())
		}
	})
}
